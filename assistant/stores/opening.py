"""Opens the stores over one database."""

from datetime import UTC, datetime
from pathlib import Path

from assistant.kept import Stores
from assistant.stores.audit import KeptAudit
from assistant.stores.database import Database
from assistant.stores.engine import sqlite_address
from assistant.stores.keeper import DatabaseKeeper
from assistant.stores.records import KeptFeedback, KeptGaps, KeptWorklist
from assistant.stores.retention import Periods
from assistant.stores.sessions import KeptSessions
from assistant.stores.takeover import take_over

FILE, ANCHOR = "bancheng.sqlite3", "audit.head"


def now() -> datetime:
    """The present, UTC."""
    return datetime.now(UTC)


def open_over(data: Path, address: str | None, patience: float, periods: Periods) -> Stores:
    """The stores over the database at an address, else over a file in the data folder.

    `patience`: seconds that a piece of work may take. A database that cannot be reached raises nothing here. Raises
    SettingsError for an address of another kind.
    """
    database = Database(address or sqlite_address(data / FILE), patience)
    sessions = KeptSessions(database, periods.sessions, now)
    audit = KeptAudit(database, data / ANCHOR)
    keeper = DatabaseKeeper(database, sessions, audit, periods, data, now)
    take_over(database, data)
    return Stores(sessions, KeptGaps(database), KeptFeedback(database), KeptWorklist(database), audit, keeper)
