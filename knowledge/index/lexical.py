"""The lexical index: BM25 over token lists, saved and memory-mapped by bm25s."""

import math
from collections.abc import Iterable, Iterator
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray


class LexicalIndex:
    """BM25 scores of every document for a query; higher is better, 0 means no shared token."""

    def __init__(self, model: bm25s.BM25) -> None:
        self._model = model
        self.size = int(model.scores["num_docs"])

    @classmethod
    def build(cls, tokens: Iterable[list[str]], k1: float = 1.2, b: float = 0.6) -> "LexicalIndex":
        """Index one token list a document; with k1 = 0 a token weighs its information, however often it stands there."""
        model = bm25s.BM25(method="lucene", k1=k1, b=b)
        model.index(list(tokens), show_progress=False)
        return cls(model)

    @classmethod
    def load(cls, folder: Path) -> "LexicalIndex":
        """Open a saved index memory-mapped."""
        model = bm25s.BM25.load(folder, mmap=True, load_corpus=False)
        # The same mapped bytes as plain arrays: every slice of a numpy.memmap costs more than what is done with it.
        model.scores |= {name: np.asarray(model.scores[name]) for name in ("data", "indices", "indptr")}
        return cls(model)

    def save(self, folder: Path) -> None:
        """Write the index into a folder of its own."""
        self._model.save(folder, show_progress=False)

    def scores(self, tokens: list[str]) -> NDArray[np.float32]:
        """One score a document, shape (n,)."""
        known = [t for t in tokens if t in self._model.vocab_dict]
        if not known:
            return np.zeros(self.size, dtype=np.float32)
        return np.asarray(self._model.get_scores(known), dtype=np.float32)

    def information(self, tokens: list[str]) -> float:
        """The idf mass of distinct tokens; unknown ones count as rarest."""
        return sum(self._information(token) for token in set(tokens))

    def totals(self) -> NDArray[np.float32]:
        """The summed weights of every document's tokens, shape (n,)."""
        scores = self._model.scores
        sums = np.bincount(scores["indices"], weights=scores["data"], minlength=self.size)
        return np.asarray(sums, dtype=np.float32)

    def postings(self) -> Iterator[tuple[str, NDArray[np.int32], NDArray[np.float32]]]:
        """Every token with the documents that hold it and what it adds to their scores."""
        data, indices, indptr = (self._model.scores[name] for name in ("data", "indices", "indptr"))
        for token, column in self._model.vocab_dict.items():
            if column < len(indptr) - 1:  # bm25s counts an empty token that no document holds
                held = slice(indptr[column], indptr[column + 1])
                yield token, indices[held], data[held]

    def _information(self, token: str) -> float:
        column = self._model.vocab_dict.get(token)
        indptr = self._model.scores["indptr"]
        return information(0 if column is None else int(indptr[column + 1] - indptr[column]), self.size)


def information(holders: int, documents: int) -> float:
    """The idf of a token that some of the documents hold."""
    return math.log1p((documents - holders + 0.5) / (holders + 0.5))
