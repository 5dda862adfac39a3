"""Intervals for proportions, widened where cases share a guide."""

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

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
    """Share of true outcomes with a Wilson interval on the effective sample size."""
    n = len(outcomes)
    if not n:
        return Proportion(0, 0, 0.0, 0.0, 1.0, 0.0)
    effective = n / design_effect(outcomes, clusters)
    share = sum(outcomes) / n
    return Proportion(sum(outcomes), n, share, *wilson(share, effective), effective)
