"""What a visitor of the pages does and what is measured on them, in the words of the tests."""

from axe_playwright_python import sync_playwright as axe
from playwright import sync_api

CONTROLS = "button, a, summary, textarea, input"


def ask(page: sync_api.Page, text: str) -> None:
    page.fill("#bc-box textarea", text)
    page.click("#bc-send")


def answered(page: sync_api.Page, count: int = 1) -> None:
    sync_api.expect(page.locator(".bc-reply")).to_have_count(count)
    sync_api.expect(page.locator("#bc-status .bc-line")).to_have_text("回答完毕")


def plan(page: sync_api.Page) -> None:
    ask(page, "孩子出生")
    answered(page)
    page.click(".bc-option >> text=是")
    answered(page, 2)


def small_targets(page: sync_api.Page, least: int, selector: str = CONTROLS) -> list[str]:
    """Visible controls that are smaller than they should be."""
    found: list[str] = page.evaluate(
        """([least, selector]) => [...document.querySelectorAll(selector)]
            .filter(e => e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().width > 1)
            .filter(e => Math.min(e.getBoundingClientRect().height, e.getBoundingClientRect().width) < least - 0.5)
            .map(e => e.outerHTML.slice(0, 80))""",
        [least, selector],
    )
    return found


def violations(page: sync_api.Page) -> list[tuple[str, list[str]]]:
    """What axe finds wrong, target sizes included."""
    results = axe.Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})
    return [(v["id"], [n["html"][:120] for n in v["nodes"]]) for v in results.response["violations"]]
