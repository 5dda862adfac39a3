"""Which tier of a guide her number falls in: 26周岁至45周岁的，有效期20年.

Only what is written as “…以上的，…” is a tier, in the same unit and of the same thing; 以上、以内 include the number,
超过、不满 do not (民法典 1259).
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from assistant.answering.situation import STEP, given, spoken
from knowledge.bounds import BOUND_WORDS, Bound
from knowledge.catalog import Catalog
from knowledge.model import FieldName, Guide
from knowledge.quantities import Value, normalize, read_values
from knowledge.sentences import Sentence, sentences

TIERED = (FieldName.BENEFITS, FieldName.VALIDITY, FieldName.CONDITIONS, FieldName.PITFALLS)
BESIDE = 8  # characters beside a number that say what it measures
_HEAD = re.compile(r"^(?P<head>[^，。]{2,24}的)，(?P<rest>.+)$")


class Opener(NamedTuple):
    """A sentence that answers for her own case, the guide's own sentence that it says, and the one to say next."""

    sentence: Sentence
    of: Sentence | None = None
    then: Sentence | None = None
    about: FieldName | None = None  # the field it answers for, where another says it: a mistake about papers


def tiers(text: str, guide: Guide, catalog: Catalog) -> Iterator[Opener]:
    """The tiers that her number falls in (按您说的30岁：26周岁至45周岁的，有效期20年)."""
    for value in given(text):
        if value.bound is not Bound.EXACT:
            continue
        for field in TIERED:
            for sentence in sentences(guide, field, catalog):
                for part in sentence.text.rstrip("。").split("；"):
                    if _falls_in(value, part, text):
                        said = sentence._replace(text=f"按您说的{spoken(value)}：{part}。")
                        yield Opener(said, sentence)


def _falls_in(value: Value, part: str, question: str) -> bool:
    """Whether a value lies in the bounds that the head of a tier names, and the head speaks of the same thing."""
    found = _HEAD.match(part)
    if not found:
        return False
    head = normalize(found["head"])
    bounds = read_values(head)
    if not bounds or any(b.measure[1] != value.measure[1] or b.bound is Bound.EXACT for b in bounds):
        return False
    beside = question[max(0, value.start - BESIDE) : value.end + (0 if value.unit == "岁" else BESIDE)]
    fits = all(_within(value.measure[0], bound) for bound in bounds) and _same_thing(head, bounds, beside)
    return fits and _happened(head[bounds[-1].end :], question)


def _happened(event: str, question: str) -> bool:
    """Whether what befell in a tier, beside its bounds, is told at all (怀孕满4个月流产的 is not for who expects a child)."""
    words = BOUND_WORDS.sub("", event).rstrip("的")
    return len(words) < 2 or any(words[i : i + 2] in question for i in range(len(words) - 1))


def _within(amount: Decimal, bound: Value) -> bool:
    end = bound.measure[0]
    low = {Bound.AT_LEAST: end, Bound.MORE: end + STEP}.get(bound.bound, Decimal(0))
    high = {Bound.AT_MOST: end, Bound.LESS: end - STEP}.get(bound.bound, amount)
    return low <= amount <= high


def closest(text: str, found: list[Opener]) -> list[Opener]:
    """Those that share the most words with a message, as pairs of characters; none where nothing is shared."""
    pairs = [text[i : i + 2] for i in range(len(text) - 1)]
    scores = [sum(pair in opener.sentence.text for pair in pairs) for opener in found]
    return [opener for opener, score in zip(found, scores, strict=True) if score and score == max(scores)]


def _same_thing(head: str, bounds: tuple[Value, ...], beside: str) -> bool:
    """Whether what a head says beside its bounds is said beside her number too; a bare age needs nothing more."""
    for bound in bounds:
        head = head.replace(bound.text, "")
    rest = re.sub(r"周岁|[至到的和及或]", "", BOUND_WORDS.sub("", head))
    asked = beside.replace("交", "缴")
    return not rest or "缴" in rest and "缴" in asked or any(rest[i : i + 2] in asked for i in range(len(rest) - 1))
