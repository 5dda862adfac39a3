"""What the database behind the stores needs done now and then, by the service itself or by its operator."""

import logging
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, delete, select

from assistant.audit import Action
from assistant.errors import StoreUnavailable
from assistant.stores.audit import KeptAudit
from assistant.stores.backup import back_up, restore
from assistant.stores.database import Database
from assistant.stores.engine import upsert
from assistant.stores.retention import Periods, drop, overdue
from assistant.stores.sessions import KeptSessions
from assistant.stores.tables import audit, sessions
from assistant.stores.takeover import take_over

BETWEEN_RETENTIONS = 3600.0
PROBE = "no conversation"
log = logging.getLogger(__name__)


class DatabaseKeeper:
    """The stores' own housekeeping over one database; `data` is the data folder."""

    def __init__(
        self, database: Database, conversations: KeptSessions, actions: KeptAudit, periods: Periods, data: Path,
        clock: Callable[[], datetime],
    ) -> None:  # fmt: skip
        self._database, self._sessions, self._audit = database, conversations, actions
        self._periods, self._data, self._clock = periods, data, clock
        self._next_retention = 0.0

    @property
    def problems(self) -> tuple[str, ...]:
        """Why the database cannot be read or written now."""
        return self._database.problems

    def prepare(self) -> None:
        """Put the tables in place."""
        with suppress(StoreUnavailable):  # told by the lane
            self._database.prepare()

    def upkeep(self) -> None:
        """Write what waited, take over what the version before left, and once an hour drop what is overdue."""
        try:
            self._sessions.catch_up()
            take_over(self._database, self._data)
            with suppress(StoreUnavailable):  # told by the lane
                self.check() if self.problems else self._retain_hourly()
        except Exception:
            log.exception("维护数据库时出错")

    def overdue(self) -> dict[str, int]:
        """Table → how many rows are overdue."""
        return self._database.read(lambda connection: overdue(connection, self._periods, self._clock()))

    def retain(self, actor: str) -> dict[str, int]:
        """Drop what is overdue; told in the audit unless only conversations went, which do so all the time."""
        now = self._clock()
        old = self.overdue()
        dropped = self._database.write(lambda connection: drop(connection, self._periods, now))
        if old[audit.name]:
            self._audit.cut(now - self._periods.audit, actor, now)
        dropped |= {audit.name: old[audit.name]}
        if told := "、".join(f"{kind} {count}" for kind, count in dropped.items() if count and kind != sessions.name):
            self._audit.append(Action(at=now, actor=actor, verb="retain", subject="database", detail=told))
        return dropped

    def forget(self, session_id: str) -> bool:
        """Delete a conversation now."""
        statement = delete(sessions).where(sessions.c.session_id == session_id)
        found = self._database.write(lambda connection: connection.execute(statement).rowcount, durable=True)
        self._sessions.forget(session_id)
        return found > 0

    def audit_fault(self) -> str | None:
        """What was done to the audit since it was written."""
        return self._audit.fault()

    def check(self) -> None:
        """Read and write once, leaving nothing behind."""
        self._database.read(lambda connection: connection.scalar(select(sessions.c.session_id).limit(1)))
        self._database.write(self._write_and_delete)

    def back_up(self, target: Path) -> dict[str, int]:
        """Write a copy to a new file."""
        return back_up(self._database, target)

    def restore(self, target: Path, actor: str) -> dict[str, int]:
        """Read a copy into the empty database; the audit goes on from where the copy ends, and says so."""
        counts = restore(self._database, target)
        told = "、".join(f"{kind} {count}" for kind, count in counts.items())
        self._audit.append(Action(at=self._clock(), actor=actor, verb="restore", subject=target.name, detail=told))
        return counts

    def close(self) -> None:
        """Release the database."""
        self._database.close()

    def _retain_hourly(self) -> None:
        if time.monotonic() >= self._next_retention:
            self._next_retention = time.monotonic() + BETWEEN_RETENTIONS
            self.retain("系统")

    def _write_and_delete(self, connection: Connection) -> None:
        """A full disk is noticed by writing only."""
        row = {"body": "{}", "touched": self._clock()}
        upsert(connection, sessions, {"session_id": PROBE, **row}, row)
        connection.execute(delete(sessions).where(sessions.c.session_id == PROBE))
