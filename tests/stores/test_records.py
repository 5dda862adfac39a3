"""Gaps are counted, verdicts and assignments replaced, all in their order; whole values come back."""

from datetime import UTC, datetime, timedelta

from assistant.feedback import Complaint, Feedback, Verdict
from assistant.gaps import Gap
from assistant.kept import Stores
from assistant.model import RefusalReason
from assistant.worklist import Assignment, Kind, State
from tests.stores.conftest import Opener

SEEN = datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=UTC)
HOUR = timedelta(hours=1)


def gap(question: str, at: datetime = SEEN, place: str = "410100", nearest: tuple[str, ...] = ("高龄津贴",)) -> Gap:
    return Gap(
        question=question, reason=RefusalReason.NO_KNOWLEDGE, nearest=nearest, place=place, generation="1",
        first_seen=at, last_seen=at,
    )  # fmt: skip


def said(trace_id: str, at: datetime = SEEN, verdict: Verdict = Verdict.DID_NOT) -> Feedback:
    return Feedback(
        trace_id=trace_id, verdict=verdict, complaints=(Complaint.WRONG, Complaint.UNCLEAR), question="身份证丢了",
        reply="40元", guides=("410000/id-card-reissue",), place="410100", generation="1", at=at,
    )  # fmt: skip


def task(key: str, at: datetime = SEEN, state: State = State.TAKEN, kind: Kind = Kind.GAP) -> Assignment:
    return Assignment(kind=kind, key=key, assignee="李", state=state, note="查文件", at=at)


def test_the_same_gap_is_counted_and_the_most_frequent_comes_first(stores: Stores, opened: Opener) -> None:
    for seen in (
        gap("甲"),
        gap("乙"),
        gap("乙", SEEN + HOUR, nearest=()),
        gap("乙？", SEEN + 2 * HOUR),
        gap("乙", place="410200"),
    ):
        stores.gaps.record(seen)
    twice = gap("乙", nearest=("高龄津贴",)).model_copy(update={"times": 3, "last_seen": SEEN + 2 * HOUR})
    found = opened().gaps.all()
    assert found[0] == twice
    assert {(g.question, g.place, g.times) for g in found[1:]} == {("甲", "410100", 1), ("乙", "410200", 1)}


def test_a_long_question_is_a_gap_like_any_other(stores: Stores) -> None:
    long = gap("".join(chr(0x4E00 + n) for n in range(2000)))
    stores.gaps.record(long)
    assert stores.gaps.all() == [long]


def test_a_second_verdict_replaces_the_first_and_the_latest_comes_first(stores: Stores, opened: Opener) -> None:
    later = said("a", SEEN + HOUR, Verdict.HELPED)
    assert [stores.feedback.record(each) for each in (said("a"), said("b"), later)] == [True, True, True]
    assert opened().feedback.all() == [later, said("b")]


def test_an_assignment_replaces_the_earlier_one_of_its_matter(stores: Stores, opened: Opener) -> None:
    done, other = task("a", SEEN + HOUR, State.DONE), task("a", kind=Kind.FEEDBACK)
    for each in (task("a"), other, done):
        stores.worklist.put(each)
    assert opened().worklist.all() == [done, other]


def test_a_moment_of_another_zone_is_the_same_moment(stores: Stores) -> None:
    local = SEEN.astimezone(datetime.now().astimezone().tzinfo)
    stores.feedback.record(said("a", local))
    assert stores.feedback.all() == [said("a")]
