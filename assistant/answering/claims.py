"""What a text asserts that can be checked: values, phones, links, papers, places, laws and document numbers, each typed."""

import re
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from knowledge.bounds import Bound, bound_of
from knowledge.catalog import Catalog
from knowledge.numerals import CHINESE_NUMBER, read_number
from knowledge.quantities import Value, normalize, read_values


class Kind(StrEnum):
    """The kinds of claims that are checked against a source."""

    VALUE = "value"
    FORM = "form"  # 原件 or 复印件; 法定 or 承诺
    PHONE = "phone"
    LINK = "link"
    DOCUMENT = "document"
    PLACE = "place"
    LAW = "law"
    NUMBER = "number"  # 文号
    JUDGEMENT = "judgement"  # a yes or no on her own case: 符合“…”, 要带：


class Claim(NamedTuple):
    """One claim: equal keys assert the same; `value` carries amount, unit and bounds where it is a quantity."""

    kind: Kind
    text: str
    start: int  # in the normalised text
    key: str
    value: Value | None = None

    @property
    def end(self) -> int:
        """Where it ends in the normalised text."""
        return self.start + len(self.text)


_NAMED = "[^《》]*(?:《[^》]*》)?[^《》]*"  # a title may quote another: 《河南省实施《…法》办法》
_YEAR_NUMBER = r"[一-鿿]{0,4}[〔\[(【](?:19|20)\d{2}[〕\])】]\s*(?:第\s*)?\d+\s*号"
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (Kind.LINK, re.compile(
        r"(?:https?://|www\.)[^\s)\]}>」】,。;、一-鿿]+|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:cn|com|net|org|gov|io|top|xyz)(?:/[^\s),。;、一-鿿]*)?",
        re.IGNORECASE,
    )),
    (Kind.NUMBER, re.compile(
        rf"{_YEAR_NUMBER}|[一-鿿]{{0,4}}令\s*第?\s*\d+\s*号|(?:公告|通告)?\s*(?:19|20)\d{{2}}\s*年\s*第\s*\d+\s*号"
        r"|(?<![A-Z])[A-Z]{2,4}(?:/T)?\s?\d{3,6}(?:\.\d+)?(?:-\d{4})?"
    )),
    (Kind.LAW, re.compile(
        rf"《{_NAMED}》|第\s*(?:\d+(?:\.\d+)?|{CHINESE_NUMBER})(?:、(?:\d+|{CHINESE_NUMBER}))*条(?:之[一二三四五六七八九])?(?:第\S{{1,2}}款)?"
    )),
    (Kind.JUDGEMENT, re.compile(
        r"(?:(?<=[:。])|^)\s*(?:\d+\. *)?(?P<said>(?:一般)?不?符合(?=[“\"])|要看[^:。]{1,16}(?=:)|按您说的[^:。]{1,40}(?=:)"
        r"|(?:要带|不用带|分情况|(?:一般)?要本人去|可以代办|要收钱|不收钱|能在网上办|已经过了期限|还在期限内|还没到办的时候|现在就能办)(?=:)|指南(?:的申请材料)?里没有[写列])"
    )),
)  # fmt: skip
_PHONE = re.compile(
    r"(?<![\d.])(?:0\d{2,3}[-– ]?\d{7,8}|1[3-9]\d{9}|[48]00-?\d{3}-?\d{4}|1[12]\d{3}|9[56]\d{3,4}|1(?:10|14|19|20|22))(?![\d.])"
)
# A paper that the library does not know by name: what stands before its form, or two characters and a paper's last one.
_PAPER = re.compile(
    r"[^,。;、()\s:《》]{2,24}(?=\((?:原件|复印件|电子件|现场或线上填写))"
    r"|(?P<head>[一-鿿]{2})(?:证明|许可|协议|合同|凭证|[发支]票|执照|报告(?!义务)|[书函单簿册](?![面记籍写法位独月日次])"
    r"|表(?![示明达彰现决格])|(?<![公认论保验查考佐见指签])证(?![明据券件金实人言监]))"
)
_NOT_HEAD = frozenset(
    "的了和与或及在到由向经被把有无要用需带持凭交办领开出补换发是为等各其该此本这那请可能应须未已再先另按从对之以于即并且"
)
_FORM = re.compile("原件(?:和|及|与|、)?复印件|原件|复印件|电子件|电子版|(?:法定|承诺)(?=(?:办结|办理|审批)?[时期]限)")
_AT_ONCE = re.compile("当场|当[日天]")
_UNREAD_DIGITS = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<rest>(?:[.,/-]\d+)*\s*[一-鿿A-Za-z]?)")
_COUNT = re.compile(
    rf"(?P<number>{CHINESE_NUMBER})(?P<unit>个|辆|台|处|类|条|项|代|趟|户|只|家|种|笔|步|样|套|科|门|亩|米|公里|层)"
)
_TO = re.compile(r"到|至|[-~—～]+")
_LIST_NUMBER = re.compile(r"^\s*\d+\.\s+", re.MULTILINE)
_LAW_ENDINGS = ("法", "条例", "规定", "办法", "细则", "规则", "通知", "决定", "意见")


class Vocabulary:
    """The names that count as claims wherever they stand: papers, places, offices and laws of one library."""

    def __init__(self, catalog: Catalog) -> None:
        library = catalog.library
        authorities = {normalize(catalog.general(item_id).authority) for item_id in catalog.items}
        names: dict[str, tuple[Kind, str]] = {}
        for basis in library.bases:
            title = _title(basis.title)
            if title.endswith(_LAW_ENDINGS) and len(title) >= 4:
                names[title] = (Kind.LAW, title)
        for office in {part for text in authorities for part in re.split("[()、,/;或和与]|以及", text)}:
            if 3 <= len(office) <= 12:
                names[office] = (Kind.PLACE, office)
        for elsewhere in library.lexicon.elsewhere:
            names[elsewhere] = (Kind.PLACE, elsewhere)
        for place in library.jurisdictions:
            names |= {name: (Kind.PLACE, place.adcode) for name in (place.name, *place.aliases) if len(name) > 1}
        for paper in library.documents:
            names |= {
                normalize(name): (Kind.DOCUMENT, paper.kind_id)
                for name in (paper.name, *paper.aliases)
                if len(name) > 1
            }
        self._starting: dict[str, list[tuple[str, Kind, str]]] = defaultdict(list)
        for name, (kind, key) in sorted(names.items(), key=lambda pair: -len(pair[0])):
            self._starting[name[0]].append((name, kind, key))

    def at(self, text: str, start: int) -> Claim | None:
        """The longest known name that begins at a place of a text."""
        for name, kind, key in self._starting.get(text[start], ()):
            if text.startswith(name, start):
                return Claim(kind, name, start, key)
        return None


def _title(text: str) -> str:
    return re.sub(r"\s", "", normalize(text).removeprefix("中华人民共和国"))


def _key(kind: Kind, text: str) -> str:
    plain = re.sub(r"[\s–]", "", text)
    match kind:
        case Kind.LAW if text.startswith("《"):
            return _title(text[1:-1])
        case Kind.LAW:
            return re.sub(CHINESE_NUMBER, lambda m: str(read_number(m.group())), plain)
        case Kind.PHONE:
            return plain.replace("-", "")
        case Kind.LINK:
            return plain.rstrip("./").lower()
        case Kind.NUMBER:
            folded = re.sub(r"[〔〕\[\]()【】第]+", "|", plain)
            return re.sub(r"^[一-鿿]+(?=[一-鿿]{2})", "", folded)
        case _:
            return plain


def read_claims(text: str, vocabulary: Vocabulary) -> tuple[Claim, ...]:
    """Every claim of a normalised text in order of place, none inside another; a digit that nothing else reads is a value."""
    marks = [(m.start(), m.end()) for m in _LIST_NUMBER.finditer(text)]
    found: list[Claim] = []

    def take(claim: Claim) -> None:
        if all(claim.end <= a or claim.start >= b for a, b in marks):
            marks.append((claim.start, claim.end))
            found.append(claim)

    for kind, pattern in _PATTERNS:
        for m in pattern.finditer(text):
            said = "said" if kind is Kind.JUDGEMENT else 0
            take(Claim(kind, m[said], m.start(said), _key(kind, m[said])))
    for value in _apart(read_values(text)):
        take(Claim(Kind.VALUE, value.text, value.start, f"{value.measure[0]:f}{value.measure[1]}", value))
    for m in _PHONE.finditer(text):
        take(Claim(Kind.PHONE, m.group(), m.start(), _key(Kind.PHONE, m.group())))
    for at in range(len(text)):
        if named := vocabulary.at(text, at):
            take(named)
    for claim in _others(text):
        take(claim)
    return tuple(sorted(found, key=lambda claim: claim.start))


def _apart(values: tuple[Value, ...]) -> Iterator[Value]:
    """The two ends of a range, read from one spelling, each with its own part of it."""
    for value in values:
        if value.bound and (to := _TO.search(value.text)):
            low = value.bound is Bound.AT_LEAST
            text = value.text[: to.start()] if low else value.text[to.end() :]
            yield value._replace(text=text, start=value.start + (0 if low else to.end()))
        else:
            yield value


def _others(text: str) -> Iterator[Claim]:
    for m in _FORM.finditer(text):
        yield Claim(Kind.FORM, m.group(), m.start(), re.sub("[和及与、]", "", m.group()))
    for m in _AT_ONCE.finditer(text):
        yield _value(text, m, Decimal(0), "当场" if m.group() == "当场" else "当日")
    for m in _COUNT.finditer(text):
        if (number := read_number(m["number"])) > 1:
            yield _value(text, m, number, m["unit"])
    for m in _PAPER.finditer(text):
        if not _NOT_HEAD & set(m["head"] or ""):
            yield Claim(Kind.DOCUMENT, m.group(), m.start(), m.group())
    for m in _UNREAD_DIGITS.finditer(text):
        yield _value(text, m, Decimal(m["number"]), m["rest"].strip())


def _value(text: str, m: re.Match[str], amount: Decimal, unit: str) -> Claim:
    value = Value(amount, unit, m.group(), m.start(), bound=bound_of(text, m.start(), m.end()))
    return Claim(Kind.VALUE, m.group(), m.start(), f"{amount:f}{unit}", value)
