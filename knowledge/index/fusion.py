"""Convex fusion of lexical and dense scores, each normalised per query.

Rank fusion throws away how sure each side is and lost to the convex combination on three public government
collections (Bruch et al. 2023, "An Analysis of Fusion Functions for Hybrid Retrieval", found the same).
"""

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]
LEXICAL_WEIGHT = 0.35
SHORT = 8  # characters; a query as short as that is read as a name
RELEVANCE_WEIGHT = 0.5  # of a reranker; not tuned, no such model is shipped
NAME_WEIGHTS = (0.6, 0.2, 0.2)  # shared characters, name cosine, card cosine


def standardise(scores: Scores, ordinary: Mask | None = None) -> Scores:
    """Zero mean, unit variance over the documents, or over the ordinary ones; a constant column becomes zeros."""
    among = scores if ordinary is None else scores[ordinary]
    spread = float(among.std()) if among.size else 0.0
    return (scores - among.mean()) / spread if spread > 1e-6 else np.zeros_like(scores)


def unit_peak(scores: Scores) -> Scores:
    """Divide by the maximum so that the best is 1; nothing positive becomes zeros."""
    peak = float(scores.max(initial=0.0))
    return np.clip(scores / peak, 0.0, 1.0) if peak > 0 else np.zeros_like(scores)


def fuse(
    lexical: Scores, name: Scores, card: Scores, ordinary: Mask | None = None, lexical_weight: float = LEXICAL_WEIGHT
) -> Scores:
    """One score a document in 0..1 from its BM25 score and its best name and card cosines."""
    standard = (standardise(name, ordinary) + standardise(card, ordinary)) / 2
    dense = unit_peak(np.asarray(standard, dtype=np.float32))
    return np.asarray(lexical_weight * unit_peak(lexical) + (1 - lexical_weight) * dense, dtype=np.float32)


def fuse_names(overlap: Scores, name: Scores, card: Scores, ordinary: Mask | None = None) -> Scores:
    """One score a document in 0..1 for a short query: by the characters it shares with a name, then by its cosines."""
    parts = (unit_peak(overlap), unit_peak(standardise(name, ordinary)), unit_peak(standardise(card, ordinary)))
    return np.asarray(sum(weight * part for weight, part in zip(NAME_WEIGHTS, parts, strict=True)), dtype=np.float32)


def with_relevance(fused: float, relevance: float) -> float:
    """A fused score and a reranker's relevance, both 0..1, as one score 0..1."""
    return (1 - RELEVANCE_WEIGHT) * fused + RELEVANCE_WEIGHT * relevance
