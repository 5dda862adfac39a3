"""`Retriever.search`: the right documents for a question, the place and the date filtered before the top k."""

import math
import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import lru_cache, partial
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from knowledge.catalog import Catalog
from knowledge.deadline import granted
from knowledge.errors import EmbedderUnavailable, RerankerUnavailable
from knowledge.index.embedding import Embedder, Progress
from knowledge.index.entries import Doc, Entries
from knowledge.index.fusion import SHORT, Scores, fuse, fuse_names, unit_peak, with_relevance
from knowledge.index.names import NameIndex, compact
from knowledge.index.parts import Parts, build_parts
from knowledge.index.ports import Cosines, Words
from knowledge.index.reranking import Reranking
from knowledge.index.said import SaidVectors
from knowledge.index.tokens import Tokens
from knowledge.narrowing import narrow
from knowledge.register import Column

# A hit whose best cosine is this far below the query's best is lexical coincidence, not evidence.
SUPPORT_GAP = 0.08
RERANKED = 20  # at most so many hits are read again
REMEMBERED = 64  # query vectors


class Hit(NamedTuple):
    """One document for a query. `score` orders hits, 0..1, higher is better; the parts explain it."""

    key: str
    score: float
    cosine: float  # best cosine over names and card; NaN when the dense side is down
    lexical: float  # BM25 over the query's best, 0..1


class RetrievalResult(NamedTuple):
    """What was found, what was turned down, and how long each part took (seconds).

    `uncovered` is the best-fitting service that is known by name only; its key is that name. `not_reranked` says why a
    reranker that there is had no say.
    """

    kept: tuple[Hit, ...]
    rejected: tuple[Hit, ...]
    timings: dict[str, float]
    dense_used: bool = True
    uncovered: Hit | None = None
    not_reranked: str = ""


NOTHING = RetrievalResult((), (), {})


class Hits(NamedTuple):
    """The best of those that may answer, and the best of those known by name only."""

    answering: list[Hit]
    uncovered: Hit | None


class Scored(NamedTuple):
    """One value a candidate, shape (n,), as in `Hit`; the cosine is NaN when the dense side is down."""

    fused: Scores
    lexical: Scores
    cosine: Scores


class Index(NamedTuple):
    """Everything that is searched: words, names, vectors, which of them belong to which document, and the tokenizer."""

    words: Words
    names: NameIndex
    dense: Cosines
    entries: Entries
    tokens: Tokens

    @property
    def size(self) -> int:
        """How many distinct documents are indexed."""
        return len(self.entries.cards.starts) - 1

    @classmethod
    def build(
        cls, docs: Sequence[Doc], tokens: Tokens, embedder: Embedder, progress: Progress | None = None
    ) -> "Index":
        """Index distinct documents by words and by vectors."""
        parts, entries = build_parts(docs, tokens, embedder, progress)
        return cls.of(parts, entries, tokens)

    @classmethod
    def of(cls, parts: Parts[Words, Cosines], entries: Entries, tokens: Tokens) -> "Index":
        """The index made of parts that are kept somewhere."""
        return cls(parts.words, NameIndex(parts.names), parts.dense, entries, tokens)


class Candidates(NamedTuple):
    """The document of each candidate, its key by its number, and how many may answer: the rest is known by name only."""

    docs: Column
    key: Callable[[int], str]
    answering: int

    def only(self, numbers: NDArray[np.intp]) -> "Candidates":
        """Some of them, by ascending numbers."""
        answering = int(np.searchsorted(numbers, self.answering))
        return Candidates(self.docs[numbers], lambda i: self.key(int(numbers[i])), answering)


class Scope(Protocol):
    """Which candidates there are for a place and a date."""

    def candidates(self, adcode: str | None, as_of: date | None) -> Candidates:
        """The candidates, several of which may share one document."""
        ...


class Everything:
    """A scope without borders, for collections that have none: one key a document."""

    def __init__(self, keys: Sequence[str], docs: Column) -> None:
        self._all = Candidates(docs, keys.__getitem__, len(docs))

    def candidates(self, adcode: str | None, as_of: date | None) -> Candidates:
        """All of them."""
        return self._all


class Published:
    """Each item's most specific guide for a place and date, every theme, and the services without a guide."""

    def __init__(self, catalog: Catalog, docs: Column) -> None:
        """`docs`: the document of each row of the catalog's register, of each theme, of each service without a guide."""
        self._catalog, self._docs = catalog, docs
        library = catalog.library
        self._keys = [f"theme:{theme.theme_id}" for theme in library.themes] + [u.name for u in library.uncovered]
        self._others = np.arange(len(docs) - len(self._keys), len(docs), dtype=np.int32)

    def candidates(self, adcode: str | None, as_of: date | None) -> Candidates:
        """The guides that apply, the themes, then the services without a guide."""
        rows = self._catalog.applying(adcode, as_of)
        docs = self._docs[np.concatenate([rows, self._others])]
        return Candidates(
            docs, lambda i: self._catalog.guide_id(rows[i]) if i < len(rows) else self._keys[i - len(rows)],
            len(docs) - len(self._catalog.library.uncovered),
        )  # fmt: skip


class Retriever:
    """Hybrid search over documents: BM25 on words, cosine on names and cards, convexly fused."""

    def __init__(
        self, index: Index, embedder: Embedder | None, scope: Scope, reranking: Reranking | None = None,
        said: SaidVectors | None = None,
    ) -> None:  # fmt: skip
        self.index = index
        self.tokenize = index.tokens
        self._embedder = embedder
        self.scope = scope
        self._reranking = reranking
        self._said = said
        self._remembered = lru_cache(maxsize=REMEMBERED)(partial(_embedded, embedder)) if embedder else None

    def vector(self, query: str) -> Scores | None:
        """The query's unit vector, (dimension,), read-only; None when nothing is asked, or nothing embeds it just now.

        The last few are remembered: one message is read for danger and for its need, often in the same words.
        """
        try:
            return self._remembered(query) if self._remembered and query.strip() else None
        except EmbedderUnavailable:
            return None

    def reranked_by(self, reranking: Reranking) -> "Retriever":
        """The same search whose best hits a reranker reads again."""
        return Retriever(self.index, self._embedder, self.scope, reranking, self._said)

    def closeness(self, query: str, sentences: Sequence[str]) -> Scores | None:
        """The cosine of each sentence of a guide to a query, NaN where it is not known; None when nothing can be compared."""
        vector = self.vector(query) if self._said else None
        return self._said.cosines(vector, sentences) if self._said and vector is not None else None

    def search(
        self, query: str, jurisdiction: str | None = None, as_of: date | None = None, k: int = 10
    ) -> RetrievalResult:
        """The best k documents for a query; an empty query finds nothing. Raises TimeIsUp, and IndexUnavailable from a database."""
        granted("检索")
        started = time.perf_counter()
        candidates = self.scope.candidates(jurisdiction, as_of)
        tokens = self.tokenize(query)
        lexical = self.index.words.scores(tokens)[candidates.docs]
        after_lexical = time.perf_counter()
        vector = self.vector(query)
        after_embedding = time.perf_counter()
        entries, ordinary = self.index.entries.of(candidates.docs), None
        if vector is not None and entries.size > self.index.dense.comparable:
            numbers, ordinary = narrow(self.index.dense, vector, lexical, entries)
            candidates, lexical = candidates.only(numbers), lexical[numbers]
            entries = self.index.entries.of(candidates.docs)
        name, card = self._cosines(vector, entries)
        if vector is None:
            fused = unit_peak(lexical)
        elif len(compact(query)) <= SHORT:
            overlap = self.index.names.overlap(query)[entries.names.texts]
            fused = fuse_names(entries.names.best(overlap), name, card, ordinary)
        else:
            fused = fuse(lexical, name, card, ordinary)
        hits = self._hits(candidates, Scored(fused, lexical, np.maximum(name, card)), k)
        timings = {
            "lexical": after_lexical - started,
            "embedding": after_embedding - after_lexical,
            "fusion": time.perf_counter() - after_embedding,
        }
        found = RetrievalResult(*_supported(hits.answering, k), timings, vector is not None, hits.uncovered)
        return self._reranked(query, found, self._reranking) if self._reranking and found.kept else found

    def _reranked(self, query: str, found: RetrievalResult, reranking: Reranking) -> RetrievalResult:
        """The kept hits by fused score and relevance, and the service known by name only on the same scale."""
        started = time.perf_counter()
        others = (found.uncovered,) if found.uncovered else ()
        hits = (*found.kept, *others)
        read = (*found.kept[:RERANKED], *others)
        try:
            relevance = dict(
                zip((hit.key for hit in read), reranking.relevance(query, [h.key for h in read]), strict=True)
            )
        except RerankerUnavailable as error:
            return found._replace(not_reranked=str(error))
        scored = [hit._replace(score=with_relevance(hit.score, float(relevance.get(hit.key, 0.0)))) for hit in hits]
        kept = sorted(scored[: len(found.kept)], key=lambda hit: -hit.score)
        timings = {**found.timings, "reranking": time.perf_counter() - started}
        return found._replace(kept=tuple(kept), uncovered=scored[-1] if others else None, timings=timings)

    def _cosines(self, vector: Scores | None, entries: Entries) -> tuple[Scores, Scores]:
        """The best cosine of each candidate's names and of its card; NaN without a query vector."""
        names, cards = entries
        if vector is None:
            unknown = np.full(len(names.starts) - 1, np.nan, dtype=np.float32)
            return unknown, unknown
        cosines = self.index.dense.scores(vector, np.concatenate([names.texts, cards.texts]))
        return names.best(cosines[: len(names.texts)]), cards.best(cosines[len(names.texts) :])

    def _hits(self, candidates: Candidates, scored: Scored, k: int) -> Hits:
        peak = float(scored.lexical.max(initial=0.0)) or 1.0

        def hit(number: int) -> Hit:
            fused, lexical, cosine = (float(part[number]) for part in scored)
            return Hit(candidates.key(number), fused, cosine, lexical / peak)

        order = np.argsort(-scored.fused[: candidates.answering], kind="stable")[: 2 * k]
        rest = scored.fused[candidates.answering :]
        uncovered = hit(candidates.answering + int(rest.argmax())) if len(rest) else None
        return Hits([hit(int(number)) for number in order if scored.fused[number] > 0], uncovered)


def _embedded(embedder: Embedder, query: str) -> Scores:
    vector: Scores = embedder.embed_queries([query])[0]
    return vector


def _supported(hits: list[Hit], k: int) -> tuple[tuple[Hit, ...], tuple[Hit, ...]]:
    """The best k that the dense side supports, and those turned down."""
    best = max((hit.cosine for hit in hits if not math.isnan(hit.cosine)), default=-1.0)
    kept: list[Hit] = []
    rejected: list[Hit] = []
    for hit in hits:
        supported = math.isnan(hit.cosine) or hit.cosine >= best - SUPPORT_GAP
        (kept if supported and len(kept) < k else rejected).append(hit)
    return tuple(kept), tuple(rejected)
