"""Which yes-or-no questions of a life event may stand in one list, of which she ticks what holds.

One at a time, each of them would be asked as well: no answer to the others in the list can make it pointless.
"""

from collections.abc import Mapping
from typing import NamedTuple

from assistant.model import Option
from assistant.onething.eligibility import Answers, Case, after_the_plan, evaluate
from assistant.onething.questions import case_rows, undecided
from knowledge.model import Fact

AT_MOST = 5  # more than she can keep in view
Facts = Mapping[str, Fact]


class Stake(NamedTuple):
    """What one item still hangs on: whether it applies, whether she qualifies, each of its papers and times."""

    when: frozenset[str]
    required: frozenset[str]
    rows: tuple[frozenset[str], ...]
    brings: frozenset[str]


def asked_together(waiting: list[str], cases: tuple[Case, ...], known: Answers, facts: Facts) -> tuple[str, ...]:
    """The facts to ask beside the first of these open ones: about the same, and needed whatever the others are."""
    first, *rest = waiting or [""]
    alike = [name for name in rest if _can_be_ticked(facts[name]) and facts[name].about == facts[first].about]
    if not alike or not _can_be_ticked(facts[first]):
        return ()
    later = after_the_plan(cases, known)
    stakes = [stake for case in cases if (stake := _stake(case, known, later))]
    listed = [first]
    for name in alike:
        if len(listed) < AT_MOST and all(_needed_anyway(fact, {*listed, name}, stakes) for fact in (*listed, name)):
            listed.append(name)
    return tuple(listed[1:])


def ticks_for(names: tuple[str, ...], facts: Facts) -> tuple[Option, ...]:
    """The statements of a list; each value is the fact that it states."""
    return tuple(Option(label=facts[name].tick or facts[name].label, value=name) for name in names)


def _can_be_ticked(fact: Fact) -> bool:
    return fact.kind == "bool" and fact.tick is not None


def _stake(case: Case, known: Answers, later: Answers) -> Stake | None:
    applies = evaluate(case.entry.when, known)
    if applies is False or case.qualifies(known, later) is False:
        return None
    when, required = undecided(case.entry.when, known), undecided(case.required, case.before(known, later))
    rows = tuple(undecided(row, known) for row in case_rows(case)) if applies else ()
    return Stake(when, required, rows, case.brings)


def _needed_anyway(fact: str, listed: set[str], stakes: list[Stake]) -> bool:
    """Whether some item hangs on this fact in a way that no other fact of the list can decide."""
    others = listed - {fact}
    return any(_hangs_on(fact, others, stake, _brought(listed, stake, stakes)) for stake in stakes)


def _brought(listed: set[str], own: Stake, stakes: list[Stake]) -> set[str]:
    """The facts that other steps bring about if the list says that they are taken."""
    return {name for stake in stakes if stake.when & listed for name in stake.brings} - own.brings


def _hangs_on(fact: str, others: set[str], stake: Stake, brought: set[str]) -> bool:
    if (stake.when | stake.required) & others or stake.required & brought:
        return False
    return fact in stake.when | stake.required or any(fact in row and not row & others for row in stake.rows)
