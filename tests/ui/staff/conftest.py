"""Fixtures: a desk over a small library, its stores, and a browser's cookies."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from fastapi.testclient import TestClient
from httpx import Response
from starlette.applications import Starlette

from assistant.assistant import Aids, Assistant
from assistant.build import PATIENT, open_stores
from assistant.casework.editions import PublishedEditions
from assistant.casework.notes import FolderNotes
from assistant.casework.records import Records
from assistant.config import Settings
from assistant.kept import Stores
from knowledge.index.embedding import Embedder
from knowledge.index.generation import GenerationStore
from knowledge.model import Library
from ui.metrics import Metrics
from ui.server import create_app
from ui.staff.app import mount_staff

TOKEN = "a-token-for-the-trial"
Open = Callable[..., TestClient]


@pytest.fixture(scope="package")
def published(changing: Library, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two published generations: before the last one a fee and a material were other."""
    data = tmp_path_factory.mktemp("desk")
    store = GenerationStore(data)
    old = [g.model_copy(update={"fees": ()}) if g.item_id == "card-reissue" else g for g in changing.guides]
    for library in (changing.model_copy(update={"guides": tuple(old)}), changing):
        store.build(library, embedder)
        store.publish()
    return data


@pytest.fixture
def settings(published: Path) -> Settings:
    return Settings(data_dir=published, staff_token=TOKEN)  # type: ignore[arg-type]


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    opened = open_stores(Settings(data_dir=tmp_path), PATIENT)
    yield opened
    opened.keeper.close()


@pytest.fixture
def assistant(published: Path, embedder: Embedder, stores: Stores) -> Assistant:
    opened, _ = GenerationStore(published).open(embedder)
    return Assistant(opened, stores.sessions, 500, aids=Aids(gaps=stores.gaps))


@pytest.fixture
def records(published: Path, stores: Stores, tmp_path: Path) -> Records:
    return Records(stores, FolderNotes(tmp_path), PublishedEditions(published))


@pytest.fixture
def desk(assistant: Assistant, records: Records, settings: Settings) -> Open:
    """A browser at a desk alone, with these settings and records instead of the usual ones."""

    def opened(settings: Settings = settings, records: Records = records, address: str = "testclient") -> TestClient:
        app, serving = Starlette(), SimpleNamespace(assistant=assistant, problems=())
        mount_staff(app, serving, settings, records, Metrics())  # type: ignore[arg-type]
        return TestClient(app, follow_redirects=False, client=(address, 50000))

    return opened


@pytest.fixture
def service(assistant: Assistant, records: Records, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Open:
    """A browser at the whole service."""
    monkeypatch.setattr("ui.server.open_records", lambda settings, stores: records)

    def opened(settings: Settings = settings) -> TestClient:
        app = create_app(SimpleNamespace(assistant=assistant, problems=()), settings, records.stores)  # type: ignore[arg-type]
        return TestClient(app, follow_redirects=False)

    return opened


@pytest.fixture
def staff(desk: Open) -> TestClient:
    """A browser whose caseworker has logged in."""
    client = desk()
    log_in(client)
    return client


def log_in(client: TestClient, name: str = "窗口甲") -> None:
    client.get("/staff/login")
    said = {"name": name, "token": TOKEN, "form_key": client.cookies["bancheng_staff_form"]}
    assert client.post("/staff/login", data=said).headers["location"] == "/staff/"


def post(client: TestClient, path: str, **said: str) -> Response:
    return client.post(path, data=said | {"form_key": client.cookies["bancheng_staff_form"]})
