"""Her days against a guide's deadlines: still in time or already late, and what the guide says of being late."""

import re
from collections.abc import Iterator
from decimal import Decimal

from assistant.answering.situation import given, spoken
from assistant.answering.tiers import BESIDE, Opener
from knowledge.bounds import Bound
from knowledge.catalog import Catalog
from knowledge.model import Certainty, Deadline, FieldName, Guide, Quantity
from knowledge.quantities import Value
from knowledge.sentences import Sentence, sentences

_DAYS = {"日": (1, 1), "周": (7, 7), "月": (28, 31), "年": (365, 366)}  # the fewest and the most days of each
_ASKS_LATE = re.compile(r"(?:超|过|晚|误|拖)(?:过|了|期).{0,12}(?:吗|不|么|咋|怎|办|还能)|还能.{0,6}[吗不么]")
_LATE = re.compile(r"超过|过(?:了)?期|逾期|晚(?:了|申)|没按|没赶上|错过|赶紧补|到期后|拖")
_OVER = re.compile(r"超了|超过了|过了|晚了|误了|拖了|逾期|过期")
_HANDING_IN = re.compile("还能.{0,4}[办申换补登报交上领迁]")
UNWRITTEN = "过了期限还给不给办"


def lateness(text: str, guide: Guide, catalog: Catalog) -> Iterator[Opener]:
    """Whether she is in time, where her number counts from what one deadline counts from; else what being late means."""
    if not guide.deadlines or not _ASKS_LATE.search(text):
        return
    consequence = _consequence(guide, catalog)
    judged = list(_judged(text, guide, catalog, consequence))
    if len(judged) == 1:
        yield judged[0]
    if _OVER.search(text) and (consequence or _HANDING_IN.search(text)):
        unwritten = Sentence(FieldName.DEADLINES, f"指南里没有写{UNWRITTEN}。", (), Certainty.UNCONFIRMED)
        yield Opener(consequence, consequence) if consequence else Opener(unwritten)


def _consequence(guide: Guide, catalog: Catalog) -> Sentence | None:
    told = (s for f in (FieldName.DEADLINES, FieldName.PITFALLS) for s in sentences(guide, f, catalog))
    return next((s for s in told if _LATE.search(s.text)), None)


def _judged(text: str, guide: Guide, catalog: Catalog, consequence: Sentence | None) -> Iterator[Opener]:
    said = sentences(guide, FieldName.DEADLINES, catalog)
    for deadline, sentence in zip(guide.deadlines, said, strict=True):
        for value in given(text) if deadline.within else ():
            if not _counts_from(deadline, value, text):
                continue
            late = _late(value, deadline.within) if deadline.within else None
            if late is not None:
                lead = "已经过了期限" if late else "还在期限内"
                rest = f"；{UNWRITTEN}，指南里没有写" if late and not consequence else ""
                words = f"{lead}：{sentence.text.rstrip('。')}，您说的是{spoken(value)}{rest}。"
                yield Opener(sentence._replace(text=words), sentence, consequence if late else None)


def _counts_from(deadline: Deadline, value: Value, text: str) -> bool:
    """Whether the words before her number end in what the deadline counts from (孩子出生40天), and not in how late she is."""
    event = re.sub("(?:之日|之?后)?(?:（.*）)?$", "", deadline.after or "")[-2:]
    if deadline.before or event in {"", "之前"} or value.bound is not Bound.EXACT or value.unit not in _DAYS:
        return False
    beside = text[max(0, value.start - BESIDE) : value.start]
    return event in beside and not _OVER.search(beside)


def _late(value: Value, within: Quantity) -> bool | None:
    """Whether a stretch of time is longer than another; None where that depends on the months."""
    if within.unit not in _DAYS:
        return None
    least, most = (value.amount * n for n in _DAYS[value.unit])
    if value.unit == within.unit:
        return value.amount > within.amount
    shortest, longest = (Decimal(within.amount) * n for n in _DAYS[within.unit])
    return True if least > longest else False if most <= shortest else None
