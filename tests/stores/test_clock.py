"""Clocks that jump, and midnight: nothing is lost before its time, and the day of an answer is the day it is given."""

from datetime import UTC, date, datetime, timedelta

import pytest

from assistant import assistant as module
from assistant.assistant import Assistant
from assistant.kept import Stores
from assistant.model import Session
from assistant.sessions import MemorySessions
from assistant.stores import opening
from knowledge.index.embedding import Embedder
from knowledge.index.generation import GenerationStore
from knowledge.model import Library
from tests.stores.conftest import Opener

NOW = datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    moment = [NOW]
    monkeypatch.setattr(opening, "now", lambda: moment[0])
    return moment


def test_a_clock_that_is_set_back_loses_no_conversation(clock: list[datetime], opened: Opener) -> None:
    stores = opened()
    stores.sessions.put(Session(session_id="a"))
    clock[0] -= 48 * HOUR
    assert stores.sessions.get("a") == Session(session_id="a")
    stores.sessions.put(Session(session_id="a", jurisdiction="410100"))
    assert stores.sessions.get("a") == Session(session_id="a", jurisdiction="410100")
    clock[0] += 23 * HOUR
    assert stores.sessions.get("a") is not None, "it was touched 23 hours ago by this clock"


def test_a_clock_that_jumps_ahead_ends_conversations_and_new_ones_begin(clock: list[datetime], stores: Stores) -> None:
    stores.sessions.put(Session(session_id="a"))
    clock[0] += 72 * HOUR
    assert stores.sessions.get("a") is None
    stores.sessions.put(Session(session_id="b"))
    clock[0] -= 72 * HOUR
    assert stores.sessions.get("b") == Session(session_id="b")
    assert stores.keeper.problems == ()


class Calendar(date):
    """A day that is told."""

    told = date(2026, 12, 31)

    @classmethod
    def today(cls) -> date:
        return cls.told


@pytest.fixture
def who(tmp_path_factory: pytest.TempPathFactory, changing: Library, embedder: Embedder) -> Assistant:
    store = GenerationStore(tmp_path_factory.mktemp("changing"))
    store.build(changing, embedder)
    store.publish()
    return Assistant(store.open(None)[0], MemorySessions(), 500)


def test_a_version_that_begins_at_midnight_is_told_from_the_next_question_on(
    who: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "date", Calendar)
    before = who.ask(Session(session_id="a"), "公交卡办卡多少钱")
    Calendar.told = date(2027, 1, 1)
    after = who.ask(Session(session_id="a").add(before), "公交卡办卡多少钱")
    assert [turn.reply.as_of for turn in (before, after)] == [date(2026, 12, 31), date(2027, 1, 1)]
    assert [turn.reply.items[0].guide_id for turn in (before, after)] == [
        "410000/bus-card",
        "410000/bus-card@2027-01-01",
    ]
