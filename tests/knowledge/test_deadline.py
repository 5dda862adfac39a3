"""A question has so many seconds in all; every stage is given what is left of them, by a clock that the test moves."""

import math
from collections.abc import Sequence
from types import SimpleNamespace

import httpx
import pytest

from knowledge import deadline
from knowledge.deadline import granted, left, within
from knowledge.errors import RerankerUnavailable, TimeIsUp
from knowledge.index.fusion import Scores
from knowledge.index.postgres import Database
from knowledge.index.reranking import LATE, Reranking
from knowledge.index.served_embedding import ServedEmbedder


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(deadline, "time", made)
    return made


def test_a_stage_gets_its_own_limit_or_what_is_left(clock: Clock) -> None:
    assert (left(3.0), granted("检索")) == (3.0, math.inf), "nobody set a limit"
    with within(5.0):
        assert (left(3.0), granted("检索", 3.0)) == (3.0, 3.0)
        clock.now += 4.0
        assert (left(3.0), granted("检索", 3.0)) == (1.0, 1.0)
        clock.now += 1.0
        assert left(3.0) == 0.0
        with pytest.raises(TimeIsUp, match="^检索$"):
            granted("检索", 3.0)
    assert granted("检索", 3.0) == 3.0, "the next question has its own"


def test_a_database_and_an_embedding_service_are_not_asked_any_more(clock: Clock) -> None:
    asked: list[httpx.Request] = []
    served = ServedEmbedder("http://embedding", httpx.MockTransport(asked.append))  # type: ignore[arg-type]
    database = Database("postgresql://nobody@127.0.0.1:1/none")
    with within(5.0):
        clock.now += 5.0
        with pytest.raises(TimeIsUp, match="向量服务"):
            served.embed_queries(["小证"])
        with pytest.raises(TimeIsUp, match="索引数据库"):
            database.rows("SELECT 1")
    assert (asked, served.problem) == ([], ""), "it is not to blame"


def test_an_embedding_service_is_waited_for_no_longer_than_is_left(clock: Clock) -> None:
    waited: list[dict[str, float]] = []

    def models(request: httpx.Request) -> httpx.Response:
        waited.append(request.extensions["timeout"])
        clock.now += 0.4
        return httpx.Response(
            200, json={"data": [{"id": "m", "digest": "d", "dimension": 2, "embedding": "AAAAAAAAAAA="}]}
        )

    with within(0.7):
        ServedEmbedder("http://embedding", httpx.MockTransport(models)).embed_queries(["小证"])
    assert [round(timeout["read"], 3) for timeout in waited] == [0.5, 0.3]


def test_reranking_is_left_out_when_nothing_is_left(clock: Clock) -> None:
    def relevance(query: str, passages: Sequence[str]) -> Scores:
        raise AssertionError

    reader = SimpleNamespace(model_id="slow", relevance=relevance)
    with within(5.0), pytest.raises(RerankerUnavailable, match=LATE):
        clock.now += 5.0
        Reranking(reader, str).relevance("小证", ["card"])
