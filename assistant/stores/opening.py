"""Opens the stores over one database."""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path

from assistant.kept import Stores
from assistant.stores.audit import KeptAudit
from assistant.stores.database import Database
from assistant.stores.engine import sqlite_address
from assistant.stores.records import KeptFeedback, KeptGaps, KeptWorklist
from assistant.stores.sessions import KeptSessions
from assistant.stores.takeover import take_over

log = logging.getLogger(__name__)
FILE, ANCHOR = "bancheng.sqlite3", "audit.head"


def now() -> datetime:
    """The present, UTC."""
    return datetime.now(UTC)


class DatabaseKeeper:
    """What the stores of one database need done now and then."""

    def __init__(self, database: Database, sessions: KeptSessions, data: Path) -> None:
        self._database, self._sessions, self._data = database, sessions, data

    @property
    def problems(self) -> tuple[str, ...]:
        """Why the database cannot be read or written now."""
        return self._database.problems

    def upkeep(self) -> None:
        """Write what waited for the database, and take over what the version before left."""
        try:
            self._sessions.catch_up()
            take_over(self._database, self._data)
        except Exception:
            log.exception("维护数据库时出错")

    def close(self) -> None:
        """Release the database."""
        self._database.close()


def open_database(data: Path, address: str | None, patience: float) -> Database:
    """The database at an address, else the file in the data folder; it is not touched yet. Raises SettingsError."""
    return Database(address or sqlite_address(data / FILE), patience)


def stores_over(database: Database, data: Path, keep: timedelta) -> Stores:
    """The stores of a database, with what the version before kept in the data folder."""
    sessions = KeptSessions(database, keep, now)
    take_over(database, data)
    return Stores(
        sessions, KeptGaps(database), KeptFeedback(database), KeptWorklist(database), KeptAudit(database, data / ANCHOR),
        DatabaseKeeper(database, sessions, data),
    )  # fmt: skip
