"""How surely a guide is the one asked for: a logistic model of the evidence, which also puts the first hits in order."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from assistant.answering.relevance import WordsOf
from assistant.understanding.fields import without_field_words
from assistant.understanding.understand import Understanding
from knowledge.catalog import Catalog
from knowledge.retrieval import Hit, RetrievalResult

# By bench/fit_confidence.py on the dev split and, at a third of the weight, names of real items that the library does
# not hold; see DECISIONS.md.
COSINE_ORIGIN = 0.89
INTERCEPT = -4.35
WEIGHTS = (69.10, -1.10, -4.43, 4.55)  # in the order of `Evidence`
WITHOUT_DENSE = 0.91  # the cosine taken for granted when only words can be compared
REFUSE_BELOW = 0.5  # the confidence below which nothing is answered
WEIGHED = 5  # hits that are put in order


class Evidence(NamedTuple):
    """What speaks for and against a hit being the item asked for."""

    cosine: float  # best cosine over names and card; NaN when the dense side is down
    unheard: float  # share of the question's words that the guide never says, 0..1
    rival: float  # by how much a service without a guide scores higher, −1..1; −1 when there is none
    lexical: float  # BM25 over the question's best, 0..1


class Weighed(NamedTuple):
    """What was found, its first guides in the order of confidence, and the confidence in the first of them."""

    found: RetrievalResult
    sure: float = 0.0
    rival: float = -1.0  # of the first guide, as in `Evidence`
    words: frozenset[str] = frozenset()  # of the question, as in `content`
    refuse_below: float = REFUSE_BELOW


def content(query: str, words_of: WordsOf) -> frozenset[str]:
    """A question's words without those that name fields."""
    return words_of(without_field_words(query))


def unheard(words: frozenset[str], document: str) -> float:
    """Share (by characters) of a question's content words that a guide never says, 0..1."""
    total = sum(map(len, words))
    return sum(len(word) for word in words if word not in document) / total if total else 0.0


def evidence(words: frozenset[str], hit: Hit, uncovered: Hit | None, catalog: Catalog) -> Evidence:
    """The evidence on one hit for a question of these words, beside the best service that is known by name only."""
    rival = uncovered.score - hit.score if uncovered else -1.0
    return Evidence(hit.cosine, unheard(words, catalog.text(hit.key)), rival, hit.lexical)


def features(seen: Evidence) -> tuple[float, ...]:
    """The evidence as the logistic model takes it."""
    cosine = WITHOUT_DENSE if math.isnan(seen.cosine) else seen.cosine
    return cosine - COSINE_ORIGIN, *seen[1:]


def logistic(intercept: float, weights: Sequence[float], values: Sequence[float]) -> float:
    """Probability by a logistic regression, 0..1."""
    return 1 / (1 + math.exp(-intercept - sum(w * v for w, v in zip(weights, values, strict=True))))


def confidence(seen: Evidence) -> float:
    """Probability that a guide is the one asked for, 0..1."""
    return logistic(INTERCEPT, WEIGHTS, features(seen))


def weigh(seen: Understanding, found: RetrievalResult, catalog: Catalog, words_of: WordsOf) -> Weighed:
    """Put the first guides in the order of confidence; life events keep their places."""
    words = content(seen.query, words_of)
    first = [hit for hit in found.kept if not hit.key.startswith("theme:")][:WEIGHED]
    weights = {hit: evidence(words, hit, found.uncovered, catalog) for hit in first}
    if not first:
        return Weighed(found)
    ordered = sorted(first, key=lambda hit: -confidence(weights[hit]))
    places = iter(ordered)
    kept = tuple(next(places) if hit in weights else hit for hit in found.kept)
    best = weights[ordered[0]]
    return Weighed(found._replace(kept=kept), confidence(best), best.rival, words)
