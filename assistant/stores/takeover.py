"""What the version before kept in files of its own: taken into the database once, then deleted."""

import json
import logging
import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert, select

from assistant.errors import StoreUnavailable
from assistant.gaps import Gap
from assistant.stores.database import Database
from assistant.stores.tables import gaps, sessions

SESSIONS, GAPS = "sessions.sqlite3", "gaps.sqlite3"
log = logging.getLogger(__name__)


def take_over(database: Database, data: Path) -> None:
    """Take over both files where they are; what cannot be read or written is left where it is and told in the log."""
    for name, rows_of in ((SESSIONS, _sessions), (GAPS, _gaps)):
        path = data / name
        if not os.path.isfile(path):  # no exception where the folder may not be read
            continue
        table = sessions if name == SESSIONS else gaps
        try:
            rows = rows_of(path)
            database.write(lambda connection, t=table, r=rows: _add(connection, t, r), durable=True)  # type: ignore[misc]
            for part in (path, data / f"{name}-wal", data / f"{name}-shm"):
                part.unlink(missing_ok=True)
            log.warning("已把 %s 的 %d 条记录并入数据库", name, len(rows))
        except (StoreUnavailable, OSError, sqlite3.Error, ValueError) as error:
            log.warning("%s 没有并入数据库，原样留着（%s）", name, type(error).__name__)


def _sessions(path: Path) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(path)) as old:
        rows = old.execute("SELECT session_id, body, touched FROM sessions").fetchall()
    return [
        {"session_id": session_id, "body": body, "touched": datetime.fromtimestamp(touched, UTC)}
        for session_id, body, touched in rows
    ]


def _gaps(path: Path) -> list[dict[str, Any]]:
    columns = ("question", "reason", "nearest", "place", "generation", "times", "first_seen", "last_seen")
    with closing(sqlite3.connect(path)) as old:
        rows = old.execute(f"SELECT {', '.join(columns)} FROM gaps").fetchall()
    found = [dict(zip(columns, row, strict=True)) for row in rows]
    kept = [Gap.model_validate({**row, "nearest": json.loads(row["nearest"])}) for row in found]
    return [{**gap.model_dump(), "key": gap.key} for gap in kept]


def _add(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    """What is not there yet; a second taking over of the same file adds nothing."""
    key = next(iter(table.primary_key))
    there = set(connection.scalars(select(key)))
    if new := [row for row in rows if row[key.name] not in there]:
        connection.execute(insert(table), new)
