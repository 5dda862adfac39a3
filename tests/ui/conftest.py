"""Fixtures: the fake assistant, a real server over it, and a real browser."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
import uvicorn

from assistant.build import PATIENT, open_stores
from assistant.config import Settings
from assistant.kept import Stores
from tests.ui.fakes import FakeAssistant
from ui import desk
from ui.server import create_app

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    opened = open_stores(Settings(data_dir=tmp_path), PATIENT)
    yield opened
    opened.keeper.close()


@pytest.fixture
def fake(stores: Stores) -> FakeAssistant:
    return FakeAssistant(stores.sessions)


@pytest.fixture(scope="session")
def page_stores(tmp_path_factory: pytest.TempPathFactory) -> Stores:
    """The stores behind `page_url`."""
    return open_stores(Settings(data_dir=tmp_path_factory.mktemp("page")), PATIENT)


@pytest.fixture(scope="session")
def page_assistant(page_stores: Stores) -> FakeAssistant:
    """The assistant behind `page_url`."""
    return FakeAssistant(page_stores.sessions)


@pytest.fixture(scope="session")
def page_url(page_assistant: FakeAssistant, page_stores: Stores) -> Iterator[str]:
    """A real server on a free port of loopback; replies come without the pauses between their blocks."""
    desk.PACE_SECONDS = 0.0
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        app = create_app(SimpleNamespace(assistant=page_assistant, problems=()), Settings(), page_stores)  # type: ignore[arg-type]
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [taken]}, daemon=True)
        thread.start()
        while not server.started:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/"
        server.should_exit = True
        thread.join(10)


@pytest.fixture(scope="package")
def browser() -> Iterator["Browser"]:
    """Debian's Chromium, one for all tests of the pages; each test opens a context of its own."""
    playwright_api = pytest.importorskip("playwright.sync_api", reason="没有安装 playwright")
    if not CHROMIUM.exists():
        pytest.skip(f"没有 {CHROMIUM}")
    playwright_api.expect.set_options(timeout=20_000)  # a busy machine is not a fault of the page
    with playwright_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def seen() -> list[str]:
    """What a page did that it should not: foreign requests, console errors, script faults."""
    return []


@pytest.fixture
def page(browser: "Browser", page_url: str, seen: list[str]) -> Iterator["Page"]:
    """The citizens' page, opened."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="zh-CN")
    page = context.new_page()
    context.on("request", lambda r: None if r.url.startswith((page_url, "data:", "blob:")) else seen.append(r.url))
    context.on("console", lambda m: seen.append(m.text) if m.type == "error" else None)
    context.on("weberror", lambda e: seen.append(str(e.error)))
    page.goto(page_url)
    page.wait_for_selector("#bc-box textarea")
    yield page
    context.close()
