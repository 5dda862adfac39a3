"""`python -m bench.plan_citizens [COUNT]`: questions asked of simulated citizens, against forms that ask everything.

Every citizen knows all her answers, each drawn evenly. The fixed form asks each question of the life event once; the
agencies' own forms ask each item's questions again. Both end in a plan made from all answers, which must be the same.
"""

import sys
from functools import cache
from random import Random
from typing import NamedTuple

from assistant.model import Plan
from assistant.onething.eligibility import UNKNOWN, known_facts
from assistant.onething.flow import Flow, next_state, open_flow
from assistant.onething.planning import make_plan
from assistant.onething.questions import facts_of_cases, open_facts
from bench.theme_walks import DAY, predicates_of, values_of
from knowledge.catalog import Catalog
from knowledge.model import ROOT_ADCODE
from knowledge.sources.library import load_library

SMALL = 6  # facts up to which the best possible order of questions is computed exactly


class Row(NamedTuple):
    """One life event: questions a citizen on average, by the three ways of asking, and plans that came out the same."""

    theme_id: str
    asked: float
    form: int
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


def row(flow: Flow, count: int) -> Row:
    """Let so many citizens go through one life event."""
    random, choices = Random(flow.theme.theme_id), values(flow)
    questions = same = 0
    for _ in range(count):
        answers = {fact: random.choice(given) for fact, given in choices.items()}
        told: dict[str, str] = {}
        while (asking := next_state(flow, told).asking) is not None:
            told[asking] = answers[asking]
        questions += len(told)
        plans = [make_plan(flow.theme, given, flow.catalog, flow.adcode, flow.day) for given in (told, answers)]
        same += content(plans[0]) == content(plans[1])
    agencies = sum(len(facts_of_cases((case,)) & choices.keys()) for case in flow.cases)
    best = fewest(flow, choices) if len(choices) <= SMALL else None
    return Row(flow.theme.theme_id, questions / count, len(choices), agencies, same, count, best)


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
    sys.stdout.write("一件事                          问几个  最少可能  固定表  各部门自己的表  计划相同\n")
    for r in rows:
        best = "—" if r.best is None else f"{r.best:.2f}"
        sys.stdout.write(
            f"{r.theme_id:<30}{r.asked:>8.2f}{best:>9}{r.form:>8}{r.agencies:>10}{r.same:>9}/{r.citizens}\n"
        )
    asked, form, agencies = (sum(getattr(r, name) for r in rows) for name in ("asked", "form", "agencies"))
    small = [r for r in rows if r.best is not None]
    sys.stdout.write(
        f"合计 {len(rows)} 个一件事、{sum(r.citizens for r in rows)} 人：平均问 {asked / len(rows):.2f} 个，固定表 {form / len(rows):.2f} 个（少"
        f" {1 - asked / form:.1%}），各部门自己的表合计 {agencies / len(rows):.2f} 个（少 {1 - asked / agencies:.1%}）。\n"
        f"能算出最少可能的 {len(small)} 个里，平均问 {sum(r.asked for r in small) / len(small):.2f} 个，"
        f"最少可能 {sum(r.best or 0 for r in small) / len(small):.2f} 个。\n"
    )
    return 0 if all(r.same == r.citizens for r in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
