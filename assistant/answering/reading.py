"""Which fields of a guide answer the fields asked: how a question is read, and who speaks for a silent field."""

import re

from knowledge.catalog import Catalog
from knowledge.model import FieldName, Guide
from knowledge.sentences import Sentence, sentences

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
_HOW = re.compile("咋|怎么|怎样|如何")
LOCAL_IN_OVERVIEW = (FieldName.FEES, FieldName.LIMITS, FieldName.MATERIALS)
TIMES = (FieldName.LIMITS, FieldName.DEADLINES)
NUMERIC = frozenset({FieldName.FEES, FieldName.BENEFITS, FieldName.LIMITS, FieldName.VALIDITY, FieldName.DEADLINES})


def reading(guide: Guide, fields: tuple[FieldName, ...]) -> tuple[FieldName, ...]:
    """The fields to speak to.

    多少钱 about a payout asks what one gets, not what it costs. 几天 may mean the office's limit or her own deadline: the
    likelier comes first, the other follows.
    """
    payout = bool(guide.benefits) or any(rule.field is FieldName.BENEFITS for rule in guide.local)
    priced = any(fee.amount is not None for fee in guide.fees)
    asked = [FieldName.BENEFITS if f is FieldName.FEES and payout and not priced else f for f in fields]
    times = TIMES if any(f in TIMES for f in asked) else ()
    return tuple(dict.fromkeys((*asked, *(f for f in times if getattr(guide, f.value)))))


def spoken(guide: Guide, field: FieldName, catalog: Catalog) -> tuple[Sentence, ...]:
    """What the guide says on a field, or on the neighbour that usually holds the answer."""
    return next((s for f in NEIGHBOURS.get(field, (field,)) if (s := sentences(guide, f, catalog))), ())


def overview(guide: Guide, catalog: Catalog) -> list[tuple[Sentence, ...]]:
    """What to say where no field is asked: what it is, papers, where, how long and how much, as far as the guide gives them.

    An amount that nobody publishes and a time that only an extension adds are told when asked for.
    """
    told = {field: sentences(guide, field, catalog) for field in OVERVIEW}
    fees = zip(guide.fees, told[FieldName.FEES], strict=True)
    limits = zip(guide.limits, told[FieldName.LIMITS], strict=True)
    told[FieldName.FEES] = tuple(s for fee, s in fees if fee.amount is not None)
    told[FieldName.LIMITS] = tuple(s for limit, s in limits if limit.part in ("whole", "then"))
    return list(told.values())


def groups(guide: Guide, fields: tuple[FieldName, ...], catalog: Catalog) -> list[tuple[Sentence, ...]]:
    """What the guide says on each field asked; beside other fields, of its clauses only those that they rest on."""
    if not fields:
        return overview(guide, catalog)
    others = [spoken(guide, field, catalog) for field in fields if field is not FieldName.BASES]
    refs = {ref for group in others for sentence in group for ref in sentence.basis}
    return [
        tuple(s for s in spoken(guide, f, catalog) if f is not FieldName.BASES or not refs or set(s.basis) & refs)
        for f in fields
    ]


def asked_how(question: str) -> tuple[FieldName, ...]:
    """What 咋领、怎么办 asks for beside a sentence that already answers."""
    return (FieldName.STEPS, FieldName.MATERIALS) if _HOW.search(question) else ()


def beside(opened: FieldName, fields: tuple[FieldName, ...]) -> tuple[FieldName, ...]:
    """What to say after a sentence that already answers: the asked fields, else its own; conditions only where they are it.

    能…吗 reads as a question about conditions, which a yes or no on another field has answered.
    """
    return tuple(f for f in fields if f is not FieldName.CONDITIONS or opened is f) or (opened,)
