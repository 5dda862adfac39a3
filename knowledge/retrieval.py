"""`Retriever.search`: the right documents for a question, the place and the date filtered before the top k."""

import time
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.index.dense import DenseIndex
from knowledge.index.embedding import Embedder, Progress
from knowledge.index.entries import Doc, Entry, entries_of
from knowledge.index.fusion import Scores, fuse, unit_peak
from knowledge.index.lexical import LexicalIndex
from knowledge.index.tokens import Tokens

# A hit whose best cosine is this far below the query's best is lexical coincidence, not evidence.
SUPPORT_GAP = 0.08


class Hit(NamedTuple):
    """One document for a query. `score` orders hits, 0..1, higher is better; the parts explain it."""

    key: str
    score: float
    cosine: float  # best cosine over names and card; NaN when the dense side is down
    lexical: float  # BM25 over the query's best, 0..1
    coverage: float  # share of the query's tokens (by information) that the document contains, 0..1


class RetrievalResult(NamedTuple):
    """What was found, what was turned down, and how long each part took (seconds)."""

    kept: tuple[Hit, ...]
    rejected: tuple[Hit, ...]
    timings: dict[str, float]
    dense_used: bool = True


class Index(NamedTuple):
    """Everything that is searched: the documents, their texts to embed, both indexes and the tokenizer they were made with."""

    docs: Sequence[Doc]
    entries: Sequence[Entry]
    lexical: LexicalIndex
    dense: DenseIndex
    tokens: Tokens

    @classmethod
    def build(
        cls, docs: Sequence[Doc], tokens: Tokens, embedder: Embedder, progress: Progress | None = None
    ) -> "Index":
        """Index documents by words and by vectors."""
        entries = tuple(entries_of(docs))
        dense = DenseIndex.build(embedder.embed_passages([entry.text for entry in entries], progress))
        return cls(docs, entries, LexicalIndex.build([tokens(doc.lexical_text) for doc in docs]), dense, tokens)


class Scope(Protocol):
    """Which documents may answer for a place and a date."""

    def allowed(self, adcode: str | None, as_of: date | None) -> frozenset[str]:
        """The keys that may answer."""
        ...


class Everything:
    """A scope without borders, for collections that have none."""

    def __init__(self, docs: Sequence[Doc]) -> None:
        self._keys = frozenset(doc.key for doc in docs)

    def allowed(self, adcode: str | None, as_of: date | None) -> frozenset[str]:
        """All keys."""
        return self._keys


class Retriever:
    """Hybrid search over documents: BM25 on words, cosine on names and cards, convexly fused."""

    def __init__(self, index: Index, embedder: Embedder | None, scope: Scope) -> None:
        self._keys = np.array([doc.key for doc in index.docs])
        self._owners = np.array([entry.owner for entry in index.entries], dtype=np.int64)
        self._is_name = np.array([entry.role == "name" for entry in index.entries])
        self._lexical = index.lexical
        self._dense = index.dense
        self.tokenize = index.tokens
        self._embedder = embedder
        self._scope = scope
        self._masks: dict[frozenset[str], NDArray[np.bool_]] = {}

    def search(
        self, query: str, jurisdiction: str | None = None, as_of: date | None = None, k: int = 10
    ) -> RetrievalResult:
        """The best k documents for a query; an empty query finds nothing."""
        started = time.perf_counter()
        tokens = self.tokenize(query)
        lexical = self._lexical.scores(tokens)
        after_lexical = time.perf_counter()
        vector = self._embedder.embed_queries([query])[0] if self._embedder and query.strip() else None
        after_embedding = time.perf_counter()
        mask = self._mask(jurisdiction, as_of)
        name, card = self._cosines(vector)
        fused = fuse(lexical[mask], name[mask], card[mask]) if vector is not None else unit_peak(lexical[mask])
        kept, rejected = self._select(np.flatnonzero(mask), fused, lexical, np.maximum(name, card), tokens, k)
        done = time.perf_counter()
        timings = {
            "lexical": after_lexical - started,
            "embedding": after_embedding - after_lexical,
            "fusion": done - after_embedding,
        }
        return RetrievalResult(kept, rejected, timings, dense_used=vector is not None)

    def _mask(self, jurisdiction: str | None, as_of: date | None) -> NDArray[np.bool_]:
        allowed = self._scope.allowed(jurisdiction, as_of)
        if allowed not in self._masks:
            self._masks[allowed] = np.array([key in allowed or key.startswith("theme:") for key in self._keys])
        return self._masks[allowed]

    def _cosines(self, vector: NDArray[np.float32] | None) -> tuple[Scores, Scores]:
        shape = len(self._keys)
        if vector is None:
            return np.full(shape, np.nan, dtype=np.float32), np.full(shape, np.nan, dtype=np.float32)
        scores = self._dense.scores(vector)
        name = np.full(shape, -1.0, dtype=np.float32)
        card = np.full(shape, -1.0, dtype=np.float32)
        np.maximum.at(name, self._owners[self._is_name], scores[self._is_name])
        np.maximum.at(card, self._owners[~self._is_name], scores[~self._is_name])
        return np.where(name < 0, card, name), np.where(card < 0, name, card)

    def _select(
        self, positions: NDArray[np.int64], fused: Scores, lexical: Scores, cosine: Scores, tokens: list[str], k: int
    ) -> tuple[tuple[Hit, ...], tuple[Hit, ...]]:
        order = np.argsort(-fused, kind="stable")[: 2 * k]
        best = float(np.nanmax(cosine[positions], initial=-1.0))
        peak = float(lexical[positions].max(initial=0.0)) or 1.0
        kept: list[Hit] = []
        rejected: list[Hit] = []
        for position, score in ((int(positions[i]), float(fused[i])) for i in order):
            if score <= 0:
                continue
            hit = Hit(
                str(self._keys[position]), score, float(cosine[position]), float(lexical[position]) / peak,
                self._lexical.coverage(tokens, position),
            )  # fmt: skip
            supported = np.isnan(hit.cosine) or hit.cosine >= best - SUPPORT_GAP
            (kept if supported and len(kept) < k else rejected).append(hit)
        return tuple(kept), tuple(rejected)
