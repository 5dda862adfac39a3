"""An engine for SQLite (WAL, one file) or PostgreSQL, its short waits, and what its faults mean in Chinese."""

import os
import time
from pathlib import Path
from sqlite3 import Connection as SqliteConnection
from sqlite3 import OperationalError
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DisconnectionError, SQLAlchemyError

from assistant.errors import SettingsError

AGAIN_SECONDS = 0.01
FAULTS = (
    ("disk is full", "磁盘满了，请清理出空间"), ("No space left", "磁盘满了，请清理出空间"),
    ("readonly", "数据库只读，请检查文件的权限和挂载方式"), ("read-only", "数据库只读，请检查文件的权限和挂载方式"),
    ("locked", "数据库被别的程序锁着，请关掉占用它的程序"), ("lock timeout", "数据库被别的程序锁着，请关掉占用它的程序"),
    ("unable to open", "数据库文件打不开，请检查数据文件夹在不在、能不能写"),
    ("not a database", "数据库文件损坏，请停下服务，用备份恢复：python -m assistant restore"),
    ("malformed", "数据库文件损坏，请停下服务，用备份恢复：python -m assistant restore"),
    ("disk I/O", "磁盘读写出错，请检查磁盘"), ("statement timeout", "数据库太慢，请检查数据库服务器"),
    ("authentication", "数据库不认用户名或密码，请检查 BANCHENG_DATABASE_URL"),
    ("does not exist", "数据库或表不存在，请检查 BANCHENG_DATABASE_URL"),
    ("connection", "连不上数据库，请检查数据库服务器和 BANCHENG_DATABASE_URL"),
)  # fmt: skip


def open_engine(address: str, patience: float) -> Engine:
    """An engine that waits at most `patience` seconds for a lock, a connection or a statement; connects to nothing yet.

    Raises SettingsError for an address that is neither SQLite nor PostgreSQL.
    """
    try:
        url = make_url(address)
        match url.get_backend_name():
            case "sqlite":
                return _sqlite(url, patience)
            case "postgresql":
                return _postgresql(url, patience)
    except (ArgumentError, ValueError, ModuleNotFoundError) as error:
        raise SettingsError(f"BANCHENG_DATABASE_URL 写法不对（{type(error).__name__}）") from error
    raise SettingsError(f"BANCHENG_DATABASE_URL 只支持 sqlite 和 postgresql，不支持 {url.get_backend_name()}")


def sqlite_address(path: Path) -> str:
    """The address of a database file."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def told(error: SQLAlchemyError | OSError) -> str:
    """What is wrong and what to do; never the statement or its values."""
    text = str(getattr(error, "orig", None) or error)
    return next((words for sign, words in FAULTS if sign in text), f"数据库出错（{type(error).__name__}）")


def upsert(connection: Connection, table: Table, values: dict[str, Any], replaced: dict[str, Any]) -> None:
    """Insert a row, or update these columns of the row with the same key."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    key = [column.name for column in table.primary_key]
    connection.execute(dialect.insert(table).values(values).on_conflict_do_update(index_elements=key, set_=replaced))


def _postgresql(url: URL, patience: float) -> Engine:
    milliseconds = int(patience * 1000)
    waits = f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds}"
    return create_engine(
        url.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=5, max_overflow=0,
        pool_timeout=patience, connect_args={"connect_timeout": max(2, int(patience)), "options": waits},
    )  # fmt: skip


def _sqlite(url: URL, patience: float) -> Engine:
    path = Path(url.database or "")
    if not url.database or url.database == ":memory:":
        raise SettingsError(
            "BANCHENG_DATABASE_URL 要写明 SQLite 文件，例如 sqlite:////var/lib/bancheng/bancheng.sqlite3"
        )
    engine = create_engine(url, connect_args={"timeout": patience / 2})

    @event.listens_for(engine, "do_connect")
    def make_folder(dialect: Any, record: Any, args: Any, kwargs: Any) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError:
            return  # connecting says why

    @event.listens_for(engine, "connect")
    def connected(connection: SqliteConnection, record: Any) -> None:
        connection.isolation_level = None  # BEGIN is said below
        _write_ahead(connection, patience / 2)
        connection.execute("PRAGMA foreign_keys=ON")
        record.info["file"] = _identity(path)

    @event.listens_for(engine, "checkout")
    def same_file(connection: SqliteConnection, record: Any, proxy: Any) -> None:
        if record.info["file"] != _identity(path):
            raise DisconnectionError("the file was replaced")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        connection.exec_driver_sql(f"PRAGMA synchronous={'FULL' if options.get('durable') else 'NORMAL'}")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("writes") else "BEGIN")

    return engine


def _write_ahead(connection: SqliteConnection, patience: float) -> None:
    """Put the file in WAL mode; while another process does the same at first, SQLite says busy at once, so ask again."""
    until = time.monotonic() + patience
    while True:
        try:
            if not _written_ahead(connection):
                connection.execute("PRAGMA journal_mode=WAL")
            return
        except OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(AGAIN_SECONDS)


def _written_ahead(connection: SqliteConnection) -> bool:
    return bool(connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
