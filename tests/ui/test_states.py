"""Every state of the citizens' page, in every look: nothing that axe minds, nothing cut off at the side."""

from typing import Literal

import pytest

pytest.importorskip("playwright.sync_api", reason="没有安装 playwright")
from playwright import sync_api  # noqa: E402

from tests.ui.browsing import answered, ask, violations  # noqa: E402
from ui.busy_page import HEADERS, busy_page  # noqa: E402

pytestmark = pytest.mark.browser
STATES = {
    "首屏": "", "追问": "身份证怎么办", "一件事的问题": "孩子出生", "几样一起问": "老人走了", "拒答": "股票怎么炒", "求助": "不想活了",
    "答复": "身份证丢了", "问题太长": "长" * 501, "出错": "出错了怎么办",
}  # fmt: skip
LOOKS = ("普通", "深色", "高对比", "长辈版")
OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


def wear(page: sync_api.Page, look: str) -> None:
    if look == "长辈版":
        page.click("button[value=elder]")
    elif look != "普通":
        page.click(".bc-looks summary")
        page.click(f"button[value={'dark' if look == '深色' else 'contrast'}]")
        page.keyboard.press("Escape")


def reach(page: sync_api.Page, said: str) -> None:
    if not said:
        for summary in page.locator("#bc-welcome summary").all():
            summary.click()
        return
    ask(page, said)
    if len(said) > 500 or "出错" in said:
        sync_api.expect(page.locator("#bc-status")).not_to_have_text("")
    else:
        answered(page)


@pytest.mark.parametrize("look", LOOKS)
def test_no_state_has_anything_that_axe_minds(page: sync_api.Page, page_url: str, look: str) -> None:
    # high enough that the box at the foot of the screen lies over nothing
    page.set_viewport_size({"width": 360, "height": 2600})
    wear(page, look)
    found = {}
    for state, said in STATES.items():
        page.goto(page_url)
        page.evaluate("() => sessionStorage.clear()")
        page.goto(page_url)
        page.wait_for_selector("#bc-box textarea")
        reach(page, said)
        if (wrong := (violations(page), page.evaluate(OVERFLOW))) != ([], 0):
            found[state] = wrong
    assert found == {}


@pytest.mark.parametrize("look", ["light", "dark"])
def test_the_page_of_a_crowded_service_is_drawn_under_its_own_policy(
    browser: sync_api.Browser, page_url: str, look: Literal["light", "dark"], seen: list[str]
) -> None:
    page = browser.new_page(color_scheme=look, viewport={"width": 320, "height": 700}, service_workers="block")
    page.on("console", lambda message: seen.append(message.text))
    told = {**HEADERS, "Retry-After": "6"}
    page.route(f"{page_url}staff/", lambda route: route.fulfill(status=203, headers=told, body=busy_page(6)))
    page.goto(f"{page_url}staff/")
    ground = page.evaluate("() => getComputedStyle(document.body).backgroundColor")
    assert (ground, page.evaluate(OVERFLOW)) == ("rgb(242, 246, 247)" if look == "light" else "rgb(15, 24, 27)", 0)
    assert violations(page) == [] and seen == []
    page.context.close()


def test_the_page_without_a_network_is_as_plain(page: sync_api.Page, page_url: str) -> None:
    page.goto(f"{page_url}page/offline.html")
    assert page.title() and violations(page) == []
