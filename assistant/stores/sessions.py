"""Conversations in the database, and in memory for as long as it cannot be reached."""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from pydantic import ValidationError
from sqlalchemy import Connection, delete, select

from assistant.errors import StoreUnavailable
from assistant.model import Session
from assistant.sessions import MemorySessions
from assistant.stores.database import Database
from assistant.stores.engine import upsert
from assistant.stores.tables import sessions


class KeptSessions:
    """One row a conversation, replaced whole. A turn is answered whether or not it can be kept.

    While the database cannot be reached, conversations go on from memory; `catch_up` writes them, and deletes what was
    to be forgotten, once it can.
    """

    def __init__(self, database: Database, keep: timedelta, clock: Callable[[], datetime]) -> None:
        self._database, self._keep, self._clock = database, keep, clock
        self._memory = MemorySessions(keep.total_seconds())
        self._lock = threading.Lock()
        self._unsaved: set[str] = set()  # newer in memory than in the database
        self._undeleted: set[str] = set()

    def get(self, session_id: str) -> Session | None:
        """The stored session, or None when the id is unknown, expired or written by another version."""
        if session_id in self._undeleted:
            return None
        if session_id in self._unsaved and (waiting := self._memory.get(session_id)):
            return waiting
        alive = (sessions.c.session_id == session_id) & (sessions.c.touched > self._clock() - self._keep)
        try:
            body = self._database.read(lambda c: c.scalar(select(sessions.c.body).where(alive)))
            return Session.model_validate_json(body) if body else None
        except StoreUnavailable:
            return self._memory.get(session_id)
        except ValidationError:
            return None

    def put(self, session: Session) -> None:
        """Store a session and drop the expired ones."""
        self._memory.put(session)
        with self._lock:
            self._unsaved.add(session.session_id)
        self._save(session)

    def forget(self, session_id: str) -> None:
        """Delete a conversation for good; what cannot be deleted now is not shown any more and deleted later."""
        self._memory.forget(session_id)
        with self._lock:
            self._unsaved.discard(session_id)
            self._undeleted.add(session_id)
        self._delete(session_id)

    def catch_up(self) -> None:
        """Do what waited for the database; what still cannot be done goes on waiting."""
        for session_id in tuple(self._undeleted):
            self._delete(session_id)
        for session_id in tuple(self._unsaved):
            if session := self._memory.get(session_id):
                self._save(session)
            else:
                self._unsaved.discard(session_id)

    def _save(self, session: Session) -> None:
        now = self._clock()

        def work(connection: Connection) -> None:
            row = {"body": session.model_dump_json(), "touched": now}
            upsert(connection, sessions, {"session_id": session.session_id, **row}, row)
            connection.execute(delete(sessions).where(sessions.c.touched <= now - self._keep))

        try:
            self._database.write(work)
        except StoreUnavailable:
            return
        with self._lock:
            self._unsaved.discard(session.session_id)

    def _delete(self, session_id: str) -> None:
        try:
            self._database.write(lambda c: c.execute(delete(sessions).where(sessions.c.session_id == session_id)))
        except StoreUnavailable:
            return
        with self._lock:
            self._undeleted.discard(session_id)
