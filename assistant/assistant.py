"""The one door: `Assistant.ask`. Web, terminal, HTTP and evals all come through here and see the same `Turn`."""

import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any, NamedTuple

from assistant.answering.compose import Place
from assistant.answering.gate import Gate
from assistant.answering.handover import handover
from assistant.answering.proposing import Speaker
from assistant.answering.rest import rest_of
from assistant.answering.rewriter import Rewriter
from assistant.dialogue import Dialogue
from assistant.door import Door
from assistant.errors import BadInput, NotFound, OutOfReach
from assistant.front import Front, front
from assistant.gaps import GapStore, gap_of, now
from assistant.helping import Helper, Left
from assistant.model import Answer, AnyReply, Plan, Session, Trace, Turn
from assistant.onething.answers import fault_of
from assistant.onething.planning import make_plan
from assistant.outcomes import Searched
from assistant.outliving import known_focus
from assistant.safety.guard import Alarm, inspect
from assistant.safety.hearing import fits
from assistant.safety.privacy import Masked, mask
from assistant.sessions import SessionStore
from assistant.takeaway.filling import make_sheet
from assistant.takeaway.sheet import Sheet
from assistant.understanding.cleaning import simplify
from knowledge.catalog import Catalog, ResolvedGuide
from knowledge.errors import GuideNotFound, IndexUnavailable, UnknownJurisdiction
from knowledge.index.opening import Generation
from knowledge.model import ROOT_ADCODE

RECALLED = 160  # characters


class Aids(NamedTuple):
    """What an assistant can do without: a language model for each of two uses, a record of gaps, its address, a door."""

    rewording: Speaker | None = None
    proposing: Speaker | None = None
    gaps: GapStore | None = None
    public_url: str | None = None
    door: Door | None = None


class Assistant:
    """Answers questions over one published generation."""

    def __init__(
        self, generation: Generation, sessions: SessionStore, max_chars: int, warnings: tuple[str, ...] = (),
        aids: Aids = Aids(),  # noqa: B008 - immutable
    ) -> None:  # fmt: skip
        self.generation = generation
        self.catalog: Catalog = generation.catalog
        self.sessions = sessions
        self.warnings = warnings
        self._door = aids.door or Door()
        self._dialogue = Dialogue(generation, self._door.controls)
        self._hears_vectors = fits(generation.manifest.model_digest)
        self.gate = Gate(self.catalog)
        rewriter = Rewriter(aids.rewording, self.gate) if aids.rewording else None
        self._helper = Helper(self._dialogue, self.gate, rewriter, aids.proposing)
        self._gaps = aids.gaps
        self._max_chars = max_chars
        self._public_url = aids.public_url
        self._front: tuple[date, Front] | None = None

    @property
    def generation_number(self) -> str:
        """The number of the published generation, as text."""
        return str(self.generation.manifest.number)

    def ask(self, session: Session, text: str, city: str | None = None, as_of: date | None = None) -> Turn:
        """One question → one turn. Raises BadInput when the text cannot be a question, TurnedAway when not heard now."""
        with self._door.entered(), _index_at_hand():
            return self._heard(session, text, city, as_of)

    def _heard(self, session: Session, text: str, city: str | None, as_of: date | None) -> Turn:
        started = time.perf_counter()
        masked = mask(text)
        question = self._checked(masked.text)
        focus = known_focus(session.focus, self.catalog)
        place = self._place(city, focus.jurisdiction, as_of)
        offered = {text for option in focus.options for text in (option.label, option.value)}
        alarm = None if question in offered else self.heard(question)  # 火灾、水淹等车没了 is an answer then
        outcome = (
            self._dialogue.alarmed(alarm, focus, place)
            if alarm
            else self._dialogue.respond(question, focus, place, recalled(session))
        )
        turn = self._turn(question, self._helper.leave(outcome, question, place), masked, alarm, started)
        if self._gaps and (gap := gap_of(turn, self.catalog, now())):
            self._gaps.record(gap)
        return turn

    def heard(self, question: str) -> Alarm | None:
        """What the guard hears in a masked message."""
        simple = simplify(question)
        return inspect(simple, self.generation.retriever.vector(simple) if self._hears_vectors else None)

    def _turn(self, question: str, left: Left, masked: Masked, alarm: Alarm | None, started: float) -> Turn:
        outcome, passed, notes = left
        trace_id = uuid.uuid4().hex[:16]
        spoken = handover(question, passed.reply, self.catalog.place(passed.reply.jurisdiction).name)
        reply = passed.reply.model_copy(
            update={"generation": self.generation_number, "trace_id": trace_id, "handover": spoken}
        )
        timings = {**outcome.searched.timings, "total": time.perf_counter() - started}
        trace = Trace(
            trace_id=trace_id, intent=outcome.intent or str(alarm or ""), decision=outcome.decision,
            query=outcome.searched.query, candidates=outcome.searched.candidates,
            confidence=outcome.searched.confidence, dropped=passed.dropped,
            timings_ms={k: round(v * 1000, 2) for k, v in timings.items()}, masked=masked.kinds,
            warnings=(*_limits(outcome.searched), *notes),
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

    def _place(self, city: str | None, current: str | None, as_of: date | None) -> Place:
        try:
            adcode = self.catalog.place_named(mask(city).text).adcode if city else current or ROOT_ADCODE
        except UnknownJurisdiction as error:
            raise BadInput(str(error)) from error
        return Place(adcode, self.catalog.place(adcode).name, as_of or date.today())

    # ---- the same content, read without a conversation ----------------------------------------------------------------

    def search(
        self, query: str, city: str | None = None, as_of: date | None = None, k: int = 10
    ) -> list[dict[str, Any]]:
        """The best guides for a query: id, name, place, summary, score. Raises BadInput for an unknown place."""
        place = self._place(city, None, as_of)
        with _index_at_hand():
            found = self.generation.retriever.search(mask(query).text, place.adcode, place.as_of, k)
        rows = []
        for hit in found.kept:
            if hit.key.startswith("theme:"):
                theme = self.catalog.themes[hit.key.removeprefix("theme:")]
                rows.append(
                    {
                        "theme_id": theme.theme_id,
                        "name": theme.name,
                        "summary": theme.summary.text,
                        "score": round(hit.score, 4),
                    }
                )
            else:
                guide = self.catalog.guide(hit.key)
                rows.append({
                    "guide_id": guide.guide_id, "name": guide.name, "jurisdiction": guide.jurisdiction,
                    "summary": guide.summary.text, "score": round(hit.score, 4),
                })  # fmt: skip
        return rows

    def guide_view(self, adcode: str, item_id: str, as_of: date | None = None) -> dict[str, Any]:
        """The guide that applies in a place, or the version named with `@`, with its clauses. Raises NotFound."""
        adcode, item_id = mask(adcode).text, mask(item_id).text
        try:
            resolved = (
                ResolvedGuide(self.catalog.guide(f"{adcode}/{item_id}"), own=True)
                if "@" in item_id
                else self.catalog.resolve(item_id, adcode, as_of or date.today())
            )
        except (GuideNotFound, UnknownJurisdiction) as error:
            raise NotFound(str(error)) from error
        guide = resolved.guide
        refs = sorted({ref for part in _parts(guide.model_dump()) for ref in part})
        clauses = [self.catalog.clause(ref) for ref in refs]
        return {
            **guide.model_dump(mode="json"), "guide_id": guide.guide_id, "own": resolved.own,
            "clauses": [{"ref": c.ref, "label": c.label, "text": c.text, "url": c.basis.url} for c in clauses],
        }  # fmt: skip

    def front(self, today: date) -> Front:
        """What there is to begin with on a day; made once a day."""
        if self._front is None or self._front[0] != today:
            self._front = (today, front(self.catalog, today))
        return self._front[1]

    def rest(self, answer: Answer) -> AnyReply | None:
        """What the guide of an answer says beyond it, checked like an answer; None when it names not exactly one guide."""
        more = rest_of(answer, self.catalog)
        return self.gate.check(more).reply if more else None

    def themes_summary(self) -> list[dict[str, Any]]:
        """The life events: id, name, summary, how many items each joins."""
        return [
            {"theme_id": t.theme_id, "name": t.name, "summary": t.summary.text, "items": len(t.items)}
            for t in self.catalog.themes.values()
        ]

    def plan(
        self, theme_id: str, answers: dict[str, str], city: str | None = None, as_of: date | None = None,
        have: Sequence[str] = (),
    ) -> Plan:  # fmt: skip
        """The plan of a theme under given answers on a date; `have` names papers at hand. Raises NotFound, BadInput, TurnedAway."""
        if theme_id not in self.catalog.themes:
            raise NotFound(f"没有“{mask(theme_id).text}”这个一件事")
        answers = {mask(name).text: mask(value).text for name, value in answers.items()}
        if unknown := [fact for fact in answers if fact not in self.catalog.facts]:
            raise BadInput(f"不认识的问题编号：{'、'.join(unknown)}")
        for name, value in answers.items():
            if fault := fault_of(self.catalog.facts[name], value):
                raise BadInput(f"“{name}”（{self.catalog.facts[name].label}）应是{fault}，不是“{value}”")
        place = self._place(city, None, as_of)
        held = frozenset(kind for name in have if (kind := self.catalog.vocabulary.kind_named(name)))
        with self._door.entered():
            plan = make_plan(self.catalog.themes[theme_id], answers, self.catalog, place.adcode, place.as_of, held)
            return self.gate.check_plan(plan, place.adcode, place.as_of)

    def sheet(
        self, theme_id: str, answers: dict[str, str], city: str | None = None, as_of: date | None = None,
        have: Sequence[str] = (),
    ) -> Sheet:  # fmt: skip
        """The same plan as a sheet to take away. Raises NotFound, BadInput, TurnedAway."""
        plan, place = self.plan(theme_id, answers, city, as_of, have), self._place(city, None, as_of)
        return make_sheet(plan, self.catalog, place.adcode, place.as_of, self.generation_number, self._public_url)


def recalled(session: Session) -> str:
    """What she said last, for a search that reads a message behind it: at most three messages, shortened at the front."""
    return " ".join(turn.question for turn in session.turns[-3:])[-RECALLED:]


@contextmanager
def _index_at_hand() -> Iterator[None]:
    """A search that may find the index away. Raises OutOfReach then."""
    try:
        yield
    except IndexUnavailable as error:
        raise OutOfReach(5) from error


def _limits(searched: Searched) -> tuple[str, ...]:
    """What the search had to do without."""
    words_only = () if searched.dense_used else ("只按词语检索",)
    return (*words_only, *((f"没有重排：{searched.not_reranked}",) if searched.not_reranked else ()))


def _parts(value: Any) -> list[tuple[str, ...]]:
    if isinstance(value, dict):
        own = [tuple(value["basis"])] if isinstance(value.get("basis"), tuple | list) else []
        return own + [part for item in value.values() for part in _parts(item)]
    if isinstance(value, list | tuple):
        return [part for item in value for part in _parts(item)]
    return []
