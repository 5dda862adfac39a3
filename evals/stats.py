"""Intervals and paired tests that know that cases about one guide are not independent."""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Z95 = 1.959963984540054


class Proportion(NamedTuple):
    """A share with its 95 % interval; `effective` is n after clustering."""

    successes: int
    n: int
    value: float
    low: float
    high: float
    effective: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}] n={self.n}" if self.n else "—"


def wilson(share: float, n: float, z: float = Z95) -> tuple[float, float]:
    """Wilson score interval of a share over n trials (Wilson 1927); (0, 1) when n is 0."""
    if n <= 0:
        return 0.0, 1.0
    centre = share + z * z / (2 * n)
    spread = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, (centre - spread) / (1 + z * z / n)), min(1.0, (centre + spread) / (1 + z * z / n))


def t95(freedom: float) -> float:
    """The 97.5 % quantile of Student's t, by its expansion in 1/freedom (Cornish & Fisher 1938; below 3 it is cut off)."""
    v, z = max(3.0, freedom), Z95
    third = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
    return z + (z**3 + z) / (4 * v) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v * v) + third


def alike(sizes: Sequence[float]) -> float:
    """How many clusters of one size tell as much as these uneven ones (Carter, Schnepel & Steigerwald 2017)."""
    return sum(sizes) ** 2 / sum(size * size for size in sizes)


def design_effect(outcomes: Sequence[bool], clusters: Sequence[str]) -> float:
    """How much clustering inflates the variance of a share, at least 1 (Kish; linearised ratio variance)."""
    n = len(outcomes)
    share = sum(outcomes) / n if n else 0.0
    binomial = share * (1 - share) / n if n else 0.0
    groups: dict[str, list[bool]] = defaultdict(list)
    for outcome, cluster in zip(outcomes, clusters, strict=True):
        groups[cluster].append(outcome)
    m = len(groups)
    if m < 2 or binomial == 0:
        return 1.0
    residuals = sum((sum(group) - share * len(group)) ** 2 for group in groups.values())
    return max(1.0, (m / (m - 1)) * residuals / (n * n) / binomial)


def proportion(outcomes: Sequence[bool], clusters: Sequence[str]) -> Proportion:
    """Share of true outcomes with a Wilson interval on the effective sample size, as wide as so few clusters ask for."""
    n = len(outcomes)
    if not n:
        return Proportion(0, 0, 0.0, 0.0, 1.0, 0.0)
    effective = n / design_effect(outcomes, clusters)
    share = sum(outcomes) / n
    quantile = t95(alike(list(Counter(clusters).values())) - 1)
    return Proportion(sum(outcomes), n, share, *wilson(share, effective, quantile), effective)


class Mean(NamedTuple):
    """A mean with its 95 % interval, over n cases."""

    n: int
    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}] n={self.n}" if self.n else "—"


DRAWS = 4000


def bootstrap_mean(values: Sequence[float], clusters: Sequence[str], seed: int = 7, draws: int = DRAWS) -> Mean:
    """A mean with its 95 % interval, by drawing whole clusters with replacement.

    The spread of the drawn means, as many times as Student's t asks for so few clusters (Cameron & Miller 2015): paired
    differences are mostly 0, and percentiles of their means covered .91 to .97 where this covers .95 to .965.
    """
    if not values:
        return Mean(0, 0.0, 0.0, 0.0)
    sums, sizes = _by_cluster(values, clusters)
    m, value = len(sums), float(sums.sum() / sizes.sum())
    if m < 2:
        return Mean(len(values), value, -1.0, 1.0)
    weights = np.random.default_rng(seed).multinomial(m, np.full(m, 1 / m), size=draws)
    spread = float(((weights @ sums) / (weights @ sizes)).std()) * math.sqrt(m / (m - 1))
    reach = spread * t95(alike(sizes.tolist()) - 1)
    return Mean(len(values), value, value - reach, value + reach)


def _by_cluster(values: Sequence[float], clusters: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The sum and the number of values of each cluster, shape (m,)."""
    names, which = np.unique(np.asarray(clusters), return_inverse=True)
    sums, sizes = np.zeros(len(names)), np.zeros(len(names))
    np.add.at(sums, which, np.asarray(values, dtype=float))
    np.add.at(sizes, which, 1.0)
    return sums, sizes


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
    return [float(total) for total in _by_cluster(values, clusters)[0]]


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
    sums, _ = _by_cluster(differences, clusters)
    plain = sum(d * d for d in differences)
    effect = max(1.0, float((sums**2).sum()) / plain) if plain else 1.0
    spread = math.sqrt(max(CHANGING, plain / n) * effect / n)
    return min(1.0, max((Z95 + Z80) * spread, 6 / n))
