"""The one typed reader of Chinese quantities, shared by lint, understanding, composing and verification.

A value is read as amount + unit, so that 二十个工作日, 20个工作日 and ２０ 个工作日 are equal and 20日 is not.
"""

import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "仨": 3}
SCALES = {"十": 10, "百": 100, "千": 1000}
GROUPS = {"万": 10_000, "亿": 100_000_000}
CHINESE_NUMBER = "[零〇一二两俩仨三四五六七八九十百千万亿]+(?:点[零〇一二三四五六七八九]+)?"

# Longest spelling first: the alternation below is tried in this order.
UNITS: dict[str, str] = {
    "个工作日": "工作日", "工作日": "工作日", "个自然日": "日", "自然日": "日",
    "平方米": "平方米", "m2": "平方米", "平米": "平方米", "立方米": "立方米",
    "周岁": "岁", "周年": "年", "个月": "月", "小时": "小时", "分钟": "分钟", "年度": "年",
    "万元": "万元", "元": "元", "块钱": "元", "块": "元", "岁": "岁", "天": "日", "日": "日",
    "年": "年", "月": "月", "周": "周", "星期": "周", "份": "份", "次": "次", "张": "张", "本": "本",
    "页": "页", "寸": "寸", "吨": "吨", "座": "座", "人": "人", "名": "人", "孩": "孩", "倍": "倍", "分": "分",
    "%": "%", "％": "%", "千伏安": "千伏安", "千瓦": "千瓦", "级": "级",
}  # fmt: skip
_UNIT = "|".join(re.escape(u) for u in sorted(UNITS, key=len, reverse=True))
# A quantity never starts inside a longer number, and ordinals (第十二条) are references, not values.
_QUANTITY = re.compile(
    rf"(?<![\d第〔\[.])(?P<half>半)?(?P<number>\d+(?:,\d{{3}})*(?:\.\d+)?(?:[万亿](?=元|块))? ?|{CHINESE_NUMBER})?"
    rf"(?P<more>多|几|来)?(?P<middle>个半)?(?P<unit>{_UNIT})(?P<tail>半)?"
)
_RANGE = re.compile(
    rf"(?<![\d第〔\[.])(?P<low>\d+(?:\.\d+)? ?|{CHINESE_NUMBER})(?:到|至|[-~—～]+) ?"
    rf"(?P<high>\d+(?:\.\d+)? ?|{CHINESE_NUMBER})(?P<unit>{_UNIT})"
)
_ORDINAL = re.compile(rf"第(?P<number>\d+|{CHINESE_NUMBER})(?P<unit>年|个月|次|孩|天|日)")
_PERCENT = re.compile(rf"百分之(?P<number>{CHINESE_NUMBER}|\d+(?:\.\d+)?)")
_DATE = re.compile(r"(?P<y>(?:19|20)\d{2})[年/.-](?:(?P<m>\d{1,2})[月/.-](?:(?P<d>\d{1,2})日?)?)?")
_MONTH_DAY = re.compile(r"(?<!\d)(?P<m>\d{1,2})月(?P<d>\d{1,2})日")
_REFERENCE = re.compile(
    r"第[零〇一二两三四五六七八九十百千\d]+(?:[条款项章节号批]|、)|〔\d+〕\d*号?|第\d+号|《[^》]*》|一次性|十分(?!钟)"
)
_FREE = re.compile(
    r"(?<![减避不])(?:不收(?:取)?(?:任何)?(?:工本)?费|免收(?:工本)?费|免(?:工本)?费|免费|不要钱|不花钱|零收费)"
)
# 两三天 and 十五六岁 are guesses, 万元 alone is a heading: none of them is a value. 二〇二六年 is.
_NO_NUMBER = re.compile("[百千万亿]+|(?![零〇一二三四五六七八九]{3,}$)[^点]*[一二两三四五六七八九]{2}[^点]*")
_LIST_MARK = re.compile("[\u2460-\u249b\u24ea-\u24ff\u2776-\u2793]")


class Value(NamedTuple):
    """One value as it stands in a text: canonical amount and unit, and the spelling it was read from."""

    amount: Decimal
    unit: str
    text: str
    start: int

    @property
    def key(self) -> tuple[Decimal, str]:
        """What two spellings of the same value have in common."""
        return self.amount, self.unit


def chinese_number(text: str) -> Decimal:
    """Read a number written in Chinese numerals (二十 → 20, 一百零五 → 105, 二〇二六 → 2026, 两万 → 20000, 三点五 → 3.5).

    Raises ValueError if a character is not a numeral.
    """
    if not text:
        raise ValueError("空的数字")
    whole, point, decimals = text.partition("点")
    if point:
        return chinese_number(whole) + chinese_number(decimals).scaleb(-len(decimals))
    if all(c in DIGITS for c in text):
        return Decimal("".join(str(DIGITS[c]) for c in text))
    total = section = digit = 0
    for c in text:
        if c in DIGITS:
            digit = DIGITS[c]
        elif c in SCALES:
            section += (digit or 1) * SCALES[c]
            digit = 0
        elif c in GROUPS:
            total += (section + digit) * GROUPS[c]
            section = digit = 0
        else:
            raise ValueError(f"不是数字：{c}")
    return Decimal(total + section + digit)


def _number(text: str) -> Decimal:
    plain = text.replace(",", "").strip()
    if plain[-1] in GROUPS and plain[:1].isdigit():
        return Decimal(plain[:-1]) * GROUPS[plain[-1]]
    return Decimal(plain) if plain[0].isdigit() else chinese_number(plain)


def _canonical(amount: Decimal, unit: str) -> tuple[Decimal, str]:
    if unit == "万元":
        return amount * 10_000, "元"
    if unit == "年" and amount == Decimal("0.5"):
        return Decimal(6), "月"
    return amount.normalize() if amount != amount.to_integral() else amount.quantize(Decimal(1)), unit


def normalize(text: str) -> str:
    """Fold full-width digits and letters so that ２０ and 20 read alike, and drop list marks (①); lengths may change."""
    return unicodedata.normalize("NFKC", _LIST_MARK.sub(" ", text))


def read_values(text: str) -> tuple[Value, ...]:
    """Read every value of a text in order; numbers of articles, documents and titles are not values.

    Dates become unit 日期 (20260701) or 月日 (701); "free of charge" becomes 0 元.
    """
    text = normalize(text)
    taken = [(m.start(), m.end()) for m in _REFERENCE.finditer(text)]
    found: list[Value] = []

    def free(m: re.Match[str]) -> bool:
        return all(m.end() <= a or m.start() >= b for a, b in taken)

    def take(m: re.Match[str], amount: Decimal, unit: str) -> None:
        taken.append((m.start(), m.end()))
        found.append(Value(*_canonical(amount, unit), m.group(), m.start()))

    for m in _DATE.finditer(text):
        if free(m) and m["m"]:
            take(m, Decimal(int(m["y"]) * 10_000 + int(m["m"]) * 100 + int(m["d"] or 0)), "日期")
    for m in _MONTH_DAY.finditer(text):
        if free(m):
            take(m, Decimal(int(m["m"]) * 100 + int(m["d"])), "月日")
    for m in _FREE.finditer(text):
        if free(m):
            take(m, Decimal(0), "元")
    for m in _PERCENT.finditer(text):
        if free(m):
            take(m, _number(m["number"]), "%")
    for m in _ORDINAL.finditer(text):
        if free(m):
            take(m, _number(m["number"]), "第" + UNITS.get(m["unit"], m["unit"]))
    for m in _RANGE.finditer(text):
        if free(m):
            take(m, _number(m["low"]), UNITS[m["unit"]])
            take(m, _number(m["high"]), UNITS[m["unit"]])
    for m in _QUANTITY.finditer(text):
        if not free(m) or m["more"] or not (m["number"] or m["half"]) or _NO_NUMBER.fullmatch(m["number"] or ""):
            continue
        amount = _number(m["number"]) if m["number"] else Decimal("0.5")
        take(m, amount + (Decimal("0.5") if m["tail"] or m["middle"] else 0), UNITS[m["unit"]])
    return tuple(sorted(found, key=lambda value: value.start))
