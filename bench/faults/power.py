"""What a power cut could take: the order of fsync and rename in one build and publish, seen from outside by strace."""

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from bench.faults.writing import Job

CALLS = "openat,write,pwrite64,writev,ftruncate,fsync,fdatasync,rename,renameat,renameat2,mkdir,mkdirat"
_FD = re.compile(r"(write|pwrite64|writev|ftruncate|fsync|fdatasync)\(\d+<([^>]+)>")
_OPEN = re.compile(r'openat\([^,]+, "([^"]+)", ([A-Z_|]+).* = \d+')
_RENAME = re.compile(r'rename(?:at2?)?\((?:[^,]+, )?"([^"]+)", (?:[^,]+, )?"([^"]+)".* = 0')
_MKDIR = re.compile(r'mkdir(?:at)?\((?:[^,]+, )?"([^"]+)".* = 0')


def traced(job: Job, trace: Path) -> list[str]:
    """The lines of strace over a writer that does one job."""
    command = ["strace", "-f", "-y", "-s", "300", "-e", f"trace={CALLS}", "-o", str(trace), sys.executable]
    subprocess.run(
        [*command, "-m", "bench.faults.writing"], input=job.model_dump_json() + "\n", text=True, check=True,
        stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return trace.read_text(encoding="utf-8").splitlines()


def unsafe(lines: Iterable[str], data: Path) -> tuple[int, list[str]]:
    """How many renames there were under a folder, and what was not on the disk when one of them named it."""
    dirty: set[str] = set()
    faults: list[str] = []
    renames = 0
    root = f"{data}/"
    for line in lines:
        if (m := _FD.search(line)) and f"{m[2]}/".startswith(root):
            (dirty.discard if "sync" in m[1] else dirty.add)(m[2])
        elif (
            (m := _OPEN.search(line))
            and m[1].startswith(root)
            and "O_CREAT" in m[2]
            and "lock" not in m[1]
            or (m := _MKDIR.search(line))
            and m[1].startswith(root)
        ):
            dirty |= {m[1], str(Path(m[1]).parent)}
        elif (m := _RENAME.search(line)) and m[1].startswith(root) and not m[2].endswith(".old"):
            renames += 1
            source, target = m[1], m[2]
            faults += [f"{path} → {target}" for path in sorted(dirty) if f"{path}/".startswith(f"{source}/")]
            if Path(target).name == "CURRENT" and f"{data}/generations" in dirty:
                faults.append(f"generations → {target}")
            dirty.add(str(Path(target).parent))
    faults += [f"{path} 最后没有落盘" for path in sorted(dirty) if path in {str(data), f"{data}/generations"}]
    return renames, faults
