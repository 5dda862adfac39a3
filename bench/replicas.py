"""`python -m bench.replicas [REPLICAS] [CLIENTS]`: kill a replica under load and count what was lost, as a table.

Written beforehand: nothing but the answers that the killed replica was giving is lost, each conversation goes on where it
was on another replica, word for word as without the fault, and the replica takes its share again once it is back. Needs
BANCHENG_DATA_DIR with a model and a built generation, and Debian's nginx. Loopback only; ends by itself after some minutes.
"""

import os
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bench.replica_clients import Crowd, Heard
from bench.replica_house import House
from knowledge.terminal import DONE, FAILED

REPLICAS, CLIENTS, THINK = 3, 16, 3.0
CALM, DOWN, AFTER = 20.0, 20.0, 20.0  # seconds before the kill, until the replica is started again, and once it is back


def reference(heard: Sequence[Heard]) -> dict[tuple[int, int], str]:
    """What is said to each citizen in each turn when nothing is wrong."""
    return {(one.client, one.turn): one.reply for one in heard}


def line(name: str, heard: Sequence[Heard], expected: dict[tuple[int, int], str], away: str) -> str:
    """One phase as a row."""
    seconds = [one.seconds * 1000 for one in heard] or [0.0]
    lost = sum(len(one.faults) for one in heard)
    unanswered = sum(not one.reply for one in heard)
    other = sum(bool(one.reply) and one.reply != expected.get((one.client, one.turn)) for one in heard)
    share = sum(away in one.replicas for one in heard) / max(1, len(heard))
    p50, p95 = np.percentile(seconds, [50, 95])
    return f"| {name} | {len(heard)} | {lost} | {unanswered} | {other} | {share:.0%} | {p50:.0f} | {p95:.0f} |\n"


def main(replicas: int, clients: int) -> int:
    """Run it; exit code 1 when more was lost than the killed replica was answering."""
    data = Path(os.environ.get("BANCHENG_DATA_DIR", "var")).resolve()
    with tempfile.TemporaryDirectory(prefix="bancheng-replicas-") as folder:
        Path(folder).chmod(0o755)
        with House(data, Path(folder), replicas) as house:
            expected = reference(Crowd(house.url, clients, 0.2).heard())
            killed = f"127.0.0.1:{house.ports[0]}"
            crowd = Crowd(house.url, clients, THINK)
            time.sleep(CALM)
            house.kill(0)
            at = time.monotonic()
            time.sleep(DOWN)
            house.start(0)
            house.wait(0)
            back = time.monotonic()
            time.sleep(AFTER)
            heard = crowd.heard()
    before = [one for one in heard if one.at + one.seconds < at]
    hit = [one for one in heard if one.at <= at <= one.at + one.seconds]
    down = [one for one in heard if at < one.at < back]
    after = [one for one in heard if one.at >= back]
    sys.stdout.write(
        "| 时段 | 轮次 | 断掉的回答 | 最后也没答上 | 与没出事时不同 | 被杀副本的份额 | p50 毫秒 | p95 毫秒 |\n"
    )
    sys.stdout.write("|---|---|---|---|---|---|---|---|\n")
    phases = (("之前", before), ("被杀的那一刻正在答的", hit), ("少一个副本", down), ("重新起来以后", after))
    for name, phase in phases:
        sys.stdout.write(line(name, phase, expected, killed))
    for one in [one for one in heard if one.reply and one.reply != expected[one.client, one.turn]][:3]:
        sys.stdout.write(f"\n不同的一例：{one.reply[:60]!r}，没出事时 {expected[one.client, one.turn][:60]!r}")
    stuck = [one.client for one in before if one.client % 2 == 0]
    homes = {client: {r for one in before if one.client == client for r in one.replicas} for client in stuck}
    sys.stdout.write(
        f"\n出事以前，带着 cookie 的 {len(homes)} 个人每人到过 {max(map(len, homes.values()), default=0)} 个副本。\n"
    )
    well = not any(one.faults for one in (*before, *down, *after)) and all(one.reply for one in heard)
    return DONE if well else FAILED


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[1:]] + [REPLICAS, CLIENTS][len(sys.argv) - 1 :]
    raise SystemExit(main(*given))
