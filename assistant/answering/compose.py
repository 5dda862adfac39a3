"""A guide and the fields asked → an answer: the asked field first, then the next thing she needs; never a dump."""

from datetime import date
from typing import NamedTuple

from assistant.answering.citing import Citations, item_ref
from assistant.answering.fields import Sentence, sentences
from assistant.answering.verify import keep_supported
from assistant.answering.wording import HOTLINE, NEXT_STEPS, REFUSALS
from assistant.model import Answer, Citation, Refusal, RefusalReason, Statement
from knowledge.catalog import Catalog, ResolvedGuide
from knowledge.model import FieldName, Guide

OVERVIEW = (FieldName.SUMMARY, FieldName.MATERIALS, FieldName.LIMITS, FieldName.FEES, FieldName.CHANNELS)
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


def compose(
    resolved: ResolvedGuide, fields: tuple[FieldName, ...], place: Place, catalog: Catalog, offer: tuple[str, ...] = ()
) -> Composed:
    """Answer the asked fields of one guide, every statement cited and verified."""
    guide = resolved.guide
    asked = reading(guide, fields)
    found = {field: _first_spoken(guide, field, catalog) for field in asked or OVERVIEW}
    spoken = tuple(dict.fromkeys(sentence for group in found.values() for sentence in group))
    citations = Citations(catalog)
    statements, dropped = keep_supported(
        tuple(citations.cite(guide, sentence) for sentence in spoken), guide, citations.all, catalog
    )
    silent = [field for field in asked if not any(s.field is not FieldName.LOCAL for s in found[field])]
    if asked and len(silent) == len(asked):
        return Composed(_not_published(guide, silent, statements, citations.all, place), dropped)
    if asked and _only_local_number(guide, asked, statements):
        return Composed(_not_published(guide, list(asked), statements, citations.all, place), dropped)
    missing = "".join(f"{field.label}：指南里没有可核实的内容，请拨打12345核实。" for field in silent)
    lead = _lead(guide, resolved.own, place, asked)
    return Composed(
        Answer(
            text=_text(lead, statements, missing),
            items=(item_ref(guide),),
            statements=statements,
            citations=_used(citations.all, statements),
            contacts=(HOTLINE,),
            jurisdiction=place.adcode,
            as_of=place.as_of,
        ),
        dropped,
    )


def _first_spoken(guide: Guide, field: FieldName, catalog: Catalog) -> tuple[Sentence, ...]:
    for candidate in NEIGHBOURS.get(field, (field,)):
        spoken = sentences(guide, candidate, catalog)
        if any(s.field is not FieldName.LOCAL for s in spoken):
            return spoken + tuple(s for s in sentences(guide, field, catalog) if s not in spoken)
    return sentences(guide, field, catalog)


def _only_local_number(guide: Guide, asked: tuple[FieldName, ...], statements: tuple[Statement, ...]) -> bool:
    """One numeric field was asked, and all the guide knows of it is that the place sets it."""
    if len(asked) != 1 or asked[0] not in NUMERIC or not any(rule.field is asked[0] for rule in guide.local):
        return False
    return not any(s.field is asked[0] and _has_value(s.text) for s in statements)


def _has_value(text: str) -> bool:
    return any(c.isdigit() for c in text) or "不收费" in text or "当场" in text or "免" in text


def _not_published(
    guide: Guide, fields: list[FieldName], statements: tuple[Statement, ...], citations: tuple[Citation, ...], place: Place
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


def _lead(guide: Guide, own: bool, place: Place, asked: tuple[FieldName, ...]) -> str:
    scope = "" if own or place.adcode == guide.jurisdiction else f"（{place.name}适用全省指南）"
    topic = "、".join(field.label for field in asked)
    return f"{guide.name}{scope}" + (f"，{topic}：" if topic else "：")


def _text(lead: str, statements: tuple[Statement, ...], tail: str) -> str:
    body = "".join(f"\n{i}. {s.text}" for i, s in enumerate(statements, 1)) if len(statements) > 2 else "".join(
        s.text for s in statements
    )
    return (lead + body + ("\n" if tail and len(statements) > 2 else "") + tail).strip()


def _used(citations: tuple[Citation, ...], statements: tuple[Statement, ...]) -> tuple[Citation, ...]:
    wanted = {n for statement in statements for n in statement.citations}
    return tuple(citation for citation in citations if citation.n in wanted)
