"""Which question of a life event is worth asking next, and what may be answered to it."""

from collections import Counter
from collections.abc import Iterator

from assistant.model import Option, Progress
from assistant.onething.eligibility import UNKNOWN, Answers, Case, after_the_plan, evaluate
from knowledge.catalog import Catalog
from knowledge.model import All, AnyOf, Comparison, Fact, Not, Predicate
from knowledge.predicates import facts_of

DONT_KNOW = Option(label="不清楚", value=UNKNOWN)
# Whether an item is done at all weighs more than what it would require, and that more than all papers.
ITEM, REQUIREMENT, PAPER = 10_000, 100, 1


def open_facts(cases: tuple[Case, ...], known: Answers) -> list[str]:
    """Facts that can still change the plan, the one that decides most items, then most papers, first."""
    later = after_the_plan(cases, known)
    weight: Counter[str] = Counter()
    for case in cases:
        for fact, decides in _open_in(case, known, later):
            if fact not in known:
                weight[fact] += decides
    return [fact for fact, _ in sorted(weight.items(), key=lambda pair: (-pair[1], pair[0]))]


def _open_in(case: Case, known: Answers, later: Answers) -> Iterator[tuple[str, int]]:
    """The open facts of one item: whether it applies, then whether she qualifies, then which papers and limits."""
    applies, qualifies = evaluate(case.entry.when, known), case.qualifies(known, later)
    if applies is False or qualifies is False:
        return
    yield from ((fact, ITEM) for fact in undecided(case.entry.when, known))
    required = undecided(case.required, case.before(known, later))
    yield from ((fact, ITEM if applies else REQUIREMENT) for fact in required)
    if applies:
        yield from ((fact, PAPER) for when in case_rows(case) for fact in undecided(when, known))


def case_rows(case: Case) -> Iterator[Predicate | None]:
    """What decides the papers and the times of an item."""
    yield from (material.when for material in case.guide.materials)
    yield from (limit.when for limit in case.guide.limits)


def undecided(predicate: Predicate | None, answers: Answers) -> frozenset[str]:
    """The facts of those parts of a predicate that are still open; a decided part needs no question."""
    if evaluate(predicate, answers) is not None:
        return frozenset()
    match predicate:
        case Comparison(fact=fact):
            return frozenset({fact})
        case All(all=parts) | AnyOf(any=parts):
            return frozenset().union(*(undecided(part, answers) for part in parts))
        case Not(not_=part):
            return undecided(part, answers)
    return frozenset()


def progress(cases: tuple[Case, ...], answers: Answers, known: Answers) -> Progress:
    """How many questions were asked, and how many there can be at most."""
    return Progress(asked=len(answers), at_most=len(answers) + len(_ever_open(cases, known)))


def _ever_open(cases: tuple[Case, ...], known: Answers) -> frozenset[str]:
    """Facts that may still be asked whatever she answers: those open now, and those of items that may yet apply."""
    later = after_the_plan(cases, known)
    found: set[str] = set()
    for case in cases:
        if evaluate(case.entry.when, known) is False or case.qualifies(known, later) is False:
            continue
        found |= undecided(case.entry.when, known) | undecided(case.required, case.before(known, later))
        found.update(*(undecided(when, known) for when in case_rows(case)))
    return frozenset(found - known.keys())


def options_for(fact: Fact) -> tuple[Option, ...]:
    """The taps offered with a question; “不清楚” is always an answer."""
    match fact.kind:
        case "bool":
            return (Option(label="是", value="true"), Option(label="不是", value="false"), DONT_KNOW)
        case "choice":
            offered = tuple(Option(label=label, value=value) for value, label in fact.options if value != UNKNOWN)
            return (*offered, DONT_KNOW)
        case "number" | "date":
            return (DONT_KNOW,)


def told(catalog: Catalog, answers: Answers) -> list[str]:
    """What she told so far, in words, for the plan's heading."""
    return [in_words(catalog.facts[fact_id], value) for fact_id, value in answers.items()]


def in_words(fact: Fact, value: str) -> str:
    """One answer in words: 经营主体形式：公司."""
    labels = {option.value: option.label for option in options_for(fact)}
    return f"{fact.label}：{labels.get(value, value)}{fact.unit or '' if value not in labels else ''}"


def facts_of_cases(cases: tuple[Case, ...]) -> set[str]:
    """Every fact that a life event may ask: of its items' conditions, requirements, papers and limits."""
    whens = [when for case in cases for when in (case.entry.when, case.required, *case_rows(case))]
    return set().union(*(facts_of(when) for when in whens))


def dates_of(cases: tuple[Case, ...]) -> list[str]:
    """The dates that deadlines of a life event count from, in the order of its items."""
    return list(dict.fromkeys(d.event for case in cases for d in case.guide.deadlines if d.event))
