"""Conversations: kept, forgotten, expired, and carried on from memory while the database cannot be reached."""

from datetime import UTC, datetime, timedelta

import pytest

from assistant.config import Settings
from assistant.kept import Stores
from assistant.model import Answer, Focus, Session, Trace, Turn
from assistant.sessions import MemorySessions, new_session_id
from assistant.stores import opening
from tests.assistant.conftest import DAY
from tests.stores.conftest import Opener


def turn(number: int, place: str = "410000") -> Turn:
    return Turn(
        question=f"问{number}", reply=Answer(text="答", jurisdiction=place, as_of=DAY), focus=Focus(jurisdiction=place),
        trace=Trace(trace_id="t", intent="ask", decision="answer"),
    )  # fmt: skip


class Clock:
    """A clock that stands still until it is moved."""

    now = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stopped = Clock()
    monkeypatch.setattr(opening, "now", lambda: stopped.now)
    return stopped


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"session_hours": 2})


def test_a_stored_session_comes_back_whole_even_after_a_restart(opened: Opener) -> None:
    session = Session(session_id="a").add(turn(1)).add(turn(2, "410100"))
    first = opened()
    first.sessions.put(session)
    first.keeper.close()
    assert opened().sessions.get("a") == session


def test_storing_again_replaces(stores: Stores) -> None:
    stores.sessions.put(Session(session_id="a"))
    stores.sessions.put(Session(session_id="a").add(turn(1)))
    assert stores.sessions.get("a") == Session(session_id="a").add(turn(1))


def test_an_id_that_was_never_given_out_is_nobody(stores: Stores) -> None:
    assert stores.sessions.get("无此人' OR 1=1 --") is None


def test_a_forgotten_session_is_gone_and_the_others_stay(stores: Stores, opened: Opener) -> None:
    for name in "ab":
        stores.sessions.put(Session(session_id=name))
    stores.sessions.forget("a")
    stores.sessions.forget("never")
    for seen in (stores, opened()):
        assert (seen.sessions.get("a"), seen.sessions.get("b")) == (None, Session(session_id="b"))


def test_a_forgotten_session_may_begin_again(stores: Stores) -> None:
    stores.sessions.forget("a")
    stores.sessions.put(Session(session_id="a").add(turn(1)))
    assert stores.sessions.get("a") == Session(session_id="a").add(turn(1))


def test_a_session_expires_after_its_hours_and_not_before(clock: Clock, stores: Stores) -> None:
    stores.sessions.put(Session(session_id="a"))
    clock.now += timedelta(hours=2, seconds=-1)
    assert stores.sessions.get("a") is not None
    clock.now += timedelta(seconds=1)
    assert stores.sessions.get("a") is None


def test_an_expired_session_is_deleted_when_another_is_stored(clock: Clock, stores: Stores) -> None:
    stores.sessions.put(Session(session_id="old"))
    clock.now += timedelta(hours=3)
    stores.sessions.put(Session(session_id="new"))
    clock.now -= timedelta(hours=3)
    assert stores.sessions.get("old") is None
    assert stores.sessions.get("new") is not None


def test_two_processes_see_each_other_s_turns(stores: Stores, opened: Opener) -> None:
    other = opened()
    stores.sessions.put(Session(session_id="a").add(turn(1)))
    other.sessions.put(other.sessions.get("a").add(turn(2)))  # type: ignore[union-attr]
    assert stores.sessions.get("a") == Session(session_id="a").add(turn(1)).add(turn(2))


def test_only_the_last_twenty_turns_are_kept() -> None:
    session = Session(session_id="a")
    for number in range(25):
        session = session.add(turn(number))
    assert [t.question for t in session.turns] == [f"问{n}" for n in range(5, 25)]


def test_the_focus_is_the_last_turns_or_the_sessions_place() -> None:
    assert Session(session_id="a", jurisdiction="410300").focus == Focus(jurisdiction="410300")
    assert Session(session_id="a").add(turn(1, "410100")).focus == Focus(jurisdiction="410100")


def test_session_ids_cannot_be_guessed() -> None:
    ids = {new_session_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert min(map(len, ids)) >= 32


def test_memory_keeps_the_last_touched_that_fit_and_drops_the_expired() -> None:
    now = [0.0]
    one = len(Session(session_id="a").model_dump_json().encode())
    memory = MemorySessions(keep_seconds=10, most=2 * one, clock=lambda: now[0])
    for name in "ab":
        memory.put(Session(session_id=name))
    memory.put(Session(session_id="a"))
    memory.put(Session(session_id="c"))
    assert [bool(memory.get(name)) for name in "abc"] == [True, False, True]
    now[0] = 9.9
    memory.put(Session(session_id="d"))
    assert [bool(memory.get(name)) for name in "abcd"] == [False, False, True, True]
    now[0] = 10.0
    assert [bool(memory.get(name)) for name in "cd"] == [False, True]
    memory.put(Session(session_id="e"))
    memory.forget("e")
    assert memory.get("e") is None
