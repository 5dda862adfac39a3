"""Questions that got no answer, counted for whoever writes the guides. Masked text only; a failing store blocks no answer."""

import json
import logging
import re
import sqlite3
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from assistant.model import RefusalReason, Turn
from knowledge.catalog import Catalog, item_of
from knowledge.model import Frozen

RECORDED = frozenset({RefusalReason.NO_KNOWLEDGE, RefusalReason.NOT_PUBLISHED_HERE})
NEAREST = 3
KEEP = timedelta(days=180)
WAIT_SECONDS = 0.2  # an answer waits no longer than this for another writer
SCHEMA = (
    "CREATE TABLE IF NOT EXISTS gaps (key TEXT PRIMARY KEY, question TEXT NOT NULL, reason TEXT NOT NULL, "
    "nearest TEXT NOT NULL, place TEXT NOT NULL, generation TEXT NOT NULL, times INTEGER NOT NULL, "
    "first_seen TEXT NOT NULL, last_seen TEXT NOT NULL)"
)
log = logging.getLogger(__name__)


class Gap(Frozen):
    """One question without an answer: what was asked, why none was given, what came nearest, where, how often."""

    question: str
    reason: RefusalReason
    nearest: tuple[str, ...]  # names of the guides found, or of the one that leaves it to the place
    place: str  # adcode
    generation: str
    times: int = 1
    first_seen: datetime
    last_seen: datetime

    @property
    def key(self) -> str:
        """What makes two questions the same gap: the words without marks, the reason and the place."""
        return "|".join((re.sub(r"\W", "", self.question).casefold(), self.reason, self.place))


class GapStore(Protocol):
    """Where gaps are counted."""

    def record(self, gap: Gap) -> None:
        """Count a gap once more. Never raises: an answer does not depend on it."""
        ...

    def all(self) -> list[Gap]:
        """The gaps, most frequent first. Raises OSError when they cannot be read."""
        ...


def gap_of(turn: Turn, catalog: Catalog, now: datetime) -> Gap | None:
    """The gap that a turn shows, or None when it was answered or refused for another reason."""
    reply = turn.reply
    if reply.reason not in RECORDED:
        return None
    found = [candidate.key for candidate in turn.trace.candidates[:NEAREST]]
    names = [item.name for item in reply.items] or [_name(key, catalog) for key in found]
    return Gap(
        question=turn.question, reason=reply.reason, nearest=tuple(dict.fromkeys(names)), place=reply.jurisdiction,
        generation=reply.generation, first_seen=now, last_seen=now,
    )  # fmt: skip


def _name(key: str, catalog: Catalog) -> str:
    if key.startswith("theme:"):
        return catalog.themes[key.removeprefix("theme:")].name
    return catalog.general(item_of(key)).name


class SqliteGaps:
    """One file beside the sessions, opened for each write: a full or read-only disk costs a line in the log."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def record(self, gap: Gap) -> None:
        """Count a gap once more and drop those not seen for half a year; what goes wrong is logged."""
        try:
            with self._lock, closing(self._open()) as connection:
                connection.execute(
                    "INSERT INTO gaps VALUES (?, ?, ?, ?, ?, ?, 1, ?, ?) ON CONFLICT (key) DO UPDATE SET times = times + 1, "
                    "nearest = excluded.nearest, generation = excluded.generation, last_seen = excluded.last_seen",
                    (gap.key, gap.question, gap.reason, json.dumps(gap.nearest, ensure_ascii=False), gap.place,
                     gap.generation, gap.first_seen.isoformat(), gap.last_seen.isoformat()),
                )  # fmt: skip
                connection.execute("DELETE FROM gaps WHERE last_seen < ?", ((gap.last_seen - KEEP).isoformat(),))
        except (OSError, sqlite3.Error) as error:
            log.warning("没有答上来的问题没能记下：%s", type(error).__name__)

    def all(self) -> list[Gap]:
        """The gaps, most frequent first, then latest first. Raises OSError when the file cannot be read."""
        if not self._path.exists():
            return []
        try:
            with self._lock, closing(self._open()) as connection:
                rows = connection.execute(
                    "SELECT question, reason, nearest, place, generation, times, first_seen, last_seen FROM gaps "
                    "ORDER BY times DESC, last_seen DESC"
                ).fetchall()
        except sqlite3.Error as error:
            raise OSError(f"读不了 {self._path}：{type(error).__name__}") from error
        return [
            Gap(
                question=question, reason=reason, nearest=json.loads(nearest), place=place, generation=generation,
                times=times, first_seen=datetime.fromisoformat(first), last_seen=datetime.fromisoformat(last),
            )
            for question, reason, nearest, place, generation, times, first, last in rows
        ]  # fmt: skip

    def _open(self) -> sqlite3.Connection:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(self._path, timeout=WAIT_SECONDS, isolation_level=None)
        connection.execute(SCHEMA)
        return connection


def now() -> datetime:
    """The time a gap is seen, UTC."""
    return datetime.now(UTC)
