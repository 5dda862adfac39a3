"""`python -m bench.import_stops [ROWS]`: an import of a million rows, undisturbed and stopped at random moments, as a table.

Ctrl-C and kill -9 in turn, then the same command again, until it ends. Both must leave the same drafts and the same
report. Exit code 1 when they do not. Needs about 10 KB of disk a row for a while.
"""

import csv
import hashlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from knowledge.terminal import DONE, FAILED

ROWS, ITEMS, STOPS, SEED = 1_000_000, 2_500, 6, 20261123
HEADER = ("事项名称", "实施编码", "行政区划代码", "实施机构", "收费标准", "法定办结时限", "咨询方式", "申请材料")
FEES = ("免费", "工本费10元", "按规定收取", "每证40元", "")
REPEATED = 20  # one row in so many says something else about the item of the row before


class Done(NamedTuple):
    """One import, however often it was begun: seconds of all beginnings together, and the highest memory of any, in MB."""

    seconds: float
    megabytes: float
    interrupts: int
    kills: int


def rows(count: int) -> Iterator[tuple[str, ...]]:
    """A catalogue of items, again in every county; now and then an item twice."""
    for number in range(count):
        told = number - 1 if number % REPEATED == REPEATED - 1 else number
        item, county = told % ITEMS, 100_000 + told // ITEMS
        yield (
            f"第{item}号事项办理", f"C{county}{item:05d}", str(county), f"第{item % 40}局", FEES[number % len(FEES)],
            f"{number % 30 + 1}个工作日", "12345", "身份证；户口簿；申请表" if item % 3 else "无",
        )  # fmt: skip


def command(file: Path, out: Path) -> subprocess.Popen[bytes]:
    """The import, begun; what runs in the background of a shell would ignore Ctrl-C."""
    words = ["env", "--default-signal=INT", sys.executable, "-m", "knowledge", "import", str(file), "--out", str(out)]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def undisturbed(file: Path, out: Path) -> Done:
    """Begun once."""
    begun = time.monotonic()
    process = command(file, out)
    highest = _watched(process, None)
    if process.returncode != DONE:
        raise RuntimeError(f"导入的退出码是 {process.returncode}")
    return Done(time.monotonic() - begun, highest, 0, 0)


def stopped(file: Path, out: Path, whole: float, chance: random.Random) -> Done:
    """Stopped so many times after random shares of the time of the whole, then left alone."""
    done = Done(0.0, 0.0, 0, 0)
    for number in range(STOPS + 1):
        begun = time.monotonic()
        process = command(file, out)
        highest = _watched(process, chance.uniform(0.03, 0.35) * whole if number < STOPS else None)
        if ended := process.poll() is not None:
            if process.returncode != DONE:
                raise RuntimeError(f"导入的退出码是 {process.returncode}")
        else:
            process.send_signal(signal.SIGKILL if number % 2 else signal.SIGINT)
            if process.wait() == DONE:
                raise RuntimeError("没有停下来")
        seconds = done.seconds + time.monotonic() - begun
        interrupted, killed = (0, 0) if ended else (1 - number % 2, number % 2)
        done = Done(seconds, max(done.megabytes, highest), done.interrupts + interrupted, done.kills + killed)
        sys.stderr.write(f"{done}\n")
        if ended:
            break
    return done


def _watched(process: subprocess.Popen[bytes], seconds: float | None) -> float:
    """Wait for its end, or for so long; its highest memory, MB."""
    until = time.monotonic() + (seconds or float("inf"))
    highest = 0.0
    while process.poll() is None and time.monotonic() < until:
        try:
            status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
            highest = max(highest, int(status.split("VmHWM:")[1].split()[0]) / 1024)
        except (OSError, IndexError):
            break
        time.sleep(0.2)
    if seconds is None:
        process.wait()
    return highest


def digest(folder: Path) -> tuple[int, str]:
    """How many files, and a digest of their names and bytes."""
    found, count = hashlib.sha256(), 0
    for place in sorted(folder.iterdir()):
        for path in sorted(place.iterdir()) if place.is_dir() else [place]:
            found.update(f"{path.relative_to(folder)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
            count += 1
    return count, found.hexdigest()


def main(count: int) -> int:
    """Both imports, and whether they agree."""
    with tempfile.TemporaryDirectory(prefix="bancheng-import-", dir=os.environ.get("BANCHENG_BENCH_DIR")) as name:
        folder = Path(name)
        file = folder / "items.csv"
        with file.open("w", encoding="utf-8", newline="") as written:
            csv.writer(written).writerows([HEADER])
            csv.writer(written).writerows(rows(count))
        plain = undisturbed(file, folder / "plain")
        sys.stderr.write(f"{plain}\n")
        broken = stopped(file, folder / "broken", plain.seconds, random.Random(SEED))
        same = digest(folder / "plain") == digest(folder / "broken")
        report = json.loads((folder / "broken/report.json").read_text(encoding="utf-8"))
        size = file.stat().st_size / (1 << 20)
    told = f"{report['rows_read']} 行（{size:.0f} MB）= 草稿 {report['made']} + 合并 {report['merged']} + 跳过 {sum(report['skipped'].values())}"
    sys.stdout.write(f"{told}\n\n| 情形 | Ctrl-C | kill -9 | 合计秒 | 内存最高 MB |\n|---|---|---|---|---|\n")
    for case, done in (("不打断", plain), ("打断再接着", broken)):
        sys.stdout.write(f"| {case} | {done.interrupts} | {done.kills} | {done.seconds:.0f} | {done.megabytes:.0f} |\n")
    sys.stdout.write(f"\n两次的草稿和报告{'逐字节相同' if same else '不同'}。\n")
    return DONE if same else FAILED


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS))
