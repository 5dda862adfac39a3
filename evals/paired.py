"""Two runs over the same cases: the interval of their difference, exact tests, and what could have been found."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from evals.stats import TINY, Z95, Mean, alike, by_cluster, spread, t95

HALVINGS = 40


class Pairs(NamedTuple):
    """How many pairs came out better, how many worse, of how many."""

    better: float
    worse: float
    n: float

    def score(self, truth: float) -> float:
        """By how many standard deviations the difference seen exceeds a true one, whose variance is that under the truth."""
        b = (2 * self.n - self.better + self.worse) * truth - self.better - self.worse
        c = -self.worse * truth * (1 - truth)
        share = (math.sqrt(max(0.0, b * b - 8 * self.n * c)) - b) / (4 * self.n)
        variance = self.n * (2 * share + truth * (1 - truth))
        return (self.better - self.worse - self.n * truth) / math.sqrt(max(variance, TINY))


def _where(pairs: Pairs, score: float, low: float, high: float) -> float:
    """The true difference that would make the score this; the score falls as the truth rises."""
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if pairs.score(middle) > score else (low, middle)
    return (low + high) / 2


def paired_difference(gains: Sequence[float], clusters: Sequence[str]) -> Mean:
    """A mean of differences in -1..1 with the score interval of paired shares (Tango 1998) on the effective number of pairs."""
    n = len(gains)
    if len(set(clusters)) < 2:
        return Mean(n, sum(gains) / n if n else 0.0, -1.0, 1.0)
    better, worse = (sum(max(0.0, sign * gain) for gain in gains) for sign in (1, -1))
    value, variance, _ = spread(gains, clusters)
    independent = ((better + worse) / n - value * value) / n
    effect = max(1.0, variance / independent) if independent > TINY else 1.0
    pairs = Pairs(better / effect, worse / effect, n / effect)
    quantile = t95(alike(list(Counter(clusters).values())) - 1)
    return Mean(n, value, _where(pairs, quantile, -1.0, value), _where(pairs, -quantile, value, 1.0))


GRID = 1000  # differences of means are rounded to thousandths, so that their sums can be counted


def sign_flip_p(differences: Sequence[float]) -> float:
    """Exact two-sided p of differences that are as likely to have either sign; 1 when none differs.

    Differences of +1 and -1 give the exact McNemar test (McNemar 1947); sums over clusters give the same test when the cases
    of a cluster stand or fall together.
    """
    sizes = [abs(round(GRID * d)) for d in differences if round(GRID * d)]
    if not sizes:
        return 1.0
    unit = math.gcd(*sizes)
    steps = [size // unit for size in sizes]
    total = sum(steps)
    chances = np.zeros(2 * total + 1)
    chances[total] = 1.0
    for step in steps:
        chances = (np.roll(chances, step) + np.roll(chances, -step)) / 2
    seen = abs(sum(round(GRID * d) for d in differences)) // unit
    return min(1.0, float(chances[: total - seen + 1].sum() + chances[total + seen :].sum()))


def cluster_sums(values: Sequence[float], clusters: Sequence[str]) -> list[float]:
    """The sum of the values of each cluster."""
    return [float(total) for total in by_cluster(values, clusters)[0]]


def holm(ps: Mapping[str, float]) -> dict[str, float]:
    """Adjusted p of each of several tests, so that all false alarms together stay below the level (Holm 1979)."""
    adjusted, largest = {}, 0.0
    for rank, (name, p) in enumerate(sorted(ps.items(), key=lambda pair: pair[1])):
        largest = max(largest, min(1.0, (len(ps) - rank) * p))
        adjusted[name] = largest
    return adjusted


Z80 = 0.8416212335729143
CHANGING = 0.10  # of cases, taken for granted when fewer are seen to change


def detectable(differences: Sequence[float], clusters: Sequence[str]) -> float:
    """The smallest true difference found four times in five at the 5 % level, in shares; at least 6 one-way changes."""
    n = len(differences)
    if not n:
        return 1.0
    sums, _ = by_cluster(differences, clusters)
    plain = sum(d * d for d in differences)
    effect = max(1.0, float((sums**2).sum()) / plain) if plain else 1.0
    spread = math.sqrt(max(CHANGING, plain / n) * effect / n)
    return min(1.0, max((Z95 + Z80) * spread, 6 / n))
