"""`python -m bench.theme_walks [--write]`: every way of answering every life event, compared with the committed outcomes.

One line a theme and one an item stand in `tests/assistant/theme_walks.tsv`; a change there is reviewed like code.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from difflib import unified_diff
from hashlib import sha256
from itertools import product
from pathlib import Path

from assistant.model import FlowState, Plan
from assistant.onething.eligibility import UNKNOWN, after_the_plan, evaluate, known_facts
from assistant.onething.flow import Flow, asked_in, next_state, open_flow
from assistant.onething.planning import make_plan
from assistant.onething.questions import case_rows, options_for
from knowledge.catalog import Catalog
from knowledge.model import ROOT_ADCODE, Fact, Predicate
from knowledge.predicates import comparisons_of
from knowledge.sources.library import load_library

COMMITTED = Path(__file__).parents[1] / "tests" / "assistant" / "theme_walks.tsv"
DAY = date(2026, 11, 22)
STATES = ("planned", "open", "not_needed", "not_eligible")


def values_of(fact: Fact, predicates: list[Predicate | None]) -> list[str]:
    """The answers worth trying: every tap, and for a number one value on each side of every bound, and the bound."""
    if fact.kind != "number":
        return [option.value for option in options_for(fact)]
    bounds = {
        bound
        for predicate in predicates
        for c in comparisons_of(predicate)
        if c.fact == fact.fact_id
        for bound in (c.lt, c.le, c.gt, c.ge)
        if bound is not None
    }
    tried = sorted({max(Decimal(0), bound + step) for bound in bounds for step in (-1, 0, 1)})
    return [*map(str, tried), UNKNOWN]


def predicates_of(flow: Flow) -> list[Predicate | None]:
    """Every predicate that the life event reads."""
    return [when for case in flow.cases for when in (case.entry.when, case.required, *case_rows(case))]


Asking = Callable[[FlowState], tuple[str, ...]]


def one_at_a_time(state: FlowState) -> tuple[str, ...]:
    """The open question alone, as she is asked who wants no lists."""
    return asked_in(state)[:1]


def walk(flow: Flow, asking: Asking = one_at_a_time) -> Iterator[dict[str, str]]:
    """The answers of every way through a life event by taps, or with `asked_in` by ticks: each yes, no or not known."""
    predicates = predicates_of(flow)
    values = {name: values_of(fact, predicates) for name, fact in flow.facts.items() if fact.kind != "date"}
    waiting: list[dict[str, str]] = [{}]
    while waiting:
        answers = waiting.pop()
        asked = asking(next_state(flow, answers))
        if not asked:
            yield answers
            continue
        given = product(*(reversed(values[name]) for name in asked))
        waiting += [{**answers, **dict(zip(asked, told, strict=True))} for told in given]


def outcome_key(flow: Flow, answers: dict[str, str]) -> tuple[bool | None, ...]:
    """What the plan depends on: the verdict of every predicate that still matters."""
    known = known_facts(flow.theme, answers, flow.catalog, flow.day)
    later = after_the_plan(flow.cases, known)
    verdicts: list[bool | None] = []
    for case in flow.cases:
        verdicts += [evaluate(case.entry.when, known), case.qualifies(known, later)]
        verdicts += [evaluate(when, known) for when in case_rows(case)]
    return tuple(verdicts)


def signature(plan: Plan) -> str:
    """A plan in one line, without days and wording: steps, what is open and left out, papers."""
    steps = " > ".join("+".join(item.item_id for item in stage) for stage in plan.stages)
    left = " ".join(f"{item.item_id}:{item.state}" for item in plan.left_out)
    papers = " ".join(f"{m.kind}x{m.count}{'<' if m.from_item else ''}" for m in plan.materials)
    return f"{steps} | {' '.join(item.item_id for item in plan.open_items)} | {left} | {papers}"


def report(flow: Flow) -> list[str]:
    """The lines of one life event: how many ways and questions, how many different plans, and each item's fate."""
    plans: dict[tuple[bool | None, ...], Plan] = {}
    ways: Counter[tuple[bool | None, ...]] = Counter()
    questions: list[int] = []
    for answers in walk(flow):
        key = outcome_key(flow, answers)
        ways[key] += 1
        questions.append(len(answers))
        if key not in plans:
            plans[key] = make_plan(flow.theme, answers, flow.catalog, flow.adcode, flow.day)
    fates: Counter[tuple[str, str]] = Counter()
    for key, plan in plans.items():
        for item_id, state in fates_of(plan):
            fates[item_id, state] += ways[key]
    different = sorted({signature(plan) for plan in plans.values()})
    digest = sha256("\n".join(different).encode()).hexdigest()[:12]
    mean = f"{sum(questions) / len(questions):.1f}"
    lines = [
        f"{flow.theme.theme_id}\t{len(questions)}\t{min(questions)}/{mean}/{max(questions)}\t{len(different)}\t{digest}"
    ]
    for case in flow.cases:
        counts = "\t".join(str(fates[case.entry.item_id, state]) for state in STATES)
        lines.append(f"  {case.entry.item_id}\t{counts}")
    return lines


def fates_of(plan: Plan) -> Iterator[tuple[str, str]]:
    """Every item of a life event with what became of it."""
    yield from ((item.item_id, "planned") for stage in plan.stages for item in stage)
    yield from ((item.item_id, "open") for item in plan.open_items)
    yield from ((item.item_id, item.state) for item in plan.left_out)


HEADING = (
    "# Every way of answering every life event by taps (numbers: each bound, one below, one above), province, 2026-11-22.\n"
    "# theme: ways, questions least/mean/most, different plans, digest of them; item: ways in which it is planned,\n"
    "# open, not needed, not eligible. Written by `python -m bench.theme_walks --write`; review what changes.\n"
)


def outcomes(catalog: Catalog) -> str:
    """The whole file."""
    flows = [open_flow(theme, catalog, ROOT_ADCODE, DAY) for theme in catalog.themes.values()]
    return HEADING + "".join(f"{line}\n" for flow in flows for line in report(flow))


def main(arguments: list[str]) -> int:
    """Compare with the committed outcomes, or write them; exit 1 on a difference."""
    found = outcomes(Catalog(load_library()))
    if "--write" in arguments:
        COMMITTED.write_text(found, encoding="utf-8")
        return 0
    committed = COMMITTED.read_text(encoding="utf-8") if COMMITTED.exists() else ""
    sys.stdout.writelines(unified_diff(committed.splitlines(True), found.splitlines(True), "committed", "now"))
    return 0 if found == committed else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
