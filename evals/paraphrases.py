"""Faithful ways to write the same values in other words; the gate must let every one of them pass."""

import itertools
import re
from collections.abc import Callable


def in_chinese(number: int) -> str:
    """An integer below 10,000 as people write it: 20 → 二十, 105 → 一百零五."""
    digits, text, gap = "零一二三四五六七八九", "", False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // scale % 10
        if digit:
            text += ("零" if gap and text else "") + digits[digit] + name
        gap = not digit
    return text.removeprefix("一") if text.startswith("一十") else text or "零"


_DIGITS = re.compile(
    r"(?<![\d〔第.])\d+(?:\.\d+)?(?=\s?(?:个?(?:工作日|自然日|月|年度)|日|天|年|周?岁|小时|万?元|份|次|张|倍|%|吨|人|名))"
)
_TITLE = re.compile(r"《[^《》]+(?:《[^》]+》)?[^《》]*》")


def _spelled(m: re.Match[str]) -> str:
    return in_chinese(int(m.group())) if "." not in m.group() and int(m.group()) < 10_000 else m.group()


def _untitled(text: str, change: Callable[[str], str]) -> str:
    """The text changed everywhere but in the titles it quotes."""
    ends = [0, *(at for m in _TITLE.finditer(text) for at in m.span()), len(text)]
    parts = [text[a:b] for a, b in itertools.pairwise(ends)]
    return "".join(part if number % 2 else change(part) for number, part in enumerate(parts))


_YEAR = re.compile(r"(?:19|20)\d{2}(?=年)")
_AS_CHARACTERS = {ord(str(i)): c for i, c in enumerate("〇一二三四五六七八九")}
FAITHFUL: dict[str, Callable[[str], str]] = {
    "中文数字": lambda text: _untitled(text, lambda part: _DIGITS.sub(_spelled, _YEAR.sub(lambda m: m.group().translate(_AS_CHARACTERS), part))),
    "全角": lambda text: _DIGITS.sub(lambda m: m.group().translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789."}), text),
    "加空格": lambda text: _DIGITS.sub(lambda m: m.group() + " ", text),
    "省“个”": lambda text: re.sub(r"(?<=\d)个工作日", "工作日", text),
    "天与日": lambda text: re.sub(r"(?<!月\d)(?<!月\d\d)(?<=\d)日(?=以?内|[（，。；）])", "天", text),
    "块钱": lambda text: re.sub(r"(?<=\d)元(?!/)", "块钱", text),
    "免费": lambda text: text.replace("不收费", "免费"),
    "岁": lambda text: re.sub(r"(?<=\d)周岁", "岁", text),
    "之内": lambda text: re.sub(r"(?<=[日月年时])以内", "之内", text),
    "十二个月": lambda text: re.sub(r"(?<![\d.至到-])([1-9])年(?=以?[内上下]|[的，。；）])", lambda m: f"{12 * int(m[1])}个月", text),
    "半年": lambda text: re.sub(r"(?<!\d)6个月", "半年", text),
    "逗号": lambda text: text.replace("；", "，"),
}  # fmt: skip
