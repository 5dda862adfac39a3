"""Her days against a guide's deadlines: still in time or already late, and what the guide says of being late."""

import re
from collections.abc import Iterator
from decimal import Decimal

from assistant.answering.situation import given, spoken
from assistant.answering.tiers import BESIDE, Opener, closest
from knowledge.bounds import Bound
from knowledge.catalog import Catalog
from knowledge.model import Certainty, Deadline, FieldName, Guide, Quantity
from knowledge.quantities import Value
from knowledge.sentences import Sentence, sentences

_DAYS = {"日": (1, 1), "周": (7, 7), "月": (28, 31), "年": (365, 366)}  # the fewest and the most days of each
_ASKS_LATE = re.compile(
    r"(?:超|过|晚|误|拖)(?:过|了|期).{0,12}(?:吗|不|么|咋|怎|办|还能|没)|还能.{0,6}[吗不么]|晚不晚|来得及|[还也]?没(?:去|来得及)?[一-鿿]{0,5}[过改办报换领转登申]|能提前|行[吗不]"
)
# What a deadline counts from, and how people say it.
_SAID = (
    ("出生", "出生|生下来|生了|生完|落地"), ("交付", "交付|交车|提车|买"), ("购置", "买|提车"), ("事故", "事故|出事|受伤|伤了|工伤"),
    ("劳动关系", "离职|辞职|辞退|解除|终止|不干"), ("退出现役", "退役|退伍|复员"), ("有效期满之后", "过期|到期"),
    ("届满", "届满|期满|公示完|公示期?满|结束"), ("收到", "收到|拿到|接到"), ("成立|设立", "成立|设立"), ("营业|销售", "开业|营业|开张|开始卖"),
    ("录用|用工", "入职|录用|用工|招"), ("死亡", "去世|死|过世|走了|没了"), ("变更|变化", "变更|改|变"),
)  # fmt: skip
_BEFORE = re.compile("(?:之前|前)$")  # counts down to a day: 有效期满之前
_LEFT = re.compile("还[有剩差]|剩下?|差$")
_ENDS = re.compile("^[^，,。]{0,3}(?:到期|期满|过期|届满)")
CLAUSE = 12  # characters before a number in which the event that it counts from is told
_LATE = re.compile(
    r"超过|过(?:了)?(?:申[报请])?期|逾期|晚(?:了|申)|没赶上|错过|赶紧补|到期后|拖[着到]|没按[^，。]{0,6}[申报]"
)
_OVER = re.compile(r"超了|超过了|过了|晚了|误了|拖了|逾期|过期")
_HANDING_IN = re.compile("还能.{0,4}[办申换补登报交上领迁]")
UNWRITTEN = "过了期限还给不给办"


def lateness(text: str, guide: Guide, catalog: Catalog) -> Iterator[Opener]:
    """Whether she is in time, where her number counts from what one deadline counts from; else what being late means."""
    if not guide.deadlines or not _ASKS_LATE.search(text):
        return
    consequence = _consequence(guide, catalog)
    judged = list(_judged(text, guide, catalog, consequence))
    nearest = closest(text, judged) or judged
    if (
        len({opener.sentence.text[:5] for opener in nearest}) == 1
    ):  # one verdict: too late, or in time, for each of them
        yield nearest[-1]
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
            left = _counts_down(deadline, value, text)
            if not (left or _counts_from(deadline, value, text)):
                continue
            late = _late(value, deadline.within) if deadline.within else None
            if late is None:
                continue
            if left:
                words = f"{'还没到办的时候' if late else '现在就能办'}：{sentence.text.rstrip('。')}，您说的是还有{spoken(value)}。"
                yield Opener(sentence._replace(text=words), sentence)
                continue
            lead = "已经过了期限" if late else "还在期限内"
            rest = f"；{UNWRITTEN}，指南里没有写" if late and not consequence else ""
            words = f"{lead}：{sentence.text.rstrip('。')}，您说的是{spoken(value)}{rest}。"
            yield Opener(
                sentence._replace(text=words), sentence, consequence if late and consequence != sentence else None
            )


def _counts_from(deadline: Deadline, value: Value, text: str) -> bool:
    """Whether the words before her number end in what the deadline counts from (孩子出生40天), and not in how late she is."""
    after = deadline.after or ""
    event = re.sub("(?:之日|之?后)?(?:（.*）)?$", "", after)[-2:]
    if deadline.before or event == "" or _BEFORE.search(after) or not _is_stretch(value):
        return False
    words = "|".join((re.escape(event), *(said for stem, said in _SAID if re.search(stem, after))))
    clause = re.split("[。；;！!？?]", text[max(0, value.start - CLAUSE) : value.start])[-1]
    late = _OVER.search(clause) and not re.search("过期|到期", words)
    return bool(re.search(words, clause)) and not late


def _counts_down(deadline: Deadline, value: Value, text: str) -> bool:
    """Whether her number is what is left to the day before which to apply (还有两个月到期)."""
    before = text[max(0, value.start - BESIDE) : value.start]
    return bool(
        _is_stretch(value)
        and _BEFORE.search(deadline.after or "")
        and _LEFT.search(before)
        and (_ENDS.search(text[value.end :]) or re.search("到期|期满", before))
    )


def _is_stretch(value: Value) -> bool:
    return value.bound is Bound.EXACT and value.unit in _DAYS


def _late(value: Value, within: Quantity) -> bool | None:
    """Whether a stretch of time is longer than another; None where that depends on the months."""
    if within.unit not in _DAYS:
        return None
    least, most = (value.amount * n for n in _DAYS[value.unit])
    if value.unit == within.unit:
        return value.amount > within.amount
    shortest, longest = (Decimal(within.amount) * n for n in _DAYS[within.unit])
    return True if least > longest else False if most <= shortest else None
