"""Why a condition fails and what would make it hold: the smallest failing set and the nearest change."""

from decimal import Decimal
from itertools import combinations, product

from assistant.onething.eligibility import UNKNOWN, Answers, evaluate
from knowledge.model import Comparison, Fact, Predicate
from knowledge.predicates import comparisons_of

Changes = tuple[tuple[str, str], ...]  # (fact, the value it would have to have)


def failing(predicate: Predicate, known: Answers) -> tuple[str, ...]:
    """The fewest told facts that by themselves make a predicate false; empty when it is not false."""
    if evaluate(predicate, known) is not False:
        return ()
    told = [f for f in dict.fromkeys(c.fact for c in comparisons_of(predicate)) if known.get(f, UNKNOWN) != UNKNOWN]
    subsets = (subset for size in range(len(told) + 1) for subset in combinations(told, size))
    return next(s for s in subsets if evaluate(predicate, {f: known[f] for f in s}) is False)


def nearest_change(predicate: Predicate, known: Answers, facts: dict[str, Fact]) -> Changes:
    """The fewest facts whose change makes a predicate true, or at least open again; for numbers the closest one.

    Empty when the predicate is not false or nothing can make it true.
    """
    if evaluate(predicate, known) is not False:
        return ()
    names = list(dict.fromkeys(c.fact for c in comparisons_of(predicate)))
    for size in range(1, len(names) + 1):
        for subset in combinations(names, size):
            choices = [_candidates(predicate, facts[f], known.get(f, UNKNOWN)) for f in subset]
            for verdict in (True, None):
                for values in product(*choices):
                    changes = tuple(zip(subset, values, strict=True))
                    if evaluate(predicate, {**known, **dict(changes)}) is verdict:
                        return changes
    return ()


def _candidates(predicate: Predicate, fact: Fact, told: str) -> list[str]:
    """The values worth trying for a fact, nearest to what she told first."""
    match fact.kind:
        case "bool":
            return [value for value in ("true", "false") if value != told]
        case "choice":
            return [value for value, _ in fact.options if value not in {told, UNKNOWN}]
        case "number":
            values = sorted({v for c in comparisons_of(predicate) if c.fact == fact.fact_id for v in _around(c)})
            here = Decimal(told) if told != UNKNOWN else Decimal(0)
            return [str(value) for value in sorted(values, key=lambda value: (abs(value - here), value))]
        case "date":
            return []


def _around(comparison: Comparison) -> list[Decimal]:
    bounds = (comparison.lt, comparison.le, comparison.gt, comparison.ge)
    return [bound + step for bound in bounds if bound is not None for step in (-1, 0, 1)]
