"""The sentence that an answer opens with: her own case, or a plain yes or no, when the guide decides it."""

from collections.abc import Iterator

from assistant.answering.late import lateness
from assistant.answering.verdict import Opener, asks_whether, verdicts
from assistant.answering.whether import whether
from knowledge.catalog import Catalog
from knowledge.model import FieldName, Guide

_TELLING = (FieldName.CONDITIONS, FieldName.PITFALLS)


def openings(text: str, guide: Guide, catalog: Catalog) -> Iterator[Opener]:
    """Everything that may open an answer about a guide to a message: what the gate holds such a sentence against."""
    yield from whether(text, guide, catalog)
    yield from lateness(text, guide, catalog)
    yield from verdicts(text, guide, catalog)


def opening(text: str, guide: Guide, fields: tuple[FieldName, ...], catalog: Catalog) -> Opener | None:
    """The one sentence to open with; None when nothing is certain, or several fit a message equally well."""
    for said in (whether(text, guide, catalog), lateness(text, guide, catalog)):
        if first := next(said, None):
            return first
    found = list(verdicts(text, guide, catalog))
    fitting = [verdict for verdict in found if verdict.sentence.field in fields]
    if not fitting and (not fields or asks_whether(text)):
        fitting = [verdict for verdict in found if verdict.sentence.field in _TELLING]
    scores = [_shared(text, verdict) for verdict in fitting]
    best = [verdict for verdict, score in zip(fitting, scores, strict=True) if score == max(scores)]
    return best[0] if len(best) == 1 or (best and best[0].sentence.field is FieldName.CONDITIONS) else None


def _shared(text: str, verdict: Opener) -> int:
    return sum(text[i : i + 2] in verdict.sentence.text for i in range(len(text) - 1))
