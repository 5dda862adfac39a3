"""Free text of a catalogue cell → typed values, or None: the text is not understood and stays text.

A cell is understood only when every character of it is accounted for. “20个工作日（不含公示）” holds 20 工作日, but a
limit of 20 工作日 would be wrong, so it is not read.
"""

import re
from collections.abc import Iterator
from typing import Literal, cast
from urllib.parse import quote, urlsplit

from knowledge.model import Quantity, Unit
from knowledge.quantities import normalize, read_values
from knowledge.sources.draft import FREE, DraftFee, DraftLimit, DraftMaterial

LimitKind = Literal["statutory", "promised", "unstated"]
Form = Literal["online", "window", "courier", "kiosk", "phone"]
MaterialForm = Literal["original", "copy", "original_and_copy", "electronic"]

TIME_UNITS = frozenset({"小时", "日", "工作日", "周", "月", "年"})
LONGEST = 10_000
_BRACKETED_UNIT = re.compile(r"(\d) *\((个?(?:工作日|自然日|日|天|小时|个月|月|年))\)")
_CLAUSE = re.compile("[,，;；。、\n]+")
_STATUTORY, _PROMISED = re.compile("法定"), re.compile("承诺")
_AT_ONCE = re.compile(
    "(?:即时|即来即办|立等可取|即办即走|即办|当场|现场)(?:办理|办结|受理|办|件|取件|领取|出证|制证)*"
    "|即时办理并?当场办结"
)
_SAME_DAY = re.compile("(?:当日|当天)(?:办理|办结|领取|出证|办)*")
_LIMIT_WORDS = re.compile(
    "(?:自|从|在|于)?(?:收到|受理|接到)?(?:完整|齐全)?(?:申请|材料|决定)*(?:受理|申请)?之日起"
    "|(?:法定|承诺)?(?:的)?(?:办结|办理|审批|工作|完成)?(?:时限|期限|时间)(?:为|是)?|法定|承诺|不超过|最长|以内|之内|内"
    "|办结|办理完毕|完成|[:( )/.]"
)
_FREE_CELL = re.compile(
    "(?:本事项|该事项|办理|此项|此事项)?(?:不收取?任何费用|不收取?费用?|不收费|免费(?:办理)?|无收费|零收费|免收费用?|不收工本费|免收工本费)"
)
_FEE_CLAUSE = re.compile(
    r"(?P<name>[一-鿿]{0,12}?)(?:标准|收取|收费|收|为|是|:|\s)*(?:人民币|每(?P<each>[一-鿿]{1,3}?))?\s*"
    r"(?P<value>\d+(?:,\d{3})*(?:\.\d+)?\s*(?:万元|元|块钱|块))(?:整)?(?:[/每](?P<per>[一-鿿]{1,4}))?"
)
# Words that bind an amount to a case or make it a bound: not a plain fee.
_BOUND = re.compile("[以超满足按减加至起最低高对凡除外每另]|标准|不含|其中|押金|罚")
_VISITS = re.compile(r"(?:到(?:办事)?现场次数|(?:最多)?跑|现场)?[:为]?(?P<n>\d{1,2})次?")
_VISIT_WORDS = {
    "零跑动": 0,
    "不用跑": 0,
    "一次不用跑": 0,
    "无需到现场": 0,
    "不见面": 0,
    "最多跑一次": 1,
    "只跑一次": 1,
    "跑一次": 1,
    "一次": 1,
    "零次": 0,
    "两次": 2,
}
_YES = frozenset("是 支持 有 可以 收费 可 进驻 已进驻 y yes true".split())
_NO = frozenset("否 不支持 没有 不可以 不收费 不 未进驻 n no false 不提供 免费".split())
_FORMS: dict[str, Form] = {
    "窗口办理": "window", "窗口": "window", "现场办理": "window", "线下": "window", "线下办理": "window", "大厅办理": "window",
    "网上办理": "online", "网上": "online", "网办": "online", "线上": "online", "在线办理": "online", "线上办理": "online",
    "全程网办": "online", "快递申请": "courier", "快递": "courier", "邮寄": "courier", "邮寄办理": "courier", "信函": "courier",
    "自助终端": "kiosk", "自助办理": "kiosk", "自助": "kiosk", "电话": "phone", "电话办理": "phone",
}  # fmt: skip
_URL_SIGNS = "".join(c for c in map(chr, range(33, 127)) if not c.isalnum() and c not in '<>"')
_LIST_MARK = re.compile(
    r"^(?:[（(]?(?:\d{1,2}|[一二三四五六七八九十]{1,3})[）)][、.]?|(?:\d{1,2}|[一二三四五六七八九十]{1,3})[、.．](?!\d))\s*"
)
_MATERIAL = re.compile(
    r"(?P<name>.+?)\s*[（(]?(?P<form>原件(?:[及和与、]|并提交)复印件|原件|复印件|电子(?:件|版|证照)?)?[,，、\s]*(?:(?P<count>[1-9]\d?)份)?[）)]?"
)
_MATERIAL_FORMS: dict[str, MaterialForm] = {"原件": "original", "复印件": "copy"}


def read_limits(text: str, kind: LimitKind = "unstated") -> tuple[DraftLimit, ...] | None:
    """`20(工作日)`, `即办`, `法定30日，承诺5日` → limits; None when anything else stands in the cell."""
    folded = _BRACKETED_UNIT.sub(r"\1\2", normalize(text).strip())
    found = []
    for clause in filter(None, map(str.strip, _CLAUSE.split(folded))):
        limit = _limit(clause, kind)
        if limit is None:
            return None
        found.append(limit)
    kinds = [limit.kind for limit in found]
    return tuple(found) if found and len(set(kinds)) == len(kinds) else None


def _limit(clause: str, kind: LimitKind) -> DraftLimit | None:
    if _STATUTORY.search(clause):
        kind = "statutory"
    if _PROMISED.search(clause):
        if kind == "statutory" and _STATUTORY.search(clause):
            return None
        kind = "promised"
    bare = re.sub("^(?:法定|承诺)?(?:办结|办理)?(?:时限|期限|时间)?[:为]?", "", clause).strip("( )")
    if _AT_ONCE.fullmatch(bare) or _SAME_DAY.fullmatch(bare):
        return DraftLimit(kind=kind, within="当日" if _SAME_DAY.fullmatch(bare) else "当场")
    values = read_values(clause)
    if len(values) != 1 or values[0].unit not in TIME_UNITS or not 0 < values[0].amount <= LONGEST:
        return None
    value = values[0]
    rest = clause[: value.start] + " " + clause[value.start + len(value.text) :]
    if _LIMIT_WORDS.sub("", rest).strip() or rest.rstrip().endswith("-"):
        return None
    return DraftLimit(kind=kind, within=Quantity(amount=value.amount, unit=cast(Unit, value.unit)))


def read_fees(text: str) -> tuple[DraftFee, ...] | None:
    """`不收费`, `工本费10元/证`, `首次申领免费，补领40元/证` → fees; None when an amount hangs on a condition."""
    folded = normalize(text).strip()
    if _FREE_CELL.fullmatch(folded.strip("。 ")):
        return (DraftFee(amount=FREE),)
    fees = []
    for clause in filter(None, map(str.strip, _fee_clauses(folded))):
        fee = _fee(clause)
        if fee is None:
            return None
        fees.append(fee)
    return tuple(fees) or None


def _fee_clauses(text: str) -> list[str]:
    """Split at marks, but not inside 1,200元."""
    return re.split(r"(?<!\d)[,，]|[,，](?!\d{3}(?!\d))|[;；。、\n]", text)


def _fee(clause: str) -> DraftFee | None:
    free = re.fullmatch(
        r"(?P<name>[一-鿿]{0,10}(?:领|发|换|补|证|费|办理|登记|申请))?[:为]?(?:免费|不收费|免收)", clause
    )
    if free and not _BOUND.search(free["name"] or ""):
        return DraftFee(name=free["name"] or "", amount=FREE)
    match = _FEE_CLAUSE.fullmatch(clause)
    if not match or _BOUND.search(match["name"]):
        return None
    values = [v for v in read_values(match["value"]) if v.unit == "元"]
    if len(values) != 1:
        return None
    return DraftFee(
        name=match["name"], amount=Quantity(amount=values[0].amount, unit="元", per=match["per"] or match["each"])
    )


def read_visits(text: str) -> int | None:
    """`0`, `1次`, `最多跑一次` → how often one must come."""
    folded = normalize(text).strip("。 ")
    match = _VISITS.fullmatch(folded)
    return int(match["n"]) if match else _VISIT_WORDS.get(folded)


def read_flag(text: str) -> bool | None:
    """是/否 and their usual spellings."""
    folded = normalize(text).strip("。 ").lower()
    return True if folded in _YES else False if folded in _NO else None


def read_url(text: str) -> str | None:
    """One http(s) address with a host, and nothing else in the cell; Chinese in its query is percent-encoded."""
    if not re.fullmatch(r"https?://[!-;=@-~]+(?:[?#][^\s<>\"，。；]*)?", text, re.IGNORECASE):
        return None
    try:
        return quote(text, safe=_URL_SIGNS) if urlsplit(text).hostname else None
    except ValueError:
        return None


def read_forms(text: str) -> tuple[Form, ...] | None:
    """`窗口办理、网上办理` → the ways in which an item can be done; None if one is not known."""
    names = [n for n in re.split(r"[,，;；、/|\s]+|和|及", normalize(text).strip("。 ")) if n]
    forms = [_FORMS.get(name) for name in names]
    return tuple(dict.fromkeys(f for f in forms if f)) if forms and all(forms) else None


def read_materials(text: str) -> tuple[DraftMaterial, ...]:
    """One material a line or list mark; form and count only where they stand at the end in so many words."""
    return tuple(map(_material, _items(text)))


def _items(text: str) -> Iterator[str]:
    marked = re.sub(r"(?<=[;；。])\s*(?=[（(]?\d{1,2}[）)、.．](?!\d))", "\n", text)
    for line in re.split(r"[\n;；]+", marked):
        name = _LIST_MARK.sub("", line.strip()).strip(" 。;；")
        if name:
            yield name


def _material(text: str) -> DraftMaterial:
    match = _MATERIAL.fullmatch(text)
    if not match or not match["form"]:
        return DraftMaterial(name=text)
    word = match["form"]
    form: MaterialForm = "electronic" if word.startswith("电子") else _MATERIAL_FORMS.get(word, "original_and_copy")
    return DraftMaterial(name=match["name"], form=form, count=int(match["count"]) if match["count"] else None)
