"""What stands around a quantity and is part of it: 以上, 不足, 至多 … (its bound), 每证 (per), 法定, 复印件 (its role)."""

import re
from enum import StrEnum


class Bound(StrEnum):
    """How a value limits; in Chinese law 以上, 以下 and 以内 include the number, 超过 and 不满 do not (民法典 1259)."""

    EXACT = ""
    AT_LEAST = "以上"
    AT_MOST = "以内"
    MORE = "超过"
    LESS = "不足"


# Longest wording first: 不超过 must not be read as 超过.
_BEFORE: tuple[tuple[Bound, str], ...] = (
    (Bound.AT_MOST, "不(?:得|能|应|可)?(?:超过|超出|高于|多于|大于|晚于|迟于)|未超过"),
    (Bound.AT_LEAST, "不(?:得|能|应|可)?(?:少于|低于|小于|早于)|(?:年|已|届|缴)?(?<![不未])满|达到?"),
    (Bound.LESS, "不足|不满|未满|未达到?|不到|未到|低于|少于|小于|早于"),
    (Bound.MORE, "超过|超出|高于|多于|大于|逾|晚于"),
)
_LOOSE = ((Bound.AT_MOST, "至多|最多|最长|最高|最迟|最晚"), (Bound.AT_LEAST, "至少|最少|最低|最短"))
_AFTER: tuple[tuple[Bound, str], ...] = (
    (Bound.AT_LEAST, r"及?\(?(?:含)?\)?以上|以后|之后|起"),
    (Bound.AT_MOST, "及?以下|以内|之内|内|以前|之前|为止|止"),
    (Bound.MORE, "以外"),
)
_WORDS_BEFORE = [
    (b, re.compile(rf"(?:{words})(?:了|为|有效期|期限|年龄|每人|每次|人民币)?\s*$")) for b, words in _BEFORE
] + [(b, re.compile(rf"(?:{words})[一-鿿]{{0,4}}\s*$")) for b, words in _LOOSE]
_WORDS_AFTER = [(b, re.compile(rf"\s*(?:/[一-鿿]{{1,2}})?(?:{words})")) for b, words in _AFTER]
BOUND_WORDS = re.compile("|".join(words for _, words in (*_BEFORE, *_LOOSE, *_AFTER)))
REACH = 14  # characters before a value in which its bound or its 每… can stand

_PER_AFTER = re.compile(r"(?:/|每)\s*(?P<per>[一-鿿]{1,2})")
_PER_BEFORE = re.compile(r"每(?P<per>[一-鿿]{1,2}?)(?:收取?|收费|缴纳?|交|发给?|补贴|补助|为|人民币)*\s*$")

_ROLES = re.compile(
    "(?:法定|承诺)(?=(?:办结|办理|审批|工作)?(?:时限|期限|时间|[是为在:\\d零一二两三四五六七八九十百]))"
)
_FORMS = re.compile("原件(?:和|及|与|、)?复印件|原件|复印件|电子件")


def bound_of(text: str, start: int, end: int) -> Bound:
    """The bound of the value that stands at text[start:end]."""
    before, after = text[max(0, start - REACH) : start], text[end : end + REACH]
    return next(
        (bound for bound, words in _WORDS_BEFORE if words.search(before)),
        next((bound for bound, words in _WORDS_AFTER if words.match(after)), Bound.EXACT),
    )


def per_of(text: str, start: int, end: int) -> str:
    """For each of what a value is (40元/证, 每证40元); empty when the text does not say."""
    match = _PER_AFTER.match(text, end) or _PER_BEFORE.search(text[max(0, start - REACH) : start])
    return match["per"] if match else ""


def role_of(text: str, start: int, timed: bool) -> str:
    """法定 or 承诺 for a time, 原件 or 复印件 for a count of papers: the nearest such word before it in its sentence."""
    sentence = re.split("[。;\n]", text[:start])[-1]
    words = (_ROLES if timed else _FORMS).findall(sentence)
    return words[-1] if words else ""
