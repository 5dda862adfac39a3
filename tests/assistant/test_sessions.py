"""Conversations in SQLite: kept, forgotten, expired; twenty turns at most."""

from pathlib import Path

import pytest

from assistant import sessions
from assistant.model import Answer, Focus, Session, Trace, Turn
from assistant.sessions import SqliteSessions, new_session_id
from tests.assistant.conftest import DAY


def turn(number: int, place: str = "410000") -> Turn:
    return Turn(
        question=f"问{number}", reply=Answer(text="答", jurisdiction=place, as_of=DAY), focus=Focus(jurisdiction=place),
        trace=Trace(trace_id="t", intent="ask", decision="answer"),
    )  # fmt: skip


class Clock:
    """A clock that stands still until it is moved."""

    now = 1_000_000.0

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    stopped = Clock()
    monkeypatch.setattr(sessions, "time", stopped)
    return stopped


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> SqliteSessions:
    return SqliteSessions(tmp_path / "deep" / "sessions.sqlite3", keep_hours=2)


def test_a_stored_session_comes_back_whole_even_after_a_restart(store: SqliteSessions, tmp_path: Path) -> None:
    session = Session(session_id="a").add(turn(1)).add(turn(2, "410100"))
    store.put(session)
    store.close()
    assert SqliteSessions(tmp_path / "deep" / "sessions.sqlite3", keep_hours=2).get("a") == session


def test_storing_again_replaces(store: SqliteSessions) -> None:
    store.put(Session(session_id="a"))
    store.put(Session(session_id="a").add(turn(1)))
    assert store.get("a") == Session(session_id="a").add(turn(1))


def test_an_id_that_was_never_given_out_is_nobody(store: SqliteSessions) -> None:
    assert store.get("无此人' OR 1=1 --") is None


def test_a_forgotten_session_is_gone_and_the_others_stay(store: SqliteSessions) -> None:
    for name in "ab":
        store.put(Session(session_id=name))
    store.forget("a")
    store.forget("never")
    assert (store.get("a"), store.get("b")) == (None, Session(session_id="b"))


def test_a_session_expires_after_its_hours_and_not_before(store: SqliteSessions, clock: Clock) -> None:
    store.put(Session(session_id="a"))
    clock.now += 2 * 3600 - 1
    assert store.get("a") is not None
    clock.now += 1
    assert store.get("a") is None


def test_an_expired_session_is_deleted_when_another_is_stored(
    store: SqliteSessions, clock: Clock, tmp_path: Path
) -> None:
    store.put(Session(session_id="old"))
    clock.now += 3 * 3600
    store.put(Session(session_id="new"))
    clock.now -= 3 * 3600
    assert store.get("old") is None
    assert store.get("new") is not None


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
