"""`python -m bench.plan_citizens [COUNT]`: questions asked of simulated citizens, against forms that ask everything.

Every citizen knows all her answers, each drawn evenly. The fixed form asks each question of the life event once; the
agencies' own forms ask each item's questions again. All end in a plan made from all answers, which must be the same.

A turn is one thing to answer: a question, or a list of several in which she ticks what holds. To compare like with like
the fixed form is counted a second time with every list it could have, ticked in one go as well.
"""

import sys
from collections import Counter
from functools import cache
from math import ceil
from random import Random
from typing import NamedTuple

from assistant.model import Plan
from assistant.onething.eligibility import UNKNOWN, known_facts
from assistant.onething.flow import Flow, asked_in, next_state, open_flow
from assistant.onething.planning import make_plan
from assistant.onething.questions import facts_of_cases, open_facts
from assistant.onething.together import AT_MOST
from bench.theme_walks import DAY, Asking, one_at_a_time, predicates_of, values_of
from knowledge.catalog import Catalog
from knowledge.model import ROOT_ADCODE
from knowledge.sources.library import load_library

SMALL = 6  # facts up to which the best possible order of questions is computed exactly


class Row(NamedTuple):
    """One life event: questions a citizen on average, by the ways of asking, and plans that came out the same."""

    theme_id: str
    turns: float
    listed: float  # questions in those turns
    asked: float  # questions when she wants them one at a time
    form: int
    form_lists: int
    agencies: int
    same: int
    citizens: int
    best: float | None  # the fewest any order of questions can do, where it was computed


def content(plan: Plan) -> object:
    """What is to be done, when, with what: all of a plan but the answers it was made from and the reasons they give."""
    left = [item.item_id for item in plan.left_out]
    return plan.model_dump(exclude={"answers", "left_out"}), left


def values(flow: Flow) -> dict[str, list[str]]:
    """The answers that a citizen may have to each question that is not settled by the life event itself."""
    predicates = predicates_of(flow)
    asked = {n: f for n, f in flow.facts.items() if f.kind != "date" and n not in flow.theme.told}
    return {n: [v for v in values_of(f, predicates) if v != UNKNOWN] for n, f in asked.items()}


def told_in(flow: Flow, answers: dict[str, str], ask: Asking) -> tuple[dict[str, str], int]:
    """What a citizen was asked until the plan was fixed, and in how many turns."""
    told: dict[str, str] = {}
    turns = 0
    while names := ask(next_state(flow, told)):
        told |= {name: answers[name] for name in names}
        turns += 1
    return told, turns


def row(flow: Flow, count: int) -> Row:
    """Let so many citizens go through one life event, each in both ways."""
    random, choices = Random(flow.theme.theme_id), values(flow)
    turns = listed = asked = same = 0
    for _ in range(count):
        answers = {fact: random.choice(given) for fact, given in choices.items()}
        in_lists, needed = told_in(flow, answers, asked_in)
        singly, _ = told_in(flow, answers, one_at_a_time)
        turns, listed, asked = turns + needed, listed + len(in_lists), asked + len(singly)
        plans = [
            content(make_plan(flow.theme, given, flow.catalog, flow.adcode, flow.day))
            for given in (in_lists, singly, answers)
        ]
        same += plans[0] == plans[1] == plans[2]
    agencies = sum(len(facts_of_cases((case,)) & choices.keys()) for case in flow.cases)
    best = fewest(flow, choices) if len(choices) <= SMALL else None
    return Row(
        flow.theme.theme_id, turns / count, listed / count, asked / count, len(choices), form_lists(flow, choices),
        agencies, same, count, best,
    )  # fmt: skip


def form_lists(flow: Flow, choices: dict[str, list[str]]) -> int:
    """How many turns the fixed form has, if it joins whatever may be joined: by what it is about, at most so many."""
    about = Counter(fact.about if (fact := flow.facts[name]).tick else name for name in choices)
    return sum(ceil(count / AT_MOST) for count in about.values())


def fewest(flow: Flow, choices: dict[str, list[str]]) -> float:
    """The expected number of questions under the best possible order, over all orders that depend on the answers."""

    @cache
    def rest(told: frozenset[tuple[str, str]]) -> float:
        answers = dict(told)
        open_ = open_facts(flow.cases, known_facts(flow.theme, answers, flow.catalog, flow.day))
        if not open_:
            return 0.0
        untold = [fact for fact in choices if fact not in answers]
        return 1 + min(sum(rest(told | {(f, v)}) for v in choices[f]) / len(choices[f]) for f in untold)

    return rest(frozenset())


def main(count: int) -> int:
    """Print one line a life event and the sums; exit 1 if a plan differs."""
    catalog = Catalog(load_library())
    rows = [row(open_flow(t, catalog, ROOT_ADCODE, DAY), count) for t in catalog.themes.values()]
    sys.stdout.write(
        "一件事                        问几次  其中几个  逐个问几个  最少可能  固定表  并成几次  各部门自己的表  计划相同\n"
    )
    for r in rows:
        best = "—" if r.best is None else f"{r.best:.2f}"
        sys.stdout.write(
            f"{r.theme_id:<30}{r.turns:>6.2f}{r.listed:>8.2f}{r.asked:>10.2f}{best:>9}{r.form:>8}{r.form_lists:>8}"
            f"{r.agencies:>12}{r.same:>9}/{r.citizens}\n"
        )
    sys.stdout.write(summary(rows))
    return 0 if all(r.same == r.citizens for r in rows) else 1


def summary(rows: list[Row]) -> str:
    """The means over life events, and how much less that is than each form."""
    names = ("turns", "listed", "asked", "form", "form_lists", "agencies")
    turns, listed, asked, form, lists, agencies = (sum(getattr(r, n) for r in rows) / len(rows) for n in names)
    small = [r for r in rows if r.best is not None]
    return (
        f"合计 {len(rows)} 个一件事、{sum(r.citizens for r in rows)} 人，计划相同 {sum(r.same for r in rows)} 人。\n"
        f"并着问：平均 {turns:.2f} 次、{listed:.2f} 个。次数比各部门自己的表（{agencies:.2f} 个）少 {1 - turns / agencies:.1%}，"
        f"比固定表（{form:.2f} 个）少 {1 - turns / form:.1%}，比固定表也这样并（{lists:.2f} 次）少 {1 - turns / lists:.1%}。\n"
        f"逐个问：平均 {asked:.2f} 个，比各部门自己的表少 {1 - asked / agencies:.1%}，比固定表少 {1 - asked / form:.1%}。\n"
        f"能算出最少可能的 {len(small)} 个里，逐个问平均 {sum(r.asked for r in small) / len(small):.2f} 个，"
        f"最少可能 {sum(r.best or 0 for r in small) / len(small):.2f} 个。\n"
    )


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
