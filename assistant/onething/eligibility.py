"""Three-valued evaluation of declared conditions over what a citizen told: true, false, or not yet known (None).

Kleene's strong logic: an unknown part decides nothing unless the other parts already do. Nothing is ever assumed.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import NamedTuple

from knowledge.catalog import Catalog
from knowledge.model import All, AnyOf, Comparison, Condition, Guide, Not, Predicate, Theme, ThemeItem

UNKNOWN = "unknown"
Answers = Mapping[str, str]


def evaluate(predicate: Predicate | None, answers: Answers) -> bool | None:
    """True, False, or None while an open answer could still decide it. No predicate is always true."""
    match predicate:
        case None:
            return True
        case Comparison():
            return _compare(predicate, answers.get(predicate.fact, UNKNOWN))
        case All(all=parts):
            return all_of(evaluate(part, answers) for part in parts)
        case AnyOf(any=parts):
            return any_of(evaluate(part, answers) for part in parts)
        case Not(not_=part):
            value = evaluate(part, answers)
            return None if value is None else not value


def all_of(values: Iterable[bool | None]) -> bool | None:
    """Kleene's and."""
    seen = set(values)
    return False if False in seen else None if None in seen else True


def any_of(values: Iterable[bool | None]) -> bool | None:
    """Kleene's or."""
    seen = set(values)
    return True if True in seen else None if None in seen else False


def _compare(comparison: Comparison, given: str) -> bool | None:
    if given == UNKNOWN:
        return None
    if comparison.eq is not None:
        return given == text_of(comparison.eq)
    if comparison.ne is not None:
        return given != text_of(comparison.ne)
    if comparison.one_of is not None:
        return given in {text_of(value) for value in comparison.one_of}
    try:
        number = Decimal(given)
    except InvalidOperation:
        return None
    bounds = (
        (comparison.lt, number.__lt__),
        (comparison.le, number.__le__),
        (comparison.gt, number.__gt__),
        (comparison.ge, number.__ge__),
    )
    return all(test(bound) for bound, test in bounds if bound is not None)


def text_of(value: bool | Decimal | str) -> str:
    """A declared value as an answer is written: `true`, `3`, `company`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


class Case(NamedTuple):
    """One item of a life event with the text that applies to it and what that text requires, where facts decide it."""

    entry: ThemeItem
    guide: Guide
    required: Predicate | None
    brings: frozenset[str]  # the facts that are true once it is done

    def qualifies(self, known: Answers, later: Answers) -> bool | None:
        """Whether she meets its conditions, told `after_the_plan` what the other steps bring about."""
        return evaluate(self.required, self.before(known, later))

    def before(self, known: Answers, later: Answers) -> Answers:
        """The facts as they stand when it is handed in: the other steps are done, it is not."""
        return {**later, **{fact: known.get(fact, UNKNOWN) for fact in self.brings}} if self.brings else later


def cases_of(theme: Theme, catalog: Catalog, adcode: str, as_of: date | None) -> tuple[Case, ...]:
    """The items of a theme that exist in a place on a date; an item none of whose texts covers it is left out."""
    found = ((entry, catalog.find(entry.item_id, adcode, as_of)) for entry in theme.items)
    return tuple(
        Case(entry, resolved.guide, declared(resolved.guide.conditions), _brought_by(entry.item_id, catalog))
        for entry, resolved in found
        if resolved
    )


def _brought_by(item_id: str, catalog: Catalog) -> frozenset[str]:
    return frozenset(fact.fact_id for fact in catalog.library.facts if fact.obtained_by == item_id)


def declared(conditions: Iterable[Condition]) -> Predicate | None:
    """All required conditions that facts decide and, unless one of them is in words alone, one of the alternatives.

    What is in words alone is for her to check and blocks nothing.
    """
    listed = list(conditions)
    parts = [c.when for c in listed if c.role == "required" and c.when]
    alternatives = [c.when for c in listed if c.role == "alternative"]
    decided = [when for when in alternatives if when]
    if decided and len(decided) == len(alternatives):
        parts.append(AnyOf.model_construct(any=tuple(decided)))
    return All.model_construct(all=tuple(parts)) if parts else None


def known_facts(theme: Theme, answers: Answers, catalog: Catalog, as_of: date) -> dict[str, str]:
    """What she told, what the life event itself says, and what follows from a date."""
    known = {**theme.told, **answers}
    for fact in catalog.library.facts:
        born = known.get(fact.years_since or "", UNKNOWN)
        if born != UNKNOWN and fact.fact_id not in answers:
            day = date.fromisoformat(born)
            known[fact.fact_id] = str(as_of.year - day.year - ((as_of.month, as_of.day) < (day.month, day.day)))
    return known


def after_the_plan(cases: Iterable[Case], known: Answers) -> dict[str, str]:
    """The facts as they stand for an item's own conditions: what a step of the same plan brings about is true."""
    made = {fact: "true" for case in cases if evaluate(case.entry.when, known) for fact in case.brings}
    return {**known, **made}
