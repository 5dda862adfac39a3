"""Vectors from a service: the real service and the real client, and between them a wire that a test may cut."""

from collections.abc import Sequence
from pathlib import Path

import httpx
import numpy as np
import pytest
from fastapi.testclient import TestClient

from knowledge.commands.serve_embedding import address_of
from knowledge.embedding_service import create_app
from knowledge.errors import EmbedderUnavailable
from knowledge.index.embedding import BATCH, Embedder, open_embedder
from knowledge.index.generation import GenerationStore
from knowledge.index.served_embedding import REST_SECONDS, ServedEmbedder
from knowledge.model import Library

URL = "http://embedding:7861"
TEXTS = ["身份证丢了怎么补", "孩子出生"]


class TwoSided:
    """The fake embedder, to whom a question and a passage are not the same."""

    def __init__(self, embedder: Embedder) -> None:
        self.model_id, self.model_digest, self.dimension = embedder.model_id, embedder.model_digest, embedder.dimension
        self._embedder = embedder

    def embed_queries(self, texts: Sequence[str]) -> np.ndarray:
        return self._embedder.embed_passages([f"问{text}" for text in texts])

    def embed_passages(self, texts: Sequence[str], progress: object = None) -> np.ndarray:
        return self._embedder.embed_passages([f"文{text}" for text in texts])


class Wire:
    """What stands between the client and a service; `cut` makes every request fail."""

    def __init__(self, embedder: Embedder) -> None:
        self.serve(embedder)
        self.cut: Exception | httpx.Response | None = None
        self.requests = 0
        self.now = 0.0
        self.client = ServedEmbedder(URL, httpx.MockTransport(self._carry), lambda: self.now)

    def serve(self, embedder: Embedder) -> None:
        self._service = TestClient(create_app(embedder))

    def _carry(self, request: httpx.Request) -> httpx.Response:
        self.requests += 1
        if isinstance(self.cut, Exception):
            raise self.cut
        if self.cut is not None:
            return self.cut
        kind = {"content-type": request.headers.get("content-type", "")}
        told = self._service.request(request.method, request.url.path, content=request.content, headers=kind)
        return httpx.Response(told.status_code, content=told.content)


@pytest.fixture
def two_sided(embedder: Embedder) -> TwoSided:
    return TwoSided(embedder)


@pytest.fixture
def wire(two_sided: TwoSided) -> Wire:
    return Wire(two_sided)


def test_vectors_are_those_of_the_model_behind_it(wire: Wire, two_sided: TwoSided) -> None:
    assert (wire.client.model_id, wire.client.model_digest, wire.client.dimension) == ("hashing", "hashing", 256)
    np.testing.assert_array_equal(wire.client.embed_queries(TEXTS), two_sided.embed_queries(TEXTS))
    np.testing.assert_array_equal(wire.client.embed_passages(TEXTS), two_sided.embed_passages(TEXTS))


def test_many_passages_go_in_batches(wire: Wire, two_sided: TwoSided) -> None:
    many, seen = [f"第{number}段" for number in range(BATCH + 1)], list[tuple[int, int]]()
    vectors = wire.client.embed_passages(many, lambda done, total: seen.append((done, total)))
    np.testing.assert_array_equal(vectors, two_sided.embed_passages(many))
    assert seen == [(BATCH, BATCH + 1), (BATCH + 1, BATCH + 1)]


def test_a_setting_that_is_an_address_names_a_service() -> None:
    assert isinstance(open_embedder(URL, Path("nowhere")), ServedEmbedder)


# ---- while it is away -----------------------------------------------------------------------------------------------

FAULTS = [
    httpx.ConnectError("refused"), httpx.ReadTimeout("slow"), httpx.Response(500), httpx.Response(200, text="<html>"),
]  # fmt: skip


@pytest.fixture
def published(tmp_path: Path, small: Library, two_sided: TwoSided) -> GenerationStore:
    store = GenerationStore(tmp_path / "data")
    store.build(small, two_sided)
    store.publish()
    return store


@pytest.mark.parametrize("fault", FAULTS, ids=["不在", "太慢", "出错", "乱答"])
def test_words_alone_are_searched_while_it_is_away_and_vectors_again_after(
    wire: Wire, published: GenerationStore, fault: Exception | httpx.Response
) -> None:
    retriever = published.open(wire.client)[0].retriever
    assert retriever.search(TEXTS[0]).dense_used
    wire.cut = fault
    found = retriever.search(f"{TEXTS[0]}吗")  # what was embedded before is remembered
    assert (found.dense_used, found.kept[0].key) == (False, "410000/card-reissue")
    assert wire.client.problem.startswith(f"向量服务 {URL} 用不了（")
    asked = wire.requests
    wire.now += REST_SECONDS - 0.1
    assert not retriever.search(f"{TEXTS[0]}吗").dense_used
    assert wire.requests == asked, "nobody waits for it again and again"
    wire.cut, wire.now = None, wire.now + 0.2
    assert retriever.search(f"{TEXTS[0]}吗").dense_used
    assert wire.client.problem == ""


def test_a_service_that_is_away_at_the_start_is_used_when_it_comes(wire: Wire, published: GenerationStore) -> None:
    wire.cut = httpx.ConnectError("refused")
    opened, problems = published.open(wire.client)
    assert (problems, opened.retriever.search(TEXTS[0]).dense_used) == ((), False)
    wire.cut, wire.now = None, REST_SECONDS + 1
    assert opened.retriever.search(TEXTS[0]).dense_used


def test_another_model_is_never_asked(wire: Wire, published: GenerationStore, two_sided: TwoSided) -> None:
    opened, _ = published.open(wire.client)
    other = TwoSided(two_sided)
    other.model_id = other.model_digest = "other"
    wire.serve(other)
    assert not opened.retriever.search(TEXTS[0]).dense_used
    assert wire.client.problem != ""
    wire.serve(two_sided)
    wire.now = REST_SECONDS + 1
    assert opened.retriever.search(TEXTS[0]).dense_used


def test_another_model_that_comes_first_is_not_asked_either(
    wire: Wire, published: GenerationStore, two_sided: TwoSided
) -> None:
    wire.cut = httpx.ConnectError("refused")
    opened, _ = published.open(wire.client)
    other = TwoSided(two_sided)
    other.model_id = other.model_digest = "other"
    wire.serve(other)
    wire.cut, wire.now = None, REST_SECONDS + 1
    assert not opened.retriever.search(TEXTS[0]).dense_used


def test_passages_without_a_service_are_a_fault(wire: Wire) -> None:
    wire.cut = httpx.ConnectError("refused")
    with pytest.raises(EmbedderUnavailable, match="请检查它和网络"):
        wire.client.embed_passages(TEXTS)


# ---- the service alone ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body, status", [
    ({"model": "hashing", "input": "一"}, 200), ({"model": "other", "input": "一"}, 404), ({"model": "hashing", "input": []}, 422),
    ({"model": "hashing", "input": ["一"] * (BATCH + 1)}, 422), ({"model": "hashing", "input": "一" * 20_001}, 422),
    ({"model": "hashing", "input": "一", "input_type": "other"}, 422),
], ids=["一句", "别的模型", "空", "太多", "太长", "别的用途"])  # fmt: skip
def test_the_service_takes_what_it_can(two_sided: TwoSided, body: dict[str, object], status: int) -> None:
    assert TestClient(create_app(two_sided)).post("/v1/embeddings", json=body).status_code == status


def test_any_client_of_the_api_can_read_it(two_sided: TwoSided) -> None:
    body = {"model": "hashing", "input": TEXTS, "input_type": "passage"}
    told = TestClient(create_app(two_sided)).post("/v1/embeddings", json=body).json()
    assert [row["index"] for row in told["data"]] == [0, 1]
    vectors = np.array([row["embedding"] for row in told["data"]], dtype=np.float32)
    np.testing.assert_array_equal(vectors, two_sided.embed_passages(TEXTS))


@pytest.mark.parametrize("words, address", [
    ([], ("127.0.0.1", 7861)), (["0.0.0.0:80"], ("0.0.0.0", 80)), (["7861"], None), ([":7861"], None), (["a:b"], None),
    (["a:70000"], None),
])  # fmt: skip
def test_where_to_listen_is_written_as_host_and_port(words: list[str], address: tuple[str, int] | None) -> None:
    assert address_of(words) == address
