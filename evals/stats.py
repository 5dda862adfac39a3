"""Intervals that know that cases about one guide are not independent."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
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


TINY = 1e-12
FREEDOM = (
    3.0  # Satterthwaite's is 2; the score interval already answers for a part of it (chosen by simulation, DECISIONS)
)


class Spread(NamedTuple):
    """What a mean over uneven clusters is worth."""

    value: float
    variance: float  # of the mean: linearised ratio of cluster totals
    freedom: float  # degrees of freedom of that variance


def spread(values: Sequence[float], clusters: Sequence[str]) -> Spread:
    """A mean, its variance by clusters, and what that variance is worth.

    The variance rests on few clusters where most of them add nothing to it; its own relative variance, (kurtosis − 1) / m,
    gives the degrees of freedom (Satterthwaite 1946), never more than the clusters are worth (Carter et al. 2017).
    """
    sums, sizes = by_cluster(values, clusters)
    m, n = len(sums), float(sizes.sum())
    value = float(sums.sum()) / n
    parts = ((sums - value * sizes) / n) ** 2
    total, free = float(parts.sum()), alike(sizes.tolist()) - 1
    if m < 2 or total < TINY:
        return Spread(value, 0.0, free)
    kurtosis = m * float((parts**2).sum()) / total**2
    return Spread(value, m / (m - 1) * total, min(free, FREEDOM * m / max(kurtosis - 1, TINY)))


def proportion(outcomes: Sequence[bool], clusters: Sequence[str]) -> Proportion:
    """Share of true outcomes with a Wilson interval on the effective sample size, as wide as so few clusters ask for.

    The variance of cases that stand alone follows from the share; only that of the others rests on their clusters.
    """
    n = len(outcomes)
    if not n:
        return Proportion(0, 0, 0.0, 0.0, 1.0, 0.0)
    effective = n / design_effect(outcomes, clusters)
    share, _, freedom = spread([float(outcome) for outcome in outcomes], clusters)
    sizes = list(Counter(clusters).values())
    alone = sizes.count(1) / n
    free = 1 / max(TINY, alone / max(TINY, alike(sizes) - 1) + (1 - alone) / max(TINY, freedom))
    return Proportion(sum(outcomes), n, share, *wilson(share, effective, t95(free)), effective)


class Mean(NamedTuple):
    """A mean with its 95 % interval, over n cases."""

    n: int
    value: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} [{self.low:.3f}, {self.high:.3f}] n={self.n}" if self.n else "—"


def bounded_mean(values: Sequence[float], clusters: Sequence[str]) -> Mean:
    """A mean of scores in 0..1 with a Wilson interval on as many yes-or-no cases as would have its variance.

    Scores that are mostly 1 are skewed; drawing clusters with replacement covered .85 to .93 where this covers .94 to .96.
    """
    n = len(values)
    if len(set(clusters)) < 2:
        return Mean(n, sum(values) / n if n else 0.0, 0.0, 1.0)
    value, variance, freedom = spread(values, clusters)
    effective = value * (1 - value) / variance if variance else float(n)
    return Mean(n, value, *wilson(value, effective, t95(freedom)))


def by_cluster(values: Sequence[float], clusters: Sequence[str]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The sum and the number of values of each cluster, shape (m,)."""
    names, which = np.unique(np.asarray(clusters), return_inverse=True)
    sums, sizes = np.zeros(len(names)), np.zeros(len(names))
    np.add.at(sums, which, np.asarray(values, dtype=float))
    np.add.at(sizes, which, 1.0)
    return sums, sizes
