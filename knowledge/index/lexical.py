"""The lexical index: BM25 over token lists, saved and memory-mapped by bm25s."""

import math
from collections.abc import Iterable
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray


class LexicalIndex:
    """BM25 scores of every document for a query; higher is better, 0 means no shared token."""

    def __init__(self, model: bm25s.BM25, size: int) -> None:
        self._model = model
        self._size = size

    @classmethod
    def build(cls, tokens: Iterable[list[str]]) -> "LexicalIndex":
        """Index one token list a document."""
        model, documents = bm25s.BM25(method="lucene", k1=1.2, b=0.6), list(tokens)
        model.index(documents, show_progress=False)
        return cls(model, len(documents))

    @classmethod
    def load(cls, folder: Path, size: int) -> "LexicalIndex":
        """Open a saved index memory-mapped."""
        return cls(bm25s.BM25.load(folder, mmap=True, load_corpus=False), size)

    def save(self, folder: Path) -> None:
        """Write the index into a folder of its own."""
        self._model.save(folder, show_progress=False)

    def scores(self, tokens: list[str]) -> NDArray[np.float32]:
        """One score a document, shape (n,)."""
        known = [t for t in tokens if t in self._model.vocab_dict]
        if not known:
            return np.zeros(self._size, dtype=np.float32)
        return np.asarray(self._model.get_scores(known), dtype=np.float32)

    def coverage(self, tokens: list[str], docs: NDArray[np.int32]) -> NDArray[np.float64]:
        """Share of the query's information (idf mass) that each document contains; unknown words count as rarest."""
        covered, total = np.zeros(len(docs)), 0.0
        indptr, indices = self._model.scores["indptr"], self._model.scores["indices"]
        for token in set(tokens):
            column = self._model.vocab_dict.get(token)
            holders = indices[indptr[column] : indptr[column + 1]] if column is not None else indices[:0]
            weight = math.log1p((self._size - len(holders) + 0.5) / (len(holders) + 0.5))
            total += weight
            covered += weight * np.isin(docs, holders)
        return covered / total if total else covered
