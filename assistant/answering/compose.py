"""A guide and the fields asked → an answer: the asked field first, then the next thing she needs; never a dump."""

from datetime import date
from typing import NamedTuple

from assistant.answering.citing import Citations, item_ref
from assistant.answering.fields import Sentence, sentences
from assistant.answering.verify import keep_supported
from assistant.answering.wording import HOTLINE, NEXT_STEPS, REFUSALS
from assistant.model import Answer, Citation, Option, Refusal, RefusalReason, Statement
from assistant.understanding.fields import units_asked, wants_number
from knowledge.catalog import Catalog, ResolvedGuide
from knowledge.model import FieldName, Guide
from knowledge.quantities import read_values

OVERVIEW = (FieldName.SUMMARY, FieldName.MATERIALS, FieldName.CHANNELS, FieldName.LIMITS, FieldName.FEES)
SUGGESTED = (
    FieldName.STEPS,
    FieldName.MATERIALS,
    FieldName.CONDITIONS,
    FieldName.FEES,
    FieldName.LIMITS,
    FieldName.PITFALLS,
)
# A field that says nothing hands over to the neighbour that usually holds the answer.
NEIGHBOURS: dict[FieldName, tuple[FieldName, ...]] = {
    FieldName.BENEFITS: (FieldName.BENEFITS, FieldName.SUMMARY),
    FieldName.FEES: (FieldName.FEES,),
    FieldName.LIMITS: (FieldName.LIMITS, FieldName.DEADLINES),
    FieldName.DEADLINES: (FieldName.DEADLINES, FieldName.PITFALLS),
    FieldName.VALIDITY: (FieldName.VALIDITY, FieldName.DEADLINES, FieldName.PITFALLS),
    FieldName.CONDITIONS: (FieldName.CONDITIONS, FieldName.PITFALLS),
    FieldName.VISITS: (FieldName.VISITS, FieldName.CHANNELS, FieldName.STEPS),
    FieldName.CROSS_REGION: (FieldName.CROSS_REGION, FieldName.CHANNELS),
    FieldName.CHANNELS: (FieldName.CHANNELS, FieldName.CROSS_REGION),
    FieldName.STEPS: (FieldName.STEPS, FieldName.CHANNELS),
    FieldName.RESULTS: (FieldName.RESULTS, FieldName.VALIDITY),
}
NUMERIC = frozenset({FieldName.FEES, FieldName.BENEFITS, FieldName.LIMITS, FieldName.VALIDITY, FieldName.DEADLINES})


class Composed(NamedTuple):
    """A reply before the assistant stamps it, and the statements that failed verification."""

    reply: Answer | Refusal
    dropped: tuple[str, ...]


class Asked(NamedTuple):
    """What is asked: the guide that applies, the fields named, and the question itself for the unit it wants."""

    resolved: ResolvedGuide
    fields: tuple[FieldName, ...]
    question: str


class Place(NamedTuple):
    """For which place and day an answer is given."""

    adcode: str
    name: str
    as_of: date


def reading(guide: Guide, fields: tuple[FieldName, ...]) -> tuple[FieldName, ...]:
    """The fields to speak to: 多少钱 about a payout asks what one gets, not what it costs."""
    payout = bool(guide.benefits) or any(rule.field is FieldName.BENEFITS for rule in guide.local)
    priced = any(fee.amount is not None for fee in guide.fees)
    return tuple(
        dict.fromkeys(FieldName.BENEFITS if f is FieldName.FEES and payout and not priced else f for f in fields)
    )


def compose(asked: Asked, place: Place, catalog: Catalog) -> Composed:
    """Answer the asked fields of one guide, every statement cited and verified."""
    guide = asked.resolved.guide
    fields = reading(guide, asked.fields)
    found = {field: _first_spoken(guide, field, catalog) for field in fields or OVERVIEW}
    spoken = tuple(dict.fromkeys(sentence for group in found.values() for sentence in group))
    spoken = _with_asked_unit(spoken, asked.question, guide, catalog)
    citations = Citations(catalog)
    statements, dropped = keep_supported(
        tuple(citations.cite(guide, sentence) for sentence in spoken), guide, citations.all, catalog
    )
    silent = [field for field in fields if not any(s.field is not FieldName.LOCAL for s in found[field])]
    nothing = bool(fields) and len(silent) == len(fields) and all(s.field is FieldName.LOCAL for s in statements)
    if nothing or (wants_number(asked.question) and _only_local_number(guide, fields, statements)):
        return Composed(_not_published(guide, silent or list(fields), statements, citations.all, place), dropped)
    missing = "".join(f"{field.label}：指南里没有可核实的内容，请拨打12345核实。" for field in silent)
    answer = Answer(
        text=_text(_lead(guide, fields), statements, missing + _scope(asked.resolved, place)),
        items=(item_ref(guide),),
        statements=statements,
        citations=_used(citations.all, statements),
        options=_suggestions(guide, {s.field for s in statements}, catalog),
        contacts=(HOTLINE,),
        jurisdiction=place.adcode,
        as_of=place.as_of,
    )
    return Composed(answer, dropped)


def _with_asked_unit(
    spoken: tuple[Sentence, ...], question: str, guide: Guide, catalog: Catalog
) -> tuple[Sentence, ...]:
    """Adds the sentences of other fields that hold a value in the unit asked for, when none of the spoken ones does."""
    units = units_asked(question)
    if not units or any(value.unit in units for s in spoken for value in read_values(s.text)):
        return spoken
    others = (s for field in FieldName if field is not FieldName.BASES for s in sentences(guide, field, catalog))
    holding = [s for s in dict.fromkeys(others) if any(value.unit in units for value in read_values(s.text))]
    return tuple(dict.fromkeys((*holding[:3], *spoken)))


def _first_spoken(guide: Guide, field: FieldName, catalog: Catalog) -> tuple[Sentence, ...]:
    for candidate in NEIGHBOURS.get(field, (field,)):
        spoken = sentences(guide, candidate, catalog)
        if any(s.field is not FieldName.LOCAL for s in spoken):
            return spoken + tuple(s for s in sentences(guide, field, catalog) if s not in spoken)
    return sentences(guide, field, catalog)


def _only_local_number(guide: Guide, fields: tuple[FieldName, ...], statements: tuple[Statement, ...]) -> bool:
    """One numeric field was asked, and all the guide knows of it is that the place sets it."""
    if len(fields) != 1 or fields[0] not in NUMERIC or not any(rule.field is fields[0] for rule in guide.local):
        return False
    return not any(s.field is not FieldName.LOCAL and _has_value(s.text) for s in statements)


def _has_value(text: str) -> bool:
    return bool(read_values(text)) or "当场" in text


def _not_published(
    guide: Guide,
    fields: list[FieldName],
    statements: tuple[Statement, ...],
    citations: tuple[Citation, ...],
    place: Place,
) -> Refusal:
    rule = next((r for r in guide.local if r.field in fields), None)
    what = rule.what.rstrip("。") if rule else f"{guide.name}的{fields[0].label}"
    publisher = rule.publisher if rule else guide.authority
    text = REFUSALS[RefusalReason.NOT_PUBLISHED_HERE].format(what=what, publisher=publisher)
    known = tuple(s for s in statements if s.field is not FieldName.LOCAL)
    return Refusal(
        text=_text(text, known, ""),
        reason=RefusalReason.NOT_PUBLISHED_HERE,
        items=(item_ref(guide),),
        statements=statements if not known else tuple(s for s in statements),
        citations=_used(citations, statements),
        contacts=NEXT_STEPS,
        jurisdiction=place.adcode,
        as_of=place.as_of,
    )


def _lead(guide: Guide, asked: tuple[FieldName, ...]) -> str:
    topic = "、".join(field.label for field in asked)
    return f"{guide.name}的{topic}：" if topic else f"{guide.name}："


def _scope(resolved: ResolvedGuide, place: Place) -> str:
    """Says so when a city was asked and the province's text answers."""
    return "" if resolved.own else f"以上按全省指南回答，库里没有{place.name}单独的规定。"


def _suggestions(guide: Guide, spoken: set[FieldName], catalog: Catalog) -> tuple[Option, ...]:
    """Fields worth asking next: those with something to say that were not just said."""
    silent = [f for f in SUGGESTED if f not in spoken and sentences(guide, f, catalog)]
    return tuple(Option(label=field.label, value=field.label) for field in silent[:4])


def _text(lead: str, statements: tuple[Statement, ...], tail: str) -> str:
    body = (
        "".join(f"\n{i}. {s.text}" for i, s in enumerate(statements, 1))
        if len(statements) > 2
        else "".join(s.text for s in statements)
    )
    return (lead + body + ("\n" if tail and len(statements) > 2 else "") + tail).strip()


def _used(citations: tuple[Citation, ...], statements: tuple[Statement, ...]) -> tuple[Citation, ...]:
    wanted = {n for statement in statements for n in statement.citations}
    return tuple(citation for citation in citations if citation.n in wanted)
