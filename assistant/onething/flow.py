"""The conversation of a life event: enter, ask what still matters, take answers and corrections, end in a plan."""

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from assistant.model import FlowState, FlowStep, PlanReply
from assistant.onething.answers import goes_back, heard, named_change, read_answer
from assistant.onething.eligibility import UNKNOWN, Case, cases_of, known_facts
from assistant.onething.planning import make_plan
from assistant.onething.questions import dates_of, facts_of_cases, open_facts, options_for, progress, told
from assistant.onething.telling import plan_text
from assistant.understanding.understand import chosen_option
from knowledge.catalog import Catalog
from knowledge.model import Fact, Theme

_ENOUGH = re.compile(r"^(?:先|直接|就|马上)?(?:看|出|给我?|要|生成)(?:一下)?(?:方案|计划|清单|结果)[吧了。！! ]*$")
_HAS = re.compile(r"^(?:我|俺|我们|家里|手里|这边)*(?:已经|现在|都|也)*有(?!没有|哪|什么|啥|多少)[^?？吗怎咋]+$")


class Flow(NamedTuple):
    """A life event as it is asked in one place on one day."""

    theme: Theme
    cases: tuple[Case, ...]
    catalog: Catalog
    adcode: str
    day: date

    @property
    def facts(self) -> dict[str, Fact]:
        """Every fact that may matter in it: those that decide something, and the dates that deadlines count from."""
        names = facts_of_cases(self.cases) | set(dates_of(self.cases))
        return {name: fact for name, fact in self.catalog.facts.items() if name in names}


def open_flow(theme: Theme, catalog: Catalog, adcode: str, day: date) -> Flow:
    """The life event with the texts that apply there and then."""
    return Flow(theme, cases_of(theme, catalog, adcode, day), catalog, adcode, day)


def entered(flow: Flow, text: str) -> FlowState:
    """The state after the message that led here: what it already told is not asked again."""
    return next_state(flow, heard(text, flow.facts))


def next_state(flow: Flow, answers: Mapping[str, str]) -> FlowState:
    """The state after these answers: the next open question, or none when the plan is fixed."""
    known = known_facts(flow.theme, answers, flow.catalog, flow.day)
    waiting = open_facts(flow.cases, known)
    return FlowState(theme_id=flow.theme.theme_id, answers=dict(answers), asking=waiting[0] if waiting else None)


def advanced(flow: Flow, state: FlowState, text: str, choice: str | None) -> FlowState | None:
    """The state after a message, or None when the message is about something else.

    It may answer the open question, change an earlier answer (把X改成Y), go one question back (上一步), ask for the
    plan at once, or tell a date that a deadline counts from.
    """
    if goes_back(text):
        return _one_back(flow, state)
    if change := named_change(text, flow.facts):
        fact, words = change
        value = read_answer(fact, words, chosen_option(words, options_for(fact)), flow.day)
        return _answered(flow, state, fact.fact_id, value)
    if state.asking is None:
        return _dated(flow, state, text) or _holding(flow, state, text)
    if _ENOUGH.match(text.strip()):
        return completed(flow, state)
    fact = flow.catalog.facts[state.asking]
    value = read_answer(fact, text, choice or chosen_option(text, options_for(fact)), flow.day)
    return _answered(flow, state, state.asking, value)


def _answered(flow: Flow, state: FlowState, fact: str, value: str | None) -> FlowState | None:
    if value is None:
        return None
    return next_state(flow, {**state.answers, fact: value}).model_copy(update={"held": state.held})


def _one_back(flow: Flow, state: FlowState) -> FlowState | None:
    if not state.answers:
        return None
    *kept, (last, _) = state.answers.items()
    return state.model_copy(update={"answers": dict(kept), "asking": last})


def completed(flow: Flow, state: FlowState) -> FlowState:
    """The state when nothing more is asked: what is still open counts as not known."""
    answers = dict(state.answers)
    while (asking := next_state(flow, answers).asking) is not None:
        answers[asking] = UNKNOWN
    return state.model_copy(update={"asking": None, "answers": answers})


def _dated(flow: Flow, state: FlowState, text: str) -> FlowState | None:
    """After the plan: a bare date belongs to the only date that a deadline waits for."""
    waiting = [name for name in dates_of(flow.cases) if name not in state.answers]
    if len(waiting) != 1 or len(text) > 20:
        return None
    value = read_answer(flow.catalog.facts[waiting[0]], text, None, flow.day)
    return None if value == UNKNOWN else _answered(flow, state, waiting[0], value)


def _holding(flow: Flow, state: FlowState, text: str) -> FlowState | None:
    """After the plan: the papers that she says she has."""
    if not _HAS.match(text.strip()) or not (kinds := flow.catalog.vocabulary.kinds_in(text)):
        return None
    return state.model_copy(update={"held": tuple(dict.fromkeys((*state.held, *kinds)))})


def step(flow: Flow, state: FlowState) -> FlowStep | PlanReply:
    """What to say in this state: the question with its reason and options, or the finished plan."""
    if state.asking is None:
        return _plan_reply(flow, state)
    fact = flow.catalog.facts[state.asking]
    opening = f"“{flow.theme.name}”：要办哪几项因人而异，先问您几个问题。\n" if not state.answers else ""
    why = f"（{fact.why.rstrip('。')}）" if fact.why else ""
    known = known_facts(flow.theme, state.answers, flow.catalog, flow.day)
    return FlowStep(
        text=f"{opening}{fact.question}{why}",
        theme=flow.theme.theme_id,
        options=options_for(fact),
        progress=progress(flow.cases, state.answers, known),
        jurisdiction=flow.adcode,
        as_of=flow.day,
    )


def _plan_reply(flow: Flow, state: FlowState) -> PlanReply:
    plan = make_plan(flow.theme, state.answers, flow.catalog, flow.adcode, flow.day, frozenset(state.held))
    return PlanReply(
        text=plan_text(plan, told(flow.catalog, state.answers)),
        theme=flow.theme.theme_id,
        plan=plan,
        jurisdiction=flow.adcode,
        as_of=flow.day,
    )
