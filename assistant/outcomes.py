"""What a message leads to, and the outcomes that need no search: small talk, another province, a place noted, a refusal."""

from typing import NamedTuple

from assistant import decide as deciding
from assistant.answering.compose import Place
from assistant.answering.wording import (
    CANCELLED,
    GREETING,
    LOST,
    NEXT_STEPS,
    REFUSALS,
    THANKS,
    UNCOVERED,
    UPSET,
    WHO,
)  # fmt: skip
from assistant.following import Heard
from assistant.model import (
    Answer,
    AnyReply,
    Candidate,
    Clarification,
    Contact,
    FlowState,
    Focus,
    Option,
    Refusal,
    RefusalReason,
)  # fmt: skip
from assistant.onething.flow import Flow, step
from assistant.safety.guard import is_off_topic, is_service
from assistant.understanding.understand import Intent, Understanding

SMALL_TALK = {
    Intent.GREET: GREETING, Intent.WHO: WHO, Intent.THANK: THANKS, Intent.UPSET: UPSET, Intent.CANCEL: CANCELLED, Intent.LOST: LOST,
}  # fmt: skip
STARTERS = ("身份证丢了怎么补", "孩子刚出生要办哪些手续", "二手房过户要多少钱", "失业金怎么领")


class Searched(NamedTuple):
    """What the retriever saw and gave, for the trace."""

    query: str = ""
    candidates: tuple[Candidate, ...] = ()
    confidence: float | None = None
    timings: dict[str, float] = {}
    dense_used: bool = True
    not_reranked: str = ""


class Outcome(NamedTuple):
    """A reply, the focus it leaves, and how it came about."""

    reply: AnyReply
    focus: Focus
    decision: str
    intent: str = ""
    searched: Searched = Searched()
    heard: tuple[str, ...] = ()  # the messages whose numbers and words the reply judges


def flow_step(flow: Flow, state: FlowState, focus: Focus) -> Outcome:
    """The next step of a life event."""
    reply = step(flow, state)
    after = focus.model_copy(update={"flow": state, "options": reply.options, "items": (), "fields": ()})
    return Outcome(reply, after, f"flow:{state.theme_id}", Intent.LIFE_EVENT)


def searched(heard: Heard) -> Searched:
    """What was found for a message, as the trace keeps it; a family or a theme by name is not weighed."""
    found, sure = heard.alone, heard.decision.confidence
    candidates = deciding.candidates(found)
    return Searched(
        heard.seen.query,
        candidates,
        round(sure, 4) if sure else None,
        found.timings,
        found.dense_used,
        found.not_reranked,
    )


def small_talk(intent: Intent, focus: Focus, place: Place) -> Outcome:
    """What is said to a greeting, thanks, anger, or nothing at all."""
    starters = () if intent in {Intent.THANK, Intent.UPSET} else tuple(Option(label=s, value=s) for s in STARTERS)
    kind = Clarification if intent is Intent.LOST else Answer
    reply = kind(text=SMALL_TALK[intent], options=starters, jurisdiction=place.adcode, as_of=place.as_of)
    after = Focus(jurisdiction=place.adcode) if intent is Intent.CANCEL else focus
    return Outcome(reply, after, "small_talk", intent)


def elsewhere(outside: tuple[str, ...], focus: Focus, place: Place, intent: Intent) -> Outcome:
    """Another province: this library speaks of Henan only."""
    text = REFUSALS[RefusalReason.OTHER_JURISDICTION].format(place="、".join(outside))
    return Outcome(refusal(RefusalReason.OTHER_JURISDICTION, text, place), focus, "elsewhere", intent)


def place_noted(focus: Focus, place: Place) -> Outcome:
    """She only said where: keep the open question, or ask what it is about."""
    options = focus.options or tuple(Option(label=s, value=s) for s in STARTERS)
    text = f"好的，按{place.name}回答。" + ("请选一项。" if focus.options else "您要办什么事？")
    return Outcome(
        Clarification(text=text, options=options, jurisdiction=place.adcode, as_of=place.as_of), focus, "place"
    )


def clarification(decision: deciding.Decision, seen: Understanding, focus: Focus, place: Place) -> Outcome:
    """The question that a decision asks; the fields asked for wait for its answer."""
    reply = Clarification(
        text=decision.question, options=decision.options, jurisdiction=place.adcode, as_of=place.as_of
    )
    after = focus.model_copy(update={"options": decision.options, "fields": seen.fields})
    return Outcome(reply, after, "clarify")


def nothing_found(
    seen: Understanding, focus: Focus, place: Place, cosine: float = 0.0, uncovered: str | None = None
) -> Outcome:
    """No guide fits: a service known by name only, one that the library lacks, or nothing to do with services."""
    if uncovered and not is_off_topic(seen.query):
        return refused(RefusalReason.NO_KNOWLEDGE, UNCOVERED.format(name=uncovered), focus, place)
    near = cosine >= deciding.ABOUT_SERVICES and not is_off_topic(seen.query)
    reason = RefusalReason.NO_KNOWLEDGE if near or is_service(seen.query) else RefusalReason.OUT_OF_SCOPE
    return refused(reason, REFUSALS[reason], focus, place)


def refused(reason: RefusalReason, text: str, focus: Focus, place: Place) -> Outcome:
    """A refusal that closes the open question."""
    reply = refusal(reason, text, place)
    return Outcome(reply, focus.model_copy(update={"options": ()}), "nothing_found")


def refusal(reason: RefusalReason, text: str, place: Place, contacts: tuple[Contact, ...] = NEXT_STEPS) -> Refusal:
    """A refusal and where to turn next."""
    return Refusal(text=text, reason=reason, contacts=contacts, jurisdiction=place.adcode, as_of=place.as_of)
