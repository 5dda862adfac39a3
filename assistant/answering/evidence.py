"""What a reply may rest on: the published guides, life events, questions, places and the fixed wording, with their clauses."""

import itertools
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from assistant.answering import wording
from assistant.answering.claims import Vocabulary
from assistant.answering.opening import openings
from assistant.answering.segments import Reader
from assistant.answering.verify import Evidence, Passage
from assistant.answering.versions import chinese_date
from assistant.model import Citation, Contact, Plan, RefusalReason, Reply
from assistant.onething.planning import make_plan
from assistant.onething.questions import options_for, told
from assistant.onething.telling import plan_text
from assistant.understanding.joined import places_compared
from knowledge.catalog import Catalog
from knowledge.model import FieldName, Guide, Theme
from knowledge.sentences import sentences


class Sources:
    """The evidence of one library; what a guide or theme says is read once."""

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self.reader = Reader(Vocabulary(catalog))
        self._guide = lru_cache(maxsize=2048)(self._read_guide)
        self._clauses = lru_cache(maxsize=2048)(self._read_clauses)
        self._theme = lru_cache(maxsize=256)(self._read_theme)
        self._wording = self._evidence(_contacts(wording.NEXT_STEPS, wording.FIXED))
        self._crisis = self._evidence(
            _contacts(wording.EMERGENCIES, tuple(text for text, _ in wording.CRISIS.values()))
        )
        self._questions = self._evidence(_questions(catalog))

    def of(self, reply: Reply, heard: tuple[str, ...] = ()) -> Evidence:
        """Everything that a reply may rest on: the guides it speaks of or cites, its life event, its place, our own wording.

        What may be said on her own case follows anew from what she was `heard` to say.
        """
        named = [item.guide_id for item in reply.items] + [citation.guide_id for citation in reply.citations]
        if reply.plan:
            named += [guide.guide_id for guide in self.planned(reply.plan, reply.jurisdiction, reply.as_of)]
        parts = [self._guide(guide_id) for guide_id in dict.fromkeys(named)]
        if reply.theme:
            parts.append(self._theme(reply.theme))
        if reply.kind in ("flow", "plan", "clarification"):
            parts.append(self._questions)
        if reply.reason is RefusalReason.CRISIS:
            parts.append(self._crisis)
        return self._evidence(itertools.chain(self._own(reply), self._judged(reply, heard)), (*parts, self._wording))

    def _judged(self, reply: Reply, heard: tuple[str, ...]) -> Iterator[Passage]:
        for item, text in itertools.product(reply.items, heard):
            guide = self._catalog.guide(item.guide_id)
            for opener in openings(text, guide, self._catalog):
                yield Passage(opener.sentence.text, opener.sentence.basis or (guide.guide_id,))
        for adcode in places_compared("".join(heard[:1]), self._catalog):
            yield Passage(self._catalog.place(adcode).name, (adcode,))

    def cites(self, citation: Citation, as_of: date) -> bool:
        """Whether a citation has label, words and link of one clause in force that its guide rests on, or of none."""
        own = (citation.basis, citation.clause, citation.url)
        clauses = self._clauses(citation.guide_id)
        return own in clauses and ((last := clauses[own]) is None or as_of <= last)

    def planned(self, plan: Plan, adcode: str, as_of: date) -> tuple[Guide, ...]:
        """The guides that apply to the items of a plan, in its order."""
        items = [item.item_id for stage in (*plan.stages, plan.open_items) for item in stage]
        found = (self._catalog.find(item_id, adcode, as_of) for item_id in items)
        return tuple(resolved.guide for resolved in found if resolved)

    def planned_anew(self, plan: Plan, adcode: str, as_of: date) -> Plan:
        """The plan that the library gives for the same answers and papers at hand: what a plan is held against."""
        held = frozenset(material.kind for material in plan.materials if material.held)
        return make_plan(self._catalog.themes[plan.theme_id], plan.answers, self._catalog, adcode, as_of, held)

    def _evidence(self, passages: Iterator[Passage], parts: tuple[Evidence, ...] = ()) -> Evidence:
        return Evidence(passages, self.reader, parts)

    def _read_guide(self, guide_id: str) -> Evidence:
        return self._evidence(guide_passages(self._catalog.guide(guide_id), self._catalog))

    def _read_clauses(self, guide_id: str) -> dict[tuple[str | None, str | None, str | None], date | None]:
        """Each clause as a citation shows it, and its last day."""
        clauses = [self._catalog.clause(ref) for ref in refs_of(self._catalog.guide(guide_id), self._catalog)]
        none: dict[tuple[str | None, str | None, str | None], date | None] = {(None, None, None): None}
        return none | {(c.label, c.text, c.basis.url): c.basis.effective_to for c in clauses}

    def _read_theme(self, theme_id: str) -> Evidence:
        return self._evidence(_theme_passages(self._catalog.themes[theme_id]))

    def _own(self, reply: Reply) -> Iterator[Passage]:
        """What only this reply may say: its places, the items it offers, what she told, and the counts of its plan."""
        here = self._catalog.place(reply.jurisdiction).name
        for adcode in self._catalog.chain(reply.jurisdiction):
            yield Passage(self._catalog.place(adcode).name, (adcode,))
            for rule in ("的规定", "指南回答"):
                text = f"按{self._catalog.place(adcode).name}{rule}，库里没有{here}单独的规定"
                yield Passage(text, (adcode,))
        for option in reply.options:
            if option.value.startswith("item:"):
                guide = self._catalog.general(option.value.removeprefix("item:"))
                yield Passage(guide.name, (guide.guide_id,))
        if reply.plan:
            plan = self.planned_anew(reply.plan, reply.jurisdiction, reply.as_of)
            yield from _plan_passages(plan, told(self._catalog, plan.answers))
        if reply.reason is RefusalReason.NO_KNOWLEDGE:
            for service in self._catalog.library.uncovered:
                if service.name in reply.text:
                    yield Passage(wording.UNCOVERED.format(name=service.name), ("uncovered",))
        if reply.reason is RefusalReason.OTHER_JURISDICTION:
            for name in self._catalog.library.lexicon.elsewhere:
                yield Passage(name, ("question",))


def refs_of(guide: Guide, catalog: Catalog) -> tuple[str, ...]:
    """The clauses that a guide rests on, each once."""
    return tuple(dict.fromkeys(r for field in FieldName for s in sentences(guide, field, catalog) for r in s.basis))


def guide_passages(guide: Guide, catalog: Catalog) -> Iterator[Passage]:
    """Every sentence of a guide with the clauses it rests on, the clauses themselves, and the names it goes by."""
    for field in FieldName:
        for sentence in sentences(guide, field, catalog):
            yield Passage(sentence.text, sentence.basis or (f"{guide.guide_id}·{field}",))
    for ref in refs_of(guide, catalog):
        clause = catalog.clause(ref)
        for text in filter(None, (clause.label, clause.basis.url)):
            yield Passage(text, (ref,))
    for name in (
        guide.name,
        *(f"{guide.name}的{field.label}" for field in FieldName),
        guide.authority,
        catalog.place(guide.jurisdiction).name,
        *(c.url for c in guide.channels),
    ):
        if name:
            yield Passage(name, (guide.guide_id,))
    unpublished = [(f"{guide.name}的{field.label}", guide.authority) for field in FieldName]
    for what, publisher in (*unpublished, *((rule.what.rstrip("。"), rule.publisher) for rule in guide.local)):
        text = wording.REFUSALS[RefusalReason.NOT_PUBLISHED_HERE].format(what=what, publisher=publisher)
        yield Passage(text, (guide.guide_id,))
    if guide.effective_from:
        yield Passage(f"自{chinese_date(guide.effective_from)}起施行", (guide.guide_id,))


def _theme_passages(theme: Theme) -> Iterator[Passage]:
    for text in (
        theme.name,
        theme.summary.text,
        *(note.text for note in theme.notes),
        *(i.reason for i in theme.items),
    ):
        yield Passage(text, (theme.theme_id,))


def _plan_passages(plan: Plan, situation: list[str]) -> Iterator[Passage]:
    """What a plan says in words: steps, days, deadlines, visits, money, papers, what is left out, and their counts."""
    for line in plan_text(plan, situation).splitlines():
        yield Passage(line, (plan.theme_id,))


def _contacts(contacts: tuple[Contact, ...], texts: tuple[str, ...]) -> Iterator[Passage]:
    """Wording and contacts that stand in the code, written by people and reviewed with it."""
    for contact in contacts:
        yield Passage(" ".join(filter(None, (contact.name, contact.phone, contact.url))), ("wording",))
    for text in texts:
        yield Passage(text, ("wording",))


def _questions(catalog: Catalog) -> Iterator[Passage]:
    """What the library asks citizens, with the answers it offers."""
    for fact in catalog.facts.values():
        for text in (
            fact.label,
            fact.question,
            fact.why or "",
            fact.tick or "",
            *(option.label for option in options_for(fact)),
        ):
            yield Passage(text, (fact.fact_id,))
    for family in catalog.families.values():
        for text in (family.name, family.question, *(option.label for option in family.options)):
            yield Passage(text, (family.family_id,))
