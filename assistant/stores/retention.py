"""How long each kind is kept, what is overdue, and its end."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, delete, func, select

from assistant.stores.tables import audit, feedback, gaps, sessions, worklist
from assistant.worklist import State


class Periods(NamedTuple):
    """How long each kind is kept after it was last touched; assignments after they were done."""

    sessions: timedelta
    gaps: timedelta
    feedback: timedelta
    worklist: timedelta
    audit: timedelta


def overdue(connection: Connection, periods: Periods, now: datetime) -> dict[str, int]:
    """Table → how many rows have been kept long enough; the audit is counted but not dropped here."""
    return {
        table.name: connection.scalar(select(func.count()).select_from(table).where(old)) or 0
        for table, old in _old(periods, now)
    }


def drop(connection: Connection, periods: Periods, now: datetime) -> dict[str, int]:
    """Delete them; table → how many. The audit is left alone: its chain is cut by its own store."""
    return {
        table.name: connection.execute(delete(table).where(old)).rowcount
        for table, old in _old(periods, now)
        if table is not audit
    }


def _old(periods: Periods, now: datetime) -> tuple[tuple[Table, ColumnElement[bool]], ...]:
    done = worklist.c.state == State.DONE
    return (
        (sessions, sessions.c.touched <= now - periods.sessions),
        (gaps, gaps.c.last_seen <= now - periods.gaps),
        (feedback, feedback.c.at <= now - periods.feedback),
        (worklist, done & (worklist.c.at <= now - periods.worklist)),
        (audit, audit.c.at <= now - periods.audit),
    )
