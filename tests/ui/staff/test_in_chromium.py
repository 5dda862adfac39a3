"""The desk in a real browser: every state, by keyboard alone, on narrow screens, in the dark, on paper."""

import os
import re
import socket
import threading
import time
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest
import uvicorn
from pypdf import PdfReader

from assistant.assistant import Assistant
from assistant.build import PATIENT, open_records, open_stores
from assistant.casework.notes import written
from assistant.config import Settings
from assistant.feedback import Complaint, Feedback, Verdict
from assistant.gaps import Gap
from assistant.model import RefusalReason
from assistant.worklist import Assignment, Kind, State
from knowledge.index.embedding import Embedder
from knowledge.index.generation import GenerationStore
from knowledge.model import Library
from tests.ui.staff.conftest import TOKEN
from ui.server import create_app

pytest.importorskip("playwright.sync_api", reason="没有安装 playwright")
from axe_playwright_python import sync_playwright as axe  # noqa: E402
from playwright import sync_api  # noqa: E402

from tests.ui.browsing import violations  # noqa: E402

pytestmark = [pytest.mark.browser]
MOMENT = datetime(2026, 11, 20, 9, tzinfo=UTC)
GAP = Gap(
    question="火星户口怎么迁到郑州", reason=RefusalReason.NO_KNOWLEDGE, nearest=("户口迁移",), place="410100",
    generation="2", times=7, first_seen=MOMENT, last_seen=MOMENT,
)  # fmt: skip
SAID = Feedback(
    trace_id="a1b2c3d4e5f60718", verdict=Verdict.DID_NOT, complaints=(Complaint.INCOMPLETE, Complaint.STALE),
    question="补身份证要不要带户口本", reply="居民身份证补领的材料：\n申请表；居民户口簿。", guides=("410000/id-card-reissue",),
    place="410100", generation="2", at=MOMENT,
)  # fmt: skip
CARD, SIGN = "/staff/guides/410100/id-card-reissue", "/staff/guides/411600/signboard-setting"
STATES = {
    "查指南": "/staff/", "查到": "/staff/?q=身份证丢了", "筛选": "/staff/?category=税务&channel=online", "备注里提到": "/staff/?q=灰兔子",
    "没有找到": "/staff/?authority=税务机关&category=教育", "指南": CARD, "差异指南": SIGN,
    "指南的变化": "/staff/guides/410000/subsistence-allowance/changes?since=2026-03&edition=1",
    "变化": "/staff/changes?since=2026-03&edition=1", "两地对比": "/staff/compare?item=signboard-setting&a=411400&b=411600",
    "同一份": "/staff/compare?item=id-card-reissue&a=410100&b=410300",
    "谁要这样材料": "/staff/materials/household-register", "核对材料": "/staff/guides/410000/passport-renew/counter",
    "告知书": "/staff/guides/410000/passport-renew/counter?paper=tell", "补正": f"{CARD}/counter?paper=mend&has=1-household-register",
    "一件事": "/staff/themes", "来人的情况": "/staff/themes/newborn", "待办": "/staff/queue", "待办的一件": f"/staff/queue/gap/{GAP.key}",
    "没帮助的一件": f"/staff/queue/feedback/{SAID.trace_id}?right=answer&item=id-card-reissue",
    "要复核的一件": "/staff/queue/stale/theme:newborn", "体检": "/staff/findings", "使用情况": "/staff/usage", "没有这一页": "/staff/nothing",
}  # fmt: skip
HEADER = """
- banner:
  - link "工作台"
  - navigation "工作台":
    - link "查指南"
    - link "一件事"
    - link "变化"
    - link "待办"
    - link "体检"
    - link "使用情况"
  - text: 窗口甲
  - button "退出"
"""
ENGLISH = {"Esc", "App", "PDF"}


class Running(NamedTuple):
    """A served desk."""

    url: str
    assistant: Assistant


@pytest.fixture(scope="module")
def running(library: Library, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The whole service over the shipped library, published twice, with something in every store."""
    data = tmp_path_factory.mktemp("served")
    store = GenerationStore(data)
    older = [g.model_copy(update={"fees": ()}) if g.category == "社会救助" else g for g in library.guides]
    for shelf in (library.model_copy(update={"guides": tuple(older)}), library):
        store.build(shelf, embedder)
        store.publish()
    settings = Settings(data_dir=data, staff_token=TOKEN)  # type: ignore[arg-type]
    stores = open_stores(settings, PATIENT)
    stores.gaps.record(GAP)
    stores.feedback.record(SAID)
    stores.worklist.put(
        Assignment(
            kind=Kind.FEEDBACK, key=SAID.trace_id, assignee="李梅", state=State.TAKEN, note="周五前改好", at=MOMENT
        )
    )
    note = written("id-card-reissue", "灰兔子窗口周三下午不收件", "李梅", MOMENT)
    open_records(settings, stores).notes.add(note)
    opened, _ = store.open(embedder)
    assistant = Assistant(opened, stores.sessions, 500)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        app = create_app(SimpleNamespace(assistant=assistant, problems=()), settings, stores)  # type: ignore[arg-type]
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield Running(f"http://127.0.0.1:{taken.getsockname()[1]}", assistant)
        server.should_exit = True
        thread.join(10)
    stores.keeper.close()


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the pictures of all states go: BANCHENG_SCREENSHOTS/staff, or a folder of this run."""
    given = os.environ.get("BANCHENG_SCREENSHOTS")
    folder = Path(given) / "staff" if given else tmp_path_factory.mktemp("staff")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(scope="module")
def cookies(browser: sync_api.Browser, running: Running) -> list[sync_api.StorageStateCookie]:
    """What a browser keeps after a login by keyboard alone."""
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{running.url}/staff/")
    for text in ("窗口甲", TOKEN):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{running.url}/staff/")
    kept = context.storage_state()["cookies"]
    assert {(c["name"], c["httpOnly"], c["sameSite"], c["path"]) for c in kept} == {
        ("bancheng_staff", True, "Strict", "/staff"), ("bancheng_staff_form", True, "Strict", "/staff"),
    }  # fmt: skip
    context.close()
    return kept


@pytest.fixture
def page(
    browser: sync_api.Browser, running: Running, cookies: list[sync_api.StorageStateCookie], seen: list[str]
) -> Iterator[sync_api.Page]:
    """A page whose caseworker has logged in."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN", base_url=running.url)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    context.on("request", lambda r: None if r.url.startswith((running.url, "data:")) else seen.append(r.url))
    context.on("console", lambda m: seen.append(m.text) if m.type == "error" else None)
    context.on("weberror", lambda e: seen.append(str(e.error)))
    yield context.new_page()
    context.close()


def check(page: sync_api.Page, name: str, shots: Path) -> None:
    """What holds in every state: nothing scrolls sideways, nothing that axe minds, no English, light and dark."""
    for width in (320, 360, 768, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("() => document.documentElement.scrollWidth") <= width, (name, width)
        if width == 360:
            page.screenshot(path=shots / f"{name}-360.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.screenshot(path=shots / f"{name}.png", full_page=True)
    assert violations(page) == [], name
    page.emulate_media(color_scheme="dark")
    page.screenshot(path=shots / f"{name}-dark.png")
    contrast = axe.Axe().run(page, options={"runOnly": ["color-contrast"]}).response["violations"]
    assert [node["html"][:120] for fault in contrast for node in fault["nodes"]] == [], f"{name}, dark"
    page.emulate_media(color_scheme="light")
    words = page.evaluate(
        "() => { const main = document.querySelector('main').cloneNode(true);"
        "main.querySelectorAll('pre, code').forEach((e) => e.remove()); return main.textContent; }"
    )
    words = re.sub(r"\d{6}/[-a-z@0-9]+|[a-z]+(\.[a-z]+)+", "", words)
    assert set(re.findall(r"[A-Za-z]{3,}", words)) <= ENGLISH, name


@pytest.mark.parametrize("name", STATES)
def test_every_state(page: sync_api.Page, name: str, shots: Path, seen: list[str]) -> None:
    page.goto(STATES[name])
    for summary in page.locator(".clause summary").all()[:3]:
        summary.click()
    check(page, name, shots)
    missing = ["Failed to load resource: the server responded with a status of 404 (Not Found)"]
    assert seen == (missing if name == "没有这一页" else [])


def test_the_plan_of_a_visitor(page: sync_api.Page, shots: Path, seen: list[str]) -> None:
    page.goto("/staff/themes/newborn")
    page.select_option("[name='fact.child-hukou-henan']", "true")
    page.fill("[name='fact.birth-date']", "2026-11-10")
    page.get_by_role("button", name="排计划").click()
    sync_api.expect(page.locator("#plan .bc-stages > li").first).to_be_visible()
    assert (
        page.url.endswith("/staff/themes/newborn#plan") and page.input_value("[name='fact.birth-date']") == "2026-11-10"
    )
    check(page, "计划", shots)
    with page.expect_popup() as opened:
        page.get_by_role("button", name="打印").click()
    opened.value.wait_for_load_state()
    assert "birth-date" not in opened.value.url and opened.value.locator("input[type=checkbox]").count() > 3
    with page.expect_popup() as opened:
        page.get_by_role("button", name="打开一张表").click()
    opened.value.wait_for_load_state()
    assert opened.value.title() == "新生儿出生一件事 · 一张表"
    page.goto("/staff/themes")
    page.go_back()
    sync_api.expect(page.locator("#plan .bc-stages > li").first).to_be_visible()
    assert seen == []


def test_login_states(browser: sync_api.Browser, running: Running, shots: Path) -> None:
    context = browser.new_context(locale="zh-CN", base_url=running.url)
    page = context.new_page()
    page.goto(f"{CARD}/counter")
    assert page.url == f"{running.url}/staff/login"
    check(page, "登录", shots)
    page.fill("#name", "窗口甲")
    page.fill("#token", "不是这个口令")
    page.get_by_role("button", name="登录").click()
    sync_api.expect(page.get_by_role("alert")).to_have_text("口令不对。请向管理员要试用口令。")
    check(page, "登录没成", shots)
    context.close()


def focused(page: sync_api.Page) -> str:
    return str(page.evaluate("() => document.activeElement.textContent.trim() || document.activeElement.id"))


def settled(page: sync_api.Page, words: str) -> None:
    """Wait until the results of these words are there."""
    sync_api.expect(page.locator("#results [data-words]")).to_have_attribute("data-words", words)


def test_search_and_open_by_keyboard_alone(page: sync_api.Page, seen: list[str]) -> None:
    page.goto("/staff/")
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    page.keyboard.press("/")
    assert focused(page) == "q"
    page.keyboard.type("身份证")
    settled(page, "身份证")
    names = page.locator("#found li > a").all_inner_texts()
    assert len(names) == 2
    for name in names:
        page.keyboard.press("ArrowDown")
        assert focused(page) == name
    for name in (names[0], "q"):
        page.keyboard.press("ArrowUp")
        assert focused(page) == name
    sync_api.expect(page.get_by_role("banner")).to_match_aria_snapshot(HEADER)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    sync_api.expect(page.locator("h1")).to_have_text(names[0])
    page.go_back()
    settled(page, "身份证")
    assert page.input_value("#q") == "身份证"
    page.goto(CARD)
    page.keyboard.press("/")
    page.wait_for_url("**/staff/")
    assert seen == []


def test_half_a_chinese_word_is_not_searched(page: sync_api.Page) -> None:
    page.goto("/staff/")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/results" in request.url else None)
    keys = page.context.new_cdp_session(page)
    page.focus("#q")
    for part in ("s", "shen", "shen fen"):
        keys.send("Input.imeSetComposition", {"text": part, "selectionStart": len(part), "selectionEnd": len(part)})
        page.wait_for_timeout(250)
    assert asked == []
    keys.send("Input.insertText", {"text": "身份证丢了"})
    settled(page, "身份证丢了")
    assert len(asked) == 1


def test_a_filter_counts_at_once_and_stands_in_the_address(page: sync_api.Page) -> None:
    page.goto("/staff/")
    page.locator(".filters summary").click()
    page.select_option("#category", "税务")
    sync_api.expect(page.locator("#said")).to_contain_text("条")
    assert page.url.endswith("/staff/?category=%E7%A8%8E%E5%8A%A1")
    tax = page.locator("#found li > a").all_inner_texts()
    page.reload()
    assert page.locator("#found li > a").all_inner_texts() == tax and len(tax) > 5


def test_personal_data_never_stays_in_the_address(page: sync_api.Page, running: Running) -> None:
    page.goto("/staff/")
    page.fill("#q", "410105201911010045的身份证丢了")
    settled(page, "【身份证号已隐去】的身份证丢了")
    assert "410105201911010045" not in page.url
    page.fill("#q", "410105201911010045的身份证不见了")
    page.keyboard.press("Enter")
    settled(page, "【身份证号已隐去】的身份证不见了")
    assert "410105201911010045" not in page.url + page.content()
    assert page.evaluate("() => [Object.keys(localStorage), Object.keys(sessionStorage), document.cookie]") == [
        [],
        [],
        "",
    ]


def test_without_the_script_links_and_forms_do_it_all(
    browser: sync_api.Browser, running: Running, cookies: list[sync_api.StorageStateCookie]
) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=running.url)
    context.add_cookies(cookies)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/staff/")
    page.fill("#q", "身份证丢了")
    page.get_by_role("button", name="查", exact=True).click()
    page.get_by_role("link", name="居民身份证补领").click()
    page.get_by_role("link", name="在窗口核对材料").click()
    page.get_by_label("居民户口簿").check()
    page.get_by_role("button", name="出一次性告知书").click()
    sync_api.expect(page.locator(".paper h2")).to_have_text("一次性告知书")
    assert page.get_by_label("居民户口簿").is_checked()
    context.close()


def plain(printed: PdfReader) -> str:
    """The text of a browser's PDF, where radicals stand for some characters, without spaces."""
    text = "".join(leaf.extract_text() for leaf in printed.pages)
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text.translate({0x2F3E: "户", 0x2EA0: "民", 0x2EEC: "齐"})))


def test_tick_by_keyboard_and_print_what_is_missing(page: sync_api.Page, shots: Path) -> None:
    page.goto(f"{CARD}/counter")
    page.locator("[name=has]").nth(0).focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="出一次性告知书").press("Enter")
    sync_api.expect(page.locator(".paper h2")).to_have_text("一次性告知书")
    printed = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True, path=shots / "告知书.pdf")))
    text = plain(printed)
    assert len(printed.pages) == 1
    assert "一次性告知书" in text and "已经收到申请表(现场或线上填写)" in text and "□居民户口簿" in text
    for gone in ("查指南", "退出", "来人带了哪些", "打印这张单子", "内部使用"):
        assert gone not in text
    page.goto(CARD)
    guide = PdfReader(BytesIO(page.pdf(prefer_css_page_size=True, path=shots / "指南.pdf")))
    whole = plain(guide)
    assert "丢失补领工本费40元/证" in whole and "灰兔子" not in whole and "留下备注" not in whole


def test_take_a_matter_and_leave_a_note(page: sync_api.Page, seen: list[str]) -> None:
    page.goto("/staff/queue?kind=gap")
    page.locator("#found a").first.press("Enter")
    page.fill("#note", "问过户籍科，全省没有")
    page.get_by_role("button", name="记下").press("Enter")
    sync_api.expect(page.get_by_text("窗口甲，")).to_contain_text("问过户籍科，全省没有")
    page.goto(CARD)
    page.fill("#text", "先问是不是<b>全国通办</b>")
    page.get_by_role("button", name="留下备注").click()
    page.get_by_role("button", name="删去这条备注：先问是不是").click()
    sync_api.expect(page.locator("#notes")).not_to_contain_text("全国通办")
    assert seen == []
