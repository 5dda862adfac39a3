"""`python -m bench.statistics [--rounds 1000]`: whether intervals hold what they promise and how often the gate cries wolf.

Worlds with a known truth are drawn again and again: cases that stand alone, and cases of a guide that stand or fall together,
with clusters as uneven as those of the shipped suites. Printed: how often each 95 % interval holds the truth, how often each
test and the whole gate raise an alarm where nothing changed, and how often they find a change as large as `detectable` says.
"""

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from evals.compare import Judged, Record
from evals.gate import gate
from evals.metrics import METRICS
from evals.stats import bootstrap_mean, cluster_sums, detectable, proportion, sign_flip_p, wilson

Drawn = NDArray[np.float64]
DRAWS = 1500  # bootstrap draws a round
ENOUGH = 1.0  # the gate's own "not enough data" is not what is measured here


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
        World("250 题各自独立，.80 对", 0.80, alone, 0.0),
        World("250 题各自独立，.95 对", 0.95, alone, 0.0),
        World(f"250 题 {len(some)} 簇，一半随簇，.80 对", 0.80, some, 0.5),
        World(f"250 题 {len(some)} 簇，全随簇，.80 对", 0.80, some, 1.0),
        World(f"1000 题 {len(many)} 簇，一半随簇，.90 对", 0.90, many, 0.5),
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


def gains(world: World, rng: np.random.Generator, drop: float = 0.0) -> list[float]:
    """What a second run gains on each case, -1, 0 or 1: some change, as many for better as for worse but for `drop`."""
    better = max(0.0, (world.changing - drop) / 2)

    def values(n: int) -> Drawn:
        drawn = rng.random(n)
        return (drawn > 1 - better).astype(float) - (drawn < better + drop)

    return _followed(world, rng, values)


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
        Line("比例的区间（Wilson，按簇折减）", world.name, ours / rounds, rounds, "0.94–0.96"),
        Line("　对照：当作各自独立", world.name, naive / rounds, rounds, "—"),
    ]


def of_differences(world: World, rounds: int, rng: np.random.Generator) -> list[Line]:
    """The paired interval and the exact tests where nothing changed on the whole; and the power at the stated difference."""
    names, held, mean_held, alarms, mcnemar, found = names_of(world), 0, 0, 0, 0, 0
    for _ in range(rounds):
        nothing = gains(world, rng)
        interval = bootstrap_mean(nothing, names, seed=int(rng.integers(1 << 30)), draws=DRAWS)
        held += holds(interval.low, interval.high, 0.0)
        mean = bootstrap_mean([x / 2 for x in draw(world, rng)], names, seed=int(rng.integers(1 << 30)), draws=DRAWS)
        mean_held += holds(mean.low, mean.high, world.share / 2)
        alarms += sign_flip_p(cluster_sums(nothing, names)) < 0.05
        mcnemar += sign_flip_p(nothing) < 0.05
        worse = gains(world, rng, detectable(nothing, names))
        found += sign_flip_p(cluster_sums(worse, names)) < 0.05
    return [
        Line("平均数的区间（按簇自助抽样）", world.name, mean_held / rounds, rounds, "0.94–0.96"),
        Line("成对差的区间（按簇自助抽样）", world.name, held / rounds, rounds, "0.94–0.96"),
        Line("没有变化时按簇翻转检验报警", world.name, alarms / rounds, rounds, "≤ 0.05"),
        Line("　对照：逐题 McNemar 报警", world.name, mcnemar / rounds, rounds, "—"),
        Line("变差到“能看出的差”时发现", world.name, found / rounds, rounds, "≥ 0.80"),
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
    return Line(f"没有变化时整道关（{len(gated)} 个指标）误拦", world.name, stopped / rounds, rounds, "≤ 0.05")


def lines(rounds: int, seed: int) -> Iterator[Line]:
    """Every row of the table, as it is found."""
    rng = np.random.default_rng(seed)
    for world in worlds():
        yield from of_proportions(world, rounds, rng)
        yield from of_differences(world, rounds, rng)
        yield of_gate(world, rounds // 10, rng)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()
    sys.stdout.write("| 量 | 世界 | 所占轮数 | 轮数 | 应当 |\n|---|---|---|---|---|\n")
    for line in lines(args.rounds, args.seed):
        sys.stdout.write(f"| {line.what} | {line.world} | {line.share:.3f} | {line.rounds} | {line.wanted} |\n")
        sys.stdout.flush()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
