"""The one typed reader of Chinese quantities, shared by lint, understanding, composing and verification.

A value is read as amount + unit, so that 二十个工作日, 20个工作日 and ２０ 个工作日 are equal and 20日 is not.
"""

import itertools
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from knowledge.bounds import Bound, bound_of, per_of, role_of
from knowledge.numerals import CHINESE_NUMBER, read_number

# Longest spelling first: the alternation below is tried in this order.
UNITS: dict[str, str] = {
    "个工作日": "工作日", "工作日": "工作日", "个自然日": "日", "自然日": "日",
    "平方米": "平方米", "m2": "平方米", "平米": "平方米", "立方米": "立方米",
    "周岁": "岁", "周年": "年", "个月": "月", "小时": "小时", "分钟": "分钟", "年度": "年",
    "万元": "万元", "元": "元", "块钱": "元", "块": "元", "岁": "岁", "天": "日", "日": "日",
    "年": "年", "月": "月", "周": "周", "星期": "周", "份": "份", "次": "次", "张": "张", "本": "本",
    "页": "页", "寸": "寸", "吨": "吨", "千克": "千克", "公斤": "千克", "座": "座", "人": "人", "名": "人", "孩": "孩", "倍": "倍", "分": "分",
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
_SHARE = re.compile(rf"(?P<parts>{CHINESE_NUMBER}|\d+)分之(?P<number>{CHINESE_NUMBER}|\d+(?:\.\d+)?)")
_TENTHS = re.compile(
    r"(?<![第一-九十])(?P<number>[一二两三四五六七八九]|[1-9])成(?P<tail>半|[一二三四五六七八九])?(?=[^一-鿿]|$|的|以|左|到|至|、)"
)
_DATE = re.compile(
    r"(?P<y>(?:19|20)\d{2}) ?[年/.-](?: ?(?P<m>\d{1,2}) ?[月/.-](?: ?(?P<d>\d{1,2})(?![\d个])(?: ?日)?)?)?"
)
_MONTH_DAY = re.compile(r"(?<![\d.])(?P<m>\d{1,2}) ?月 ?(?P<d>\d{1,2}) ?日")
_CHINESE_DATE = re.compile(
    r"(?:(?P<y>[一二][零〇九][零〇一二三四五六七八九]{2})年)?(?<![一二三四五六七八九十])(?P<m>十?[一二]|[三四五六七八九十])月(?:(?P<d>[一二三四五六七八九十]{1,3})日)?"
)
_REFERENCE = re.compile(
    r"第[零〇一二两三四五六七八九十百千\d]+(?:[条款项章节号批]|、)|〔\d+〕\d*号?|第\d+号|《[^《》]*(?:《[^》]*》)?[^《》]*》|一次性|十分(?!钟)"
)
_FREE = re.compile(
    r"(?<![减避不])(?:不收(?:取)?(?:任何)?(?:工本)?费|免收(?:工本)?费|免(?:工本)?费|免费|不要钱|不花钱|零收费)"
)
# 两三天 and 十五六岁 are guesses, 万元 alone is a heading: none of them is a value. 二〇二六年 is.
_NO_NUMBER = re.compile("[百千万亿]+|(?![零〇一二三四五六七八九]{3,}$)[^点]*[一二两三四五六七八九]{2}[^点]*")
_TO = re.compile(r"\s*(?:到|至|[-~—～]+)\s*")
_LIST_MARK = re.compile("[\u2460-\u249b\u24ea-\u24ff\u2776-\u2793]")


def _date(m: re.Match[str]) -> tuple[Decimal, str] | None:
    return (Decimal(int(m["y"]) * 10_000 + int(m["m"]) * 100 + int(m["d"] or 0)), "日期") if m["m"] else None


def _chinese_date(m: re.Match[str]) -> tuple[Decimal, str] | None:
    if not m["y"] and not m["d"]:
        return None
    year, month, day = (read_number(m[part]) if m[part] else Decimal(0) for part in "ymd")
    return year * 10_000 + month * 100 + day, "日期" if m["y"] else "月日"


def _share(m: re.Match[str]) -> tuple[Decimal, str] | None:
    parts = read_number(m["parts"])
    return (round(100 * read_number(m["number"]) / parts, 4), "%") if parts else None


def _tenths(m: re.Match[str]) -> tuple[Decimal, str]:
    rest = Decimal(5) if m["tail"] == "半" else read_number(m["tail"]) if m["tail"] else Decimal(0)
    return 10 * read_number(m["number"]) + rest, "%"


# Tried in this order before plain quantities; what one has read, the next does not see.
_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], tuple[Decimal, str] | None]], ...] = (
    (_DATE, _date),
    (_MONTH_DAY, lambda m: (Decimal(int(m["m"]) * 100 + int(m["d"])), "月日")),
    (_CHINESE_DATE, _chinese_date),
    (_FREE, lambda m: (Decimal(0), "元")),
    (_SHARE, _share),
    (_TENTHS, _tenths),
    (_ORDINAL, lambda m: (read_number(m["number"]), "第" + UNITS.get(m["unit"], m["unit"]))),
)
TIMES = frozenset({"小时", "日", "工作日", "周", "月", "年"})
COPIES = frozenset({"份", "张", "本", "页"})


class Value(NamedTuple):
    """One value as it stands in a text: canonical amount and unit, the spelling it was read from, and what qualifies it."""

    amount: Decimal
    unit: str
    text: str
    start: int
    bound: Bound = Bound.EXACT
    per: str = ""  # for each of what: 40元/证 → 证
    role: str = ""  # 法定 or 承诺 of a time; 原件 or 复印件 of a count of papers

    @property
    def end(self) -> int:
        """Where the spelling ends."""
        return self.start + len(self.text)

    @property
    def key(self) -> tuple[Decimal, str]:
        """What two spellings of the same value have in common."""
        return self.amount, self.unit

    @property
    def measure(self) -> tuple[Decimal, str]:
        """The key in the smallest unit that is exact: 1 年 = 12 月, 1 周 = 7 日; a 工作日 is no 日."""
        factor, unit = {"年": (12, "月"), "周": (7, "日")}.get(self.unit, (1, self.unit))
        return (self.amount * factor).normalize(), unit


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

    Dates become unit 日期 (20260701) or 月日 (701); "free of charge" becomes 0 元; shares (三成, 三分之一, 千分之三) become %.
    """
    text = normalize(text)
    taken = [(m.start(), m.end()) for m in _REFERENCE.finditer(text)]
    found: list[Value] = []

    def free(m: re.Match[str]) -> bool:
        return all(m.end() <= a or m.start() >= b for a, b in taken)

    def take(m: re.Match[str], amount: Decimal, unit: str, bound: Bound | None = None) -> None:
        taken.append((m.start(), m.end()))
        found.append(_value(text, m, _canonical(amount, unit), bound))

    for pattern, read in _READERS:
        for m in pattern.finditer(text):
            if free(m) and (key := read(m)) is not None:
                take(m, *key)
    for m in _RANGE.finditer(text):
        if free(m):
            take(m, read_number(m["low"]), UNITS[m["unit"]], Bound.AT_LEAST)
            take(m, read_number(m["high"]), UNITS[m["unit"]], Bound.AT_MOST)
    for m in _QUANTITY.finditer(text):
        if not free(m) or m["more"] or not (m["number"] or m["half"]) or _NO_NUMBER.fullmatch(m["number"] or ""):
            continue
        amount = read_number(m["number"]) if m["number"] else Decimal("0.5")
        take(m, amount + (Decimal("0.5") if m["tail"] or m["middle"] else 0), UNITS[m["unit"]])
    return _joined(text, sorted(found, key=lambda value: value.start))


def _value(text: str, m: re.Match[str], key: tuple[Decimal, str], bound: Bound | None) -> Value:
    amount, unit = key
    about_papers, about_time = unit in COPIES, unit in TIMES
    return Value(
        amount, unit, m.group(), m.start(),
        bound=bound_of(text, m.start(), m.end()) if bound is None else bound,
        per=per_of(text, m.start(), m.end()) if unit == "元" else "",
        role=role_of(text, m.start(), about_time) if about_time or about_papers else "",
    )  # fmt: skip


def _joined(text: str, values: list[Value]) -> tuple[Value, ...]:
    """Two values of one unit with 至 between them are the ends of a range (16周岁至25周岁, 1月1日至6月30日)."""
    for i, (low, high) in enumerate(itertools.pairwise(values)):
        if low.unit == high.unit and _TO.fullmatch(text[low.end : high.start]) and low.end <= high.start:
            values[i] = low._replace(bound=Bound.AT_LEAST)
            values[i + 1] = high._replace(bound=Bound.AT_MOST)
    return tuple(values)
