"""How well the gate tells false from true: one thing is falsified in composed replies, and what still leaves is counted.

A mutant is caught when the false sentence does not leave the gate; gold and its faithful paraphrases must leave whole.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from typing import NamedTuple

from assistant.answering.gate import Gate
from assistant.model import AnyReply
from evals.gold import Gold, gold_replies
from evals.mutants import lender, mutants, reworded, said_of, stated
from evals.paraphrases import FAITHFUL
from evals.stats import Proportion, proportion
from knowledge.catalog import Catalog

CAUGHT, ALARMS, GOLD, REWORDED = "篡改合计", "误报合计", "原文", "改写"
SHOWN = 60
AT_LEAST, AT_MOST = 0.995, 0.005  # of mutants caught, of true replies stopped


class Trial(NamedTuple):
    """One reply put through the gate: of which kind, whether the gate stopped something, and the sentence in question."""

    kind: str
    cluster: str
    stopped: bool
    sentence: str


def run(
    catalog: Catalog, as_of: date, seed: int, limit: int | None, progress: Callable[[int, int], None]
) -> list[Trial]:
    """Put gold replies (at most `limit`, drawn by the seed), their paraphrases and their mutants through the gate."""
    gate, rng = Gate(catalog), random.Random(seed)
    golds = gold_replies(catalog, as_of, seed)
    golds = rng.sample(golds, min(limit, len(golds))) if limit else golds
    trials: list[Trial] = []
    for number, gold in enumerate(golds, 1):
        guide = catalog.general(gold.cluster) if gold.cluster in catalog.items else None
        borrowed = lender(guide, catalog)
        trials += _true(gold, gate)
        for mutant in mutants(gold.reply, borrowed, said_of(guide, borrowed.papers, catalog), rng):
            left = gate.check(mutant.reply).reply.model_dump_json()
            trials.append(Trial(mutant.kind, gold.cluster, mutant.false not in left, mutant.false))
        progress(number, len(golds))
    return trials


def _true(gold: Gold, gate: Gate) -> Iterator[Trial]:
    """The reply as composed, and with its values in other words."""
    yield _passed(GOLD, gold.cluster, gold.reply, gate)
    for name, reword in FAITHFUL.items():
        changed = [(old, new) for old in stated(gold.reply) if (new := reword(old)) != old]
        reply = gold.reply
        for old, new in changed:
            reply = reworded(reply, old, new)
        if changed:
            yield _passed(f"{REWORDED}·{name}", gold.cluster, reply, gate)


def _passed(kind: str, cluster: str, reply: AnyReply, gate: Gate) -> Trial:
    dropped = gate.check(reply).dropped
    return Trial(kind, cluster, bool(dropped), "；".join(dropped))


def is_true(kind: str) -> bool:
    """Whether trials of this kind are of true replies, so that stopping one is a false alarm."""
    return kind.startswith((GOLD, REWORDED)) or kind == ALARMS


def table(trials: list[Trial]) -> dict[str, Proportion]:
    """How often the gate stopped something, by kind and in all."""
    by_kind: dict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        by_kind[ALARMS if is_true(trial.kind) else CAUGHT].append(trial)
        by_kind[trial.kind].append(trial)
    return {
        kind: proportion([t.stopped for t in ts], [t.cluster for t in ts])
        for kind, ts in sorted(by_kind.items(), key=lambda pair: (is_true(pair[0]), pair[0] not in (CAUGHT, ALARMS)))
    }


def good_enough(rows: dict[str, Proportion]) -> bool:
    """Whether enough mutants are caught and few enough true replies stopped."""
    return rows[CAUGHT].value >= AT_LEAST and rows[ALARMS].value <= AT_MOST


def report(rows: dict[str, Proportion], trials: list[Trial]) -> str:
    """The table for people, and some of what went wrong."""
    lines = ["# 核对关的篡改测评", "", "| 种类 | 拦下的比例 [95% 区间] | 拦下 |", "|---|---|---|"]
    lines += [f"| {kind} | {row} | {row.successes} |" for kind, row in rows.items()]
    wrong = [t for t in trials if t.stopped is is_true(t.kind)]
    lines += ["", f"## 漏过的和误报的（{len(wrong)} 例，列前 {SHOWN} 例）", ""]
    lines += [f"- {t.kind} `{t.cluster}` {t.sentence}" for t in wrong[:SHOWN]]
    return "\n".join(lines) + "\n"
