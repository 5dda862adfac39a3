"""Conversations and generations through whatever happens in whatever order: what was promised still holds."""

import shutil
import sqlite3
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from assistant.assistant import Assistant
from assistant.build import open_stores
from assistant.config import Settings
from assistant.kept import Stores
from assistant.model import Session
from assistant.serving import Serving
from assistant.sessions import MemorySessions
from assistant.stores import lanes, opening
from knowledge.index.embedding import Embedder
from knowledge.index.generation import GenerationStore
from knowledge.index.opening import Generation
from knowledge.sources.library import load_library
from tests.stores.test_sessions import turn

NAMES = st.sampled_from(["甲", "乙", "丙"])
HOURS = 2
SMALL = Path(__file__).parents[1] / "knowledge/small_library"
QUIET = settings(
    max_examples=8, stateful_step_count=20, deadline=None, derandomize=True, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip


class Conversations(RuleBasedStateMachine):
    """One process over one file that is locked now and then, against a plain dictionary."""

    now = datetime(2026, 11, 23, tzinfo=UTC)

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="bancheng-any-"))
        self.stores = self.opened()
        self.holder: sqlite3.Connection | None = None
        self.expected: dict[str, tuple[Session, datetime]] = {}
        self.turns = 0
        type(self).now = datetime(2026, 11, 23, tzinfo=UTC)

    def opened(self) -> Stores:
        stores = open_stores(Settings(data_dir=self.folder, session_hours=HOURS), 1.0)
        stores.keeper.prepare()
        return stores

    def alive(self, name: str) -> Session | None:
        session, touched = self.expected.get(name, (None, self.now))
        return session if self.now - touched < timedelta(hours=HOURS) else None

    @rule(name=NAMES)
    def asks(self, name: str) -> None:
        self.turns += 1
        session = (self.stores.sessions.get(name) or Session(session_id=name)).add(turn(self.turns))
        self.stores.sessions.put(session)
        before = self.alive(name) or Session(session_id=name)
        self.expected[name] = (before.add(turn(self.turns)), self.now)

    @rule(name=NAMES)
    def clears(self, name: str) -> None:
        self.stores.sessions.forget(name)
        self.expected.pop(name, None)

    @precondition(lambda self: self.holder is None)
    @rule()
    def is_locked(self) -> None:
        self.holder = sqlite3.connect(self.folder / "bancheng.sqlite3", isolation_level=None)
        self.holder.execute("BEGIN IMMEDIATE")

    @precondition(lambda self: self.holder is not None)
    @rule()
    def is_free_again(self) -> None:
        self.holder.close()  # type: ignore[union-attr]
        self.holder = None
        self.stores.keeper.upkeep()

    @precondition(lambda self: self.holder is None)
    @rule()
    def starts_again(self) -> None:
        self.stores.keeper.upkeep()
        while self.stores.keeper.problems:  # a slow machine
            self.stores.keeper.upkeep()
        self.stores.keeper.close()
        self.stores = self.opened()

    @precondition(lambda self: self.holder is None)
    @rule(minutes=st.integers(1, 150))
    def waits(self, minutes: int) -> None:
        self.stores.keeper.upkeep()
        type(self).now += timedelta(minutes=minutes)

    @invariant()
    def everybody_finds_her_own_conversation(self) -> None:
        for name in ("甲", "乙", "丙"):
            assert self.stores.sessions.get(name) == self.alive(name)

    def teardown(self) -> None:
        if self.holder:
            self.holder.close()
        self.stores.keeper.close()
        shutil.rmtree(self.folder)


def test_conversations_hold_through_locks_restarts_and_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lanes, "REST_SECONDS", 0.0)
    monkeypatch.setattr(opening, "now", lambda: Conversations.now)
    run_state_machine_as_test(Conversations, settings=QUIET)


def test_generations_hold_through_publishing_rolling_back_and_damage(embedder: Embedder) -> None:
    library = load_library(SMALL)

    class Generations(RuleBasedStateMachine):
        """One `Serving` that follows, against a list of what was published."""

        @initialize()
        def begins(self) -> None:
            self.folder = Path(tempfile.mkdtemp(prefix="bancheng-any-"))
            self.store = GenerationStore(self.folder)
            self.built = [self.store.build(library, embedder).number, self.store.build(library, embedder).number]
            self.store.publish(1)
            self.published, self.served, self.damaged = [1], 1, set[int]()
            self.serving = Serving(self.store, embedder, assembled, assembled(*self.store.open(embedder)))
            self.serving.refresh()

        def follow(self) -> None:
            self.serving.refresh()
            if self.published[-1] not in self.damaged or self.published[-1] == self.served:
                self.served = self.published[-1]

        @rule()
        def another_is_published(self) -> None:
            whole = [number for number in self.built if number not in self.damaged]
            number = (
                whole[-1] if whole and whole[-1] != self.published[-1] else self.store.build(library, embedder).number
            )
            self.built = sorted({*self.built, number})
            self.store.publish(number)
            self.published.append(number)
            self.follow()

        @precondition(lambda self: len(self.published) > 1 and self.published[-2] not in self.damaged)
        @rule()
        def the_one_before_is_taken_back(self) -> None:
            assert self.store.rollback().number == self.published[-2]
            self.published.pop()
            self.follow()

        @precondition(lambda self: self.served not in self.damaged)
        @rule()
        def what_is_served_is_damaged(self) -> None:
            path = self.folder / "generations" / str(self.served) / "docs.npy"
            path.rename(path.with_suffix(".aside"))  # the mapped file lives on
            path.write_bytes(b"nonsense")
            self.damaged.add(self.served)
            self.follow()

        @invariant()
        def what_is_served_answers(self) -> None:
            assert self.serving.assistant.generation_number == str(self.served)
            reply = self.serving.assistant.ask(Session(session_id="a"), "小证咋办").reply
            assert reply.generation == str(self.served)

        def teardown(self) -> None:
            shutil.rmtree(self.folder)

    def assembled(generation: Generation, problems: tuple[str, ...]) -> Assistant:
        return Assistant(generation, MemorySessions(), 500, problems)

    run_state_machine_as_test(Generations, settings=settings(QUIET, max_examples=4, stateful_step_count=6))
