"""One understood message → an `Outcome`: small talk, a life event's next step, an answer, a question, or a refusal."""

from typing import NamedTuple, Protocol

from assistant import decide as deciding
from assistant.answering.compose import Asked, Place, compose
from assistant.answering.wording import (
    CANCELLED,
    CRISIS,
    GREETING,
    INJECTION,
    LOST,
    NEXT_STEPS,
    REFUSALS,
    THANKS,
    UNCLEAR,
    WHO,
)  # fmt: skip
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
from assistant.onething.flow import Flow, advanced, entered, open_flow, step
from assistant.safety.guard import Alarm, is_off_topic, is_service
from assistant.understanding.understand import Intent, Understanding, understand
from knowledge.catalog import Catalog, item_of
from knowledge.errors import GuideNotFound
from knowledge.index.generation import Generation
from knowledge.model import FieldName
from knowledge.retrieval import RetrievalResult

SMALL_TALK = {
    Intent.GREET: GREETING, Intent.WHO: WHO, Intent.THANK: THANKS, Intent.CANCEL: CANCELLED, Intent.LOST: LOST,
}  # fmt: skip
STARTERS = ("身份证丢了怎么补", "孩子刚出生要办哪些手续", "二手房过户要多少钱", "失业金怎么领")


class Rewriter(Protocol):
    """The optional language model: improves wording, never values."""

    def rewrite(self, answer: Answer, question: str) -> Answer:
        """The answer in better words, or unchanged."""
        ...


class Searched(NamedTuple):
    """What the retriever saw and gave, for the trace."""

    query: str = ""
    candidates: tuple[Candidate, ...] = ()
    confidence: float | None = None
    timings: dict[str, float] = {}
    dense_used: bool = True


class Outcome(NamedTuple):
    """A reply, the focus it leaves, and how it came about."""

    reply: AnyReply
    focus: Focus
    decision: str
    intent: str = ""
    dropped: tuple[str, ...] = ()
    searched: Searched = Searched()


class Dialogue:
    """Decides what to say to one message; holds no state of its own."""

    def __init__(self, generation: Generation, rewriter: Rewriter | None) -> None:
        self._catalog: Catalog = generation.catalog
        self._retriever = generation.retriever
        self._spelling = generation.spelling
        self._rewriter = rewriter

    def alarmed(self, alarm: Alarm, focus: Focus, place: Place) -> Outcome:
        """The fixed reply to what the guard caught."""
        if alarm in CRISIS:
            text, contacts = CRISIS[alarm]
            return Outcome(_refusal(RefusalReason.CRISIS, text, place, contacts), focus, f"guard:{alarm}")
        reason = RefusalReason.ACCOUNT_DATA if alarm is Alarm.ACCOUNT else RefusalReason.UNSAFE
        text = INJECTION if alarm is Alarm.INJECTION else REFUSALS[reason]
        return Outcome(_refusal(reason, text, place), focus, f"guard:{alarm}")

    def respond(self, question: str, focus: Focus, place: Place) -> Outcome:
        """The outcome of a masked message that raised no alarm."""
        seen = understand(self._spelling.mend(question), focus, self._catalog)
        if seen.adcode and seen.adcode != place.adcode:
            place = Place(seen.adcode, self._catalog.place(seen.adcode).name, place.as_of)
        focus = focus.model_copy(update={"jurisdiction": place.adcode})
        if focus.flow and (outcome := self._flow_answer(seen, focus, focus.flow, place)):
            return outcome
        if seen.intent in SMALL_TALK:
            return _small_talk(seen.intent, focus, place)
        if seen.choice and seen.choice.startswith("item:"):
            return self._answer(seen.choice.removeprefix("item:"), focus.fields, seen, focus, place)
        if seen.choice == deciding.NONE_OF_THESE.value:
            return _refused(RefusalReason.NO_KNOWLEDGE, focus, place)
        return self._follow_up(seen, focus, place) or self._search(seen, focus, place)

    # ---- life events ------------------------------------------------------------------------------------------------

    def _flow_answer(self, seen: Understanding, focus: Focus, state: FlowState, place: Place) -> Outcome | None:
        """The outcome if the message answers or corrects a life event's questions; None if it is about something else."""
        if seen.intent is Intent.CANCEL:
            return None
        flow = self._open(state.theme_id, place)
        if seen.intent is Intent.RESUME:
            return _flow_step(flow, state, focus)
        if any(o.value.startswith("item:") for o in focus.options):
            return None
        if moved := advanced(flow, state, seen.text, seen.choice):
            return _flow_step(flow, moved, focus)
        if state.asking and len(seen.core) <= 2 and not seen.fields:
            again = _flow_step(flow, state, focus)
            return again._replace(reply=again.reply.model_copy(update={"text": f"{UNCLEAR}{again.reply.text}"}))
        return None

    def _open(self, theme_id: str, place: Place) -> Flow:
        return open_flow(self._catalog.themes[theme_id], self._catalog, place.adcode, place.as_of)

    # ---- questions --------------------------------------------------------------------------------------------------

    def _follow_up(self, seen: Understanding, focus: Focus, place: Place) -> Outcome | None:
        """What can be answered from the focus alone, without asking the whole library."""
        if is_off_topic(seen.query):
            return None
        near = (
            deciding.sibling(seen, focus, self._catalog)
            or self._offered(seen, focus, place)
            or self._corrected(seen, focus, place)
        )
        if near:
            return self._answer(near, seen.fields or focus.fields, seen, focus, place)
        if seen.follows_up and seen.intent is Intent.ASK and (seen.fields or seen.adcode or seen.words):
            return self._answer(focus.items[0], seen.fields or focus.fields, seen, focus, place)
        if seen.adcode and not seen.core and not seen.fields:
            return _place_noted(focus, place)
        if seen.elsewhere:
            text = REFUSALS[RefusalReason.OTHER_JURISDICTION].format(place="、".join(seen.elsewhere))
            return Outcome(_refusal(RefusalReason.OTHER_JURISDICTION, text, place), focus, "elsewhere", seen.intent)
        return None

    def _offered(self, seen: Understanding, focus: Focus, place: Place) -> str | None:
        """The offered item that a short free answer to the open question means (过期了 → 换领)."""
        offered = [o.value.removeprefix("item:") for o in focus.options if o.value.startswith("item:")]
        if not offered or not 1 <= len(seen.words) <= 8:
            return None
        if said := deciding.shortest_saying(seen.words, offered, self._catalog):
            return said
        family = self._catalog.families.get(self._catalog.general(offered[0]).family or "")
        query = f"{family.name if family else ''}{seen.query}"
        found = self._retriever.search(query, place.adcode, place.as_of, k=1)
        best = item_of(found.kept[0].key) if found.kept else ""
        return best if best in offered else None

    def _corrected(self, seen: Understanding, focus: Focus, place: Place) -> str | None:
        """The other family member that a correction or a what-if means (不对，是下月到期; 要是买房贷款呢)."""
        if not (seen.corrects or seen.supposes) or not focus.items:
            return None
        family = self._catalog.families.get(self._catalog.general(focus.items[0]).family or "")
        if family is None:
            return None
        members = {o.item_id for o in family.options} - ({focus.items[0]} if seen.corrects else set())
        found = self._retriever.search(f"{family.name}{seen.query}", place.adcode, place.as_of, k=4)
        best = next((item for h in found.kept if (item := item_of(h.key)) in members), None)
        return best if best != focus.items[0] else None

    def _search(self, seen: Understanding, focus: Focus, place: Place) -> Outcome:
        found = self._retriever.search(seen.query, place.adcode, place.as_of, k=8)
        decision = deciding.decide(seen, found, self._catalog, self._retriever.tokenize.words)
        outcome = self._decided(decision, found, seen, focus, place)
        return outcome._replace(intent=seen.intent, searched=_searched(seen, found, decision.confidence))

    def _decided(
        self, decision: deciding.Decision, found: RetrievalResult, seen: Understanding, focus: Focus, place: Place
    ) -> Outcome:
        if not seen.adds and (near := deciding.turns_to_kin(decision, found, focus, self._catalog)):
            return self._answer(near, seen.fields, seen, focus, place)
        if deciding.continues(seen, decision, found, focus, self._catalog):
            return self._answer(focus.items[0], seen.fields or focus.fields, seen, focus, place)
        if decision.theme:
            flow = self._open(decision.theme, place)
            return _flow_step(flow, entered(flow, seen.text), focus)
        if decision.options:
            return _clarification(decision, seen, focus, place)
        if decision.items:
            carried = focus.fields if len(seen.core) <= 8 and focus.items else ()
            return self._answer(decision.items[0], seen.fields or carried, seen, focus, place)
        return _nothing_found(seen, focus, place, decision.cosine)

    def _answer(
        self, item_id: str, fields: tuple[FieldName, ...], seen: Understanding, focus: Focus, place: Place
    ) -> Outcome:
        try:
            resolved = self._catalog.resolve(item_id, place.adcode, place.as_of)
        except GuideNotFound:
            return _nothing_found(seen, focus, place)
        composed = compose(Asked(resolved, fields, seen.query), place, self._catalog, self._retriever.tokenize.words)
        reply = composed.reply
        if self._rewriter and isinstance(reply, Answer):
            reply = self._rewriter.rewrite(reply, seen.text)
        after = focus.model_copy(update={"items": (item_id,), "fields": fields, "options": ()})
        return Outcome(reply, after, "answer", seen.intent, composed.dropped)


def _flow_step(flow: Flow, state: FlowState, focus: Focus) -> Outcome:
    reply = step(flow, state)
    after = focus.model_copy(update={"flow": state, "options": reply.options, "items": (), "fields": ()})
    return Outcome(reply, after, f"flow:{state.theme_id}", Intent.LIFE_EVENT)


def _searched(seen: Understanding, found: RetrievalResult, confidence: float) -> Searched:
    return Searched(seen.query, deciding.candidates(found), round(confidence, 4), found.timings, found.dense_used)


def _small_talk(intent: Intent, focus: Focus, place: Place) -> Outcome:
    starters = () if intent is Intent.THANK else tuple(Option(label=s, value=s) for s in STARTERS)
    kind = Clarification if intent is Intent.LOST else Answer
    reply = kind(text=SMALL_TALK[intent], options=starters, jurisdiction=place.adcode, as_of=place.as_of)
    after = Focus(jurisdiction=place.adcode) if intent is Intent.CANCEL else focus.model_copy(update={"options": ()})
    return Outcome(reply, after, "small_talk", intent)


def _place_noted(focus: Focus, place: Place) -> Outcome:
    """She only said where: keep the open question, or ask what it is about."""
    options = focus.options or tuple(Option(label=s, value=s) for s in STARTERS)
    text = f"好的，按{place.name}回答。" + ("请选一项。" if focus.options else "您要办什么事？")
    return Outcome(
        Clarification(text=text, options=options, jurisdiction=place.adcode, as_of=place.as_of), focus, "place"
    )


def _clarification(decision: deciding.Decision, seen: Understanding, focus: Focus, place: Place) -> Outcome:
    reply = Clarification(
        text=decision.question, options=decision.options, jurisdiction=place.adcode, as_of=place.as_of
    )
    after = focus.model_copy(update={"options": decision.options, "fields": seen.fields, "items": ()})
    return Outcome(reply, after, "clarify")


def _nothing_found(seen: Understanding, focus: Focus, place: Place, cosine: float = 0.0) -> Outcome:
    near = cosine >= deciding.ABOUT_SERVICES and not is_off_topic(seen.query)
    reason = RefusalReason.NO_KNOWLEDGE if near or is_service(seen.query) else RefusalReason.OUT_OF_SCOPE
    return _refused(reason, focus, place)


def _refused(reason: RefusalReason, focus: Focus, place: Place) -> Outcome:
    reply = _refusal(reason, REFUSALS[reason], place)
    return Outcome(reply, focus.model_copy(update={"options": ()}), "nothing_found")


def _refusal(reason: RefusalReason, text: str, place: Place, contacts: tuple[Contact, ...] = NEXT_STEPS) -> Refusal:
    return Refusal(text=text, reason=reason, contacts=contacts, jurisdiction=place.adcode, as_of=place.as_of)
