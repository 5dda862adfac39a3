"""A copy of the database as one SQLite file with its digest beside it, whichever database it comes from or goes to.

Conversations are in no copy: they are promised to be gone after a day.
"""

import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import file_digest, sha256
from pathlib import Path

from sqlalchemy import Connection, Table, func, insert, select

from assistant.chain import fault_of
from assistant.errors import BadInput, StoreUnavailable
from assistant.stores.audit import links_in
from assistant.stores.database import Database
from assistant.stores.engine import sqlite_address
from assistant.stores.tables import audit, feedback, gaps, worklist

COPIED = (gaps, feedback, worklist, audit)
MINUTES = 3600.0  # a copy is in no hurry
AT_ONCE = 1000


def back_up(database: Database, target: Path) -> dict[str, int]:
    """Write a copy while the service runs; table → rows. Raises StoreUnavailable; BadInput when the file is there."""
    if target.exists():
        raise BadInput(f"{target} 已经有了，请换一个文件名")
    partial = target.with_name(f"{target.name}.partial")
    partial.unlink(missing_ok=True)
    with (
        closing(Database(sqlite_address(partial), MINUTES)) as copy,
        database.transaction(writes=False) as source,
        copy.transaction(writes=True, durable=True) as into,
    ):
        counts = {table.name: _copy(table, source, into) for table in COPIED}
    with closing(sqlite3.connect(partial)) as file:
        file.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    _sidecar(target).write_text(f"{_digest(partial)}  {target.name}\n", encoding="utf-8")
    os.replace(partial, target)
    return counts


def faults_of(target: Path) -> list[str]:
    """What is wrong with a copy, in Chinese; nothing when it can be restored whole. Raises BadInput without the file."""
    if not target.is_file():
        raise BadInput(f"没有 {target} 这个文件")
    try:
        noted = _sidecar(target).read_text(encoding="utf-8").split()[0]
    except (OSError, IndexError):
        return [f"没有 {_sidecar(target).name}，不知道备份完不完整"]
    if _digest(target) != noted:
        return ["内容与备份时的摘要不同，文件损坏或被改过"]
    with closing(sqlite3.connect(f"file:{target}?mode=ro", uri=True)) as file:
        found = file.execute("PRAGMA integrity_check").fetchone()[0]
    if found != "ok":
        return [f"文件内部不一致：{found}"]
    with opened(target) as source, source.transaction(writes=False) as connection:
        fault = fault_of(links_in(connection))
    return [f"审计记录：{fault}"] if fault else []


def restore(database: Database, target: Path) -> dict[str, int]:
    """Read a whole copy into an empty database and compare; table → rows. Raises BadInput, StoreUnavailable."""
    if faults := faults_of(target):
        raise BadInput(f"备份不能用：{'；'.join(faults)}")
    with opened(target) as copy, copy.transaction(writes=False) as source:
        with database.transaction(writes=True, durable=True) as into:
            if full := [table.name for table in COPIED if into.scalar(select(func.count()).select_from(table))]:
                raise BadInput(f"数据库里已经有记录（{'、'.join(full)}），只往空的数据库里恢复；请先把原来的移开")
            counts = {table.name: _copy(table, source, into) for table in COPIED}
        with database.transaction(writes=False) as result:
            if changed := [t.name for t in COPIED if _contents(t, source) != _contents(t, result)]:
                raise StoreUnavailable(f"恢复以后与备份不同：{'、'.join(changed)}，请重新恢复到空的数据库")
    return counts


@contextmanager
def opened(target: Path) -> Iterator[Database]:
    """A copy, opened where nothing can happen to it; one of an older version is brought to this one."""
    with tempfile.TemporaryDirectory(prefix="bancheng-restore-") as folder:
        path = Path(shutil.copyfile(target, Path(folder) / "copy.sqlite3"))
        with closing(Database(sqlite_address(path), MINUTES)) as database:
            yield database


def _copy(table: Table, source: Connection, into: Connection) -> int:
    count = 0
    found = source.execution_options(yield_per=AT_ONCE).execute(select(table).order_by(*table.primary_key))
    for rows in found.mappings().partitions():
        into.execute(insert(table), [dict(row) for row in rows])
        count += len(rows)
    return count


def _contents(table: Table, connection: Connection) -> str:
    digest = sha256()
    for row in connection.execution_options(yield_per=AT_ONCE).execute(select(table).order_by(*table.primary_key)):
        digest.update(repr(tuple(row)).encode())
    return digest.hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _sidecar(target: Path) -> Path:
    return target.with_name(f"{target.name}.sha256")
