"""Masks personal data on arrival: what is stored, logged, traced or sent on never holds it.

Identity numbers are recognised by their birth date (GB 11643), bank cards by Luhn (ISO/IEC 7812), so that item codes and
amounts survive. The mask keeps the kind only; nothing can be restored from it.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from stdnum import luhn

_SPACE = r"[ \-·\u00a0\u3000]{0,2}"
_INVISIBLE = dict.fromkeys([*range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2065), 0xFEFF, 0xAD])
_CHINESE_DIGITS = str.maketrans("零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789")


class Masked(NamedTuple):
    """The text without personal data, and which kinds were in it."""

    text: str
    kinds: tuple[str, ...]


def _spaced(pattern: str, count: int) -> str:
    return _SPACE.join([pattern] * count)


def _digits(text: str) -> str:
    return re.sub(r"[^0-9Xx]", "", text).upper()


def _identity(text: str) -> bool:
    """A plausible birth date is enough: a mistyped check digit must not let the number through."""
    compact = _digits(text)
    born = f"19{compact[6:12]}" if len(compact) == 15 else compact[6:14]
    try:
        return 1900 <= datetime.strptime(born, "%Y%m%d").year <= 2100
    except ValueError:
        return False


def _bank_card(text: str) -> bool:
    compact = _digits(text)
    return 15 <= len(compact) <= 19 and compact[0] in "3456" and bool(luhn.is_valid(compact))


def _always(_: str) -> bool:
    return True


# (kind, pattern, check): longest and most specific first.
_RULES: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("身份证号", re.compile(rf"(?<![0-9])[1-9]{_SPACE}{_spaced('[0-9]', 16)}{_SPACE}[0-9Xx](?![0-9])"), _identity),
    ("银行卡号", re.compile(rf"(?<!\d)[3-6](?:{_SPACE}\d){{14,18}}(?!\d)"), _bank_card),
    ("身份证号", re.compile(r"(?<!\d)[1-9]\d{14}(?!\d)"), _identity),
    ("手机号", re.compile(rf"(?<!\d)(?:\+?86{_SPACE})?1{_SPACE}[3-9](?:{_SPACE}\d){{9}}(?!\d)"), _always),
    ("邮箱", re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"), _always),
    ("护照号", re.compile(r"(?<![A-Za-z0-9])(?:[EGDSP][A-Z]?\d{7,8}|[HMC]\d{8,10})(?![A-Za-z0-9])"), _always),
    (
        "车牌号",
        re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·\- ]?[A-HJ-NP-Z0-9]{5,6}(?![A-Z0-9])"),
        _always,
    ),
)  # fmt: skip
# 本人 is a name's herald only before a surname: 要本人去吗 and 本人身份证 are everyday questions.
_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严武戴莫孔汤"
_NAME = re.compile(
    rf"(?:我(?:叫|是叫|名叫)|姓名[是叫]?[:：]?|本人(?=[{_SURNAMES}]))(?P<name>[\u4e00-\u9fff]{{2,4}})(?=[,，。；、!?\s]|身份证|电话|手机|住在|家住|$)"
)
_ADDRESS = re.compile(
    r"[\u4e00-\u9fff0-9]{1,12}(?:路|街|道|巷|村)\d+号(?!窗|线|楼大厅|台)(?:院)?(?:\d+(?:号楼|栋|幢))?(?:\d+单元)?(?:\d+室|\d+号)?"
)
_SPOKEN = re.compile(r"[零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖]{11,18}")


def fold(text: str) -> str:
    """NFKC, without invisible and control characters: what every later step reads."""
    folded = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    return "".join(c if c == "\n" or unicodedata.category(c) != "Cc" else " " for c in folded)


def mask(text: str) -> Masked:
    """Fold the text and replace every piece of personal data by its kind in brackets."""
    kinds: list[str] = []

    def cover(kind: str, check: Callable[[str], bool]) -> Callable[[re.Match[str]], str]:
        def replace(match: re.Match[str]) -> str:
            if not check(match.group()):
                return match.group()
            kinds.append(kind)
            return f"【{kind}已隐去】"

        return replace

    def spoken(match: re.Match[str]) -> str:
        digits = match.group().translate(_CHINESE_DIGITS)
        hidden = next((kind for kind, rule, check in _RULES if rule.fullmatch(digits) and check(digits)), None)
        if hidden is None:
            return match.group()
        kinds.append(hidden)
        return f"【{hidden}已隐去】"

    def named(match: re.Match[str]) -> str:
        kinds.append("姓名")
        return match.group().replace(match["name"], "【姓名已隐去】")

    result = fold(text)
    for kind, rule, check in _RULES:
        result = rule.sub(cover(kind, check), result)
    result = _SPOKEN.sub(spoken, result)
    result = _ADDRESS.sub(cover("住址", _always), result)
    result = _NAME.sub(named, result)
    return Masked(result, tuple(dict.fromkeys(kinds)))
