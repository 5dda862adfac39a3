"""The form's page: what is typed stays in it, is checked as the command line checks it, and comes out as a file or print."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.ui.fakes import PLAN_REPLY
from ui.assets import ASSETS
from ui.form_page import form_block

pytest.importorskip("playwright.sync_api", reason="没有安装 playwright")
from playwright import sync_api  # noqa: E402

from tests.ui.browsing import CONTROLS, plan, small_targets, violations  # noqa: E402

pytestmark = pytest.mark.browser
VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parents[1] / "assistant" / "form_vectors.json").read_text(encoding="utf-8")
)
SENT = {"theme": "newborn", "situation": '{"answers": {"child-hukou-henan": "true"}}'}
POST = """sent => {
    const form = Object.assign(document.createElement("form"), { method: "post", action: "/form" });
    form.append(...Object.entries(sent).map(([name, value]) => Object.assign(document.createElement("input"), { name, value })));
    document.body.append(form);
    form.submit();
}"""
GIRL, WRONG = "410105201911010045", "410105201911010041"


@pytest.fixture
def page(browser: sync_api.Browser, page_url: str, seen: list[str]) -> Iterator[sync_api.Page]:
    """The form as a plan opens it: by a request that is posted."""
    context = browser.new_context(viewport={"width": 1100, "height": 900}, locale="zh-CN", accept_downloads=True)
    page = context.new_page()
    page.goto(f"{page_url}healthz")
    page.evaluate(POST, SENT)
    page.wait_for_function("() => document.querySelector('#bc-count')?.textContent")
    page.on("request", lambda r: seen.append(f"{r.method} {r.url}"))
    page.on("console", lambda m: seen.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda e: seen.append(str(e)))
    yield page
    context.close()


def fill(page: sync_api.Page, **values: str) -> None:
    for name, value in values.items():
        field = page.locator(f'[name="{name.replace("__", ".").replace("_", "-")}"]')
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)
        field.blur()


def fault(page: sync_api.Page, key: str) -> str:
    return page.locator(f'[id="e-{key}"]').inner_text()


def test_a_plan_opens_it_in_a_page_of_its_own(browser: sync_api.Browser, page_url: str) -> None:
    with browser.new_context(locale="zh-CN") as context:
        chat = context.new_page()
        chat.goto(page_url)
        chat.wait_for_selector("#bc-box textarea")
        plan(chat)
        with context.expect_page() as opened:
            chat.click(".bc-openform")
        opened.value.wait_for_function("() => document.querySelector('#bc-count')?.textContent")
        assert opened.value.url == f"{page_url}form"


def test_it_opens_without_an_answer_in_its_address(page: sync_api.Page, page_url: str) -> None:
    assert (page.url, page.title()) == (f"{page_url}form", "新生儿出生一件事 · 一张表")
    assert page.inner_text("#bc-count") == "已填 0 栏，共 9 栏"
    page.click(".bc-users summary")
    assert page.inner_text(".bc-users li >> nth=1") == (
        "出生登记（公安机关）\n孩子：姓名、性别、出生日期、公民身份号码、健康情况；联系方式：和孩子的关系、现在的住址、手机号或电话\n"
        "条文列有其中的内容：《户口登记条例》第7条"
    )


def test_faults_are_told_on_leaving_a_field_and_go_when_mended(page: sync_api.Page) -> None:
    fill(page, child__id_number=WRONG, contact__phone="1380013800")
    assert fault(page, "child.id-number") == "最后一位校验码不对，请对照证件一位一位核对"
    assert fault(page, "contact.phone") == "请写11位手机号，或者带区号的电话，例如0371-12345678"
    assert page.get_attribute('[name="contact.phone"]', "aria-invalid") == "true"
    fill(page, contact__phone="138 0013 8000", child__id_number=GIRL)
    assert (fault(page, "child.id-number"), fault(page, "contact.phone")) == ("", "")
    assert page.input_value('[name="contact.phone"]') == "13800138000"


def test_birthday_and_sex_follow_the_identity_number_and_may_not_contradict_it(page: sync_api.Page) -> None:
    fill(page, child__id_number=GIRL)
    assert (page.input_value('[name="child.birth-date"]'), page.input_value('[name="child.sex"]')) == (
        "2019-11-01",
        "女",
    )
    assert page.inner_text("#bc-count") == "已填 3 栏，共 9 栏"
    fill(page, child__birth_date="20191102", child__sex="男")
    assert fault(page, "child.birth-date") == "和公民身份号码里的出生日期不一致"
    assert fault(page, "child.sex") == "和公民身份号码里的性别不一致"
    page.click("[data-do=check]")
    assert page.inner_text("#bc-said") == "有 2 处要核对：孩子·性别、孩子·出生日期。"
    assert page.evaluate("() => document.activeElement.name") == "child.sex"


def test_the_file_holds_what_was_written_and_fills_the_form_again(page: sync_api.Page, tmp_path: Path) -> None:
    fill(page, child__name=" 王小宝 ", child__id_number=GIRL, contact__relation="母亲", contact__note="第一行\n第二行")
    with page.expect_download() as saved:
        page.click("[data-do=save]")
    path = tmp_path / saved.value.suggested_filename
    saved.value.save_as(path)
    assert path.name == "一张表-新生儿出生一件事.json"
    values = {
        "child.name": "王小宝", "child.sex": "女", "child.birth-date": "2019-11-01", "child.id-number": GIRL,
        "contact.relation": "母亲", "contact.note": "第一行\n第二行",
    }  # fmt: skip
    assert json.loads(path.read_text(encoding="utf-8")) == {
        "theme": "newborn",
        "name": "新生儿出生一件事",
        "values": values,
    }
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("[data-do=clear]")
    assert page.inner_text("#bc-count") == "已填 0 栏，共 9 栏"
    page.set_input_files("#bc-file", path)
    sync_api.expect(page.locator("#bc-said")).to_have_text("文件里的内容已经填进来了。")
    assert {k: page.input_value(f'[name="{k}"]') for k in values} == values
    path.write_text('{"theme": "retirement", "values": {}}')
    page.set_input_files("#bc-file", path)
    sync_api.expect(page.locator("#bc-said")).to_have_text("这个文件不是这张表存出来的，没有读进来。")


def test_nothing_leaves_the_page_and_nothing_is_stored(page: sync_api.Page, seen: list[str], page_url: str) -> None:
    fill(
        page, child__name="王小宝", child__id_number=GIRL, contact__phone="13800138000", contact__address="农业路1号院"
    )
    page.evaluate("() => { window.print = () => {}; }")
    for action in ("check", "print"):
        page.click(f"[data-do={action}]")
    with page.expect_download():
        page.click("[data-do=save]")
    page.press('[name="child.name"]', "Enter")
    stopped = page.evaluate("""() => {
        let stopped = false;
        document.addEventListener('submit', (event) => { stopped = event.defaultPrevented; });
        document.querySelector('#bc-form').requestSubmit();
        return stopped;
    }""")
    assert stopped
    own = {f"GET {page_url}page/{name}" for name in ASSETS}  # still loading when the listening began
    assert [request for request in seen if request not in own and not request.startswith("GET blob:")] == []
    assert page.url == f"{page_url}form"
    assert page.evaluate("() => [Object.keys(localStorage), Object.keys(sessionStorage), document.cookie]") == [
        [],
        [],
        "",
    ]
    blocked = page.evaluate(
        "async () => { try { await fetch('/healthz'); return 'sent'; } catch (_) { return 'blocked'; } }"
    )
    assert blocked == "blocked"


def test_browser_and_python_decide_alike(page: sync_api.Page) -> None:
    found = page.evaluate(
        """async (vectors) => {
            const { fault, plain } = await import('/page/form_values.js');
            return vectors.map((v) => [fault(v.kind, v.value, v.identity ?? '', v.choices ?? [], '2026-11-22'), plain(v.kind, v.value)]);
        }""",
        VECTORS,
    )
    assert found == [[v["fault"], v["plain"]] for v in VECTORS]


@pytest.mark.parametrize("width", [320, 360])
@pytest.mark.parametrize("elder", [False, True])
def test_narrow_screens_never_scroll_sideways(page: sync_api.Page, width: int, elder: bool) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    if elder:
        page.click("button[value=elder]")
        assert page.get_attribute("button[value=elder]", "aria-pressed") == "true"
    fill(page, child__id_number=WRONG)
    page.click("[data-do=check]")
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width
    assert small_targets(page, 60 if elder else 44, f"{CONTROLS}, select") == []


def test_every_field_has_its_label_and_the_keyboard_reaches_all(page: sync_api.Page) -> None:
    names = page.evaluate("() => [...document.querySelectorAll('[data-kind]')].map(e => e.name)")
    assert page.evaluate("() => [...document.querySelectorAll('[data-kind]')].every(e => e.labels.length === 1)")
    page.focus(f'[name="{names[0]}"]')
    reached = [names[0]]
    for _ in names[1:]:
        page.keyboard.press("Tab")
        reached.append(page.evaluate("() => document.activeElement.name"))
    assert reached == names
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.textContent") == "检查一遍"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(page: sync_api.Page, scheme: str) -> None:
    page.emulate_media(color_scheme=scheme)
    page.evaluate("dark => document.documentElement.classList.toggle('dark', dark)", scheme == "dark")
    fill(page, child__id_number=WRONG)
    assert violations(page) == []


def test_the_print_shows_what_was_written_and_no_buttons(page: sync_api.Page) -> None:
    page.emulate_media(media="print")
    assert page.locator(".bc-f:visible").count() == 9
    assert page.locator("button:visible, .bc-intro:visible, .bc-hint:visible").count() == 0


def test_the_door_of_the_form(page_url: str) -> None:
    good = httpx.post(f"{page_url}form", data=SENT)
    assert (good.status_code, good.headers["cache-control"]) == (200, "no-store")
    assert "connect-src" not in good.headers["content-security-policy"]
    assert good.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
    assert good.headers["x-frame-options"] == "DENY"
    for data, status, said in (
        (SENT | {"theme": "no-such"}, 404, "没有“no-such”这个一件事"), (SENT | {"situation": "{"}, 422, "请回到计划"),
        (SENT | {"situation": '{"answers": {"a": 1}}'}, 422, "请回到计划"), ({}, 422, "请回到计划"),
        ({"theme": "<b>", "situation": "{}"}, 404, "&lt;b&gt;"),
    ):  # fmt: skip
        answer = httpx.post(f"{page_url}form", data=data)
        assert (answer.status_code, said in answer.text, "<b>" in answer.text) == (status, True, False)
    assert httpx.get(f"{page_url}form").headers["location"] == "/"
    assert {name: httpx.get(f"{page_url}page/{name}").status_code for name in ASSETS} == dict.fromkeys(ASSETS, 200)
    assert httpx.get(f"{page_url}page/head.html").status_code == 404


def test_a_plan_without_a_form_offers_none() -> None:
    plan = PLAN_REPLY.plan.model_copy(update={"form": type(PLAN_REPLY.plan.form)()})
    assert form_block(PLAN_REPLY.model_copy(update={"plan": plan})) == ""
