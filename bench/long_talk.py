"""`python -m bench.long_talk [TURNS]`: one conversation of 10,000 turns, stored after each as the page stores it, as a table."""

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from assistant.build import build_serving, open_stores
from assistant.config import Settings
from assistant.model import Session
from bench.service.asking import QUESTIONS
from bench.service.process import data_folder
from knowledge.terminal import DONE, FAILED, progress_bar

TURNS, PARTS = 10_000, 5


def megabytes() -> float:
    """Resident memory of this process."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def main(turns: int) -> int:
    """Talk, and print how each part of the talk went."""
    bar, move = progress_bar("提问")
    rows, seconds = [], list[float]()
    with tempfile.TemporaryDirectory(prefix="bancheng-talk-") as folder, bar:
        settings = Settings(data_dir=data_folder(Path(os.environ.get("BANCHENG_DATA_DIR", "var")), Path(folder)))
        stores = open_stores(settings)
        stores.keeper.prepare()
        assistant = build_serving(settings, stores).assistant
        for number in range(turns):
            begun = time.perf_counter()
            session = stores.sessions.get("talk") or Session(session_id="talk")
            turn = assistant.ask(session, QUESTIONS[number % len(QUESTIONS)])
            stores.sessions.put(session.add(turn))
            seconds.append(time.perf_counter() - begun)
            move(number + 1, turns)
            if (number + 1) % (turns // PARTS) == 0:
                rows.append((number + 1, np.array(seconds[-turns // PARTS :]) * 1000, megabytes(), _file(settings)))
        kept = stores.sessions.get("talk")
        stores.keeper.close()
    sys.stdout.write("| 轮次 | p50 毫秒 | p95 毫秒 | 内存 MB | 数据库文件 KB |\n|---|---|---|---|---|\n")
    for number, part, memory, size in rows:
        p50, p95 = np.percentile(part, (50, 95))
        sys.stdout.write(f"| 到 {number} | {p50:.1f} | {p95:.1f} | {memory:.0f} | {size:.0f} |\n")
    return DONE if kept and len(kept.turns) == min(20, turns) else FAILED


def _file(settings: Settings) -> float:
    return sum(path.stat().st_size for path in settings.data_dir.glob("bancheng.sqlite3*")) / 1024


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else TURNS))
