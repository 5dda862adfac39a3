"""Import speed and memory on a catalogue as it is and replicated by area code to many rows.

Usage: python bench/import_speed.py ITEMS.jsonl [ROWS]
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import cycle, islice
from pathlib import Path

from knowledge.terminal import DONE, USAGE

MANY = 200_000
MEBIBYTE = 1 << 20


def replicated(source: Path, rows: int) -> Iterator[str]:
    """The rows of a catalogue again and again, each round under another county's code."""
    items = [json.loads(line) for line in source.read_text(encoding="utf-8").splitlines()]
    for number, item in enumerate(islice(cycle(items), rows)):
        county = f"{440000 + number // len(items):06d}"
        yield json.dumps(item | {"AREACODE": county}, ensure_ascii=False) + "\n"


def _cpu() -> float:
    """Processor seconds of all finished children: what is left to compare on a busy machine."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(file: Path, rows: int) -> str:
    """Import twice in processes of their own; rows a second and the highest memory of each."""
    told = []
    with tempfile.TemporaryDirectory() as out:
        for run in ("首次", "再次"):
            started, used = time.perf_counter(), _cpu()
            command = [sys.executable, "-m", "knowledge", "import", str(file), "--out", out]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            seconds, cpu = time.perf_counter() - started, _cpu() - used
            account = "；".join(done.stdout.splitlines()[1:3])
            told.append(f"{run}：{seconds:.1f} 秒（处理器 {cpu:.1f} 秒，{rows / cpu:.0f} 行/秒）｜{account}")
    highest = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024 / MEBIBYTE
    size = file.stat().st_size / MEBIBYTE
    return "\n".join([f"{rows} 行（{size:.0f} MB），内存最高 {highest:.0f} MB", *told])


def main() -> int:
    """Measure the catalogue itself, then the replicated one."""
    if len(sys.argv) not in (2, 3):
        sys.stderr.write("用法：python bench/import_speed.py ITEMS.jsonl [行数]\n")
        return USAGE
    source = Path(sys.argv[1])
    rows = len(source.read_text(encoding="utf-8").splitlines())
    sys.stdout.write(measure(source, rows) + "\n")
    with tempfile.TemporaryDirectory() as folder:
        many = int(sys.argv[2]) if len(sys.argv) == 3 else MANY
        file = Path(folder) / "replicated.jsonl"
        with file.open("w", encoding="utf-8") as written:
            written.writelines(replicated(source, many))
        sys.stdout.write(measure(file, many) + "\n")
    return DONE


if __name__ == "__main__":
    raise SystemExit(main())
