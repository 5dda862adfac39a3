"""What must not stand in a public text: a person's data, and characters that nobody sees."""

import re
from collections.abc import Iterator
from datetime import date

from stdnum import luhn

from knowledge.lint.finding import DESIGN, Card, Fault, text_rule
from knowledge.lint.shelf import Shelf
from knowledge.lint.views import TextView

_ID = re.compile(r"(?<!\d)[1-8]\d{5}(?P<y>(?:18|19|20)\d{2})(?P<m>\d{2})(?P<d>\d{2})\d{3}[\dXx](?!\d)")
_MOBILE = re.compile(r"(?<!\d)(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?!\d)")
_BANK = re.compile(r"(?<!\d)(?:62|4\d|5[1-5])\d{2}[ -]?\d{4}[ -]?\d{4}[ -]?\d{4}(?:[ -]?\d{1,3})?(?!\d)")
_MAIL = re.compile(r"(?<![\w.])(?:\d{5,11}@qq|1[3-9]\d{9}@(?:139|163|126))\.com", re.IGNORECASE)
# Zero-width, bidirectional, tag and control characters: invisible to people, read by machines.
_HIDDEN = re.compile(
    "[\u0000-\u0008\u000b-\u001f\u007f\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\U000e0000-\U000e007f]"
)


def _real_day(match: re.Match[str]) -> bool:
    try:
        date(int(match["y"]), int(match["m"]), int(match["d"]))
    except ValueError:  # not a calendar day, so not an identity number
        return False
    return True


def _personal(text: str) -> Iterator[tuple[str, str]]:
    for match in _ID.finditer(text):
        if _real_day(match):
            yield "身份证号码", match[0]
    for match in _BANK.finditer(text):
        if luhn.is_valid(re.sub(r"\D", "", match[0])):
            yield "银行卡号", match[0]
    for what, pattern in (("手机号码", _MOBILE), ("个人邮箱", _MAIL)):
        for match in pattern.finditer(text):
            yield what, match[0]


@text_rule(Card(
    "personal-data", "指南里没有个人信息", "error", "个人信息保护法第6条、第34条",
    good="咨询：0371-12345678（窗口电话）", bad="联系人张某，手机 138 开头的 11 位号码",
))  # fmt: skip
def personal_data(view: TextView, shelf: Shelf) -> Iterator[Fault]:
    """No identity, mobile or bank card number and no private mailbox in a public text."""
    if not any(p.search(view.whole) for p in (_ID, _MOBILE, _BANK, _MAIL)):
        return
    for where, text in view.texts:
        for what, found in _personal(text):
            yield Fault(where, f"有{what}：{found[:3]}***{found[-2:]}", "换成窗口的公用电话或信箱，删去个人信息")


@text_rule(Card(
    "hidden-characters", "没有看不见的字符", "error", "《政务领域人工智能大模型部署应用指引》（防提示词注入）；" + DESIGN,
    good="到窗口申请。", bad="到窗口申请。（夹着零宽字符）",
))  # fmt: skip
def hidden_characters(view: TextView, shelf: Shelf) -> Iterator[Fault]:
    """What a machine reads is what people see."""
    if not _HIDDEN.search(view.whole):
        return
    for where, text in view.texts:
        if found := _HIDDEN.findall(text):
            codes = "、".join(sorted({f"U+{ord(c):04X}" for c in found}))
            yield Fault(where, f"有看不见的字符：{codes}", "删去这些字符")


RULES = (personal_data, hidden_characters)
