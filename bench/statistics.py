"""`python -m bench.statistics [--rounds 2000]`: whether intervals hold what they promise and how often the gate cries wolf.

Worlds with a known truth are drawn again and again: cases that stand alone, and cases of a guide that stand or fall together,
with clusters as uneven as those of the shipped suites. Printed: how often each 95 % interval holds the truth, beside those
of drawing clusters with replacement; how often each test and the whole gate raise an alarm where nothing changed, and how
often they find a change as large as `detectable` says.
"""

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evals.compare import Judged, Record
from evals.gate import gate
from evals.metrics import METRICS
from evals.paired import cluster_sums, detectable, paired_difference, sign_flip_p
from evals.stats import bounded_mean, by_cluster, proportion, wilson

Drawn = NDArray[np.float64]
DRAWS = 500  # bootstrap draws a round, of a fifth of the rounds
ENOUGH = 1.0  # the gate's own "not enough data" is not what is measured here
COVER, QUIET, POWER, ASIDE = "0.94–0.96", "≤ 0.05", "≥ 0.80", "—"


class World(NamedTuple):
    """A truth to draw cases from."""

    name: str
    share: float  # right before
    sizes: tuple[int, ...]  # cases of each cluster
    agree: float  # probability that a case follows its cluster instead of itself
    changing: float = 0.10  # share of the cases (or clusters) that may come out differently the second time


class Line(NamedTuple):
    """One row of the table: in what share of the rounds, over how many."""

    what: str
    world: str
    share: float
    rounds: int
    wanted: str


def uneven(total: int, rng: np.random.Generator) -> tuple[int, ...]:
    """Cluster sizes as uneven as those of the suites: most guides have a few cases, some have many."""
    sizes: list[int] = []
    while sum(sizes) < total:
        sizes.append(1 + int(rng.geometric(0.35)))
    return tuple(sizes)


def worlds() -> list[World]:
    """What is tried."""
    rng = np.random.default_rng(1)
    alone, some = (1,) * 250, uneven(250, rng)
    many = uneven(1000, rng)
    return [
        World("250 题各自独立，.80", 0.80, alone, 0.0),
        World("250 题各自独立，.95", 0.95, alone, 0.0),
        World(f"250 题 {len(some)} 簇，一半随簇，.80", 0.80, some, 0.5),
        World(f"250 题 {len(some)} 簇，一半随簇，.95", 0.95, some, 0.5),
        World(f"250 题 {len(some)} 簇，全随簇，.80", 0.80, some, 1.0),
        World(f"1000 题 {len(many)} 簇，一半随簇，.90", 0.90, many, 0.5),
        World("30 题各自独立，.90", 0.90, (1,) * 30, 0.0),
    ]


def names_of(world: World) -> list[str]:
    """The cluster of each case."""
    return [str(number) for number, size in enumerate(world.sizes) for _ in range(size)]


def _followed(world: World, rng: np.random.Generator, values: Callable[[int], Drawn]) -> list[float]:
    """A value for each case: its cluster's where it follows, else its own."""
    which = np.repeat(np.arange(len(world.sizes)), world.sizes)
    follows = rng.random(len(which)) < world.agree
    return list(map(float, np.where(follows, values(len(world.sizes))[which], values(len(which)))))


def draw(world: World, rng: np.random.Generator) -> list[float]:
    """Which cases are right, 0 or 1."""
    return _followed(world, rng, lambda n: (rng.random(n) < world.share).astype(float))


def scores(world: World, rng: np.random.Generator) -> list[float]:
    """Scores between 0 and 1 of which the world's share is full and the others are anything: mean (1 + share) / 2."""
    return _followed(world, rng, lambda n: np.where(rng.random(n) < world.share, 1.0, rng.random(n)))


def gains(world: World, rng: np.random.Generator, drop: float = 0.0) -> list[float]:
    """What a second run gains on each case, -1, 0 or 1: some change, as many for better as for worse but for `drop`."""
    better = max(0.0, (world.changing - drop) / 2)

    def values(n: int) -> Drawn:
        drawn = rng.random(n)
        return (drawn > 1 - better).astype(float) - (drawn < better + drop)

    return _followed(world, rng, values)


def bootstrapped(values: Sequence[float], clusters: Sequence[str], rng: np.random.Generator) -> tuple[float, float]:
    """The percentile interval of a mean over clusters drawn with replacement: what is usually done, for comparison."""
    sums, sizes = by_cluster(values, clusters)
    m = len(sums)
    weights = rng.multinomial(m, np.full(m, 1 / m), size=DRAWS)
    low, high = np.quantile((weights @ sums) / (weights @ sizes), [0.025, 0.975])
    return float(low), float(high)


def holds(low: float, high: float, truth: float) -> bool:
    """Whether an interval holds the truth."""
    return low - 1e-12 <= truth <= high + 1e-12


def of_proportions(world: World, rounds: int, rng: np.random.Generator) -> list[Line]:
    """Wilson on the effective number of cases, beside Wilson that takes every case for independent."""
    names, ours, naive = names_of(world), 0, 0
    for _ in range(rounds):
        drawn = draw(world, rng)
        found = proportion([bool(x) for x in drawn], names)
        ours += holds(found.low, found.high, world.share)
        naive += holds(*wilson(found.value, found.n), world.share)
    return [
        Line("比例的区间（Wilson，按簇折减）", world.name, ours / rounds, rounds, COVER),
        Line("　对照：当作各自独立", world.name, naive / rounds, rounds, ASIDE),
    ]


def of_means(world: World, rounds: int, rng: np.random.Generator) -> list[Line]:
    """Means of skewed scores: Wilson on the effective number, beside drawing clusters with replacement."""
    names, truth, ours, drawn_again = names_of(world), (1 + world.share) / 2, 0, 0
    for number in range(rounds):
        found = scores(world, rng)
        mean = bounded_mean(found, names)
        ours += holds(mean.low, mean.high, truth)
        drawn_again += number % 5 == 0 and holds(*bootstrapped(found, names, rng), truth)
    return [
        Line("平均数的区间（Wilson，按簇折减）", world.name, ours / rounds, rounds, COVER),
        Line("　对照：按簇自助抽样的百分位", world.name, 5 * drawn_again / rounds, rounds // 5, ASIDE),
    ]


def of_differences(world: World, rounds: int, drop: float, rng: np.random.Generator) -> list[Line]:
    """The paired interval where nothing changed on the whole, or it got worse by `drop`, beside drawing clusters again."""
    names, ours, drawn_again = names_of(world), 0, 0
    for number in range(rounds):
        found = gains(world, rng, drop)
        interval = paired_difference(found, names)
        ours += holds(interval.low, interval.high, -drop)
        drawn_again += number % 5 == 0 and holds(*bootstrapped(found, names, rng), -drop)
    when = f"真的变差 {drop:.2f}" if drop else "没有变化"
    return [
        Line(f"成对差的区间（Tango，按簇折减），{when}", world.name, ours / rounds, rounds, COVER),
        Line("　对照：按簇自助抽样的百分位", world.name, 5 * drawn_again / rounds, rounds // 5, ASIDE),
    ]


def of_tests(world: World, rounds: int, rng: np.random.Generator) -> list[Line]:
    """The exact tests where nothing changed on the whole; and the power at the stated difference."""
    names, alarms, mcnemar, found = names_of(world), 0, 0, 0
    for _ in range(rounds):
        nothing = gains(world, rng)
        alarms += sign_flip_p(cluster_sums(nothing, names)) < 0.05
        mcnemar += sign_flip_p(nothing) < 0.05
        worse = gains(world, rng, detectable(nothing, names))
        found += sign_flip_p(cluster_sums(worse, names)) < 0.05
    return [
        Line("没有变化时按簇翻转检验报警", world.name, alarms / rounds, rounds, QUIET),
        Line("　对照：逐题 McNemar 报警", world.name, mcnemar / rounds, rounds, ASIDE),
        Line("变差到“能看出的差”时发现", world.name, found / rounds, rounds, POWER),
    ]


def of_gate(world: World, rounds: int, rng: np.random.Generator) -> Line:
    """How often the whole gate, over all its metrics, stops a run in which nothing changed on the whole."""
    gated = [name for name, metric in METRICS.items() if metric.drop is not None]
    names, stopped = names_of(world), 0
    for _ in range(rounds):
        drawn = {name: gains(world, rng) for name in gated}
        records = [
            Record(name=when, about={}, planned=len(names), errors=0, cases=tuple(
                Judged(case_id=str(n), digest="", cluster=cluster, scores={m: factor * drawn[m][n] for m in gated})
                for n, cluster in enumerate(names)
            )) for when, factor in (("before", 0.0), ("after", 1.0))
        ]  # fmt: skip
        stopped += gate(records[1], records[0], ENOUGH).code != 0
    return Line(f"没有变化时整道关（{len(gated)} 个指标）误拦", world.name, stopped / rounds, rounds, QUIET)


def lines(rounds: int, seed: int) -> Iterator[Line]:
    """Every row of the table, as it is found."""
    rng = np.random.default_rng(seed)
    for world in worlds():
        yield from of_proportions(world, rounds, rng)
        yield from of_means(world, rounds, rng)
        for drop in (0.0, 0.08):
            yield from of_differences(world, rounds, drop, rng)
        yield from of_tests(world, rounds, rng)
        yield of_gate(world, rounds // 10, rng)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()
    sys.stdout.write("| 量 | 世界 | 所占轮数 | 轮数 | 应当 |\n|---|---|---|---|---|\n")
    for line in lines(args.rounds, args.seed):
        sys.stdout.write(f"| {line.what} | {line.world} | {line.share:.3f} | {line.rounds} | {line.wanted} |\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
