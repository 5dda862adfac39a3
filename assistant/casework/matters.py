"""What there is to look after: gaps, complaints and stale guides, each with whoever has it in hand."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Literal, NamedTuple

from assistant.feedback import Feedback, Verdict
from assistant.gaps import Gap
from assistant.model import RefusalReason
from assistant.worklist import Assignment, Kind, State
from knowledge.staleness import Stale

Standing = Literal["open", "taken", "done"]
KINDS: dict[Kind, str] = {Kind.GAP: "没有答上来", Kind.FEEDBACK: "说没帮助", Kind.STALE: "要复核"}
STANDINGS: dict[Standing, str] = {"open": "没人管", "taken": "有人在办", "done": "办完了"}
REASONS: dict[RefusalReason, str] = {
    RefusalReason.NO_KNOWLEDGE: "指南库里没有找到依据",
    RefusalReason.NOT_PUBLISHED_HERE: "这个数由当地公布，指南里没有",
}


class Matter(NamedTuple):
    """One thing to look after; `key` is the worklist's."""

    kind: Kind
    key: str
    title: str
    why: tuple[str, ...]
    place: str  # adcode, empty where it is about no place
    guides: tuple[str, ...]  # guide ids that it is about
    generation: str
    seen: str  # when, in words
    weight: int  # how often it happened
    assignment: Assignment | None = None
    reply: str = ""  # what was answered, masked

    @property
    def standing(self) -> Standing:
        """Open, taken or done."""
        return self.assignment.state.value if self.assignment else "open"


def matters(
    gaps: Iterable[Gap], feedback: Iterable[Feedback], stale: Iterable[Stale], assignments: Iterable[Assignment]
) -> tuple[Matter, ...]:
    """Everything there is to look after: what happened most often first, then complaints, then what grew old."""
    hands = {(assignment.kind, assignment.key): assignment for assignment in assignments}
    found = (*map(_of_gap, gaps), *_of_feedback(feedback), *map(_of_stale, stale))
    return tuple(matter._replace(assignment=hands.get((matter.kind, matter.key))) for matter in found)


def chosen(found: Sequence[Matter], kind: str, standing: str, assignee: str) -> tuple[Matter, ...]:
    """Those of a kind, a standing and a caseworker; an empty word lets all through."""
    return tuple(
        matter
        for matter in found
        if kind in ("", matter.kind.value)
        and standing in ("", matter.standing)
        and (not assignee or (matter.assignment is not None and matter.assignment.assignee == assignee))
    )


def moved_on(matter: Matter) -> bool:
    """Whether something happened after it was called done: asked again, complained about again."""
    done = matter.assignment and matter.assignment.state is State.DONE
    return bool(done and matter.assignment and matter.seen > matter.assignment.at.date().isoformat())


def _of_gap(gap: Gap) -> Matter:
    why = (REASONS[gap.reason], *((f"最接近的：{'、'.join(gap.nearest)}",) if gap.nearest else ()))
    return Matter(
        Kind.GAP, gap.key, gap.question, why, gap.place, (), gap.generation,
        _day(gap.last_seen.date()), gap.times,
    )  # fmt: skip


def _of_feedback(feedback: Iterable[Feedback]) -> Iterator[Matter]:
    for said in feedback:
        if said.verdict is Verdict.DID_NOT:
            why = tuple(complaint.value for complaint in said.complaints) or ("没有说为什么",)
            yield Matter(
                Kind.FEEDBACK, said.trace_id, said.question, why, said.place, said.guides,
                said.generation, _day(said.at.date()), 1, reply=said.reply,
            )  # fmt: skip


def _of_stale(one: Stale) -> Matter:
    guides = () if one.key.startswith("theme:") else (one.key,)
    why = (one.authority, *one.reasons)
    return Matter(Kind.STALE, one.key, one.name, why, "", guides, "", "", 1)


def _day(day: date) -> str:
    return day.isoformat()
