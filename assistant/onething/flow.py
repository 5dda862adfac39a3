"""The conversation of a life event: enter, ask what still matters, take answers and corrections, end in a plan."""

import re
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from assistant.model import FlowState, FlowStep, Option, PlanReply
from assistant.onething.answers import goes_back, heard, named_change, read_answer
from assistant.onething.eligibility import UNKNOWN, Case, cases_of, known_facts
from assistant.onething.list_answers import read_list
from assistant.onething.planning import make_plan
from assistant.onething.questions import dates_of, facts_of_cases, in_words, open_facts, options_for, progress, told
from assistant.onething.telling import plan_text
from assistant.onething.together import asked_together, ticks_for
from assistant.understanding.understand import chosen_option
from knowledge.catalog import Catalog
from knowledge.model import Fact, Theme

_ENOUGH = re.compile(r"^(?:先|直接|就|马上)?(?:看|出|给我?|要|生成)(?:一下)?(?:方案|计划|清单|结果)[吧了。！! ]*$")
_ONE_BY_ONE = re.compile(r"一个一个|一个个|逐个|逐一|分开问|单独问")
_BARE_YES = re.compile(r"^(?:是|有|对|嗯|要|需要|行|中|可以|好)[的了呀啊吧。！! ]*$")
ONE_BY_ONE = Option(label="一个一个问我", value="一个一个问我")
LIST_OPTIONS = (Option(label="都不是", value="都不是"), ONE_BY_ONE, Option(label="都不清楚", value="都不清楚"))
LISTED = "下面这几样，哪些符合？可以选几样，说号码也行。没选的当作不符合；拿不准的，说“第几个不清楚”。"
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
    return FlowState(
        theme_id=flow.theme.theme_id, answers=dict(answers), asking=waiting[0] if waiting else None,
        beside=asked_together(waiting, flow.cases, known, flow.catalog.facts),
    )  # fmt: skip


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
    if state.beside:
        return _list_answered(flow, state, text)
    fact = flow.catalog.facts[state.asking]
    value = read_answer(fact, text, choice or chosen_option(text, options_for(fact)), flow.day)
    return _answered(flow, state, state.asking, value)


def _answered(flow: Flow, state: FlowState, fact: str, value: str | None) -> FlowState | None:
    if value is None:
        return None
    return _kept(next_state(flow, {**state.answers, fact: value}), state)


def _list_answered(flow: Flow, state: FlowState, text: str) -> FlowState | None:
    """A list answered by what holds of it; “一个一个问”, or a 有 that does not say which, asks singly from then on."""
    if _ONE_BY_ONE.search(text) or _BARE_YES.match(text.strip()):
        return state.model_copy(update={"beside": (), "singly": True, "heard": ()})
    values = read_list(text, ticks_for(asked_in(state), flow.catalog.facts))
    if not values:
        return None
    return _kept(next_state(flow, {**state.answers, **values}), state).model_copy(update={"heard": tuple(values)})


def _kept(after: FlowState, before: FlowState) -> FlowState:
    """The state with what does not depend on the answers: the papers she has, and how she wants to be asked."""
    beside = () if before.singly else after.beside
    return after.model_copy(update={"held": before.held, "singly": before.singly, "beside": beside})


def asked_in(state: FlowState) -> tuple[str, ...]:
    """The facts that the open question asks, in the order shown."""
    return (state.asking, *state.beside) if state.asking else ()


def _one_back(flow: Flow, state: FlowState) -> FlowState | None:
    """The last question again: a list as a whole, an answer that was never asked for alone."""
    given = list(state.answers.items())
    if not given:
        return None
    for count in range(len(given)):
        before = _kept(next_state(flow, dict(given[:count])), state)
        if {name for name, _ in given[count:]} == set(asked_in(before)):
            return before
    *kept, (last, _) = given
    return state.model_copy(update={"answers": dict(kept), "asking": last, "beside": (), "heard": ()})


def completed(flow: Flow, state: FlowState) -> FlowState:
    """The state when nothing more is asked: what is still open counts as not known."""
    answers = dict(state.answers)
    while (asking := next_state(flow, answers).asking) is not None:
        answers[asking] = UNKNOWN
    return state.model_copy(update={"asking": None, "beside": (), "heard": (), "answers": answers})


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
    facts = flow.catalog.facts
    opening = f"“{flow.theme.name}”：要办哪几项因人而异，先问您几个问题。\n" if not state.answers else ""
    ticks = ticks_for(asked_in(state), facts) if state.beside else ()
    known = known_facts(flow.theme, state.answers, flow.catalog, flow.day)
    return FlowStep(
        text=f"{opening}{noted(state, facts)}{_listing(ticks) if ticks else _question(facts[state.asking])}",
        theme=flow.theme.theme_id,
        ticks=ticks,
        options=LIST_OPTIONS if ticks else options_for(facts[state.asking]),
        progress=progress(flow.cases, state.answers, known),
        jurisdiction=flow.adcode,
        as_of=flow.day,
    )


def _question(fact: Fact) -> str:
    return f"{fact.question}（{fact.why.rstrip('。')}）" if fact.why else fact.question


def _listing(ticks: tuple[Option, ...]) -> str:
    return "\n".join([LISTED, *(f"{number}. {tick.label}" for number, tick in enumerate(ticks, 1))])


def noted(state: FlowState, facts: Mapping[str, Fact]) -> str:
    """What was understood of a list, before the next question: she did not say every answer in so many words."""
    said = [in_words(facts[name], state.answers[name]) for name in state.heard if name in state.answers]
    return f"记下了，{'；'.join(said)}。\n" if said else ""


def _plan_reply(flow: Flow, state: FlowState) -> PlanReply:
    plan = make_plan(flow.theme, state.answers, flow.catalog, flow.adcode, flow.day, frozenset(state.held))
    return PlanReply(
        text=plan_text(plan, told(flow.catalog, state.answers)),
        theme=flow.theme.theme_id,
        plan=plan,
        jurisdiction=flow.adcode,
        as_of=flow.day,
    )
