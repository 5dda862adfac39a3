"""Conversations between their turns: masked turns only, server side, forgotten after the retention time."""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

from assistant.model import Session

MOST_BYTES = 32 * 1024 * 1024


def new_session_id() -> str:
    """An unguessable id."""
    return secrets.token_urlsafe(24)


class SessionStore(Protocol):
    """Where conversations live between turns. Never raises for a database that cannot be reached."""

    def get(self, session_id: str) -> Session | None:
        """The stored session, or None when the id is unknown or expired."""
        ...

    def put(self, session: Session) -> None:
        """Store a session."""
        ...

    def forget(self, session_id: str) -> None:
        """Delete a conversation for good."""
        ...


class MemorySessions:
    """Conversations of one process: gone with it, the longest untouched dropped first when they grow too many."""

    def __init__(
        self, keep_seconds: float = 24 * 3600, most: int = MOST_BYTES, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._keep, self._most, self._clock = keep_seconds, most, clock
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[bytes, float]] = OrderedDict()  # id → JSON, when it was touched
        self._bytes = 0

    def get(self, session_id: str) -> Session | None:
        """The session, or None when the id is unknown, expired or dropped."""
        with self._lock:
            body, touched = self._kept.get(session_id, (b"", 0.0))
        return Session.model_validate_json(body) if body and self._clock() - touched < self._keep else None

    def put(self, session: Session) -> None:
        """Keep a session, and drop the longest untouched ones that no longer fit or have expired."""
        body, now = session.model_dump_json().encode(), self._clock()
        with self._lock:
            self._drop(session.session_id)
            self._kept[session.session_id] = (body, now)
            self._bytes += len(body)
            while self._bytes > self._most or now - next(iter(self._kept.values()))[1] >= self._keep:
                self._drop(next(iter(self._kept)))

    def forget(self, session_id: str) -> None:
        """Drop a conversation."""
        with self._lock:
            self._drop(session_id)

    def _drop(self, session_id: str) -> None:
        body, _ = self._kept.pop(session_id, (b"", 0.0))
        self._bytes -= len(body)
