"""Serving from what several processes share: a database that goes away and comes back, an embedding service that is away."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from assistant.assistant import Assistant
from assistant.errors import OutOfReach
from assistant.model import Session
from assistant.serving import Serving
from assistant.sessions import MemorySessions
from knowledge.errors import IndexUnavailable
from knowledge.index.embedding import Embedder
from knowledge.index.generation import GenerationStore
from knowledge.index.opening import Generation
from knowledge.index.postgres import Database
from knowledge.index.served_embedding import ServedEmbedder
from knowledge.index.shared_generations import SharedGenerations
from knowledge.model import Library
from knowledge.sources.library import load_library

SMALL = Path(__file__).parents[1] / "knowledge/small_library"
AWAY = "索引数据库现在用不了（OperationalError），请检查数据库和到它的网络"


class Breakable(Database):
    """A database whose connections can be refused for a while."""

    away = False

    def rows(self, *args: object, **named: object) -> list[tuple[object, ...]]:  # type: ignore[override]
        if self.away:
            raise IndexUnavailable(AWAY)
        return super().rows(*args, **named)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def small() -> Library:
    return load_library(SMALL)


@pytest.fixture
def database(postgres_database: str) -> Iterator[Breakable]:
    made = Breakable(postgres_database, 120.0)
    yield made
    made.close()


@pytest.fixture
def shared(database: Breakable, tmp_path: Path, small: Library, embedder: Embedder) -> SharedGenerations:
    GenerationStore(tmp_path).build(small, embedder)
    made = SharedGenerations(database, tmp_path)
    made.publish()
    return made


def serving_of(shared: SharedGenerations, embedder: Embedder) -> Serving:
    sessions = MemorySessions()

    def assemble(generation: Generation, problems: tuple[str, ...]) -> Assistant:
        return Assistant(generation, sessions, 500, problems)

    return Serving(shared, embedder, assemble, assemble(*shared.open(embedder)))


def test_a_database_that_goes_is_told_and_one_that_comes_back_is_followed(
    shared: SharedGenerations, database: Breakable, embedder: Embedder, small: Library, tmp_path: Path
) -> None:
    serving, session = serving_of(shared, embedder), Session(session_id="test")
    serving.refresh()
    database.away = True
    serving.refresh()
    assert serving.problems == (f"{AWAY}；仍用版本 1。恢复以后自己接上",)
    with pytest.raises(OutOfReach, match="指南库暂时连不上，请过一会儿再问"):
        serving.assistant.ask(session, "身份证丢了怎么补")
    with pytest.raises(OutOfReach):
        serving.assistant.search("身份证丢了怎么补")
    assert serving.assistant.ask(session, "我不想活了").reply.reason == "crisis", "help does not wait for an index"
    database.away = False
    GenerationStore(tmp_path).build(small, embedder)
    shared.publish()
    serving.refresh()
    assert (serving.problems, serving.assistant.generation_number) == ((), "2")
    assert serving.assistant.search("身份证丢了怎么补")[0]["guide_id"] == "410000/card-reissue"


def test_a_database_that_comes_back_unchanged_clears_the_complaint(
    shared: SharedGenerations, database: Breakable, embedder: Embedder
) -> None:
    serving = serving_of(shared, embedder)
    serving.refresh()
    for away in (True, False):
        database.away = away
        serving.refresh()
    assert serving.problems == ()


def test_an_embedding_service_that_is_away_is_told(shared: SharedGenerations) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    serving = serving_of(shared, ServedEmbedder("http://embedding", httpx.MockTransport(refuse)))
    assert serving.assistant.search("身份证丢了怎么补")[0]["guide_id"] == "410000/card-reissue"
    assert serving.problems == ("向量服务 http://embedding 用不了（ConnectError），只按词语检索；请检查它和网络",)
