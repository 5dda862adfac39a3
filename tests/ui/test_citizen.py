"""A citizen's hour with the page: begin by a life stage, change answers, take it along, say how it was, leave nothing."""

import json
import re
from datetime import datetime
from typing import Any

import pytest

from assistant.feedback import Complaint, Feedback, Verdict
from assistant.kept import Stores
from tests.ui.fakes import ANSWER, FakeAssistant

pytest.importorskip("playwright.sync_api", reason="没有安装 playwright")
from playwright import sync_api  # noqa: E402

from tests.ui.browsing import answered, ask, plan, small_targets, violations  # noqa: E402

pytestmark = pytest.mark.browser
BOX = "#bc-box textarea"


def opened(page: sync_api.Page, url: str) -> sync_api.Page:
    page.goto(url)
    page.wait_for_selector(BOX)
    return page


def test_the_first_screen_says_what_it_is_and_begins_by_keyboard_alone(page: sync_api.Page, seen: list[str]) -> None:
    assert "辅助参考，以窗口为准" in page.inner_text("#bc-welcome")
    assert page.locator("#bc-welcome summary").all_inner_texts() == [
        "出生", "证件", "开办", "2026年7月1日起\n《社会救助法》\n涉及最低生活保障",
    ]  # fmt: skip
    page.focus(".bc-stage >> nth=1 >> summary")
    for key in ("Enter", "Tab", "Enter"):
        page.keyboard.press(key)
    answered(page)
    assert page.inner_text(".bc-question") == "身份证丢了"
    page.focus(".bc-more summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert page.get_by_label("申请表").is_checked()
    page.focus(".bc-field .bc-cite summary")
    page.keyboard.press("Enter")
    sync_api.expect(page.locator(".bc-field blockquote")).to_be_visible()
    page.focus(BOX)
    page.keyboard.type("孩子出生")
    page.keyboard.press("Enter")
    answered(page, 2)
    page.focus(".bc-option:visible")
    page.keyboard.press("Enter")
    answered(page, 3)
    page.focus(".bc-looks summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Escape")
    assert page.evaluate("() => document.activeElement.textContent") == "显示"
    assert not page.locator(".bc-looks button").first.is_visible()
    assert violations(page) == []
    assert seen == []


def test_a_plan_counts_what_is_ticked_and_takes_back_an_answer(
    page: sync_api.Page, page_assistant: FakeAssistant
) -> None:
    plan(page)
    page.get_by_label("出生医学证明签发").check()
    page.get_by_label("居民身份证").check()
    assert page.inner_text(".bc-tally") == "办好了 1/2，材料备了 1/1"
    page.click(".bc-told > summary")
    page.click(".bc-told >> text=改成：不是")
    answered(page, 3)
    assert page_assistant.asked[-1][1] == "孩子落户河南改成不是"


def test_a_reload_goes_on_and_another_tab_begins_anew(page: sync_api.Page, page_url: str) -> None:
    ask(page, "身份证丢了")
    answered(page)
    page.reload()
    sync_api.expect(page.locator(".bc-question")).to_have_text("身份证丢了")
    ask(page, "孩子")
    answered(page, 2)
    page.goto(f"{page_url}healthz")
    page.go_back()
    sync_api.expect(page.locator(".bc-reply")).to_have_count(2)
    other = opened(page.context.new_page(), page_url)
    sync_api.expect(other.locator("#bc-welcome")).to_be_visible()
    assert other.locator(".bc-reply").count() == 0
    other.close()


def test_clearing_forgets_here_and_on_the_server_and_a_replayed_id_brings_nothing_back(
    page: sync_api.Page, page_stores: Stores, page_url: str
) -> None:
    ask(page, "身份证丢了 13800138000")
    answered(page)
    kept = page.evaluate("() => ({ ...sessionStorage })")
    session = kept["bancheng-conversation"]
    assert list(kept) == ["bancheng-conversation"] and page_stores.sessions.get(session) is not None
    page.click("#bc-clear")
    sync_api.expect(page.locator("#bc-welcome")).to_be_visible()
    assert page_stores.sessions.get(session) is None
    assert page.evaluate("() => [{ ...sessionStorage }, { ...localStorage }, document.cookie, location.search]") == [
        {},
        {},
        "",
        "",
    ]
    page.evaluate("id => sessionStorage.setItem('bancheng-conversation', id)", session)
    opened(page, page_url)
    page.wait_for_timeout(500)
    assert page.locator(".bc-reply").count() == 0


def test_clearing_while_a_reply_is_coming_leaves_nothing(page: sync_api.Page, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.desk.PACE_SECONDS", 0.3)
    ask(page, "身份证丢了")
    page.wait_for_selector(".bc-reply")
    page.click("#bc-clear")
    sync_api.expect(page.locator("#bc-welcome")).to_be_visible()
    page.wait_for_timeout(1200)
    assert page.locator(".bc-reply:visible").count() == 0


def test_her_opinion_reaches_the_store_with_the_server_s_own_masked_turn(
    page: sync_api.Page, page_stores: Stores
) -> None:
    ask(page, "身份证丢了，电话13800138000")
    answered(page)
    page.click("[name=verdict] >> text=没帮助")
    sync_api.expect(page.locator(".bc-heard")).to_have_text("已经记下。方便的话，说说哪里不好。")
    page.get_by_label("没说全").check()
    page.get_by_label("看不懂").check()
    assert violations(page) == []
    page.click("text=告诉我们")
    sync_api.expect(page.locator(".bc-heard")).to_contain_text("谢谢")
    (kept,) = [said for said in page_stores.feedback.all() if said.verdict is Verdict.DID_NOT]
    assert isinstance(kept.at, datetime)
    assert kept == Feedback(
        trace_id=kept.trace_id, verdict=Verdict.DID_NOT, complaints=(Complaint.INCOMPLETE, Complaint.UNCLEAR),
        question=kept.question, reply=ANSWER.text, guides=("410000/id-card-reissue",), place="410000", generation="7",
        at=kept.at,
    )  # fmt: skip
    assert "13800138000" not in kept.question


@pytest.mark.parametrize("body, status", [
    ({"session": "nobody", "trace": "t1", "verdict": "helped"}, 404), ({"session": "x", "verdict": "helped"}, 422),
    ({"session": "x", "trace": "t", "verdict": "great"}, 422), ({"session": "x" * 101, "trace": "t", "verdict": "helped"}, 422),
    ({"session": "x", "trace": "t", "verdict": "helped", "question": "伪造"}, 422), ("不是", 422),
])  # fmt: skip
def test_a_forged_opinion_is_refused_in_chinese(page_url: str, body: Any, status: int) -> None:
    import httpx

    answer = httpx.post(f"{page_url}page/opinion", json=body)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert re.search("[一-鿿]", answer.json()["detail"])


def test_a_reply_is_copied_with_its_label_and_read_out(page: sync_api.Page, page_url: str) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=page_url.rstrip("/"))
    ask(page, "身份证丢了")
    answered(page)
    page.click("[name=copy]")
    sync_api.expect(page.locator("#bc-voice")).to_have_text("已复制。")
    copied = page.evaluate("() => navigator.clipboard.readText()").splitlines()
    assert copied[0] == "居民身份证补领的收费"
    assert copied[-1] == "——摘自“办成”河南政务服务问答。辅助参考，以窗口为准。"
    assert "指南摘录" in "".join(copied) and "有帮助" not in "".join(copied)
    page.evaluate("""() => {
        window.said = [];
        speechSynthesis.speak = (utterance) => window.said.push([utterance.lang, utterance.text]);
    }""")
    page.click("[name=speak]")
    said = page.evaluate("() => window.said")
    assert {lang for lang, _ in said} == {"zh-CN"}
    assert "".join(words for _, words in said).replace("\n", "") == (
        "居民身份证补领的收费收费丢失补领工本费40元/证。还可以问12345 政务服务便民热线12345"
    )
    sync_api.expect(page.locator("[name=speak]")).to_have_text("停止朗读")
    page.click("[name=speak]")
    sync_api.expect(page.locator("[name=speak]")).to_have_text("朗读")


CONTRAST = """selector => {
    const parse = (css) => css.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4))
        .reduce((sum, c, i) => sum + c * [.2126, .7152, .0722][i], 0);
    const element = document.querySelector(selector);
    let behind = element;
    while (behind && parse(getComputedStyle(behind).backgroundColor)[3] === 0) behind = behind.parentElement;
    const [a, b] = [getComputedStyle(element).color, getComputedStyle(behind ?? document.body).backgroundColor].map(parse).map(light);
    return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
}"""


def test_looks_are_large_enough_strong_enough_and_remembered_here_only(page: sync_api.Page) -> None:
    ask(page, "身份证丢了")
    answered(page)
    page.click(".bc-field .bc-cite summary")
    shown = (".bc-field p", ".bc-note", ".bc-question", ".bc-foot", BOX, ".bc-option:not(.hidden)")
    page.click(".bc-looks summary")
    for least in (24, 26, 30):  # 18 磅起，正文到 30 磅
        page.click("button[value=bigger]")
        sizes = [page.locator(s).first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") for s in shown]
        assert min(sizes) >= least, sizes
        assert small_targets(page, 60) == []
    assert page.locator(".bc-field li, .bc-rest").first.evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 40
    assert page.inner_text(".bc-field h2") == "要花多少钱"
    page.click("button[value=contrast]")
    assert violations(page) == []
    for dark in (False, True):
        if dark:
            page.click("button[value=dark]")
        page.hover("#bc-send")
        assert (
            min(
                page.evaluate(CONTRAST, s)
                for s in (".bc-field p", ".bc-note", ".bc-foot", BOX, ".bc-cite summary", "#bc-send")
            )
            >= 7
        )
    assert violations(page) == []
    page.reload()
    sync_api.expect(page.locator(".bc-reply")).to_have_count(1)
    assert page.evaluate("() => [document.documentElement.className, document.body.classList.contains('dark')]") == [
        "bc-elder-on bc-contrast", True,
    ]  # fmt: skip
    assert json.loads(page.evaluate("() => localStorage.getItem('bancheng-look')")) == {
        "size": 3, "contrast": True, "dark": True,
    }  # fmt: skip


@pytest.mark.parametrize("width", [320, 768, 1440])
def test_no_width_scrolls_sideways_even_in_the_largest_letters(page: sync_api.Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    plan(page)
    ask(page, "身份证丢了")
    answered(page, 3)
    page.evaluate(
        "() => document.querySelectorAll('details').forEach((d) => { if (!d.matches('.bc-looks')) d.open = true; })"
    )
    for _ in range(4):
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        page.click(".bc-looks summary")
        page.click("button[value=bigger]")
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width
        page.keyboard.press("Escape")


def test_half_a_word_of_an_input_method_is_never_sent(page: sync_api.Page, page_assistant: FakeAssistant) -> None:
    before = len(page_assistant.asked)
    cdp = page.context.new_cdp_session(page)
    page.focus(BOX)
    cdp.send("Input.imeSetComposition", {"text": "shen fen zheng", "selectionStart": 14, "selectionEnd": 14})
    enter = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229, "nativeVirtualKeyCode": 229}
    cdp.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **enter})
    cdp.send("Input.dispatchKeyEvent", {"type": "keyUp", **enter})
    page.wait_for_timeout(400)
    assert page_assistant.asked[before:] == [] and page.locator(".bc-question").count() == 0
    cdp.send("Input.insertText", {"text": "身份证丢了"})
    page.keyboard.press("Enter")
    answered(page)
    assert [text for _, text, _ in page_assistant.asked[before:]] == ["身份证丢了"]


def test_a_public_terminal_counts_down_and_clears(
    browser: sync_api.Browser, page_url: str, page_stores: Stores
) -> None:
    def with_idle(route: sync_api.Route) -> None:
        answer = route.fetch()
        route.fulfill(
            response=answer, body=answer.text().replace('name="bc-idle" content="0"', 'name="bc-idle" content="60"')
        )

    page = browser.new_context(locale="zh-CN", service_workers="block").new_page()
    page.route(page_url, with_idle)
    page.clock.install()
    opened(page, page_url)
    page.clock.run_for(120_000)
    assert page.locator("dialog").count() == 0, "nothing to clear, nothing said"
    ask(page, "身份证丢了")
    page.clock.run_for(3_000)
    answered(page)
    session = page.evaluate("() => sessionStorage.getItem('bancheng-conversation')")
    page.clock.run_for(40_000)
    sync_api.expect(page.get_by_role("alertdialog")).to_contain_text("秒后清除这里的对话")
    assert violations(page) == []
    page.click("text=接着用")
    page.clock.run_for(20_000)
    assert not page.get_by_role("alertdialog").is_visible() and page_stores.sessions.get(session)
    page.clock.run_for(45_000)
    page.wait_for_function(
        "() => document.querySelector('#bc-welcome')?.checkVisibility() && !document.querySelector('.bc-reply')"
    )
    assert page_stores.sessions.get(session) is None
    assert page.evaluate("() => [{ ...sessionStorage }, { ...localStorage }]") == [{}, {}]
    page.context.close()


def test_a_busy_or_unreachable_service_is_told_and_her_words_stay(page: sync_api.Page, page_url: str) -> None:
    page.route("**/queue/join*", lambda route: route.fulfill(status=503, json={"detail": "Queue is full."}))
    ask(page, "身份证丢了")
    sync_api.expect(page.locator("#bc-status .bc-fault")).to_contain_text("现在咨询的人多")
    assert page.input_value(BOX) == "身份证丢了"
    page.unroute("**/queue/join*")
    page.click("#bc-send")
    answered(page)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => 0)")
    page.context.set_offline(True)
    ask(page, "孩子")
    sync_api.expect(page.locator("#bc-status .bc-fault")).to_contain_text("连不上服务")
    assert "Queue" not in page.inner_text("body") and page.input_value(BOX) == "孩子"
    page.goto(page_url)
    assert page.inner_text("h1") == "现在打不开“办成”"
    page.context.set_offline(False)


def test_what_is_sent_straight_to_gradio_s_queue_does_no_harm(page: sync_api.Page, page_url: str) -> None:
    """Oversized and hostile inputs, wrong types, places that are none, ids that are none."""
    config = page.request.get(f"{page_url}config").json()
    typed = next(d["id"] for d in config["dependencies"] if len(d["inputs"]) == 4)
    resumed = next(d["id"] for d in config["dependencies"] if len(d["inputs"]) == 1 and len(d["outputs"]) > 10)
    hostile: list[tuple[int, list[Any]]] = [
        (typed, ["问" * 5000, None, "410000", ""]), (typed, ["<script>alert(1)</script>", None, "410000", ""]),
        (typed, [None, None, None, None]), (typed, [["x"], {"a": 1}, 7, []]), (typed, ["身份证丢了", None, "../../etc", "x"]),
        (typed, ["身份证丢了"]), (resumed, ["' OR 1=1 --"]), (resumed, [None]), (resumed, [{"a": 1}]), (resumed, ["x" * 30_000]),
    ]  # fmt: skip
    for number, (fn, data) in enumerate(hostile):
        body = {"data": data, "fn_index": fn, "session_hash": f"hostile{number}"}
        if page.request.post(f"{page_url}gradio_api/queue/join", data=body).status != 200:
            continue
        events = page.request.get(f"{page_url}gradio_api/queue/data?session_hash=hostile{number}").text()
        assert "Traceback" not in events and "<script>alert" not in events and "tests/ui" not in events, data
    assert page.request.post(f"{page_url}gradio_api/queue/join", data={"data": ["问" * 70_000]}).status == 413
    ask(page, "身份证丢了")
    answered(page)


def test_a_screen_reader_is_told_who_speaks(page: sync_api.Page) -> None:
    ask(page, "身份证丢了")
    answered(page)
    snapshot = page.locator("#bc-chat").aria_snapshot()
    for line in (
        'log "对话记录"',
        'group "您问"',
        'group "办成答"',
        'heading "收费" [level=2]',
        'link "12345"',
        'button "朗读"',
    ):
        assert line in snapshot, snapshot
