"""Three-valued evaluation of declared conditions over what a citizen told: true, false, or not yet known (None).

Kleene's strong logic: an unknown part decides nothing unless the other parts already do. Nothing is ever assumed.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from knowledge.model import All, AnyOf, Comparison, Not, Predicate

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
            values = [evaluate(part, answers) for part in parts]
            return False if False in values else None if None in values else True
        case AnyOf(any=parts):
            values = [evaluate(part, answers) for part in parts]
            return True if True in values else None if None in values else False
        case Not(not_=part):
            value = evaluate(part, answers)
            return None if value is None else not value


def _compare(comparison: Comparison, given: str) -> bool | None:
    if given == UNKNOWN:
        return None
    if comparison.eq is not None:
        return given == _text(comparison.eq)
    if comparison.ne is not None:
        return given != _text(comparison.ne)
    if comparison.one_of is not None:
        return given in {_text(value) for value in comparison.one_of}
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


def _text(value: bool | Decimal | str) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
