"""Kill −9 while a generation is built and published."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from bench.faults.editions import SMALL
from bench.faults.judging import NEW, Ground, Row, Verdict, after_writing_and_mending
from bench.faults.writing import DONE, KILLED, Job
from knowledge.index.embedding import open_embedder
from knowledge.index.generation import GenerationStore


def at_moments(ground: Ground, kills: int) -> Row:
    """At moments drawn over the whole duration of build and publish; runs that were done by then are not counted."""
    seconds = _seconds(ground)
    verdicts: Counter[Verdict] = Counter()
    reached: Counter[str] = Counter()
    while verdicts.total() < kills:
        data = ground.copy()
        child = ground.writer.start(Job(data=data, edition=NEW))
        time.sleep(ground.chance.uniform(0, seconds))
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        told = ground.writer.told()
        seconds *= 1.02 if told == KILLED else 0.95  # the machine is faster or slower than a moment ago
        if told == KILLED:
            reached[_reached(GenerationStore(data))] += 1
            verdicts[after_writing_and_mending(ground, data, told)] += 1
    return Row("kill -9，随机时刻", verdicts, "、".join(f"{where} {n}" for where, n in reached.most_common()))


def at_steps(ground: Ground, every: int = 1) -> Row:
    """Before every single file operation, one after the other, or before every so-manieth."""
    verdicts: Counter[Verdict] = Counter()
    told, step = "", 0
    while told != DONE:
        data = ground.copy()
        told = ground.writer.run(Job(data=data, edition=NEW, die_before=step))
        verdicts[after_writing_and_mending(ground, data, told)] += 1
        step += every
    return Row("kill -9，逐个文件操作之前", verdicts, f"一次生成加发布有 {step - every} 个操作，末一次没有杀")


def real_commands(ground: Ground, model: Path, kills: int) -> Row:
    """The operator's own two commands with the real model, killed at moments drawn over their duration."""
    data = ground.place / "real"
    data.mkdir()
    (data / "model").symlink_to(model.resolve())
    command = [sys.executable, "-m", "knowledge", "--data-dir", str(data), "--library", str(SMALL)]
    both = (
        "import subprocess, sys; [subprocess.run([*sys.argv[1:], word], check=True) for word in ('build', 'publish')]"
    )
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "start_new_session": True}
    started = time.perf_counter()
    subprocess.run([sys.executable, "-c", both, *command], check=True, **quiet)  # type: ignore[call-overload]
    seconds = time.perf_counter() - started
    embedder = open_embedder("embedded", data / "model")
    verdicts: Counter[Verdict] = Counter()
    for _ in range(kills):
        store = GenerationStore(data)
        before, built = store.current(), max(store.numbers())
        process = subprocess.Popen([sys.executable, "-c", both, *command], **quiet)  # type: ignore[call-overload]
        time.sleep(ground.chance.uniform(0, seconds))
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        opened, problems = store.open(embedder)
        found = opened.retriever.search("身份证丢了", "410100").kept[0].key == "410100/card-reissue"
        whole = found and not problems and opened.manifest.number == store.current()
        newer = opened.manifest.number == built + 1
        same = Verdict.NEW if newer else Verdict.OLD if opened.manifest.number == before else Verdict.MIXTURE
        verdicts[same if whole else Verdict.SILENT] += 1
    return Row("kill -9，真模型，build、publish 两条命令", verdicts, f"一次 {seconds:.1f} 秒")


def _seconds(ground: Ground) -> float:
    started = time.perf_counter()
    for _ in range(5):
        ground.writer.run(Job(data=ground.copy(), edition=NEW))
    return (time.perf_counter() - started) / 5


def _reached(store: GenerationStore) -> str:
    if store.current() == NEW:
        return "切换后"
    if NEW in store.numbers():
        return "生成后、切换前"
    return "生成中" if list(store.folder.glob("*.partial")) else "生成前"
