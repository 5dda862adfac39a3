"""A guide and the fields asked → an answer: the asked field first, then the next thing she needs; never a dump."""

from datetime import date
from typing import NamedTuple

from assistant.answering.citing import Citations, item_ref
from assistant.answering.opening import opening
from assistant.answering.reading import (
    LOCAL_IN_OVERVIEW,
    NUMERIC,
    SUGGESTED,
    asked_how,
    beside,
    groups,
    reading,
    spoken,
)
from assistant.answering.relevance import Question, Sense, answering, introduces
from assistant.answering.versions import Change, coming_statement, scope
from assistant.answering.whether import asks_yes_or_no
from assistant.answering.wording import HOTLINE, NEXT_STEPS, REFUSALS
from assistant.model import Answer, Citation, Option, Refusal, RefusalReason, Statement
from assistant.understanding.fields import units_asked, wants_number
from knowledge.catalog import Catalog, ResolvedGuide
from knowledge.model import FieldName, Guide, LocalRule
from knowledge.quantities import read_values
from knowledge.sentences import Sentence, local_sentence, said, sentences


class Asked(NamedTuple):
    """What is asked: the guide that applies, the fields named, the question itself for the unit it wants, all that she told."""

    resolved: ResolvedGuide
    fields: tuple[FieldName, ...]
    question: str
    told: tuple[str, ...] = ()  # this message, then with it what she told before


class Place(NamedTuple):
    """For which place and day an answer is given."""

    adcode: str
    name: str
    as_of: date


def compose(asked: Asked, place: Place, catalog: Catalog, sense: Sense) -> Answer | Refusal:
    """Answer the asked fields of one guide, every statement cited."""
    guide = asked.resolved.guide
    fields = reading(guide, asked.fields)
    picked = _picked(asked, fields, catalog, sense)
    if wants_number(asked.question):
        fields = fields or tuple(s.field for s in picked[:1])
    opener = opening(asked.told, guide, fields, catalog)
    if opener:
        fields = beside(opener.about or opener.sentence.field, fields or asked_how(asked.question))
    said_of = groups(guide, fields, catalog)
    silent = [field for field, group in zip(fields, said_of, strict=False) if not group]
    body = tuple(dict.fromkeys((*picked, *(s for group in said_of for s in group))))
    if picked and not (fields or opener or introduces(asked.question, guide, sense.words_of)):
        body = tuple(s for s in body if s in picked or s.field is FieldName.SUMMARY)
    if opener:
        then = (opener.then,) if opener.then else ()
        body = (opener.sentence, *then, *(s for s in body if s not in (opener.of, *then)))
    rules = tuple(rule for rule in guide.local if rule.field in (fields or LOCAL_IN_OVERVIEW))
    citations = Citations(catalog)
    told = (*body, *((local_sentence(rules),) if rules else ()))
    statements = tuple(citations.cite(catalog.origin(guide, s.field), s) for s in told)
    known = tuple(s for s in statements if s.field is not FieldName.LOCAL)
    topics = tuple(dict.fromkeys((*fields, *(s.field for s in known)))) if fields else ()
    future = catalog.coming(guide.item_id, place.adcode, place.as_of)
    coming = coming_statement(Change(guide, future, topics), citations, catalog)
    statements = (*statements, *coming)
    unsaid = not (opener or any(said_of) or _holding(asked.question, known))
    if fields and (unsaid or _number_missing(asked.question, fields, known, rules)):
        heard = {*fields, *(s.field for group in said_of for s in group)}
        telling = tuple(s for s in (*known, *coming) if s.field in heard)
        return _not_published(guide, fields, telling, citations.all, place)
    missing = "".join(
        f"{f.label}：指南里没有可核实的内容，请拨打12345核实。" for f in silent if f not in {r.field for r in rules}
    )
    whose = scope(asked.resolved, tuple(s.field for s in known), place.name, catalog)
    return Answer(
        text=_text(_lead(guide, known if fields and not opener else ()), statements, missing + whose),
        items=(item_ref(guide),),
        statements=statements,
        citations=_used(citations.all, statements),
        options=_suggestions(guide, {s.field for s in statements}, catalog),
        contacts=(HOTLINE,),
        jurisdiction=place.adcode,
        as_of=place.as_of,
    )


def _picked(asked: Asked, fields: tuple[FieldName, ...], catalog: Catalog, sense: Sense) -> tuple[Sentence, ...]:
    """The sentences that answer the question, wherever they stand."""
    guide = asked.resolved.guide
    by_field = frozenset(s for field in fields for s in spoken(guide, field, catalog))
    return answering(Question(asked.question, fields, by_field), guide, tuple(said(guide, catalog)), sense)


def _holding(question: str, known: tuple[Statement, ...]) -> bool:
    """Whether anything said holds a value in a unit asked for."""
    units = units_asked(question)
    return bool(units) and any(_has_value(s.text, units) for s in known)


def _number_missing(
    question: str, fields: tuple[FieldName, ...], known: tuple[Statement, ...], rules: tuple[LocalRule, ...]
) -> bool:
    """One figure was asked, the place sets it, and nothing said holds a figure in a unit that could answer."""
    units = units_asked(question)
    asked_locally = len(fields) == 1 and fields[0] in NUMERIC and any(rule.field is fields[0] for rule in rules)
    wanted = wants_number(question) and not asks_yes_or_no(question)
    return asked_locally and wanted and not any(_has_value(s.text, units) for s in known)


def _has_value(text: str, units: frozenset[str]) -> bool:
    return "当场" in text or any(not units or value.unit in units | {"%"} for value in read_values(text))


def _not_published(
    guide: Guide, fields: tuple[FieldName, ...], known: tuple[Statement, ...], citations: tuple[Citation, ...],
    place: Place,
) -> Refusal:  # fmt: skip
    rule = next((r for r in guide.local if r.field in fields), None)
    what = rule.what.rstrip("。") if rule else f"{guide.name}的{fields[0].label}"
    publisher = rule.publisher if rule else guide.authority
    text = REFUSALS[RefusalReason.NOT_PUBLISHED_HERE].format(what=what, publisher=publisher)
    return Refusal(
        text=_text(text + ("\n指南里能确定的：" if known else ""), known, ""),
        reason=RefusalReason.NOT_PUBLISHED_HERE,
        items=(item_ref(guide),),
        statements=known,
        citations=_used(citations, known),
        contacts=NEXT_STEPS,
        jurisdiction=place.adcode,
        as_of=place.as_of,
    )


def _lead(guide: Guide, known: tuple[Statement, ...]) -> str:
    topics = tuple(dict.fromkeys(s.field.label for s in known))
    return f"{guide.name}的{'、'.join(topics)}：" if 0 < len(topics) <= 3 else f"{guide.name}："


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
