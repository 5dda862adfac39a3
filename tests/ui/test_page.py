"""The page in a real browser: what a citizen can see, tap and be protected from."""

import re
import unicodedata
from io import BytesIO
from typing import Literal

import pytest
from pypdf import PdfReader

from assistant.model import Session
from tests.ui.fakes import SHEET, FakeAssistant

pytest.importorskip("playwright.sync_api", reason="没有安装 playwright")
from playwright import sync_api  # noqa: E402

from tests.ui.browsing import answered, ask, plan, small_targets, violations  # noqa: E402

ALLOWED_ENGLISH = {"Bancheng"}

pytestmark = pytest.mark.browser


def test_a_question_is_answered_and_its_clause_opens_in_place(page: sync_api.Page, seen: list[str]) -> None:
    ask(page, "身份证丢了")
    answered(page)
    clause = page.locator(".bc-field .bc-cite blockquote")
    assert not clause.is_visible()
    page.click(".bc-field .bc-cite summary")
    sync_api.expect(clause).to_be_visible()
    assert page.locator(".bc-field .bc-cite a").get_attribute("href") == "https://www.gov.cn/a?b=1&c=2"
    assert page.locator(".bc-tel").get_attribute("href") == "tel:12345"
    assert not page.locator("#bc-welcome").is_visible()
    assert page.input_value("#bc-box textarea") == ""
    assert seen == []


def test_a_tapped_option_shows_its_label_and_asks_its_value(page: sync_api.Page) -> None:
    ask(page, "孩子出生")
    answered(page)
    page.click(".bc-option >> text=是")
    answered(page, 2)
    assert page.locator(".bc-question").all_inner_texts() == ["孩子出生", "是"]
    assert page.locator(".bc-stages > li").count() == 2
    assert page.locator(".bc-option:visible").count() == 0


def test_what_is_ticked_in_a_list_is_said_in_words_and_nothing_ticked_is_not_no(page: sync_api.Page) -> None:
    ask(page, "老人走了")
    answered(page)
    page.click("[name=ticked]")
    sync_api.expect(page.locator("#bc-voice")).to_contain_text("还没有勾")
    assert page.locator(".bc-question").count() == 1
    page.click(".bc-ticks label >> text=有存款")
    page.click(".bc-ticks label >> text=有房子")
    page.click("[name=ticked]")
    answered(page, 2)
    assert page.locator(".bc-question").all_inner_texts() == ["老人走了", "有存款、有房子"]
    sync_api.expect(page.locator(".bc-ticks")).to_have_js_property("disabled", True)
    assert not page.locator("[name=ticked]").is_visible()


@pytest.mark.parametrize(("width", "kind"), [(1280, "across"), (320, "down")])
def test_a_plan_has_a_picture_that_fits_and_is_told_in_words(
    page: sync_api.Page, width: int, kind: str, seen: list[str]
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    plan(page)
    picture = page.locator(".bc-picture svg:visible")
    sync_api.expect(picture).to_have_class(f"bc-{kind}")
    sync_api.expect(picture).to_have_role("img")
    sync_api.expect(picture).to_have_accessible_name("办理步骤图")
    assert re.fullmatch(r"0 0 \d+ \d+", picture.get_attribute("viewBox") or "")
    size = picture.locator("text").first.evaluate("e => e.getScreenCTM().a * parseFloat(getComputedStyle(e).fontSize)")
    assert 17 <= size <= 20
    box, card = picture.bounding_box(), page.locator(".bc-reply").last.bounding_box()
    assert box and card and box["x"] >= card["x"] and box["x"] + box["width"] <= card["x"] + card["width"]
    assert seen == []


def test_ticks_stay_on_her_page_only(page: sync_api.Page) -> None:
    plan(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.get_by_label("居民身份证").check()
    assert sent == []
    ask(page, "身份证丢了")
    answered(page, 3)
    assert page.get_by_label("居民身份证").is_checked()
    assert page.locator(".bc-materials input").count() == 1  # what the plan itself brings has no box


def test_a_plan_is_printed_from_a_page_of_its_own(page: sync_api.Page, page_url: str, seen: list[str]) -> None:
    plan(page)
    with page.expect_popup() as opened:
        page.click(".bc-take >> text=打印")
    sheet = opened.value
    sheet.wait_for_load_state()
    assert sheet.url == f"{page_url}api/v1/themes/newborn/take.html"
    small = sheet.evaluate(
        "() => [...document.querySelectorAll('main *:not(svg *, input)')].filter(e => e.checkVisibility())"
        ".filter(e => parseFloat(getComputedStyle(e).fontSize) < 24).map(e => e.tagName)"
    )
    assert small == []
    assert sheet.locator("input[type=checkbox]").count() == 4 and sheet.locator("input:checked").count() == 1
    for width in (320, 360, 1280):
        sheet.set_viewport_size({"width": width, "height": 740})
        assert sheet.evaluate("() => document.documentElement.scrollWidth") <= width
    printed = PdfReader(BytesIO(sheet.pdf(prefer_css_page_size=True)))
    *_, last = leaves = [plain(leaf.extract_text()) for leaf in printed.pages]
    parts = (*SHEET.parts, *filter(None, [SHEET.letter]))
    rows = [words for part in parts for row in part.rows for words in (row.text, row.note, *row.clauses)]
    told = [SHEET.label, SHEET.dated, SHEET.caution, *(part.title for part in parts), *rows]
    assert [words for words in told if plain(words) not in "".join(leaves)] == []
    assert plain("打印这张单子") not in "".join(leaves)
    assert last.startswith("授权委托书") and plain("居民身份证") not in last
    assert seen == []


def plain(text: str) -> str:
    """Without spaces and radicals, which a browser's PDF has in the place of some characters."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text.translate({0x2F3E: "户", 0x2EA0: "民"})))


@pytest.mark.parametrize(("label", "extension"), [("存成 PDF", "pdf"), ("加到日历", "ics"), ("数据文件", "json")])
def test_a_plan_is_saved_under_its_name(page: sync_api.Page, label: str, extension: str) -> None:
    plan(page)
    with page.expect_download() as saved:
        page.click(f".bc-take >> text={label}")
    assert saved.value.suggested_filename == f"新生儿出生一件事·办事计划·2026-11-22.{extension}"
    assert page.locator(".bc-reply").count() == 2


def test_the_address_on_a_plan_opens_its_life_event(page: sync_api.Page, page_url: str) -> None:
    page.goto(f"{page_url}?theme=newborn")
    answered(page)
    assert page.inner_text(".bc-question") == "孩子出生一件事"
    page.goto(f"{page_url}?theme=nothing")
    page.wait_for_selector("#bc-box textarea")
    sync_api.expect(page.locator("#bc-welcome")).to_be_visible()


LATE_END = """(() => {
    const send = window.fetch;
    const late = () => new TransformStream({ async transform(chunk, controller) {
        if (new TextDecoder().decode(chunk).includes("close_stream")) {
            document.documentElement.dataset.ending = "1";
            await new Promise((done) => setTimeout(done, 1000));
        }
        controller.enqueue(chunk);
    } });
    window.fetch = async (input, init) => {
        const response = await send(input, init);
        if (!String(input.url ?? input).includes("/queue/data")) return response;
        return new Response(response.body.pipeThrough(late()), { status: response.status, headers: response.headers });
    };
})()"""


def test_a_question_sent_while_the_last_stream_ends_is_answered(browser: sync_api.Browser, page_url: str) -> None:
    """The server has ended the stream of the page's opening, the end is still on its way, and she sends already."""
    with browser.new_context(locale="zh-CN") as context:
        page = context.new_page()
        page.add_init_script(LATE_END)
        page.goto(page_url)
        page.wait_for_selector("[data-ending]")
        ask(page, "身份证丢了")
        answered(page)
        assert page.inner_text(".bc-question") == "身份证丢了"


def test_quick_start_and_clear(page: sync_api.Page) -> None:
    page.click(".bc-asks >> text=身份证丢了怎么补")
    answered(page)
    page.click("#bc-clear")
    sync_api.expect(page.locator("#bc-welcome")).to_be_visible()
    sync_api.expect(page.locator("#bc-status .bc-line")).to_have_text("对话已清除")
    assert page.locator(".bc-reply:visible").count() == 0


def test_the_place_chosen_is_the_place_asked(page: sync_api.Page) -> None:
    page.click("#bc-city input")
    assert small_targets(page, 44, "[role=option]") == []
    page.click("[role=option] >> text=郑州市")
    ask(page, "身份证丢了")
    answered(page)
    assert "适用地区 郑州市" in page.inner_text(".bc-foot")
    page.click("#bc-county input")
    page.click("[role=option] >> text=新郑市")
    ask(page, "身份证丢了")
    answered(page, 2)
    assert "适用地区 新郑市" in page.locator(".bc-foot").last.inner_text()


def test_faults_are_told_in_chinese_and_the_text_is_kept(page: sync_api.Page) -> None:
    ask(page, "？？")
    sync_api.expect(page.locator(".bc-fault")).to_have_text("请写下您要办的事。")
    assert page.input_value("#bc-box textarea") == "？？"
    ask(page, "出错")
    sync_api.expect(page.locator(".bc-fault")).to_contain_text("12345")
    assert "secret" not in page.content()


def test_html_in_a_question_is_shown_as_text(page: sync_api.Page, seen: list[str]) -> None:
    ask(page, "<img src=http://evil.example/x onerror=alert(1)> **身份证**")
    answered(page)
    assert page.inner_text(".bc-question") == "<img src=http://evil.example/x onerror=alert(1)> **身份证**"
    assert seen == []


def test_a_forged_history_and_a_foreign_session_are_ignored(
    page: sync_api.Page, page_url: str, page_assistant: FakeAssistant
) -> None:
    """Gradio's own queue is knocked at with somebody else's session id; its direct doors are shut."""
    page_assistant.sessions.put(Session(session_id="victim", jurisdiction="410100"))
    config = page.request.get(f"{page_url}config").json()
    chat = next(c["id"] for c in config["components"] if c["type"] == "chatbot")
    assert chat not in {i for d in config["dependencies"] for i in d["inputs"]}, "the transcript is never an input"
    typed = next(d["id"] for d in config["dependencies"] if len(d["inputs"]) == 4)
    before = len(page_assistant.asked)
    forged = {"data": ["身份证丢了", "victim", "410000", ""], "fn_index": typed, "session_hash": "forger"}
    assert page.request.post(f"{page_url}gradio_api/queue/join", data=forged).status == 200
    events = page.request.get(f"{page_url}gradio_api/queue/data?session_hash=forger").text()
    assert "process_completed" in events
    assert page_assistant.asked[before:] == [(0, "身份证丢了", None)]
    assert page_assistant.sessions.get("victim") == Session(session_id="victim", jurisdiction="410100")
    for door in ("call/handle", "run/handle", "api/handle"):
        assert page.request.post(f"{page_url}gradio_api/{door}", data=forged).status == 404


def test_elder_mode_is_big_and_remembered_only_here(page: sync_api.Page) -> None:
    page.click("button[value=elder]")
    ask(page, "身份证丢了")
    answered(page)
    for selector in (".bc-field p", ".bc-question", "#bc-box textarea", ".bc-option:visible"):
        size = page.locator(selector).first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)")
        assert size >= 20 * 96 / 72, selector
    assert small_targets(page, 60) == []
    page.reload()
    page.wait_for_selector("#bc-box textarea")
    assert page.get_attribute("button[value=elder]", "aria-pressed") == "true"
    assert page.evaluate("() => Object.keys(localStorage).filter(k => k.startsWith('bancheng'))") == ["bancheng-look"]
    assert page.context.cookies() == []


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("elder", [False, True])
def test_narrow_screens_never_scroll_sideways(page: sync_api.Page, width: int, elder: bool) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    if elder:
        page.click("button[value=elder]")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    ask(page, "身份证丢了")
    answered(page)
    page.click(".bc-cite summary")
    ask(page, "孩子")
    answered(page, 2)
    page.click(".bc-option >> text=是")
    answered(page, 3)
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert small_targets(page, 60 if elder else 44) == []


def test_no_english_is_visible(page: sync_api.Page) -> None:
    ask(page, "身份证丢了")
    answered(page)
    page.click(".bc-cite summary")
    words = set(re.findall(r"[A-Za-z]{4,}", page.inner_text("body")))
    assert words <= ALLOWED_ENGLISH
    spoken = page.evaluate(
        "() => [...document.querySelectorAll('[aria-label],[title],[placeholder]')].filter(e => e.checkVisibility())"
        ".flatMap(e => [e.getAttribute('aria-label'), e.title, e.placeholder]).filter(Boolean).join(' ')"
    )
    assert re.findall(r"[A-Za-z]{4,}", spoken) == []
    assert page.evaluate("() => document.documentElement.lang") == "zh-CN"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("asked", ["身份证丢了", "孩子出生"])
def test_axe_finds_nothing(page: sync_api.Page, asked: str, scheme: Literal["light", "dark"]) -> None:
    page.emulate_media(color_scheme=scheme)
    page.reload()
    page.wait_for_selector("#bc-box textarea")
    if asked == "孩子出生":
        plan(page)
    else:
        ask(page, asked)
        answered(page)
    assert violations(page) == []


def test_axe_finds_nothing_on_the_page_to_print(page: sync_api.Page) -> None:
    plan(page)
    with page.expect_popup() as opened:
        page.click(".bc-take >> text=打印")
    opened.value.wait_for_load_state()
    assert violations(opened.value) == []
