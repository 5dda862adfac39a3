"""What declared predicates read."""

from collections.abc import Iterator

from knowledge.model import All, AnyOf, Comparison, Not, Predicate


def comparisons_of(predicate: Predicate | None) -> Iterator[Comparison]:
    """Every comparison in a predicate, however deep."""
    match predicate:
        case Comparison():
            yield predicate
        case All(all=parts) | AnyOf(any=parts):
            for part in parts:
                yield from comparisons_of(part)
        case Not(not_=part):
            yield from comparisons_of(part)


def facts_of(predicate: Predicate | None) -> frozenset[str]:
    """The ids of all facts that a predicate reads."""
    return frozenset(c.fact for c in comparisons_of(predicate))
