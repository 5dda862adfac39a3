"""Vectors are kept by model and text: nothing is embedded twice, a stop loses one batch, damage is noticed."""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from knowledge.errors import VectorsDamaged
from knowledge.index.embedding import Embedder, Progress
from knowledge.index.vector_store import BATCH, StoredEmbedder


class Counting:
    """An embedder that remembers what it was asked, and stops when told to."""

    def __init__(self, embedder: Embedder, model_id: str = "hashing", stop_after: int | None = None) -> None:
        self.model_id = self.model_digest = model_id
        self.dimension = embedder.dimension
        self.embed_queries = embedder.embed_queries
        self.batches: list[list[str]] = []
        self._embedder, self._stop_after = embedder, stop_after

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> NDArray[np.float32]:
        if len(self.batches) == self._stop_after:
            raise KeyboardInterrupt
        self.batches.append(list(texts))
        return self._embedder.embed_passages(texts, progress)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "vectors.sqlite3"


TEXTS = ["身份证丢了怎么补办", "居住证", "护照过期", "居住证"]


def test_vectors_come_in_the_order_asked_and_are_those_of_the_model(path: Path, embedder: Embedder) -> None:
    stored = StoredEmbedder(Counting(embedder), path)
    for _ in range(2):
        np.testing.assert_array_equal(stored.embed_passages(TEXTS), embedder.embed_passages(TEXTS))


def test_only_what_is_missing_is_embedded(path: Path, embedder: Embedder) -> None:
    StoredEmbedder(Counting(embedder), path).embed_passages(TEXTS[:2])
    again = Counting(embedder)
    seen: list[tuple[int, int]] = []
    StoredEmbedder(again, path).embed_passages([*TEXTS[:3], "公积金"], lambda done, total: seen.append((done, total)))
    assert (again.batches, seen) == ([["公积金", "护照过期"]], [(2, 2)])


def test_another_model_embeds_for_itself(path: Path, embedder: Embedder) -> None:
    StoredEmbedder(Counting(embedder), path).embed_passages(TEXTS)
    other = Counting(embedder, "other")
    StoredEmbedder(other, path).embed_passages(["居住证"])
    assert other.batches == [["居住证"]]


def test_a_stopped_run_goes_on_where_it_was(path: Path, embedder: Embedder) -> None:
    texts = [f"第{number:04}号事项" for number in range(3 * BATCH)]
    with pytest.raises(KeyboardInterrupt):
        StoredEmbedder(Counting(embedder, stop_after=2), path).embed_passages(texts)
    rest = Counting(embedder)
    vectors = StoredEmbedder(rest, path).embed_passages(texts)
    assert rest.batches == [texts[2 * BATCH :]]
    np.testing.assert_array_equal(vectors, embedder.embed_passages(texts))


def test_a_vector_whose_bytes_have_changed_is_made_again(path: Path, embedder: Embedder) -> None:
    StoredEmbedder(Counting(embedder), path).embed_passages(["居住证"])
    with sqlite3.connect(path) as store:
        (vector,) = store.execute("SELECT vector FROM vectors").fetchone()
        store.execute("UPDATE vectors SET vector = ?", (bytes([vector[0] ^ 1]) + vector[1:],))
    again = Counting(embedder)
    np.testing.assert_array_equal(
        StoredEmbedder(again, path).embed_passages(["居住证"]), embedder.embed_passages(["居住证"])
    )
    assert again.batches == [["居住证"]]


def test_a_file_that_is_no_store_is_told_with_the_remedy(path: Path, embedder: Embedder) -> None:
    path.parent.mkdir()
    path.write_bytes(b"x" * 5000)
    with pytest.raises(VectorsDamaged, match="向量库 .*vectors.sqlite3 打不开或写不进去.*可以删掉，下次会重新计算"):
        StoredEmbedder(Counting(embedder), path).embed_passages(TEXTS)
