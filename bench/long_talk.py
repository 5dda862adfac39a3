"""`python -m bench.long_talk [TURNS]`: one conversation of 10,000 turns, stored after each as the page stores it, as a table."""

import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from assistant.assistant import Assistant
from assistant.build import build_serving, open_stores
from assistant.config import Settings
from assistant.model import Session
from bench.service.asking import QUESTIONS
from bench.service.process import data_folder
from knowledge.terminal import DONE, FAILED, progress_bar

TURNS, PARTS = 10_000, 10


def megabytes() -> float:
    """Resident memory of this process."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def main(turns: int) -> int:
    """Talk, and print how each part of the talk went."""
    bar, move = progress_bar("提问")
    rows, seconds, used = [], list[float](), list[float]()
    with tempfile.TemporaryDirectory(prefix="bancheng-talk-") as folder, bar:
        settings = Settings(data_dir=data_folder(Path(os.environ.get("BANCHENG_DATA_DIR", "var")), Path(folder)))
        stores = open_stores(settings)
        stores.keeper.prepare()
        assistant = build_serving(settings, stores).assistant
        for number in range(turns):
            begun, busy = time.perf_counter(), time.process_time()
            session = stores.sessions.get("talk") or Session(session_id="talk")
            turn = assistant.ask(session, QUESTIONS[number % len(QUESTIONS)])
            stores.sessions.put(session.add(turn))
            seconds.append(time.perf_counter() - begun)
            used.append(time.process_time() - busy)
            move(number + 1, turns)
            if (number + 1) % (turns // PARTS) == 0:
                part = slice(-turns // PARTS, None)
                rows.append((number + 1, np.array(seconds[part]) * 1000, used[part], megabytes(), _file(settings)))
        kept = stores.sessions.get("talk")
        same, asked = alike(assistant, kept, turns) if kept else (0, 0)
        stores.keeper.close()
    sys.stdout.write(
        "| 轮次 | p50 毫秒 | p95 毫秒 | 平均处理器毫秒 | 内存 MB | 数据库文件 KB |\n|---|---|---|---|---|---|\n"
    )
    for number, waited, worked, memory, size in rows:
        p50, p95 = np.percentile(waited, (50, 95))
        cpu = np.mean(worked) * 1000
        sys.stdout.write(f"| 到 {number} | {p50:.1f} | {p95:.1f} | {cpu:.1f} | {memory:.0f} | {size:.0f} |\n")
    sys.stdout.write(f"\n最后 {asked} 句的答复，与新的会话里同样问下来相同的：{same}\n")
    return DONE if kept and len(kept.turns) == min(20, turns) and same == asked else FAILED


def alike(assistant: Assistant, kept: Session, turns: int) -> tuple[int, int]:
    """How many of the last replies are those of a new conversation that asks the same, and how many there are."""
    new = Session(session_id="new")
    asked = len(kept.turns) - len(kept.turns) % len(QUESTIONS) or len(kept.turns)
    first = turns - asked - len(QUESTIONS)  # one round more, so that both have something behind them
    for number in range(max(0, first), turns):
        new = new.add(assistant.ask(new, QUESTIONS[number % len(QUESTIONS)]))
    pairs = list(zip(new.turns[-asked:], kept.turns[-asked:], strict=True))
    return sum(a.question == b.question and a.reply.text == b.reply.text for a, b in pairs), len(pairs)


def _file(settings: Settings) -> float:
    return sum(path.stat().st_size for path in settings.data_dir.glob("bancheng.sqlite3*")) / 1024


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else TURNS))
