"""`python -m bench.service_faults [service sqlite disk postgres]`: the service under every fault that can be made to happen here, as a table.

Four people go on with their conversations while it happens. What is expected was written first (DECISIONS.md); each row
says what was met. Works on a copy of BANCHENG_DATA_DIR, on loopback, and ends by itself in a few minutes. Exit code 1
when a row is not as expected.
"""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from assistant.build import PATIENT, open_stores
from assistant.config import Settings
from assistant.kept import Stores
from bench.service.asking import Talkers, Told
from bench.service.disks import filled, small_disk
from bench.service.postgres import Postgres, postgres
from bench.service.process import Service, data_folder
from evals.scripted_model import Wire, scripted_model
from knowledge.terminal import DONE, FAILED

LASTS, BEFORE, RECOVERING = 6.0, 4.0, 30.0  # seconds
SLOWEST = 4.0  # seconds more than before that a question may take while the database does not answer
WARM = 28  # answers before anything is measured
KILLS = 3


class Row(NamedTuple):
    """One fault: what was expected, what was met, and whether that is the same."""

    fault: str
    expected: str
    asked: int
    errors: int
    p95: float  # milliseconds
    slowest: float  # milliseconds
    met: str
    well: bool


class Ground(NamedTuple):
    """Where it happens."""

    prepared: Path
    place: Path

    def data(self, name: str) -> Path:
        """A data folder of its own."""
        return data_folder(self.prepared, self.place / name)


def stores_of(service: Service, address: str | None = None) -> Stores:
    """What the service stored, opened beside it."""
    own = Settings(data_dir=service.data, database_url=address)
    return open_stores(own, PATIENT)


def lost(stores: Stores, talkers: Talkers) -> int:
    """How many answered turns are not stored."""
    kept = {name: stores.sessions.get(name) for name in talkers.acknowledged}
    return sum(
        max(0, turns - len(found.turns if (found := kept[name]) else ()))
        for name, turns in talkers.acknowledged.items()
    )


def recovered(service: Service) -> float:
    """Seconds until /readyz names nothing any more; the whole time allowed when it does not."""
    begun = time.monotonic()
    while service.problems() and time.monotonic() - begun < RECOVERING:
        time.sleep(0.2)
    return time.monotonic() - begun


def during(
    service: Service, fault: str, expected: str, happening: AbstractContextManager[None], stored: Callable[[], Stores]
) -> Row:
    """A fault that leaves the service alive: nobody meets an error, it is named, it passes, nothing answered is lost."""
    with Talkers(service) as talkers:
        undisturbed(talkers)
        at = time.monotonic()
        with happening:
            time.sleep(LASTS)
            named = service.problems()
        back = recovered(service)
        time.sleep(BEFORE)
    time.sleep(3)  # what waited is written
    stores = stored()
    missing = lost(stores, talkers)
    stores.keeper.close()
    met = f"{'；'.join(named) or '没有写明'}；{back:.1f} 秒后恢复；答过的轮次少了 {missing}"
    return _row(fault, expected, talkers.told, at, met, bool(named) and back < RECOVERING and not missing)


def undisturbed(talkers: Talkers) -> None:
    """Let them talk until everybody has heard some answers: a new service is slow at first, and so is a busy machine."""
    while len(talkers.told) < WARM:
        time.sleep(0.1)
    talkers.told.clear()
    time.sleep(BEFORE)


def _row(fault: str, expected: str, told: Sequence[Told], at: float, met: str, well: bool) -> Row:
    """`at`: when it began; what was slow before is no fault of it."""
    before = max((one.seconds for one in told if one.at < at), default=0.0)
    seconds = np.array([one.seconds for one in told if one.at >= at]) * 1000
    errors = sum(one.status != 200 for one in told)
    slow = bool(seconds.max() > (SLOWEST + before) * 1000)
    p95, slowest = float(np.percentile(seconds, 95)), float(seconds.max())
    met = f"{met}；之前最慢 {before * 1000:.0f} 毫秒"
    return Row(fault, expected, len(seconds), errors, p95, slowest, met, well and not errors and not slow)


# ---- SQLite ---------------------------------------------------------------------------------------------------------


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program holds the database."""
    with closing(sqlite3.connect(path, isolation_level=None)) as holder:
        holder.execute("BEGIN IMMEDIATE")
        yield


@contextmanager
def moved_away(path: Path) -> Iterator[None]:
    """The database's files are not where they were."""
    aside = path.parent / "aside"
    aside.mkdir()
    for part in path.parent.glob(f"{path.name}*"):
        part.rename(aside / part.name)
    path.mkdir()
    yield
    path.rmdir()
    for part in aside.iterdir():
        part.rename(path.parent / part.name)


GOES_ON = "照常回答，/readyz 写明，恢复后补上，不丢轮次"


def over_sqlite(ground: Ground) -> Iterator[Row]:
    """Locked, moved away; the generation damaged; full."""
    with Service(ground.data("sqlite")) as service:
        yield from over_generations(service)
        path = service.data / "bancheng.sqlite3"
        for fault, happening in (("数据库被锁住 6 秒", locked(path)), ("数据库文件不见了 6 秒", moved_away(path))):
            yield during(service, fault, GOES_ON, happening, lambda: stores_of(service))


def over_a_small_disk(ground: Ground) -> Iterator[Row]:
    """Full."""
    try:
        with small_disk(ground.place / "disk", 8) as disk:
            address = f"sqlite:///{disk / 'bancheng.sqlite3'}"
            with Service(ground.data("full"), database_url=address) as service:
                yield during(service, "磁盘满 6 秒", GOES_ON, filled(disk), lambda: stores_of(service, address))
    except subprocess.CalledProcessError:
        yield Row("磁盘满 6 秒", GOES_ON, 0, 0, 0, 0, "这里不能挂载小磁盘，没有测", True)


# ---- PostgreSQL -----------------------------------------------------------------------------------------------------


@contextmanager
def paused(server: Postgres) -> Iterator[None]:
    """The server does not answer."""
    server.pause()
    yield
    server.go_on()


@contextmanager
def killed(server: Postgres) -> Iterator[None]:
    """The server is gone, and comes back."""
    server.kill()
    yield
    server.start()


def over_postgres(ground: Ground) -> Iterator[Row]:
    """The server stuck, and killed."""
    with postgres() as server, Service(ground.data("postgres"), database_url=server.address) as service:
        for fault, happening in (
            ("PostgreSQL 停住 6 秒（SIGSTOP，连接不断）", paused(server)), ("PostgreSQL kill -9，6 秒后重启", killed(server)),
        ):  # fmt: skip
            yield during(service, fault, GOES_ON, happening, lambda: stores_of(service, server.address))


# ---- the service itself ---------------------------------------------------------------------------------------------


@contextmanager
def pointer_damaged(data: Path) -> Iterator[None]:
    """Both files that name the generation hold nonsense."""
    kept = {name: (data / name).read_bytes() for name in ("CURRENT", "CURRENT.copy")}
    for name in kept:
        (data / name).write_bytes(b"nonsense\n")
    yield
    for name, content in kept.items():
        (data / name).write_bytes(content)


@contextmanager
def files_damaged(data: Path) -> Iterator[None]:
    """The generation that is served is swapped for damaged files, and named anew."""
    number = max(int(path.name) for path in (data / "generations").iterdir() if path.name.isdigit())
    folder = data / "generations" / str(number)
    aside = data / "aside-generation"
    shutil.copytree(folder, aside)
    largest = max(folder.glob("*.npy"), key=lambda path: path.stat().st_size)
    replaced = largest.with_suffix(".new")
    replaced.write_bytes(b"nonsense" * 100)
    os.replace(replaced, largest)  # the mapped file lives on; cut short in place it would end the process
    content = (data / "CURRENT").read_bytes()
    (data / "CURRENT").write_bytes(b"")
    yield
    shutil.rmtree(folder)
    aside.rename(folder)
    (data / "CURRENT").write_bytes(content)


def over_generations(service: Service) -> Iterator[Row]:
    """What is served is damaged while it is served."""
    expected = "照常用原来的版本回答，/readyz 写明，改好后自动恢复"
    for fault, happening in (
        ("两个指针文件都写坏 6 秒", pointer_damaged(service.data)), ("正在用的版本一个文件被换坏", files_damaged(service.data)),
    ):  # fmt: skip
        yield during(service, fault, expected, happening, lambda: stores_of(service))


def killed_service(ground: Ground) -> Row:
    """Kill -9 in the middle of conversations, and start again, several times."""
    service = Service(ground.data("kill"))
    service.start()
    missing, faults, starts = 0, list[str](), list[float]()
    every: list[Talkers] = []
    for _ in range(KILLS):
        with Talkers(service) as talkers:
            time.sleep(3)
            service.kill()
        stores = stores_of(service)
        missing += lost(stores, talkers)
        faults += [fault] if (fault := stores.keeper.audit_fault()) else []
        stores.keeper.close()
        with closing(sqlite3.connect(service.data / "bancheng.sqlite3")) as file:
            found = file.execute("PRAGMA integrity_check").fetchone()[0]
        faults += [] if found == "ok" else [found]
        every.append(talkers)
        starts.append(service.start())
    service.kill()
    told = [t for talkers in every for t in talkers.told if t.status]
    seconds = np.array([t.seconds for t in told]) * 1000
    met = f"{KILLS} 次；答过的轮次少了 {missing}；数据库和审计 {'；'.join(faults) or '都完好'}；重新起来 {max(starts):.1f} 秒以内"
    expected = "只丢正在答的；答过的轮次、数据库、审计链都在"
    return Row(
        "kill -9 服务", expected, len(told), sum(t.status != 200 for t in told), float(np.percentile(seconds, 95)),
        float(seconds.max()), met, not missing and not faults,
    )  # fmt: skip


def slow_model(wire: Wire) -> None:
    """Says what it was asked to reword after three seconds."""
    wire.wait(3.0)
    wire.head()
    wire.stream("没有")
    wire.end()


def stopped_service(ground: Ground) -> Row:
    """SIGTERM while an answer waits for its language model."""
    expected = "正在答的答完，不再接新的，正常退出"
    with scripted_model(slow_model) as model:
        service = Service(ground.data("stop"), llm_base_url=model.url, llm_model="slow", llm_first_word_seconds="6")
        service.start()
        with Talkers(service, people=2) as talkers:
            time.sleep(1.0)
            begun = time.monotonic()
            service.terminate()
            code, seconds = service.wait(), time.monotonic() - begun
        stores = stores_of(service)
        missing = lost(stores, talkers)
        stores.keeper.close()
    answered = [told for told in talkers.told if told.status]
    taken = np.array([told.seconds for told in answered] or [0.0]) * 1000
    met = f"退出码 {code}，{seconds:.1f} 秒；答完 {len(answered)} 句；答过的轮次少了 {missing}"
    well = code == 0 and bool(answered) and not missing
    return Row(
        "SIGTERM，正在等语言模型",
        expected,
        len(answered),
        sum(t.status != 200 for t in answered),
        float(taken.max()),
        float(taken.max()),
        met,
        well,
    )


def over_the_service(ground: Ground) -> Iterator[Row]:
    """Killed, and stopped."""
    yield killed_service(ground)
    yield stopped_service(ground)


GROUPS = {
    "service": over_the_service, "sqlite": over_sqlite, "disk": over_a_small_disk, "postgres": over_postgres,
}  # fmt: skip


def main(argv: list[str]) -> int:
    """Run all groups, or those that are named, and print the table as it grows."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # what was started and mounted is undone
    prepared = Path(os.environ.get("BANCHENG_DATA_DIR", "var"))
    sys.stdout.write(
        "| 情形 | 预期 | 提问 | 出错 | p95 毫秒 | 最慢 | 实际 | 相符 |\n|---|---|---|---|---|---|---|---|\n"
    )
    well = True
    with tempfile.TemporaryDirectory(prefix="bancheng-faults-") as folder:
        for name in argv or GROUPS:
            for row in GROUPS[name](Ground(prepared, Path(folder))):
                marks = f"{row.asked} | {row.errors} | {row.p95:.0f} | {row.slowest:.0f} | {row.met} | {'是' if row.well else '否'}"
                sys.stdout.write(f"| {row.fault} | {row.expected} | {marks} |\n")
                sys.stdout.flush()
                well = well and row.well
    return DONE if well else FAILED


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
