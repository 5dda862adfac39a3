"""Intervals that mean what they say."""

import math
import random

import pytest

from evals.paired import cluster_sums, paired_difference, sign_flip_p
from evals.stats import (
    Proportion,
    alike,
    bounded_mean,
    design_effect,
    proportion,
    t95,
    wilson,
)

ALONE = [str(n) for n in range(400)]


@pytest.mark.parametrize(
    ("share", "n", "low", "high"),
    [(0.5, 10, 0.2366, 0.7634), (0.9, 10, 0.5958, 0.9821), (0.0, 10, 0.0, 0.2775), (1.0, 10, 0.7225, 1.0), (0.95, 100, 0.8882, 0.9785)],
)  # fmt: skip
def test_wilson_gives_the_known_intervals(share: float, n: int, low: float, high: float) -> None:
    assert wilson(share, n) == pytest.approx((low, high), abs=5e-5)


def test_nothing_tried_is_nothing_known() -> None:
    assert wilson(0.0, 0) == (0.0, 1.0)
    assert proportion([], []) == Proportion(0, 0, 0.0, 0.0, 1.0, 0.0)
    assert str(proportion([], [])) == "—"


def test_cases_that_share_nothing_are_not_widened() -> None:
    found = proportion([True] * 30 + [False] * 10, ALONE[:40])
    assert (found.successes, found.n, found.value) == (30, 40, 0.75)
    assert found.effective == pytest.approx(39)  # m / (m − 1) of the ratio estimator, nothing else
    assert str(found) == f"0.750 [{found.low:.3f}, {found.high:.3f}] n=40"


def test_clusters_that_agree_within_themselves_count_as_one_case_each() -> None:
    outcomes = [cluster % 2 == 0 for cluster in range(20) for _ in range(10)]
    clusters = [str(cluster) for cluster in range(20) for _ in range(10)]
    assert design_effect(outcomes, clusters) == pytest.approx(10 * 20 / 19)


@pytest.mark.parametrize(
    ("outcomes", "clusters"),
    [([True] * 5, list("abcde")), ([False] * 5, list("abcde")), ([True, False], ["a", "a"]), ([True, False] * 10, [str(n // 2) for n in range(20)])],
    ids=["all-right", "all-wrong", "one-cluster", "evenly-split"],
)  # fmt: skip
def test_the_design_effect_is_never_below_one(outcomes: list[bool], clusters: list[str]) -> None:
    assert design_effect(outcomes, clusters) == 1.0


def test_outcomes_and_clusters_must_pair_up() -> None:
    with pytest.raises(ValueError, match="zip"):
        design_effect([True, False], ["a"])


def coverage(share: float, seed: int, rounds: int, size: int = 1, clusters: int = 120) -> float:
    """How often the interval holds the true share; a cluster's cases agree when size > 1."""
    dice = random.Random(seed)
    names = [str(c) for c in range(clusters) for _ in range(size)]
    inside = 0
    for _ in range(rounds):
        drawn = [dice.random() < share for _ in range(clusters)]
        found = proportion([outcome for outcome in drawn for _ in range(size)], names)
        inside += found.low <= share <= found.high
    return inside / rounds


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8])
def test_the_interval_covers_the_truth_95_times_in_a_hundred(share: float) -> None:
    assert 0.93 <= coverage(share, seed=7, rounds=3000) <= 0.97


def test_the_interval_still_covers_when_cases_of_a_guide_stand_or_fall_together() -> None:
    assert 0.93 <= coverage(0.8, seed=11, rounds=1500, size=5, clusters=80) <= 0.97


def test_without_clustering_the_same_cases_would_be_overconfident() -> None:
    dice = random.Random(11)
    outcomes = [x for x in (dice.random() < 0.8 for _ in range(80)) for _ in range(5)]
    clustered = proportion(outcomes, [str(n // 5) for n in range(400)])
    naive = proportion(outcomes, ALONE)
    assert (clustered.high - clustered.low) / (naive.high - naive.low) == pytest.approx(math.sqrt(5), rel=0.1)


@pytest.mark.parametrize(("freedom", "quantile"), [(5, 2.5706), (10, 2.2281), (30, 2.0423), (200, 1.9719)])
def test_the_quantiles_of_students_t_are_known(freedom: float, quantile: float) -> None:
    assert t95(freedom) == pytest.approx(quantile, rel=4e-3)


def test_uneven_clusters_tell_as_much_as_fewer_even_ones() -> None:
    assert (alike([3, 3, 3]), alike([1, 1, 8])) == (3, pytest.approx(100 / 66))


def test_scores_of_0_and_1_have_the_interval_of_a_proportion() -> None:
    values, names = [True] * 30 + [False] * 10, ALONE[:40]
    share, mean = proportion(values, names), bounded_mean([float(v) for v in values], names)
    assert (mean.n, mean.value, mean.low, mean.high) == (40, 0.75, pytest.approx(share.low), pytest.approx(share.high))


def test_full_marks_on_few_cases_are_no_certainty() -> None:
    assert bounded_mean([1.0] * 8, ALONE[:8])[1:] == (1.0, pytest.approx(0.589, abs=5e-3), 1.0)
    assert bounded_mean([0.5] * 3, ["a"] * 3) == (3, 0.5, 0.0, 1.0), "one guide tells nothing"
    assert bounded_mean([], []) == (0, 0.0, 0.0, 1.0)


def test_means_of_skewed_scores_are_covered_where_drawing_clusters_again_is_not() -> None:
    """95 in a hundred full marks, guides that half stand or fall together: the percentile bootstrap covers .86 (DECISIONS)."""
    dice, sizes = random.Random(3), [1 + n % 7 for n in range(65)]
    names = [str(n) for n, size in enumerate(sizes) for _ in range(size)]

    def score() -> float:
        return 1.0 if dice.random() < 0.95 else dice.random()

    held = 0
    for _ in range(1500):
        shared = [score() for _ in sizes]
        found = bounded_mean([shared[int(n)] if dice.random() < 0.5 else score() for n in names], names)
        held += found.low <= 0.975 <= found.high
    assert 0.93 <= held / 1500 <= 0.97


def test_differences_of_uneven_clusters_are_covered_and_raise_few_alarms() -> None:
    dice = random.Random(23)
    sizes = [1 + min(11, int(dice.expovariate(0.35))) for _ in range(60)]
    names = [str(n) for n, size in enumerate(sizes) for _ in range(size)]
    held = alarms = 0
    for _ in range(800):
        together = [dice.choice([-1, 1]) if dice.random() < 0.15 else 0 for _ in sizes]
        gains = [float(gain) for gain, size in zip(together, sizes, strict=True) for _ in range(size)]
        found = paired_difference(gains, names)
        held += found.low <= 0 <= found.high
        alarms += sign_flip_p(cluster_sums(gains, names)) < 0.05
    assert 0.92 <= held / 800 <= 0.98
    assert alarms / 800 <= 0.05
