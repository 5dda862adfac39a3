"""What an installation needs, checked one by one; each finding says what to do next."""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Literal, NamedTuple

from assistant.build import build_serving, open_stores
from assistant.config import Settings
from assistant.errors import AssistantError
from assistant.kept import Stores
from knowledge.errors import KnowledgeError

LEAST_FREE = 500 * 1024 * 1024
EARLIEST = datetime(2026, 11, 1, tzinfo=UTC)  # no clock that is right shows less
Level = Literal["ok", "warning", "error"]


class Finding(NamedTuple):
    """One thing looked at."""

    name: str
    level: Level
    told: str


def findings(settings: Settings, patience: float) -> Iterator[Finding]:
    """Everything, in the order in which it has to be mended."""
    yield from _folder(settings)
    stores = open_stores(settings, patience)
    looks = (
        ("指南库版本", partial(_generation, settings, stores)), ("数据库", partial(_database, stores)),
        ("审计记录", partial(_audit, stores)), ("保留期", partial(_overdue, stores)),
    )  # fmt: skip
    try:
        for name, look in looks:
            yield from _tried(name, look)
    finally:
        stores.keeper.close()
    yield _clock()


def _tried(name: str, look: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    try:
        yield from look()
    except (AssistantError, KnowledgeError) as error:
        yield Finding(name, "error", str(error))


def _folder(settings: Settings) -> Iterator[Finding]:
    folder = settings.data_dir
    if not folder.is_dir():
        yield Finding("数据文件夹", "error", f"没有 {folder}，请检查 BANCHENG_DATA_DIR，或先运行 make setup")
        return
    free = shutil.disk_usage(folder).free
    writable = os.access(folder, os.W_OK)
    others = stat.S_IMODE(folder.stat().st_mode) & stat.S_IROTH
    yield Finding(
        "数据文件夹", "ok" if writable else "error", f"{folder}{'' if writable else ' 不能写，请检查属主和权限'}"
    )
    told = f"还有 {free // 1024**2} MB"
    yield Finding("磁盘", "ok", told) if free >= LEAST_FREE else Finding("磁盘", "warning", f"{told}，请清理出空间")
    if others:
        yield Finding("权限", "warning", f"别的用户也能读 {folder}，建议 chmod 750")


def _generation(settings: Settings, stores: Stores) -> Iterator[Finding]:
    serving = build_serving(settings, stores)
    manifest = serving.assistant.generation.manifest
    yield Finding("指南库版本", "ok", f"版本 {manifest.number}，指南 {manifest.guides} 份，一件事 {manifest.themes} 个")
    yield from (Finding("指南库版本", "warning", problem) for problem in serving.problems)


def _database(stores: Stores) -> Iterator[Finding]:
    stores.keeper.check()
    yield Finding("数据库", "ok", "能读能写")


def _audit(stores: Stores) -> Iterator[Finding]:
    fault = stores.keeper.audit_fault()
    yield Finding("审计记录", "error", fault) if fault else Finding("审计记录", "ok", "完整，没有被改过")


def _overdue(stores: Stores) -> Iterator[Finding]:
    count = sum(stores.keeper.overdue().values())
    told = f"有 {count} 条到期没有删，请运行 python -m assistant retention" if count else "没有到期没删的"
    yield Finding("保留期", "warning" if count else "ok", told)


def _clock() -> Finding:
    now = datetime.now(UTC)
    told = f"{now.astimezone():%Y-%m-%d %H:%M}"
    return Finding("时钟", "ok", told) if now >= EARLIEST else Finding("时钟", "error", f"{told}，不对，请校准系统时间")
