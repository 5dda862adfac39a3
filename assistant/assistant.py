"""The one door: `Assistant.ask`. Web, terminal, HTTP and evals all come through here and see the same `Turn`."""

import time
import uuid
from datetime import date
from typing import Any, NamedTuple, Protocol

from assistant import decide as deciding
from assistant.answering.compose import Asked, Composed, Place, compose
from assistant.answering.wording import (
    CANCELLED,
    CRISIS,
    GREETING,
    INJECTION,
    LOST,
    NEXT_STEPS,
    REFUSALS,
    THANKS,
    WHO,
)  # fmt: skip
from assistant.errors import BadInput, NotFound
from assistant.model import (
    Answer,
    AnyReply,
    Clarification,
    FlowState,
    Focus,
    Option,
    Plan,
    Refusal,
    RefusalReason,
    Session,
    Trace,
    Turn,
)  # fmt: skip
from assistant.onething.flow import next_state, step
from assistant.onething.planning import make_plan
from assistant.onething.questions import read_answer
from assistant.safety.guard import Alarm, inspect, is_service
from assistant.safety.privacy import mask
from assistant.sessions import SessionStore
from assistant.understanding.understand import Intent, Understanding, understand
from knowledge.catalog import Catalog
from knowledge.errors import GuideNotFound, UnknownJurisdiction
from knowledge.index.generation import Generation
from knowledge.model import ROOT_ADCODE, FieldName

SMALL_TALK = {
    Intent.GREET: GREETING, Intent.WHO: WHO, Intent.THANK: THANKS, Intent.CANCEL: CANCELLED, Intent.LOST: LOST,
}  # fmt: skip
STARTERS = ("身份证丢了怎么补", "孩子刚出生要办哪些手续", "二手房过户要多少钱", "失业金怎么领")


class Rewriter(Protocol):
    """The optional language model: improves wording, never values."""

    def rewrite(self, answer: Answer, question: str) -> Answer: ...


class Outcome(NamedTuple):
    """A reply with the focus it leaves and what the trace should say."""

    reply: AnyReply
    focus: Focus
    decision: str
    intent: str = ""
    query: str = ""
    candidates: tuple[deciding.Candidate, ...] = ()
    dropped: tuple[str, ...] = ()
    timings: dict[str, float] = {}
    warnings: tuple[str, ...] = ()


class Assistant:
    """Answers questions over one published generation."""

    def __init__(
        self, generation: Generation, sessions: SessionStore, max_chars: int, rewriter: Rewriter | None = None,
        warnings: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        self.generation = generation
        self.catalog: Catalog = generation.catalog
        self.retriever = generation.retriever
        self.sessions = sessions
        self.warnings = warnings
        self._max_chars = max_chars
        self._rewriter = rewriter

    @property
    def generation_number(self) -> str:
        """The number of the published generation, as text."""
        return str(self.generation.manifest.number)

    def ask(self, session: Session, text: str, city: str | None = None, as_of: date | None = None) -> Turn:
        """One question → one turn. Raises BadInput when the text cannot be a question."""
        started = time.perf_counter()
        masked = mask(text)
        question = self._checked(masked.text)
        place = self._place(city, session, as_of)
        alarm = inspect(question)
        outcome = (
            self._alarm(alarm, place, session.focus) if alarm else self._respond(question, session.focus, place, city)
        )
        trace_id = uuid.uuid4().hex[:16]
        reply = outcome.reply.model_copy(update={"generation": self.generation_number, "trace_id": trace_id})
        elapsed = {"total": time.perf_counter() - started, **outcome.timings}
        trace = Trace(
            trace_id=trace_id, intent=outcome.intent or str(alarm or ""), decision=outcome.decision,
            query=outcome.query, candidates=outcome.candidates, dropped=outcome.dropped, masked=masked.kinds,
            timings_ms={k: round(v * 1000, 2) for k, v in elapsed.items()}, warnings=outcome.warnings,
        )  # fmt: skip
        return Turn(question=question, reply=reply, focus=outcome.focus, trace=trace)

    def _checked(self, text: str) -> str:
        question = text.strip()
        if not any(c.isalnum() for c in question):
            raise BadInput("请写下您要办的事，例如“身份证丢了怎么补”。")
        if len(question) > self._max_chars:
            raise BadInput(
                f"问题太长了（{len(question)}字），请缩短到{self._max_chars}字以内，只写要办的事和关键情况。"
            )
        return question

    def _place(self, city: str | None, session: Session, as_of: date | None) -> Place:
        try:
            adcode = self.catalog.place_named(city).adcode if city else session.focus.jurisdiction or ROOT_ADCODE
        except UnknownJurisdiction as error:
            raise BadInput(str(error)) from error
        return Place(adcode, self.catalog.place(adcode).name, as_of or date.today())

    def _alarm(self, alarm: Alarm, place: Place, focus: Focus) -> Outcome:
        if alarm in CRISIS:
            text, contacts = CRISIS[alarm]
            return Outcome(self._refusal(RefusalReason.CRISIS, text, place, contacts), focus, f"guard:{alarm}")
        if alarm is Alarm.ACCOUNT:
            text = REFUSALS[RefusalReason.ACCOUNT_DATA]
            return Outcome(self._refusal(RefusalReason.ACCOUNT_DATA, text, place), focus, f"guard:{alarm}")
        text = INJECTION if alarm is Alarm.INJECTION else REFUSALS[RefusalReason.UNSAFE]
        return Outcome(self._refusal(RefusalReason.UNSAFE, text, place), focus, f"guard:{alarm}")

    def _respond(self, question: str, focus: Focus, place: Place, city: str | None) -> Outcome:
        seen = understand(self.generation.homophones.mend(question), focus, self.catalog)
        if seen.adcode and seen.adcode != place.adcode:
            place = Place(seen.adcode, self.catalog.place(seen.adcode).name, place.as_of)
        focus = focus.model_copy(update={"jurisdiction": place.adcode})
        if focus.flow and (outcome := self._flow_answer(seen, focus, focus.flow, place)):
            return outcome
        match seen.intent:
            case Intent.GREET | Intent.WHO | Intent.THANK | Intent.CANCEL | Intent.LOST:
                return self._small_talk(seen.intent, focus, place)
            case Intent.CHOOSE if seen.choice and seen.choice.startswith("item:"):
                return self._answer((seen.choice.removeprefix("item:"),), focus.fields, seen, focus, place)
            case _:
                return self._search(seen, focus, place)

    def _flow_answer(self, seen: Understanding, focus: Focus, flow: FlowState, place: Place) -> Outcome | None:
        """The outcome if the message answers the question that a life event is asking; None if it is about something else."""
        if flow.asking is None or seen.intent is Intent.CANCEL:
            return None
        value = read_answer(self.catalog.facts[flow.asking], seen.text, seen.choice)
        if value is None:
            return None
        return self._flow(flow.theme_id, {**flow.answers, flow.asking: value}, focus, place)

    def _flow(self, theme_id: str, answers: dict[str, str], focus: Focus, place: Place) -> Outcome:
        theme = self.catalog.themes[theme_id]
        state = next_state(theme, answers)
        reply = step(theme, state, self.catalog, place.adcode, place.as_of)
        after = focus.model_copy(update={"flow": state, "options": reply.options, "items": (), "fields": ()})
        return Outcome(reply, after, f"flow:{theme_id}", Intent.LIFE_EVENT)

    def _small_talk(self, intent: Intent, focus: Focus, place: Place) -> Outcome:
        text = SMALL_TALK[intent]
        starters = () if intent is Intent.THANK else tuple(Option(label=s, value=s) for s in STARTERS)
        reply = Answer(text=text, options=starters, jurisdiction=place.adcode, as_of=place.as_of)
        after = (
            Focus(jurisdiction=place.adcode) if intent is Intent.CANCEL else focus.model_copy(update={"options": ()})
        )
        return Outcome(reply, after, "small_talk", intent)

    def _search(self, seen: Understanding, focus: Focus, place: Place) -> Outcome:
        near = deciding.sibling(seen, focus, self.catalog) or self._offered(seen, focus, place)
        if near is None and seen.follows_up and seen.intent is Intent.ASK and (seen.fields or seen.adcode):
            return self._answer(focus.items, seen.fields or focus.fields, seen, focus, place)
        if seen.elsewhere:
            text = REFUSALS[RefusalReason.OTHER_JURISDICTION].format(place="、".join(seen.elsewhere))
            return Outcome(
                self._refusal(RefusalReason.OTHER_JURISDICTION, text, place), focus, "elsewhere", seen.intent
            )
        if near:
            return self._answer((near,), seen.fields or focus.fields, seen, focus, place)
        found = self.retriever.search(seen.query, place.adcode, place.as_of, k=8)
        decision = deciding.decide(seen, found, self.catalog)
        trace = {
            "query": seen.query, "candidates": deciding.candidates(found), "intent": seen.intent,
            "timings": found.timings, "warnings": () if found.dense_used else ("dense side down",),
        }  # fmt: skip
        if deciding.continues(seen, decision, focus, self.catalog):
            return self._answer(focus.items, seen.fields or focus.fields, seen, focus, place)._replace(**trace)
        match decision.name:
            case "theme" if decision.theme:
                return self._flow(decision.theme, {}, focus, place)._replace(**trace)
            case "clarify":
                outcome = self._clarify(decision, seen, focus, place)
            case "answer":
                fields = seen.fields or (focus.fields if len(seen.core) <= 8 and focus.items else ())
                outcome = self._answer(decision.items, fields, seen, focus, place)
            case _:
                outcome = self._nothing_found(seen, focus, place)
        return outcome._replace(**trace)

    def _offered(self, seen: Understanding, focus: Focus, place: Place) -> str | None:
        """The offered item that a short free answer to the open question means (过期了 → 换领)."""
        offered = [o.value.removeprefix("item:") for o in focus.options if o.value.startswith("item:")]
        if not offered or not 1 <= len(seen.words) <= 8:
            return None
        family = self.catalog.families.get(self.catalog.items[offered[0]][0].family or "")
        found = self.retriever.search(f"{family.name if family else ''}{seen.query}", place.adcode, place.as_of, k=1)
        best = deciding.item_of(found.kept[0].key) if found.kept else ""
        return best if best in offered else None

    def _clarify(self, decision: deciding.Decision, seen: Understanding, focus: Focus, place: Place) -> Outcome:
        reply = Clarification(
            text=decision.question, options=decision.options, jurisdiction=place.adcode, as_of=place.as_of
        )
        after = focus.model_copy(update={"options": decision.options, "fields": seen.fields, "items": (), "flow": None})
        return Outcome(reply, after, "clarify")

    def _answer(
        self, items: tuple[str, ...], fields: tuple[FieldName, ...], seen: Understanding, focus: Focus, place: Place
    ) -> Outcome:
        try:
            resolved = self.catalog.resolve(items[0], place.adcode, place.as_of)
        except GuideNotFound:
            return self._nothing_found(seen, focus, place)
        composed: Composed = compose(Asked(resolved, fields, seen.query), place, self.catalog)
        reply = composed.reply
        if self._rewriter and isinstance(reply, Answer):
            reply = self._rewriter.rewrite(reply, seen.text)
        after = focus.model_copy(update={"items": items, "fields": fields, "options": ()})
        return Outcome(reply, after, "answer", seen.intent, dropped=composed.dropped)

    def _nothing_found(self, seen: Understanding, focus: Focus, place: Place) -> Outcome:
        reason = RefusalReason.NO_KNOWLEDGE if is_service(seen.query) else RefusalReason.OUT_OF_SCOPE
        reply = self._refusal(reason, REFUSALS[reason], place)
        return Outcome(reply, focus.model_copy(update={"options": ()}), "nothing_found")

    def _refusal(self, reason: RefusalReason, text: str, place: Place, contacts: Any = NEXT_STEPS) -> Refusal:
        return Refusal(text=text, reason=reason, contacts=contacts, jurisdiction=place.adcode, as_of=place.as_of)

    def plan(self, theme_id: str, answers: dict[str, str], city: str | None = None) -> Plan:
        """The plan of a theme under given answers. Raises NotFound or BadInput."""
        if theme_id not in self.catalog.themes:
            raise NotFound(f"没有“{theme_id}”这个一件事")
        if unknown := [fact for fact in answers if fact not in self.catalog.facts]:
            raise BadInput(f"不认识的问题编号：{'、'.join(unknown)}")
        place = self._place(city, Session(session_id=""), None)
        return make_plan(self.catalog.themes[theme_id], answers, self.catalog, place.adcode)
