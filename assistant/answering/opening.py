"""The sentence that an answer opens with: her own case, or a plain yes or no, when the guide decides it."""

import re
from collections.abc import Iterator

from assistant.answering.bounded import bounded
from assistant.answering.late import lateness
from assistant.answering.tiers import Opener, closest, tiers
from assistant.answering.verdict import asks_whether, verdicts
from assistant.answering.whether import asks_other, whether
from assistant.understanding.fields import units_asked
from knowledge.catalog import Catalog
from knowledge.model import FieldName, Guide
from knowledge.quantities import read_values

_TIERED = (FieldName.BENEFITS, FieldName.VALIDITY)
_DENIED = re.compile("(?:一般)?不符合")  # whatever is asked, she must hear this first
_TELLING = (FieldName.CONDITIONS, FieldName.PITFALLS)


def openings(text: str, guide: Guide, catalog: Catalog) -> Iterator[Opener]:
    """Everything that may open an answer about a guide to a message: what the gate holds such a sentence against."""
    yield from whether(text, guide, catalog)
    yield from lateness(text, guide, catalog)
    yield from verdicts(text, guide, catalog)
    yield from bounded(text, guide, catalog)


def opening(told: tuple[str, ...], guide: Guide, fields: tuple[FieldName, ...], catalog: Catalog) -> Opener | None:
    """The one sentence to open with, by this message, else with what she told before; None when nothing is certain.

    What she told before only picks a tier of what is asked now: no judgement is said twice.
    """
    for text in told[:1]:
        if now := _opening(text, guide, fields, catalog):
            return now
    for text in told[1:]:
        found = list(tiers(text, guide, catalog))
        asked = [t for t in found if t.sentence.field in fields and t.sentence.field in _TIERED]
        if not asked and asks_whether(told[0]):
            asked = closest(told[0], found)
        if len(asked) == 1:
            return asked[0]
    return None


def _opening(text: str, guide: Guide, fields: tuple[FieldName, ...], catalog: Catalog) -> Opener | None:
    """The sentence that one message alone is certain of; None when several fit it equally well."""
    judged = list(verdicts(text, guide, catalog))
    denied = (v for v in judged if v.sentence.text.startswith("不符合") and asks_whether(text))
    for said in (denied, whether(text, guide, catalog), lateness(text, guide, catalog)):
        if first := next(iter(said), None):
            return first
    fitting = _figures(text, guide, catalog) or _fitting(text, judged, fields)
    best = closest(text, fitting) or fitting
    if best:
        return best[0] if len(best) == 1 or best[0].sentence.field is FieldName.CONDITIONS else None
    compared = [
        c for c in bounded(text, guide, catalog) if not fields or c.sentence.field in fields or asks_whether(text)
    ]
    return next(iter(closest(text, compared)), None) if not asks_other(text) else None


def _figures(text: str, guide: Guide, catalog: Catalog) -> list[Opener]:
    """The tiers that give the figure asked for (缴了三年，最多领几个月): behind what they are a tier of."""
    units, found = units_asked(text), tiers(text, guide, catalog)
    return [t for t in found if units & {v.unit for v in read_values(t.sentence.text.split("的，", 1)[-1])}]


def _fitting(text: str, found: list[Opener], fields: tuple[FieldName, ...]) -> list[Opener]:
    """The judgements on the fields asked; to a yes or no, or where no field is asked, those on conditions and mistakes."""
    asked = [verdict for verdict in found if verdict.sentence.field in fields]
    if asks_other(text):
        return [verdict for verdict in asked if verdict.sentence.field is not FieldName.CONDITIONS]
    if asked or (fields and not asks_whether(text)):
        return asked or [verdict for verdict in found if _DENIED.match(verdict.sentence.text)]
    return [verdict for verdict in found if verdict.sentence.field in _TELLING]
