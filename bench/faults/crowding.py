"""A disk without room or permission, a power cut, and several writers and readers at once."""

import os
import shutil
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from assistant.assistant import Assistant
from assistant.errors import NotReady
from assistant.model import Session
from assistant.serving import Serving
from assistant.sessions import MemorySessions
from bench.faults import power
from bench.faults.editions import EMBEDDER, observed
from bench.faults.judging import NEW, OLD, Ground, Row, Verdict, after_writing, after_writing_and_mending, judge
from bench.faults.writing import DONE, Job, writer
from knowledge.index.generation import GenerationStore
from knowledge.index.opening import Generation

PAGE, SPARE_PAGES = 4096, 40
QUESTION = "居民身份证补领"


def largest_files(ground: Ground, steps: int) -> Row:
    """No file may grow past a limit, which moves through the sizes of all files."""
    files = [path for path in ground.template.rglob("*") if path.is_file()]
    biggest = max(path.stat().st_size for path in files)
    limits = sorted({0, 1, *np.geomspace(16, biggest * 1.2, steps).astype(int).tolist()})
    verdicts: Counter[Verdict] = Counter()
    for limit in limits:
        data = ground.copy()
        told = ground.writer.run(Job(data=data, edition=NEW, largest_file=limit))
        verdicts[after_writing_and_mending(ground, data, told)] += 1
    return Row("文件大小受限（RLIMIT_FSIZE）", verdicts, f"{limits[0]} 到 {limits[-1]} 字节")


def full_disks(ground: Ground) -> Row:
    """A file system of its own with so much room left, from none to enough."""
    verdicts: Counter[Verdict] = Counter()
    pages = sum(-(-path.stat().st_size // PAGE) for path in ground.template.rglob("*") if path.is_file())
    for spare in range(SPARE_PAGES):
        with _disk(ground.place / "disk", (pages + spare) * PAGE) as disk:
            if disk is None:
                return Row("磁盘满（tmpfs）", verdicts, "这里不许挂载，没有测")
            data = Path(shutil.copytree(ground.template, disk / "data"))
            told = ground.writer.run(Job(data=data, edition=NEW))
            verdicts[after_writing(data, told)] += 1
    return Row("磁盘满（tmpfs）", verdicts, f"余地 0 到 {(SPARE_PAGES - 1) * PAGE // 1024} KB")


@contextmanager
def _disk(place: Path, size: int) -> Iterator[Path | None]:
    place.mkdir(exist_ok=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    if os.geteuid() or subprocess.run(mount, stderr=subprocess.DEVNULL).returncode:
        yield None
        return
    try:
        yield place
    finally:
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def forbidden(ground: Ground) -> Row:
    """A data folder that the writer may read but not write."""
    data = ground.copy()
    for path in (ground.place, data, *data.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    told = ground.writer.run(Job(data=data, edition=NEW, as_nobody=True))
    return Row("数据文件夹只读", Counter([after_writing(data, told)]), told.replace(str(data), "…"))


def two_writers(ground: Ground, runs: int) -> Row:
    """Two that begin to build and publish together: one waits for the other or is told."""
    verdicts: Counter[Verdict] = Counter()
    with writer() as other:
        for _ in range(runs):
            data = ground.copy()
            ground.writer.start(Job(data=data, edition=NEW))
            other.start(Job(data=data, edition=NEW))
            told = [ground.writer.told(), other.told()]
            whole = GenerationStore(data).numbers()[-2:] == [NEW, NEW + 1] or told.count(DONE) == 1
            verdicts[judge(data, harmed=False) if DONE in told and whole else Verdict.SILENT] += 1
    return Row("两个写者同时", verdicts)


def power_order(ground: Ground) -> Row:
    """What a power cut could take, read off the order of system calls; killing cannot show it."""
    if not shutil.which("strace"):
        return Row("断电：落盘次序", Counter(), "没有 strace，没有测")
    data = ground.place / "traced"
    lines = power.traced(Job(data=data, edition=1, rounds=2), ground.place / "trace")
    renames, faults = power.unsafe(lines, data)
    verdicts = Counter({Verdict.NEW: renames, Verdict.SILENT: len(faults)})
    return Row("断电：改名之前都已落盘（strace）", verdicts, "；".join(faults) or f"{len(lines)} 个系统调用")


class Served(threading.Thread):
    """Asks, or opens anew, until told to stop; keeps what it met."""

    def __init__(self, stop: threading.Event, serving: Serving, store: GenerationStore | None) -> None:
        super().__init__()
        self._halt, self._serving, self._store = stop, serving, store
        self.failed: list[str] = []
        self.seconds: list[float] = []
        self.seen: list[int] = []

    def run(self) -> None:
        """Ask until the end; any exception is a failed query."""
        while not self._halt.is_set():
            started = time.perf_counter()
            try:
                self.seen.append(self._opened() if self._store else self._asked())
            except Exception as error:
                self.failed.append(f"{type(error).__name__}: {error}")
            self.seconds.append(time.perf_counter() - started)

    def _opened(self) -> int:
        assert self._store
        opened, problems = self._store.open(EMBEDDER)
        if problems:
            raise NotReady("；".join(problems))
        return observed(opened)

    def _asked(self) -> int:
        assistant = self._serving.assistant
        reply = assistant.ask(Session(session_id="bench"), QUESTION).reply
        number = observed(assistant.generation)
        if reply.kind != "answer" or int(reply.generation) != assistant.generation.manifest.number:
            raise NotReady(f"{reply.kind} from {reply.generation}")
        return number


def readers_during(ground: Ground, rounds: int) -> Iterator[Row]:
    """Four ask through one `Serving` and two open anew, while generations are published and pruned."""
    data = ground.copy()
    store = GenerationStore(data)
    sessions = MemorySessions()

    def assemble(generation: Generation, problems: tuple[str, ...]) -> Assistant:
        return Assistant(generation, sessions, 500, problems)

    serving = Serving(store, EMBEDDER, assemble, assemble(*store.open(EMBEDDER)))
    stop = threading.Event()
    askers = [Served(stop, serving, None) for _ in range(4)]
    openers = [Served(stop, serving, store) for _ in range(2)]
    for thread in (*askers, *openers):
        thread.start()
    ground.writer.start(Job(data=data, edition=NEW, rounds=rounds))
    while GenerationStore(data).current() != OLD + rounds:
        serving.refresh()
        time.sleep(0.02)
    told = ground.writer.told()
    serving.refresh()
    stop.set()
    for thread in (*askers, *openers):
        thread.join()
    for what, threads in (("提问", askers), ("重新打开", openers)):
        yield _met(what, threads, told, rounds)


def _met(what: str, threads: list[Served], told: str, rounds: int) -> Row:
    failed = [fault for thread in threads for fault in thread.failed]
    back = sum(a > b for thread in threads for a, b in zip(thread.seen, thread.seen[1:], strict=False))
    seen = [number for thread in threads for number in thread.seen]
    seconds = np.array([second for thread in threads for second in thread.seconds]) * 1000
    verdicts = Counter({
        Verdict.OLD: sum(number == OLD for number in seen), Verdict.NEW: sum(number > OLD for number in seen),
        Verdict.MIXTURE: sum("Mixed" in fault for fault in failed) + back,
        Verdict.SILENT: sum("Mixed" not in fault for fault in failed) + (told != DONE),
    })  # fmt: skip
    note = f"发布 {rounds} 次，见到 {len(set(seen))} 个版本，p50 {np.percentile(seconds, 50):.0f} ms，p95 {np.percentile(seconds, 95):.0f} ms"
    return Row(f"发布、清理时{what}（{len(threads)} 个线程）", verdicts, "；".join([note, *sorted(set(failed))[:3]]))
