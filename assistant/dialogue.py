"""One understood message → an `Outcome`: small talk, a life event's next step, an answer, a question, or a refusal."""

import re
from typing import NamedTuple

from assistant import carrying, following
from assistant import decide as deciding
from assistant.answering.compose import Asked, Place, compose
from assistant.answering.wording import (
    CANCELLED,
    CRISIS,
    GREETING,
    GUESSED,
    INJECTION,
    LOST,
    NEXT_STEPS,
    REFUSALS,
    THANKS,
    UNCLEAR,
    UNCOVERED,
    UPSET,
    WHO,
)  # fmt: skip
from assistant.confidence import Weighed, weigh
from assistant.controls import LiveControls
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
from assistant.onething.flow import Flow, advanced, completed, entered, open_flow, step
from assistant.safety.guard import Alarm, is_off_topic, is_service
from assistant.several import Finder, several
from assistant.understanding.fields import units_asked
from assistant.understanding.joined import elsewhere_compared
from assistant.understanding.understand import Intent, Understanding, understand
from knowledge.catalog import Catalog, item_of
from knowledge.errors import GuideNotFound
from knowledge.index.opening import Generation
from knowledge.model import FieldName
from knowledge.retrieval import RetrievalResult

SMALL_TALK = {
    Intent.GREET: GREETING, Intent.WHO: WHO, Intent.THANK: THANKS, Intent.UPSET: UPSET, Intent.CANCEL: CANCELLED, Intent.LOST: LOST,
}  # fmt: skip
OWN_MATTER = 0.9  # from this confidence a message opens a matter of its own beside a question that is open
# A message that only gives a number or a name of hers, which was masked on arrival.
_ONLY_PRIVATE = re.compile(r"^[我俺]?的?[一-鿿]{0,6}(?:是|叫|为|[:：])?\s*(?:【[^】]+已隐去】[，,。.\s]*)+$")
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


class Dialogue:
    """Decides what to say to one message; holds no state of its own."""

    def __init__(self, generation: Generation, controls: LiveControls) -> None:
        self._controls = controls
        self._catalog: Catalog = generation.catalog
        self._retriever = generation.retriever
        self._spelling = generation.spelling

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
        if _ONLY_PRIVATE.match(question):
            reason = RefusalReason.ACCOUNT_DATA
            return Outcome(_refusal(reason, REFUSALS[reason], place), focus, "private")
        seen = understand(self._spelling.mend(question), focus, self._catalog)
        if seen.adcode and seen.adcode != place.adcode:
            place = Place(seen.adcode, self._catalog.place(seen.adcode).name, place.as_of)
        focus = focus.model_copy(update={"jurisdiction": place.adcode})
        if focus.flow and (outcome := self._flow_answer(seen, focus, focus.flow, place)):
            return outcome
        if seen.intent in SMALL_TALK:
            return _small_talk(seen.intent, focus, place)
        if seen.choice and seen.choice.startswith("item:") and not deciding.bare_family(seen, self._catalog):
            return self._answer(seen.choice.removeprefix("item:"), focus.fields, seen, focus, place)
        if seen.choice == deciding.NONE_OF_THESE.value:
            return _refused(RefusalReason.NO_KNOWLEDGE, REFUSALS[RefusalReason.NO_KNOWLEDGE], focus, place)
        return (
            self._several(seen, focus, place) or self._follow_up(seen, focus, place) or self._search(seen, focus, place)
        )

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

    def _listed(self, seen: Understanding, decision: deciding.Decision, focus: Focus, place: Place) -> Outcome | None:
        """The plan as far as it is known, when the open life event is asked for all at once (都要办哪些，按顺序说)."""
        if focus.flow is None or seen.intent is not Intent.LIFE_EVENT:
            return None
        flow = self._open(focus.flow.theme_id, place)
        part = set(decision.items) <= {item.item_id for item in flow.theme.items}
        if deciding.spoken_theme(seen, self._catalog) not in {None, flow.theme.theme_id} or not part:
            return None
        return _flow_step(flow, completed(flow, focus.flow), focus)

    # ---- questions --------------------------------------------------------------------------------------------------

    def _several(self, seen: Understanding, focus: Focus, place: Place) -> Outcome | None:
        """The reply to two matters, or two places, in one message."""
        if seen.elsewhere or is_off_topic(seen.query):
            return None
        if outside := elsewhere_compared(seen.text, self._catalog):
            return _elsewhere((outside,), focus, place, seen.intent)
        try:
            found = several(seen, focus, Finder(self._retriever, self._catalog, place))
        except GuideNotFound:
            return None
        if found is None:
            return None
        recent = tuple(dict.fromkeys((*found.items, *focus.items)))[: following.RECENT]
        after = focus.model_copy(update={"items": recent, "fields": seen.fields, "options": (), "told": ""})
        return Outcome(found.reply, after, "several", seen.intent, heard=found.heard)

    def _follow_up(self, seen: Understanding, focus: Focus, place: Place) -> Outcome | None:
        """What can be said without asking the whole library: another place, a sibling, an answer to the open question."""
        if is_off_topic(seen.query):
            return None
        if seen.elsewhere:
            return _elsewhere(seen.elsewhere, focus, place, seen.intent)
        near = (
            deciding.sibling(seen, focus, self._catalog)
            or self._offered(seen, focus, place)
            or self._corrected(seen, focus, place)
        )
        if near:
            carried = () if focus.items[:1] == (near,) else focus.fields
            return self._answer(near, seen.fields or carried, seen, focus, place)
        if seen.adcode and not seen.core and not seen.fields and (focus.options or not focus.items):
            return _place_noted(focus, place)
        if len(seen.core) <= 1 and any(o.value.startswith("item:") for o in focus.options):
            return self._guessed(focus.options, seen, focus, place)
        return None

    def _offered(self, seen: Understanding, focus: Focus, place: Place) -> str | None:
        """The offered item that a short free answer to the open question means (过期了 → 换领)."""
        offered = [o.value.removeprefix("item:") for o in focus.options if o.value.startswith("item:")]
        if not offered or not 2 <= len(seen.words) <= 8 or deciding.bare_family(seen, self._catalog):
            return None
        own = deciding.decide(seen, self._weighed(seen, place), self._catalog)
        if own.theme or (own.confidence >= OWN_MATTER and own.items[0] not in offered):
            return None
        if said := deciding.shortest_saying(seen.words, offered, self._catalog):
            return said
        if len(seen.core) <= 1:
            return None
        family = self._catalog.families.get(self._catalog.general(offered[0]).family or "")
        query = f"{family.name if family else ''}{seen.query}"
        found = self._retriever.search(query, place.adcode, place.as_of, k=1)
        best = item_of(found.kept[0].key) if found.kept else ""
        return best if best in offered else None

    def _corrected(self, seen: Understanding, focus: Focus, place: Place) -> str | None:
        """The other family member that a correction or a what-if means (不对，是下月到期; 要是买房贷款呢)."""
        if not (seen.corrects or seen.supposes) or not focus.items:
            return None
        if following.goes_on(seen, focus, self._catalog):
            return focus.items[0]
        family = self._catalog.families.get(self._catalog.general(focus.items[0]).family or "")
        if family is None:
            return None
        members = {o.item_id for o in family.options} - ({focus.items[0]} if seen.corrects else set())
        found = self._retriever.search(f"{family.name}{seen.query}", place.adcode, place.as_of, k=4)
        best = next((item for h in found.kept if (item := item_of(h.key)) in members), None)
        return best if best != focus.items[0] else None

    def _search(self, seen: Understanding, focus: Focus, place: Place) -> Outcome:
        weighed = self._weighed(seen, place)
        decision = deciding.decide(seen, weighed, self._catalog)
        outcome = self._decided(decision, weighed.found, seen, focus, place)
        return outcome._replace(intent=seen.intent, searched=_searched(seen, weighed.found, decision))

    def _weighed(self, seen: Understanding, place: Place) -> Weighed:
        """What the whole library finds for a message, the surest guide first."""
        found = self._retriever.search(seen.matter, place.adcode, place.as_of, k=8)
        weighed = weigh(seen, found, self._catalog, self._retriever.tokenize.words)
        return weighed._replace(refuse_below=self._controls.current.refuse_below)

    def _decided(
        self, decision: deciding.Decision, found: RetrievalResult, seen: Understanding, focus: Focus, place: Place
    ) -> Outcome:
        if listed := self._listed(seen, decision, focus, place):
            return listed
        words_of = self._retriever.tokenize.words
        if item := following.matter(seen, decision, found, focus, self._catalog, words_of):
            carried = () if units_asked(seen.query) else focus.fields
            return self._answer(item, seen.fields or carried, seen, focus, place)
        if decision.theme:
            flow = self._open(decision.theme, place)
            return _flow_step(flow, entered(flow, seen.text), focus)
        if decision.question == deciding.NEAREST and not seen.core and not focus.items:
            return _small_talk(Intent.LOST, focus, place)
        offered = any(option.value.startswith("item:") for option in focus.options)
        if decision.options == focus.options != () or (offered and seen.fields and not decision.items):
            return self._guessed(focus.options, seen, focus, place)
        if decision.options:
            return _clarification(following.with_focus(decision, focus, self._catalog), seen, focus, place)
        if decision.items:
            return self._answer(decision.items[0], seen.fields, seen, focus, place)
        return _nothing_found(seen, focus, place, decision.cosine, decision.uncovered)

    def _guessed(self, options: tuple[Option, ...], seen: Understanding, focus: Focus, place: Place) -> Outcome:
        """She cannot choose, or would be asked the same again: the first option is answered, and it says so."""
        first = options[0].value.removeprefix("item:")
        outcome = self._answer(first, seen.fields or focus.fields, seen, focus, place)
        text = GUESSED.format(name=self._catalog.items[first].names[0]) + outcome.reply.text
        return outcome._replace(reply=outcome.reply.model_copy(update={"text": text}))

    def _answer(
        self, item_id: str, fields: tuple[FieldName, ...], seen: Understanding, focus: Focus, place: Place
    ) -> Outcome:
        try:
            resolved = self._catalog.resolve(item_id, place.adcode, place.as_of)
        except GuideNotFound:
            return _nothing_found(seen, focus, place)
        heard = carrying.heard(seen, item_id, focus)
        reply = compose(
            Asked(resolved, fields, seen.query, heard), place, self._catalog, self._retriever.tokenize.words
        )
        recent = (item_id, *(item for item in focus.items if item != item_id))[: following.RECENT]
        told = carrying.told(seen, item_id, focus)
        after = focus.model_copy(update={"items": recent, "fields": fields, "options": (), "told": told})
        return Outcome(reply, after, "answer", seen.intent, heard=heard)


def _flow_step(flow: Flow, state: FlowState, focus: Focus) -> Outcome:
    reply = step(flow, state)
    after = focus.model_copy(update={"flow": state, "options": reply.options, "items": (), "fields": ()})
    return Outcome(reply, after, f"flow:{state.theme_id}", Intent.LIFE_EVENT)


def _searched(seen: Understanding, found: RetrievalResult, decision: deciding.Decision) -> Searched:
    sure = round(decision.confidence, 4) if decision.confidence else None  # a family or theme by name is not weighed
    return Searched(seen.query, deciding.candidates(found), sure, found.timings, found.dense_used, found.not_reranked)


def _small_talk(intent: Intent, focus: Focus, place: Place) -> Outcome:
    starters = () if intent in {Intent.THANK, Intent.UPSET} else tuple(Option(label=s, value=s) for s in STARTERS)
    kind = Clarification if intent is Intent.LOST else Answer
    reply = kind(text=SMALL_TALK[intent], options=starters, jurisdiction=place.adcode, as_of=place.as_of)
    after = Focus(jurisdiction=place.adcode) if intent is Intent.CANCEL else focus
    return Outcome(reply, after, "small_talk", intent)


def _elsewhere(outside: tuple[str, ...], focus: Focus, place: Place, intent: Intent) -> Outcome:
    text = REFUSALS[RefusalReason.OTHER_JURISDICTION].format(place="、".join(outside))
    return Outcome(_refusal(RefusalReason.OTHER_JURISDICTION, text, place), focus, "elsewhere", intent)


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
    after = focus.model_copy(update={"options": decision.options, "fields": seen.fields})
    return Outcome(reply, after, "clarify")


def _nothing_found(
    seen: Understanding, focus: Focus, place: Place, cosine: float = 0.0, uncovered: str | None = None
) -> Outcome:
    if uncovered and not is_off_topic(seen.query):
        return _refused(RefusalReason.NO_KNOWLEDGE, UNCOVERED.format(name=uncovered), focus, place)
    near = cosine >= deciding.ABOUT_SERVICES and not is_off_topic(seen.query)
    reason = RefusalReason.NO_KNOWLEDGE if near or is_service(seen.query) else RefusalReason.OUT_OF_SCOPE
    return _refused(reason, REFUSALS[reason], focus, place)


def _refused(reason: RefusalReason, text: str, focus: Focus, place: Place) -> Outcome:
    reply = _refusal(reason, text, place)
    return Outcome(reply, focus.model_copy(update={"options": ()}), "nothing_found")


def _refusal(reason: RefusalReason, text: str, place: Place, contacts: tuple[Contact, ...] = NEXT_STEPS) -> Refusal:
    return Refusal(text=text, reason=reason, contacts=contacts, jurisdiction=place.adcode, as_of=place.as_of)
