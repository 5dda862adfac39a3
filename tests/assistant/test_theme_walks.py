"""Every life event, walked to the end: the committed outcomes, a plan on every way, and no question in vain."""

from collections.abc import Iterator
from hashlib import sha256
from random import Random

import pytest

from assistant.onething.eligibility import UNKNOWN
from assistant.onething.flow import Flow, asked_in, next_state, open_flow, step
from assistant.onething.planning import make_plan
from bench.plan_citizens import content, values
from bench.theme_walks import COMMITTED, DAY, fates_of, outcome_key, predicates_of, report, signature, values_of, walk
from knowledge.catalog import Catalog
from knowledge.model import Library
from knowledge.sources.library import load_library

THEMES = sorted(theme.theme_id for theme in load_library().themes)
MOST_WAYS = 1000  # beyond, `python -m bench.theme_walks` compares: some life events take a minute


def committed() -> dict[str, list[str]]:
    """The committed lines of each life event."""
    found: dict[str, list[str]] = {}
    for line in COMMITTED.read_text(encoding="utf-8").splitlines():
        if line[0] not in "# ":
            found[line.split("\t")[0]] = lines = []
        if line[0] != "#":
            lines.append(line)
    return found


COMMITTED_LINES = committed()
SMALL = [theme for theme in THEMES if int(COMMITTED_LINES[theme][0].split("\t")[1]) <= MOST_WAYS]


def flow_of(theme_id: str, shipped: Catalog) -> Flow:
    return open_flow(shipped.themes[theme_id], shipped, "410000", DAY)


def test_every_life_event_has_committed_outcomes(library: Library) -> None:
    assert sorted(COMMITTED_LINES) == sorted(theme.theme_id for theme in library.themes)
    assert len(SMALL) >= 40


@pytest.mark.parametrize("theme_id", SMALL)
def test_every_way_ends_as_committed(theme_id: str, shipped: Catalog) -> None:
    assert report(flow_of(theme_id, shipped)) == COMMITTED_LINES[theme_id]


@pytest.mark.parametrize("theme_id", SMALL)
def test_lists_lead_to_the_same_plans_as_one_question_at_a_time(theme_id: str, shipped: Catalog) -> None:
    flow = flow_of(theme_id, shipped)
    plans = {outcome_key(flow, answers): answers for answers in walk(flow, asked_in)}
    found = {signature(make_plan(flow.theme, a, shipped, flow.adcode, DAY)) for a in plans.values()}
    assert sha256("\n".join(sorted(found)).encode()).hexdigest()[:12] == COMMITTED_LINES[theme_id][0].split("\t")[4]


def some_ways(flow: Flow, count: int) -> Iterator[dict[str, str]]:
    """Ways through a life event by random taps, 不清楚 among them."""
    random, predicates = Random(flow.theme.theme_id), predicates_of(flow)
    for _ in range(count):
        answers: dict[str, str] = {}
        while (asking := next_state(flow, answers).asking) is not None:
            answers[asking] = random.choice(values_of(flow.catalog.facts[asking], predicates))
        yield answers


@pytest.mark.parametrize("theme_id", THEMES)
def test_a_way_ends_in_one_fixed_plan_that_names_each_item_once(theme_id: str, shipped: Catalog) -> None:
    flow = flow_of(theme_id, shipped)
    for answers in some_ways(flow, 20):
        plan = make_plan(flow.theme, answers, shipped, "410000", DAY)
        again = make_plan(flow.theme, dict(reversed(answers.items())), shipped, "410000", DAY)
        assert plan == again.model_copy(update={"answers": plan.answers})
        assert sorted(item for item, _ in fates_of(plan)) == sorted(case.entry.item_id for case in flow.cases)
        assert not plan.open_items or UNKNOWN in answers.values()
        reply = step(flow, next_state(flow, answers))
        assert (reply.kind, reply.plan) == ("plan", plan)


@pytest.mark.parametrize("theme_id", THEMES)
def test_when_the_plan_is_given_no_unasked_answer_changes_it(theme_id: str, shipped: Catalog) -> None:
    flow = flow_of(theme_id, shipped)
    random, choices = Random(theme_id), values(flow)
    for answers in some_ways(flow, 20):
        rest = {fact: random.choice(given) for fact, given in choices.items() if fact not in answers}
        plans = [make_plan(flow.theme, given, shipped, "410000", DAY) for given in (answers, {**rest, **answers})]
        assert content(plans[0]) == content(plans[1])


@pytest.mark.parametrize("theme_id", THEMES)
def test_a_paper_is_never_needed_in_an_earlier_stage_than_it_is_issued(theme_id: str, shipped: Catalog) -> None:
    flow = flow_of(theme_id, shipped)
    for answers in some_ways(flow, 10):
        plan = make_plan(flow.theme, answers, shipped, "410000", DAY)
        stage_of = {item.name: n for n, stage in enumerate(plan.stages) for item in stage}
        waits = [(item.name, other) for stage in plan.stages for item in stage for other in item.waits_for]
        assert all(stage_of[other] < stage_of[item] for item, other in waits)
        makers = [(m.from_item, need.item) for m in plan.materials if m.from_item for need in m.needs]
        assert all(stage_of[maker] < stage_of[item] for maker, item in makers)


def test_a_walk_goes_every_way_once_and_asks_no_more_than_it_must(shipped: Catalog) -> None:
    ways = list(walk(flow_of("tax-credit-service", shipped)))
    open_ways = [{"tax-credit-other": a, "tax-credit-dispute": b} for a in ("false", UNKNOWN) for b in ("true", "false", UNKNOWN)]  # fmt: skip
    assert ways == [{"tax-credit-other": "true"}, *open_ways]
