"""Whether the confidence means what it says: reliability, its expected error, and what answering less would buy.

A case counts when a search decided it: its confidence is that of the first guide found, and right is whether that guide is
the one asked for. Where no guide is (a refusal for want of knowledge), no first guide is right.
"""

from collections.abc import Sequence
from typing import NamedTuple

from evals.outcome import Guess

BINS = 10


class Bin(NamedTuple):
    """Guesses of like confidence: how many, the mean stated, the share right."""

    n: int
    stated: float
    right: float


class Operating(NamedTuple):
    """Answering only from a threshold on: the share answered, and of those the share wrong."""

    threshold: float
    coverage: float
    risk: float


def reliability(made: Sequence[Guess], bins: int = BINS) -> list[Bin]:
    """Bins of equal size, least confident first."""
    ordered = sorted(made, key=lambda guess: (guess.confidence, guess.right))
    edges = [round(i * len(ordered) / bins) for i in range(bins + 1)]
    groups = [ordered[a:b] for a, b in zip(edges[:-1], edges[1:], strict=True) if b > a]
    return [Bin(len(g), sum(x.confidence for x in g) / len(g), sum(x.right for x in g) / len(g)) for g in groups]


def expected_error(made: Sequence[Guess], bins: int = BINS) -> float:
    """ECE over bins of equal size, 0..1 (Naeini et al. 2015); 0 without guesses."""
    return sum(b.n * abs(b.stated - b.right) for b in reliability(made, bins)) / len(made) if made else 0.0


def risk_coverage(made: Sequence[Guess], thresholds: Sequence[float]) -> list[Operating]:
    """What each threshold would answer and get wrong (El-Yaniv & Wiener 2010)."""
    points = []
    for threshold in thresholds:
        answered = [guess for guess in made if guess.confidence >= threshold]
        wrong = sum(not guess.right for guess in answered)
        points.append(
            Operating(threshold, len(answered) / len(made) if made else 0.0, wrong / len(answered) if answered else 0.0)
        )
    return points
