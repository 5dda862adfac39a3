"""Pictures of every state of the citizens' page on one sheet, and how soon it shows something: needs a running `python -m ui`.

`python -m bench.page_gallery http://127.0.0.1:7860/ --out 文件夹`: one PNG a state and look, `index.png` with all of them,
and a table of first contentful paint and of the time from sending a question to its first sentence (n=10 each).
"""

import argparse
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, Page, Route, sync_playwright

CHROMIUM = "/usr/bin/chromium"
ROUNDS = 10
BOX = "#bc-box textarea"
FLAT = "#bc-composer { position: static !important }"  # in a picture of the whole page nothing floats


class Look(NamedTuple):
    """One way to look at the page: window width, buttons tapped in the menu, colour scheme of the system."""

    name: str
    width: int
    taps: tuple[str, ...] = ()
    scheme: str = "light"


LOOKS = (
    Look("宽", 1280), Look("窄", 360), Look("长辈版", 360, ("bigger", "bigger")), Look("深色", 1280, (), "dark"),
    Look("高对比", 1280, ("contrast",)), Look("深色高对比", 360, ("contrast",), "dark"),
)  # fmt: skip


def ask(page: Page, question: str) -> None:
    """Send a question and wait for the whole reply."""
    page.fill(BOX, question)
    before = page.locator(".bc-reply").count()
    page.click("#bc-send")
    page.wait_for_function(
        "n => document.querySelectorAll('.bc-reply').length > n && document.querySelector('#bc-status .bc-done')",
        arg=before,
    )


def answer(page: Page) -> None:
    """An answer, a clause and a field of its guide open, and the question why it did not help."""
    ask(page, "身份证丢了咋补，要多少钱")
    page.click(".bc-field .bc-cite > summary")
    page.click(".bc-more > summary >> nth=1")
    page.click("[name=verdict] >> text=没帮助")
    page.wait_for_selector(".bc-opinion fieldset:visible")


def overview(page: Page) -> None:
    """An answer to a question that names no field."""
    ask(page, "怎么办居住证")


def verdict(page: Page) -> None:
    """An answer that draws a conclusion from what she told."""
    ask(page, "我今年59岁，男职工，能领养老金吗")


def clarification(page: Page) -> None:
    """A question back."""
    ask(page, "身份证")


def flow(page: Page) -> None:
    """The third question of a life event, with what she told so far."""
    ask(page, "孩子刚出生要办哪些手续")
    for _ in range(2):
        tap(page)
    page.locator(".bc-told > summary").last.click()


def plan(page: Page) -> None:
    """The plan of a life event, something ticked."""
    ask(page, "孩子刚出生要办哪些手续")
    while page.locator(".bc-reply").last.evaluate("e => e.matches('.bc-flow')"):
        tap(page)
    page.locator(".bc-stages input").first.check()
    page.locator(".bc-materials input").first.check()
    page.locator(".bc-told > summary").last.click()


def tap(page: Page) -> None:
    """The first option, and its reply."""
    before = page.locator(".bc-reply").count()
    page.locator(".bc-option:visible").first.click()
    page.wait_for_function(
        "n => document.querySelectorAll('.bc-reply').length > n && document.querySelector('#bc-status .bc-done')",
        arg=before,
    )


def form(page: Page) -> Page:
    """The joined form with one wrong field."""
    plan(page)
    with page.expect_popup() as opened:
        page.click(".bc-openform")
    opened.value.wait_for_function("() => document.querySelector('#bc-count')?.textContent")
    opened.value.fill("[data-kind=id_number] >> nth=0", "410105201911010041")
    opened.value.click("[data-do=check]")
    return opened.value


def sheet(page: Page) -> Page:
    """The page to print of a plan."""
    plan(page)
    with page.expect_popup() as opened:
        page.click(".bc-take >> text=打印")
    opened.value.wait_for_load_state()
    return opened.value


def no_guide(page: Page) -> None:
    """No guide, and what to read out to 12345."""
    ask(page, "月球上种菜补贴怎么领")


def set_locally(page: Page) -> None:
    """A number that the place publishes."""
    ask(page, "低保一个月发多少钱")


def crisis(page: Page) -> None:
    """Danger to life."""
    ask(page, "我不想活了")


def menu(page: Page) -> None:
    """A life stage open, and the menu of looks."""
    page.click(".bc-stage > summary >> nth=0")
    page.click(".bc-change > summary >> nth=0")
    page.click(".bc-looks > summary")


def fault(page: Page) -> None:
    """A question that is none."""
    page.fill(BOX, "？？")
    page.click("#bc-send")
    page.wait_for_selector("#bc-status .bc-fault")


def busy(page: Page) -> None:
    """No place in the queue."""
    page.route("**/queue/join*", lambda route: route.fulfill(status=503, json={}))
    page.fill(BOX, "身份证丢了")
    page.click("#bc-send")
    page.wait_for_selector("#bc-status .bc-fault")


def idle(page: Page) -> None:
    """The count-down of a public terminal."""

    def soon(route: Route) -> None:
        got = route.fetch()
        route.fulfill(response=got, body=got.text().replace('"bc-idle" content="0"', '"bc-idle" content="30"'))

    page.route(page.url, soon)
    page.reload()
    page.wait_for_selector(BOX)
    page.fill(BOX, "身份证丢了")
    page.wait_for_selector("dialog[open]")


def offline(page: Page) -> None:
    """The page that is shown when nothing can be reached."""
    page.goto(f"{page.url}page/offline.html")


STATES: dict[str, Callable[[Page], Page | None]] = {
    "首屏": lambda page: None, "首屏展开": menu, "答复": answer, "总览": overview, "结论": verdict, "反问": clarification,
    "一件事提问": flow, "计划": plan, "打印页": sheet, "一张表": form, "没有指南": no_guide, "当地公布": set_locally, "危急": crisis,
    "空问题": fault, "排不上": busy, "公用终端": idle, "打不开": offline,
}  # fmt: skip


def pictures(browser: Browser, url: str, out: Path) -> list[tuple[str, list[Path]]]:
    """One picture a state and look; rows of the sheet."""
    rows = []
    for state, reach in STATES.items():
        taken = []
        for look in LOOKS:
            with browser.new_context(
                viewport={"width": look.width, "height": 900}, locale="zh-CN", service_workers="block",
                color_scheme="dark" if look.scheme == "dark" else "light",
            ) as context:  # fmt: skip
                context.set_default_timeout(120_000)
                page = context.new_page()
                page.goto(url)
                page.wait_for_selector(BOX)
                for tapped in look.taps:
                    page.click(".bc-looks > summary")
                    page.click(f"button[value={tapped}]")
                    page.keyboard.press("Escape")
                shown = reach(page) or page
                shown.add_style_tag(content=FLAT) if shown is page and state != "一张表" else None
                shown.wait_for_timeout(500)
                path = out / f"{state}-{look.name}.png"
                shown.screenshot(path=path, full_page=True)
                taken.append(path)
        rows.append((state, taken))
    return rows


def contact_sheet(browser: Browser, rows: list[tuple[str, list[Path]]], out: Path) -> Path:
    """All pictures on one, a row a state."""
    cells = "".join(
        f"<tr><th>{state}</th>{''.join(f'<td><img src={path.name!r}><p>{path.stem}</p></td>' for path in taken)}</tr>"
        for state, taken in rows
    )
    style = "td{vertical-align:top;padding:8px}img{width:300px;max-height:900px;object-fit:cover;object-position:top;border:1px solid #888}"
    index = out / "index.html"
    index.write_text(
        f"<!doctype html><meta charset=utf-8><style>{style}</style><table>{cells}</table>", encoding="utf-8"
    )
    page = browser.new_page(viewport={"width": 2050, "height": 1000})
    page.goto(index.resolve().as_uri())
    page.screenshot(path=out / "index.png", full_page=True)
    page.close()
    return out / "index.png"


def timings(browser: Browser, url: str) -> dict[str, list[float]]:
    """Milliseconds: first contentful paint, the box ready, and from sending to the first words of the reply."""
    found: dict[str, list[float]] = {"第一次画出内容": [], "能打字": [], "第一句话": [], "整个答复": []}
    for _ in range(ROUNDS):
        with browser.new_context(locale="zh-CN", viewport={"width": 360, "height": 740}) as context:
            page = context.new_page()
            page.goto(url)
            page.wait_for_selector(BOX)
            found["能打字"].append(page.evaluate("() => performance.now()"))
            paint = "() => performance.getEntriesByName('first-contentful-paint')[0].startTime"
            found["第一次画出内容"].append(page.evaluate(paint))
            page.fill(BOX, "身份证丢了咋补，要多少钱")
            first, whole = page.evaluate(
                """() => new Promise((done) => {
                    const sent = performance.now();
                    let first = 0;
                    new MutationObserver(() => {
                        if (!first && document.querySelector(".bc-reply")) first = performance.now() - sent;
                        if (document.querySelector("#bc-status .bc-done")) done([first, performance.now() - sent]);
                    }).observe(document.body, { childList: true, subtree: true, characterData: true });
                    document.querySelector("#bc-send").click();
                })"""
            )
            found["第一句话"].append(first)
            found["整个答复"].append(whole)
    return found


def main() -> None:
    """Take the pictures and print the table."""
    parser = argparse.ArgumentParser(description="市民网页各种样子的截图和快慢")
    parser.add_argument("url", help="正在运行的网页，例如 http://127.0.0.1:7860/")
    parser.add_argument("--out", type=Path, default=Path("var/gallery"), help="截图存在哪个文件夹")
    parser.add_argument("--only", nargs="*", choices=STATES, help="只拍这几样")
    arguments = parser.parse_args()
    arguments.out.mkdir(parents=True, exist_ok=True)
    for state in [state for state in STATES if arguments.only and state not in arguments.only]:
        del STATES[state]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        for name, values in (timings(browser, arguments.url) if not arguments.only else {}).items():
            ordered = sorted(values)
            told = f"{name}：中位 {statistics.median(ordered):.0f} 毫秒，最慢 {ordered[-1]:.0f}（n={len(ordered)}）"
            sys.stdout.write(f"{told}\n")
        rows = pictures(browser, arguments.url, arguments.out)
        sys.stdout.write(f"{contact_sheet(browser, rows, arguments.out)}\n")
        browser.close()


if __name__ == "__main__":
    main()
