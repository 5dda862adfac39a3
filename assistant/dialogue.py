"""One understood message → an `Outcome`: small talk, a life event's next step, an answer, a question, or a refusal."""

import re
from functools import lru_cache, partial

import numpy as np

from assistant import carrying, following
from assistant import decide as deciding
from assistant.answering.compose import Asked, Place, compose
from assistant.answering.relevance import Sense
from assistant.answering.wording import CRISIS, GUESSED, INJECTION, REFUSALS, UNCLEAR
from assistant.confidence import Weighed, weigh
from assistant.controls import LiveControls
from assistant.following import Heard
from assistant.model import FlowState, Focus, Option, RefusalReason
from assistant.onething.flow import Flow, advanced, completed, entered, open_flow
from assistant.outcomes import (
    SMALL_TALK,
    Outcome,
    clarification,
    elsewhere,
    flow_step,
    nothing_found,
    place_noted,
    refusal,
    refused,
    searched,
    small_talk,
)  # fmt: skip
from assistant.safety.guard import Alarm, is_off_topic
from assistant.several import Finder, several
from assistant.understanding.joined import elsewhere_compared
from assistant.understanding.understand import Intent, Understanding, understand
from knowledge.catalog import Catalog
from knowledge.errors import GuideNotFound
from knowledge.index.opening import Generation
from knowledge.model import FieldName
from knowledge.retrieval import NOTHING
from knowledge.sentences import said

SPOKEN_OF = 512  # guides whose sentences are kept at hand
PLAINLY = 0.9  # below this confidence a message of idle words (菜谱, 胡辣汤) is about no service
# She says where she is, of a matter already spoken of: no question after another province's rules.
_AWAY = re.compile(r"[我俺他她]?人(?:还)?[在搁]|打工|上班|干活|上学|回不[去来]|不在(?:河南|家)")
_THERE = re.compile("那边|那里|当地|多少|几[天年月个]")  # she asks after the rules of the place all the same
# A message that only gives a number or a name of hers, which was masked on arrival.
_ONLY_PRIVATE = re.compile(r"^[我俺]?的?[一-鿿]{0,6}(?:是|叫|为|[:：])?\s*(?:【[^】]+已隐去】[，,。.\s]*)+$")


class Dialogue:
    """Decides what to say to one message; holds no state of its own."""

    def __init__(self, generation: Generation, controls: LiveControls) -> None:
        self._controls = controls
        self._catalog: Catalog = generation.catalog
        self._retriever = generation.retriever
        self._spelling = generation.spelling
        self._said = lru_cache(maxsize=SPOKEN_OF)(self._texts)

    def alarmed(self, alarm: Alarm, focus: Focus, place: Place) -> Outcome:
        """The fixed reply to what the guard caught."""
        if alarm in CRISIS:
            text, contacts = CRISIS[alarm]
            return Outcome(refusal(RefusalReason.CRISIS, text, place, contacts), focus, f"guard:{alarm}")
        reason = RefusalReason.ACCOUNT_DATA if alarm is Alarm.ACCOUNT else RefusalReason.UNSAFE
        text = INJECTION if alarm is Alarm.INJECTION else REFUSALS[reason]
        return Outcome(refusal(reason, text, place), focus, f"guard:{alarm}")

    def respond(self, question: str, focus: Focus, place: Place, before: str = "") -> Outcome:
        """The outcome of a masked message that raised no alarm; `before` is what she said last."""
        if _ONLY_PRIVATE.match(question):
            reason = RefusalReason.ACCOUNT_DATA
            return Outcome(refusal(reason, REFUSALS[reason], place), focus, "private")
        seen = understand(self._spelling.mend(question), focus, self._catalog)
        if seen.adcode and seen.adcode != place.adcode:
            place = Place(seen.adcode, self._catalog.place(seen.adcode).name, place.as_of)
        focus = focus.model_copy(update={"jurisdiction": place.adcode})
        if focus.flow and (outcome := self._flow_answer(seen, focus, focus.flow, place)):
            return outcome
        if seen.intent in SMALL_TALK:
            return small_talk(seen.intent, focus, place)
        if seen.choice and seen.choice.startswith("item:") and not deciding.bare_family(seen, self._catalog):
            return self._answer(seen.choice.removeprefix("item:"), seen.fields or focus.fields, seen, focus, place)
        if seen.choice == deciding.NONE_OF_THESE.value:
            return refused(RefusalReason.NO_KNOWLEDGE, REFUSALS[RefusalReason.NO_KNOWLEDGE], focus, place)
        return (
            self._several(seen, focus, place)
            or self._without_search(seen, focus, place)
            or self._search(seen, focus, place, before)
        )

    # ---- life events ------------------------------------------------------------------------------------------------

    def _flow_answer(self, seen: Understanding, focus: Focus, state: FlowState, place: Place) -> Outcome | None:
        """The outcome if the message answers or corrects a life event's questions; None if it is about something else."""
        if seen.intent is Intent.CANCEL:
            return None
        flow = self._open(state.theme_id, place)
        if seen.intent is Intent.RESUME:
            return flow_step(flow, state, focus)
        if following.offered(focus):
            return None
        if moved := advanced(flow, state, seen.text, seen.choice):
            return flow_step(flow, moved, focus)
        if state.asking and len(seen.core) <= 2 and not seen.fields:
            again = flow_step(flow, state, focus)
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
        return flow_step(flow, completed(flow, focus.flow), focus)

    # ---- questions --------------------------------------------------------------------------------------------------

    def _several(self, seen: Understanding, focus: Focus, place: Place) -> Outcome | None:
        """The reply to two matters, or two places, in one message."""
        if seen.elsewhere or is_off_topic(seen.query):
            return None
        if outside := elsewhere_compared(seen.text, self._catalog):
            return elsewhere((outside,), focus, place, seen.intent)
        try:
            found = several(seen, focus, Finder(self._retriever, self._catalog, place))
        except GuideNotFound:
            return None
        if found is None:
            return None
        recent = tuple(dict.fromkeys((*found.items, *focus.items)))[: following.RECENT]
        after = focus.model_copy(update={"items": recent, "fields": seen.fields, "options": (), "told": ""})
        return Outcome(found.reply, after, "several", seen.intent, heard=found.heard)

    def _without_search(self, seen: Understanding, focus: Focus, place: Place) -> Outcome | None:
        """What can be said without asking the library: another province, a place alone, nothing to tell options apart by."""
        if is_off_topic(seen.query):
            return None
        if seen.elsewhere and self._is_away(seen, focus):
            return self._answer(focus.items[0], (FieldName.CROSS_REGION,), seen, focus, place)
        if seen.elsewhere:
            return elsewhere(seen.elsewhere, focus, place, seen.intent)
        if seen.adcode and not seen.core and not seen.fields and (focus.options or not focus.items):
            return place_noted(focus, place)
        if len(seen.core) <= 1 and following.offered(focus):
            return self._guessed(focus.options, seen, focus, place)
        return None

    def _is_away(self, seen: Understanding, focus: Focus) -> bool:
        """Whether she tells that she is in another province, and the guide in focus says what to do from there."""
        away = _AWAY.search(seen.text) and not _THERE.search(seen.text)
        return bool(away and focus.items and self._catalog.general(focus.items[0]).cross_region)

    def _search(self, seen: Understanding, focus: Focus, place: Place, before: str) -> Outcome:
        heard = self.heard(seen, focus, place, before)
        outcome = self._decided(heard, focus, place)
        return outcome._replace(intent=seen.intent, searched=searched(heard))

    def heard(self, seen: Understanding, focus: Focus, place: Place, before: str) -> Heard:
        """What the whole library finds for a message, alone and behind her earlier words, and the decision on it alone.

        A life event is decided by the message alone: nothing more is searched then.
        """
        reach = following.REACH if before else following.FIRST
        words_of = self._retriever.tokenize.words
        alone = self._retriever.search(seen.matter, place.adcode, place.as_of, reach)
        weighed = weigh(seen, alone, self._catalog, words_of)
        weighed = weighed._replace(refuse_below=self._controls.current.refuse_below)
        decision = deciding.decide(seen, weighed, self._catalog)
        behind, akin, closest = Weighed(NOTHING), None, partial(self._closest, seen.query)
        if decision.theme:
            return Heard(seen, weighed.found, behind, akin, decision, closest)
        if before:
            both = seen.model_copy(update={"query": f"{before} {seen.query}"})
            found = self._retriever.search(f"{before} {seen.matter}", place.adcode, place.as_of, reach)
            behind = weigh(both, found, self._catalog, words_of)
        if family := following.family_of(focus, self._catalog):
            akin = self._retriever.search(f"{family.name}{seen.query}", place.adcode, place.as_of, reach)
        return Heard(seen, weighed.found, behind, akin, decision, closest)

    def _closest(self, query: str, item: str) -> float:
        """The highest cosine of a sentence of an item's guide to a query; 0 when nothing can be compared."""
        cosines = self._retriever.closeness(query, self._said(item))
        return float(np.nanmax(cosines, initial=0.0)) if cosines is not None else 0.0

    def _texts(self, item: str) -> tuple[str, ...]:
        return tuple(sentence.text for sentence in said(self._catalog.general(item), self._catalog))

    def _decided(self, heard: Heard, focus: Focus, place: Place) -> Outcome:
        seen, decision = heard.seen, heard.decision
        if listed := self._listed(seen, decision, focus, place):
            return listed
        if is_off_topic(seen.query) and decision.confidence < PLAINLY:
            return nothing_found(seen, focus, place)
        if decision.options == focus.options != ():
            return self._guessed(focus.options, seen, focus, place)
        if item := following.matter(heard, focus, self._catalog, self._retriever.tokenize.words):
            return self._answer(item, carrying.fields(seen, item, focus), seen, focus, place)
        if decision.theme:
            flow = self._open(decision.theme, place)
            return flow_step(flow, entered(flow, seen.text), focus)
        if decision.question == deciding.NEAREST and not seen.core and not focus.items:
            return small_talk(Intent.LOST, focus, place)
        if following.offered(focus) and seen.fields and not decision.items:
            return self._guessed(focus.options, seen, focus, place)
        if decision.options:
            return clarification(following.with_focus(decision, focus, self._catalog), seen, focus, place)
        if decision.items:
            return self._answer(decision.items[0], seen.fields, seen, focus, place)
        return nothing_found(seen, focus, place, decision.cosine, decision.uncovered)

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
            return nothing_found(seen, focus, place)
        heard = carrying.heard(seen, item_id, focus)
        sense = Sense(self._retriever.tokenize.words, self._retriever.closeness)
        reply = compose(Asked(resolved, fields, seen.query, heard), place, self._catalog, sense)
        recent = (item_id, *(item for item in focus.items if item != item_id))[: following.RECENT]
        told = carrying.told(seen, item_id, focus)
        after = focus.model_copy(update={"items": recent, "fields": fields, "options": (), "told": told})
        return Outcome(reply, after, "answer", seen.intent, heard=heard)
