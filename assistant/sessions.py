"""Sessions in SQLite (WAL): masked turns only, server side, forgotten after the retention time."""

import secrets
import sqlite3
import threading
import time
from pathlib import Path
from typing import Protocol

from assistant.model import Session

SCHEMA = "CREATE TABLE IF NOT EXISTS sessions (session_id TEXT PRIMARY KEY, body TEXT NOT NULL, touched REAL NOT NULL)"


def new_session_id() -> str:
    """An unguessable id."""
    return secrets.token_urlsafe(24)


class SessionStore(Protocol):
    """Where conversations live between turns."""

    def get(self, session_id: str) -> Session | None:
        """The stored session, or None."""
        ...

    def put(self, session: Session) -> None:
        """Store a session."""
        ...

    def forget(self, session_id: str) -> None:
        """Delete a session."""
        ...


class SqliteSessions:
    """One file, one connection, one lock; survives a restart. A client's id counts only if it is stored here."""

    def __init__(self, path: Path, keep_hours: int) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._keep_seconds = keep_hours * 3600
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA busy_timeout=5000")
        self._connection.execute(SCHEMA)

    def get(self, session_id: str) -> Session | None:
        """The stored session, or None when the id is unknown or expired."""
        with self._lock:
            row = self._connection.execute(
                "SELECT body FROM sessions WHERE session_id = ? AND touched > ?",
                (session_id, time.time() - self._keep_seconds),
            ).fetchone()
        return Session.model_validate_json(row[0]) if row else None

    def put(self, session: Session) -> None:
        """Store a session and drop the expired ones."""
        now = time.time()
        with self._lock:
            self._connection.execute(
                "INSERT INTO sessions VALUES (?, ?, ?) ON CONFLICT (session_id) DO UPDATE "
                "SET body = excluded.body, touched = excluded.touched",
                (session.session_id, session.model_dump_json(), now),
            )
            self._connection.execute("DELETE FROM sessions WHERE touched <= ?", (now - self._keep_seconds,))

    def forget(self, session_id: str) -> None:
        """Delete a conversation for good."""
        with self._lock:
            self._connection.execute("DELETE FROM sessions WHERE session_id = ?", (session_id,))

    def close(self) -> None:
        """Release the file."""
        self._connection.close()
