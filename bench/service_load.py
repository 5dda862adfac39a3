"""`python -m bench.service_load [--seconds 600]`: a hundred citizens with time to think, then three times what it can do.

Real questions of the suites over HTTP on loopback, every citizen from an address of their own. Needs a prepared model and
a published generation in BANCHENG_DATA_DIR; works on a copy. Exit code 1 when a citizen met an error.
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import httpx
import numpy as np

from bench.service.citizens import Crowd, Said, arrivals
from bench.service.process import Service, data_folder
from knowledge.terminal import DONE, FAILED

HONEST = {200, 422, 503}  # answered, no question (some cases are none), told to come back
EVERY = 5.0  # seconds between two looks at the memory
WARM = 120.0  # seconds until the caches are mostly filled


class Measured(NamedTuple):
    """What one phase showed."""

    name: str
    said: list[Said]
    seconds: float
    megabytes: list[float]


def line(found: Measured) -> str:
    """One line of the table."""
    statuses = Counter(said.status for said in found.said)
    answered = np.array([said.seconds for said in found.said if said.status == 200] or [0.0]) * 1000
    busy = [said for said in found.said if said.status == 503]
    turned = np.array([said.seconds for said in busy] or [0.0]) * 1000
    errors = sum(count for status, count in statuses.items() if status not in HONEST)
    untold = sum(said.retry_after is None for said in busy)
    p50, p95, p99 = (f"{np.percentile(answered, q):.0f}" for q in (50, 95, 99))
    memory = f"{found.megabytes[0]:.0f} → {found.megabytes[-1]:.0f}{slope(found.megabytes)}"
    return (
        f"| {found.name} | {len(found.said)} | {len(found.said) / found.seconds:.1f} | {statuses[200] / found.seconds:.1f} | {p50} | {p95} | {p99} "
        f"| {answered.max():.0f} | {len(busy)}（{np.percentile(turned, 95):.0f}） | {untold} | {errors} | {memory} |\n"
    )


def slope(megabytes: list[float]) -> str:
    """How memory goes once the caches have filled, in MB a minute; nothing is said of a short phase."""
    later = megabytes[round(WARM / EVERY) :]
    if len(later) * EVERY < WARM:
        return ""
    minutes = np.arange(len(later)) * EVERY / 60
    return f"（前 {WARM / 60:g} 分钟以后每分钟 {np.polyfit(minutes, later, 1)[0]:+.1f}）"


async def watched(service: Service, work: asyncio.Task[None]) -> list[float]:
    """The memory of the service, looked at until the work is done."""
    seen = [service.megabytes]
    while not work.done():
        await asyncio.wait({work}, timeout=EVERY)
        seen.append(service.megabytes)
    return seen


async def thinking(service: Service, citizens: int, think: float, seconds: float) -> Measured:
    """So many citizens, each with one question in hand and then time to think."""
    crowd = Crowd(service.address, citizens, think)
    begun = time.perf_counter()
    memory = await watched(service, asyncio.create_task(crowd.ask_for(seconds)))
    return Measured(f"{citizens} 人，每人想 {think:g} 秒", crowd.said, time.perf_counter() - begun, memory)


async def pouring(service: Service, name: str, per_second: float, seconds: float) -> Measured:
    """So many questions a second, whoever waits."""
    begun = time.perf_counter()
    said = await arrivals(service.address, per_second, seconds)
    return Measured(f"{name}（{per_second:.0f} 问/秒）", said, time.perf_counter() - begun, [service.megabytes])


async def phases(service: Service, citizens: int, think: float, seconds: float, overload: float) -> list[Measured]:
    """The crowd; what it can do at most; three times that; and whether it recovers."""
    found = [await thinking(service, citizens, think, seconds)]
    sys.stderr.write(line(found[-1]))
    full = await thinking(service, 8, 0.0, overload)
    most = sum(said.status == 200 for said in full.said) / full.seconds
    found.append(full._replace(name=f"8 人不停地问：最多 {most:.0f} 问/秒"))
    found.append(await pouring(service, "三倍", 3 * most, overload))
    for part in range(3):
        found.append(await pouring(service, f"回到一半，第 {part + 1} 个 5 秒", most / 2, 5.0))
    return found


def main(argv: list[str] | None = None) -> int:
    """Run all phases over one service and print the table."""
    parser = argparse.ArgumentParser(prog="python -m bench.service_load")
    parser.add_argument("--seconds", type=float, default=600.0)
    parser.add_argument("--citizens", type=int, default=100)
    parser.add_argument("--think", type=float, default=10.0)
    parser.add_argument("--overload", type=float, default=20.0)
    args = parser.parse_args(argv)
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the service is ended with it
    prepared = Path(os.environ.get("BANCHENG_DATA_DIR", "var"))
    with (
        tempfile.TemporaryDirectory(prefix="bancheng-load-") as folder,
        Service(data_folder(prepared, Path(folder) / "data")) as service,
    ):
        found = asyncio.run(phases(service, args.citizens, args.think, args.seconds, args.overload))
        after = httpx.get(f"{service.address}/readyz", timeout=30).json()
    sys.stdout.write(
        "| 情形 | 提问 | 问/秒 | 答/秒 | p50 毫秒 | p95 | p99 | 最慢 | 请过会儿再问（p95 毫秒） | 没说几秒 | 出错 | 内存 MB |\n"
    )
    sys.stdout.write("|---|---|---|---|---|---|---|---|---|---|---|---|\n" + "".join(map(line, found)))
    sys.stdout.write(f"\n结束后 /readyz：{after}\n")
    wrong = [said for part in found for said in part.said if said.status not in HONEST]
    return FAILED if wrong or found[0].said and any(said.status == 503 for said in found[0].said) else DONE


if __name__ == "__main__":
    raise SystemExit(main())
