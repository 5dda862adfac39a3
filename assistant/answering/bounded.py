"""Her number against a bound that the guide only writes: 800人, and the sentence says 1000人以上.

It compares and quotes, and draws no conclusion: said only where no declared condition, tier or deadline judges her case.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from assistant.answering.situation import given
from assistant.answering.tiers import BESIDE, Opener
from knowledge.bounds import Bound
from knowledge.catalog import Catalog
from knowledge.model import FieldName, Guide
from knowledge.quantities import Value, normalize, read_values
from knowledge.sentences import Sentence, sentences

FIELDS = (
    FieldName.CONDITIONS, FieldName.VALIDITY, FieldName.DEADLINES, FieldName.SUMMARY, FieldName.PITFALLS,
)  # fmt: skip
_COUNTED = frozenset({"岁", "月", "日", "人", "元", "平方米"})
_USED = re.compile(r"[用办领拿签发][过到证]?了$|注册了$")  # before her number: so long she has had the paper
_MEN = re.compile("男|爸|爹|父亲|爷|公公|老公|丈夫|儿子|[哥弟]|先生")
_WOMEN = re.compile("女|妈|娘|母亲|奶|姥|婆|媳妇|妻|闺女|[姐妹姨姑婶]")
_YES_OR_NO = re.compile(r"[吗没不么][？?。]*$|([能行中够要用])不\1|可不可以|还能")
_RATE = re.compile("几[次回趟]")  # 一年几次 tells no stretch of time
_MINIMUM = (Bound.AT_LEAST, Bound.LESS)  # bounds that a number reaches; the others it exceeds


class _Limit(NamedTuple):
    """The bound of one part of a sentence: one value, or the two ends of a range."""

    low: Value
    high: Value


def bounded(text: str, guide: Guide, catalog: Catalog) -> Iterator[Opener]:
    """What her number is against each bound of its unit that speaks of the same thing."""
    names = "".join((guide.name, *guide.aliases))
    for value in given(text) if _YES_OR_NO.search(text) and not _RATE.search(text) else ():
        if value.bound is not Bound.EXACT or value.measure[1] not in _COUNTED:
            continue
        for field in FIELDS:
            found = sentences(guide, field, catalog)
            terms = [s for s in found if field is FieldName.VALIDITY and "有效期" in s.text]
            bare = len(terms) == 1 and bool(_USED.search(text[: value.start]))
            for sentence in found:
                if said := _said(value, sentence, text, names, bare):
                    words = f"按您说的{value.text.strip()}，{said}：{sentence.text}"
                    yield Opener(sentence._replace(text=words), sentence)


def _said(value: Value, sentence: Sentence, text: str, names: str, bare: bool) -> str | None:
    """How her number lies to the bounds of a sentence; None where they are not of her thing or disagree."""
    limits = []
    for part in sentence.text.split("；"):
        limit = _limit(value, part, bare)
        if limit and _same_sex(part, text) and (bare or _same_thing(value, part, text, names)):
            limits.append(limit)
    ways = {_way(value, limit) for limit in limits}
    if len(ways) != 1:
        return None
    way = ways.pop()
    if way == "在":
        low, high = limits[0]
        return f"在{low.text}和{high.text}之间" if len(limits) == 1 else None
    ends = [limit.low if way == "不到" else limit.high for limit in limits]
    nearest = (min if way == "不到" else max)(ends, key=lambda end: end.measure[0])
    return f"{way}{nearest.text.strip()}"


def _limit(value: Value, part: str, bare: bool) -> _Limit | None:
    """The one bound of a part in her unit, a `bare` value as the most there is, or its one range (由60周岁逐步延到63周岁)."""
    plain = normalize(part)
    found = [v for v in read_values(plain) if v.measure[1] == value.measure[1]]
    if len(found) == 2 and plain[found[0].end : found[1].start].endswith(("到", "至")):
        return _Limit(*found)
    if len(found) != 1:
        return None
    bound = found[0]._replace(bound=Bound.AT_MOST) if bare and found[0].bound is Bound.EXACT else found[0]
    return _Limit(bound, bound) if bound.bound is not Bound.EXACT else None


def _way(value: Value, limit: _Limit) -> str:
    hers, (low, high) = value.measure[0], limit
    if low is not high:
        return "不到" if hers < low.measure[0] else "在" if hers < high.measure[0] else "已到"
    if low.bound in _MINIMUM:
        return "不到" if hers < low.measure[0] else "已到"
    return "没有超过" if hers <= low.measure[0] else "超过了"


def _same_sex(part: str, text: str) -> bool:
    """Whether a part for men, or for women, speaks of the sex that the message names."""
    for own, other, said in (("男", "女", _MEN), ("女", "男", _WOMEN)):
        if own in part and other not in part and not said.search(text):
            return False
    return True


def _same_thing(value: Value, part: str, text: str, names: str) -> bool:
    """Whether a part speaks in her words: a pair of characters right beside her number, or two that name no item."""
    beside = text[max(0, value.start - BESIDE // 2) : value.start], text[value.end : value.end + BESIDE // 2]
    said = {*_pairs(text[: value.start]), *_pairs(text[value.end :])}
    near = any(pair in part for words in beside for pair in _pairs(words))
    return near or sum(pair in part and pair not in names for pair in said) > 1


def _pairs(text: str) -> list[str]:
    return [text[i : i + 2] for i in range(len(text) - 1)]
