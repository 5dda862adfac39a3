"""What a message tells about the facts that a guide's conditions read: numbers by their unit, yes or no by how people say it.

A number counts only when it is the only one in its unit and the words beside it say what it measures.
"""

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from typing import NamedTuple

from assistant.onething.eligibility import UNKNOWN, evaluate
from assistant.onething.questions import options_for
from knowledge.bounds import Bound
from knowledge.catalog import Catalog
from knowledge.model import Fact, Guide, Predicate
from knowledge.numerals import CHINESE_NUMBER, read_number
from knowledge.predicates import facts_of
from knowledge.quantities import Value, read_values

STEP = Decimal("0.001")  # just beside a number that 不到 or 超过 leaves out
MUCH = Decimal(10) ** 6
# What the words around a number must be for it to be what the facts in that unit measure.
_MEASURES = {
    "岁": re.compile(""),
    "年": re.compile("交|缴|参保|社保"),
    "月": re.compile("住|待|居|来"),
    "吨": re.compile("^(?!.*(?:载重|能装|能拉|拉了|核载))"),
}
_BARE_AGE = re.compile(
    rf"(?:今年|现在|岁数|年纪|都|已经|刚|[爸妈爹娘爷奶姥父母人我他她姨姑舅叔伯])[，,、\s]?[是有满]?(?P<age>\d{{2,3}}|{CHINESE_NUMBER})(?=了|能|可以|还|够|算|想|整|[，,。！!？?\s]|$)"
)


_GUESSED = re.compile(r"(?:快|差|将近|接近|约|大概|大约|差不多|马上|虚)[^，,。]{0,3}$|[大小]$|差[^，,。]{0,3}$")
_MORE = re.compile(
    "多|儿|以上|以下|以内|左右|上下|[0-9一二三四五六七八九半]|开始|起|那年|[初底春夏秋冬]|份|的时候|出生|生的"
)


class Told(NamedTuple):
    """One fact as she told it."""

    fact: Fact
    values: tuple[str, ...]  # in the fact's unit; of 不到5年 the two ends it can lie between
    words: str  # as she said it


def told_in(text: str, guide: Guide, catalog: Catalog) -> dict[str, Told]:
    """The facts of a guide's conditions that a message tells, by fact id."""
    names = frozenset().union(*(facts_of(condition.when) for condition in guide.conditions))
    facts = [fact for name in sorted(names) if (fact := catalog.facts.get(name))]
    told = (*_numbers(text, facts), *_sayings(text, facts))
    return {one.fact.fact_id: one for one in told}


def decided(when: Predicate, told: Mapping[str, Told]) -> bool | None:
    """Whether a predicate holds however what she told is read; None where it depends on more than that."""
    known = [[(name, value) for value in one.values] for name, one in told.items()]
    seen = {evaluate(when, dict(pairs)) for pairs in itertools.product(*known)}
    return next(iter(seen)) if len(seen) == 1 else None


def open_fact(when: Predicate, told: Mapping[str, Told], catalog: Catalog) -> Fact | None:
    """The one fact still to be known that decides a predicate; None where it takes more than one."""
    missing = [catalog.facts[name] for name in sorted(facts_of(when) - told.keys())]
    for fact in missing:
        answers = [option.value for option in options_for(fact) if option.value != UNKNOWN]
        tried = [decided(when, {**told, fact.fact_id: Told(fact, (answer,), "")}) for answer in answers]
        if answers and None not in tried and len(set(tried)) > 1:
            return fact
    return None


def ages(text: str) -> Iterator[Value]:
    """Ages told without their unit (我妈今年82了)."""
    for m in _BARE_AGE.finditer(text):
        age = read_number(m["age"])
        if 10 <= age <= 120:
            yield Value(age, "岁", m["age"] + "岁", m.start("age"))


def given(text: str) -> tuple[Value, ...]:
    """The values of a message that say how much something of hers is, each alone in its unit."""
    values = [v for v in _joined(read_values(text), text) if _hers(v, text)]
    if not any(value.unit == "岁" for value in values):
        values += ages(text)
    return tuple(v for v in values if sum(_unit(v) == _unit(other) for other in values) == 1)


def _joined(values: Iterable[Value], text: str) -> Iterator[Value]:
    """The values with 三年八个月 read as one of forty-four months, 三岁零两个月 as one of more than three years."""
    before: Value | None = None
    for value in values:
        whole = before is not None and before.unit in ("年", "岁") and value.unit == "月"
        if before and whole and text[before.end : value.start] in ("", "零", "又"):
            said = text[before.start : value.end]
            months = before.amount * 12 + value.amount
            amount, unit = (months, "月") if before.unit == "年" else (round(months / 12, 3), "岁")
            yield value._replace(amount=amount, unit=unit, text=said, start=before.start)
            before = None
            continue
        if before:
            yield before
        before = value
    if before:
        yield before


def _hers(value: Value, text: str) -> bool:
    """Whether a value says how much: no date (三月份, 21年开始), no guess (快80岁, 差几天六岁, 大半年), nothing left unread (四吨四)."""
    if value.unit == "月" and not re.search("[个半年俩仨]", value.text):
        return False
    return not (_GUESSED.search(text[max(0, value.start - 4) : value.start]) or _MORE.match(text[value.end :]))


def corners(value: Value) -> tuple[Decimal, ...]:
    """The ends between which a told value lies: itself, or for 不到5年 nothing and just under five."""
    return {
        Bound.EXACT: (value.amount,), Bound.AT_LEAST: (value.amount, MUCH), Bound.MORE: (value.amount + STEP, MUCH),
        Bound.AT_MOST: (Decimal(0), value.amount), Bound.LESS: (Decimal(0), value.amount - STEP),
    }[value.bound]  # fmt: skip


def _unit(value: Value) -> str:
    return "年" if value.unit == "月" else value.unit


def _numbers(text: str, facts: list[Fact]) -> Iterator[Told]:
    for value in given(text):
        fitting = [fact for fact in facts if fact.kind == "number" and _unit_of(fact) == _unit(value)]
        if len(fitting) == 1 and fitting[0].unit and _MEASURES[fitting[0].unit].search(_clause(value, text)):
            amounts = (_converted(amount, value.unit, fitting[0].unit) for amount in corners(value))
            yield Told(fitting[0], tuple(f"{amount:f}" for amount in amounts), spoken(value))


def _clause(value: Value, text: str) -> str:
    """The clause in which a value stands."""
    before, after = text[: value.start], text[value.start :]
    return re.split("[，,。；;！!？?、]", before)[-1] + re.split("[，,。；;！!？?、]", after)[0]


def _unit_of(fact: Fact) -> str | None:
    return "年" if fact.unit == "月" else fact.unit


def _converted(amount: Decimal, unit: str, wanted: str) -> Decimal:
    if (unit, wanted) == ("月", "年"):
        return amount / 12
    return amount * 12 if (unit, wanted) == ("年", "月") else amount


def spoken(value: Value) -> str:
    """A value as it is said back, in her own spelling: 59岁, 不到一年, 11个月."""
    words = {Bound.LESS: "不到", Bound.MORE: "超过", Bound.AT_LEAST: "满", Bound.AT_MOST: "最多"}.get(value.bound, "")
    return words + value.text.strip()


def _sayings(text: str, facts: list[Fact]) -> Iterator[Told]:
    """Yes-or-no facts by how people say them, the longest saying first (没有残疾人证 before 有残疾人证); 男 or 女 by that."""
    for fact in facts:
        found = [(m, value) for value, pattern in fact.heard if (m := re.search(pattern, text))]
        if fact.kind == "bool" and found:
            m, value = max(found, key=lambda pair: len(pair[0].group()))
            yield Told(fact, (value,), m.group())
        named = [(value, label) for value, label in fact.options if label in text]
        if fact.kind == "choice" and len(named) == 1 and all(len(label) == 1 for _, label in fact.options):
            yield Told(fact, (named[0][0],), named[0][1])
