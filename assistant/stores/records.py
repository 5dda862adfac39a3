"""Gaps, feedback and assignments in the database."""

from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, select

from assistant.errors import StoreUnavailable
from assistant.feedback import Feedback
from assistant.gaps import Gap
from assistant.stores.database import Database
from assistant.stores.engine import upsert
from assistant.stores.tables import feedback, gaps, worklist
from assistant.worklist import Assignment


class KeptGaps:
    """One row a gap, counted up."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, gap: Gap) -> None:
        """Count a gap once more."""
        values = {**gap.model_dump(), "key": gap.key}
        replaced = {
            "times": gaps.c.times + 1, "nearest": gap.nearest, "generation": gap.generation, "last_seen": gap.last_seen,
        }  # fmt: skip
        with suppress(StoreUnavailable):  # told by the lane, once
            self._database.write(lambda connection: upsert(connection, gaps, values, replaced))

    def all(self) -> list[Gap]:
        """The gaps, most frequent first, then latest first. Raises StoreUnavailable."""
        statement = select(*_all_but_key(gaps)).order_by(gaps.c.times.desc(), gaps.c.last_seen.desc(), gaps.c.key)
        return [Gap.model_validate(dict(row)) for row in _rows(self._database, statement)]


class KeptFeedback:
    """One row a reply."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, said: Feedback) -> bool:
        """Keep a verdict in place of an earlier one on the same reply; False when it cannot be kept."""
        values = said.model_dump()
        try:
            self._database.write(lambda connection: upsert(connection, feedback, values, values))
        except StoreUnavailable:
            return False
        return True

    def all(self) -> list[Feedback]:
        """The verdicts, latest first. Raises StoreUnavailable."""
        statement = select(feedback).order_by(feedback.c.at.desc(), feedback.c.trace_id)
        return [Feedback.model_validate(dict(row)) for row in _rows(self._database, statement)]


class KeptWorklist:
    """One row a matter."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, assignment: Assignment) -> None:
        """Keep an assignment in place of an earlier one of the same matter. Raises StoreUnavailable."""
        values = assignment.model_dump()
        self._database.write(lambda connection: upsert(connection, worklist, values, values))

    def all(self) -> list[Assignment]:
        """The assignments, latest first. Raises StoreUnavailable."""
        statement = select(worklist).order_by(worklist.c.at.desc(), worklist.c.kind, worklist.c.key)
        return [Assignment.model_validate(dict(row)) for row in _rows(self._database, statement)]


def _all_but_key(table: Table) -> list[Any]:
    return [column for column in table.c if column.name != "key"]


def _rows(database: Database, statement: Any) -> list[RowMapping]:
    def work(connection: Connection) -> list[RowMapping]:
        return list(connection.execute(statement).mappings())

    return database.read(work)
