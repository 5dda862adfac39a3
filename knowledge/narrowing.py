"""Fewer candidates, where there are more than an index compares one by one: those near by words or by vectors.

Some ordinary ones stay among them, since a cosine says little but in comparison with what other documents have.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.index.entries import Entries, Spans
from knowledge.index.fusion import Scores
from knowledge.index.ports import Cosines

BY_WORDS, NEAR_TEXTS, ORDINARY = 100, 400, 500


class Narrowed(NamedTuple):
    """The numbers of the candidates that are left, ascending, and which of them were taken blindly."""

    numbers: NDArray[np.intp]
    ordinary: NDArray[np.bool_]


def narrow(dense: Cosines, vector: Scores, lexical: Scores, entries: Entries) -> Narrowed:
    """`lexical`: the BM25 score of every candidate; `entries`: the texts of every candidate."""
    texts = np.unique(np.concatenate([spans.texts for spans in entries]))
    near = np.zeros(int(texts[-1]) + 1, dtype=np.bool_)
    near[dense.nearest(vector, texts, NEAR_TEXTS)] = True
    chosen = np.logical_or(*(_any(spans, near) for spans in entries))
    chosen[np.argsort(-lexical, kind="stable")[:BY_WORDS]] = True
    ordinary = np.zeros(len(lexical), dtype=np.bool_)
    ordinary[:: max(1, len(lexical) // ORDINARY)] = True
    numbers = np.flatnonzero(chosen | ordinary)
    return Narrowed(numbers, ordinary[numbers])


def _any(spans: Spans, marked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether any text of a document is marked."""
    return np.asarray(np.logical_or.reduceat(marked[spans.texts], spans.starts[:-1]))
