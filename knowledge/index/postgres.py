"""A PostgreSQL database: a small pool of connections, and its faults in Chinese. The only file that imports psycopg."""

import math
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
import psycopg_pool

from knowledge.deadline import granted
from knowledge.errors import IndexUnavailable

Params = Sequence[Any]
CONNECTIONS = 8  # a replica answers about as many questions at once
SECONDS = 3.0  # that a question waits for a connection, and then for its query
LOST_AFTER = {"keepalives_idle": 20, "keepalives_interval": 5, "keepalives_count": 3, "tcp_user_timeout": 30_000}
CHECK_SECONDS = 1.0
LATE = "没有在时限内答复"


class _Connection(psycopg.Connection[Any]):
    """Gives up by its own clock too: a server that is stopped keeps no deadline."""

    until = math.inf

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """As psycopg has it, until then and no longer; what does not answer is not asked again."""
        if timeout is None and self.until < math.inf:
            timeout = max(0.0, self.until - time.monotonic())
        try:
            return super().wait(gen, interval, timeout)
        except psycopg.OperationalError as error:
            if time.monotonic() < self.until:
                raise
            self.close()
            raise psycopg.OperationalError(LATE) from error


def _check(connection: _Connection) -> None:
    """Whether a connection that lay idle still answers; its last deadline is long past."""
    connection.until = time.monotonic() + CHECK_SECONDS
    psycopg_pool.ConnectionPool.check_connection(connection)


class Writing:
    """One open transaction."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection

    def run(self, statement: str, params: Params = ()) -> list[tuple[Any, ...]]:
        """Run one statement; its rows, if it has any."""
        cursor = self._connection.execute(statement.encode(), params or None)
        return cursor.fetchall() if cursor.description else []

    def copy(self, table: str, types: Sequence[str], rows: Iterable[Params]) -> None:
        """Fill a table. `bytea` for a column of another type means: these bytes are its binary form."""
        with self._connection.cursor().copy(f"COPY {table} FROM STDIN (FORMAT BINARY)".encode()) as copy:
            copy.set_types(types)
            for row in rows:
                copy.write_row(row)


class Database:
    """Reads and transactions. Every fault of the database is an IndexUnavailable; the next use tries again."""

    def __init__(self, url: str, seconds: float = SECONDS) -> None:
        """`url`: postgresql://…; nothing is connected yet. What takes longer is given up."""
        self._seconds = seconds
        settings = f"-c statement_timeout={round(seconds * 1000)} -c jit=off"
        options = {"autocommit": True, "connect_timeout": max(2, round(seconds)), "options": settings, **LOST_AFTER}
        self._pool = psycopg_pool.ConnectionPool(
            url, connection_class=_Connection, min_size=0, max_size=CONNECTIONS, timeout=seconds, open=False, kwargs=options,
            reconnect_timeout=seconds, check=_check,
        )  # fmt: skip

    def close(self) -> None:
        """Let go of every connection."""
        self._pool.close()

    def rows(self, statement: str, params: Params = (), settings: Sequence[str] = ()) -> list[tuple[Any, ...]]:
        """Run one query with binary results, under settings that hold for it alone."""
        with self._connected(granted("索引数据库", self._seconds)) as connection:
            if not settings:
                return connection.execute(statement.encode(), params or None, binary=True).fetchall()
            with connection.transaction():
                for setting in settings:
                    connection.execute(f"SET LOCAL {setting}".encode())
                return connection.execute(statement.encode(), params or None, binary=True).fetchall()

    def stream(self, statement: str, params: Params = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a large query, one at a time."""
        with self._connected() as connection, connection.transaction():
            connection.execute("SET LOCAL statement_timeout = 0")
            yield from connection.cursor(binary=True).stream(statement.encode(), params or None)

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """One transaction without a deadline; whatever goes wrong inside, nothing of it is seen."""
        with self._connected() as connection, connection.transaction():
            connection.execute("SET LOCAL statement_timeout = 0")
            yield Writing(connection)

    @contextmanager
    def _connected(self, seconds: float = math.inf) -> Iterator[psycopg.Connection[Any]]:
        """A connection whose use as a whole may take so long."""
        try:
            self._pool.open()
            with self._pool.connection(min(seconds, self._seconds)) as connection:
                connection.until = time.monotonic() + seconds
                yield connection
        except psycopg.Error as error:  # a pool that waited in vain raises one of them
            why = error.diag.message_primary or (LATE if str(error) == LATE else type(error).__name__)
            raise IndexUnavailable(f"索引数据库现在用不了（{why}），请检查数据库和到它的网络") from error
