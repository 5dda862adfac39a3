"""`python -m bench.index_faults [KILLS]`: PostgreSQL with pgvector killed while a generation is written to it and while it serves.

Written beforehand: a fresh reader finds the old edition or the new one, whole, and the next publication works. Citizens
get the same answers or are told at once that the guides cannot be reached (503, Retry-After); cries for help are answered
all the same; the service is itself again without anybody's hand. Works on a copy of BANCHENG_DATA_DIR, on loopback.
"""

import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np

from bench.faults.editions import EMBEDDER, Mixed, edition, observed, one_dictionary
from bench.faults.judging import Verdict
from bench.service.asking import Talkers
from bench.service.postgres import Postgres, postgres
from bench.service.process import Service, data_folder
from bench.service_faults import LASTS, RECOVERING, SLOWEST, killed, paused, recovered, undisturbed
from knowledge.errors import GenerationError
from knowledge.index.generation import GenerationStore
from knowledge.index.postgres import Database
from knowledge.index.shared_generations import SharedGenerations
from knowledge.terminal import DONE, FAILED

KILLS, SEED, PATIENCE = 20, 20261123, 60.0
CRY = "我不想活了"


class Publishing:
    """A publication in a thread: how long it took, and whether it said that it was done."""

    def __init__(self, address: str, data: Path) -> None:
        self.done = False
        self._database = Database(address, PATIENCE)
        self._shared = SharedGenerations(self._database, data)
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        try:
            self._shared.publish()
            self.done = True
        except GenerationError:
            pass

    def wait(self) -> bool:
        """Whether it was done."""
        self._thread.join()
        self._database.close()
        return self.done


def seen(address: str, folder: Path) -> int:
    """The edition that a machine opens which has never seen one. Raises Mixed."""
    database = Database(address, PATIENCE)
    try:
        opened, problems = SharedGenerations(database, folder).open(EMBEDDER)
        if problems:
            raise Mixed(str(problems))
        return observed(opened)
    finally:
        database.close()


def while_written(place: Path, kills: int) -> Counter[Verdict]:
    """Killed at random moments of a publication; then published again."""
    small, chance, verdicts = one_dictionary(), random.Random(SEED), Counter[Verdict]()
    store = GenerationStore(place / "data")
    with postgres() as server:
        store.build(edition(small, 1), EMBEDDER)
        begun = time.monotonic()
        Publishing(server.address, place / "data").wait()
        whole = time.monotonic() - begun
        for number in range(2, kills + 2):
            store.build(edition(small, number), EMBEDDER)
            publishing = Publishing(server.address, place / "data")
            time.sleep(chance.uniform(0.0, 0.5 * whole))
            server.kill()
            done = publishing.wait()
            server.start()
            verdicts[_verdict(server, place / f"reader{number}", number, done)] += 1
            again = Publishing(server.address, place / "data").wait()
            verdicts[Verdict.SILENT] += not again or seen(server.address, place / f"after{number}") != number
    return verdicts


def _verdict(server: Postgres, folder: Path, number: int, done: bool) -> Verdict:
    try:
        found = seen(server.address, folder)
    except (Mixed, GenerationError):
        return Verdict.MIXTURE
    if done and found != number:
        return Verdict.SILENT
    return {number: Verdict.NEW, number - 1: Verdict.OLD}.get(found, Verdict.MIXTURE)


def while_served(prepared: Path, place: Path) -> Iterator[tuple[str, bool]]:
    """One row for each fault, and whether it went as expected."""
    data = data_folder(prepared, place / "serving")
    with postgres() as server:
        shared = Publishing(server.address, data)
        if not shared.wait():
            raise RuntimeError("发布不到数据库")
        with Service(data, index_url=server.address) as service:
            for fault, happening in (
                ("索引库 kill -9，6 秒后重启", killed(server)), ("索引库停住 6 秒（SIGSTOP，连接不断）", paused(server)),
            ):  # fmt: skip
                yield _served(service, fault, happening)


def _served(service: Service, fault: str, happening: AbstractContextManager[None]) -> tuple[str, bool]:
    with Talkers(service) as talkers:
        undisturbed(talkers)
        at = time.monotonic()
        with happening:
            time.sleep(LASTS)
            cry = service.ask(CRY).status_code
            named = service.problems()
        back = recovered(service)
        over = time.monotonic()
        time.sleep(LASTS)
    before = max(one.seconds for one in talkers.told if one.at < at)
    during = [one for one in talkers.told if at <= one.at < over]
    statuses = Counter(one.status for one in during)
    after = [one.status for one in talkers.told if one.at >= over + 1]
    slowest = max(one.seconds for one in during)
    p95 = float(np.percentile([one.seconds for one in during], 95)) * 1000
    well = (
        cry == 200 and bool(named) and set(statuses) <= {200, 503} and set(after) == {200} and back < RECOVERING
        and slowest <= SLOWEST + before
    )  # fmt: skip
    row = (
        f"| {fault} | {len(during)} | {statuses[200]} | {statuses[503]} | {len(during) - statuses[200] - statuses[503]} | {p95:.0f} "
        f"| {slowest * 1000:.0f}（之前 {before * 1000:.0f}） | {cry} | {back:.1f} | {len(after)}，出错 {sum(s != 200 for s in after)} | {'；'.join(named)} |\n"
    )
    return row, well


def main(kills: int) -> int:
    """Both; exit code 1 when anything was not as expected."""
    prepared = Path(os.environ.get("BANCHENG_DATA_DIR", "var"))
    with tempfile.TemporaryDirectory(prefix="bancheng-index-") as folder:
        verdicts = while_written(Path(folder) / "writing", kills)
        counts = "；".join(f"{verdict} {verdicts[verdict]}" for verdict in Verdict)
        sys.stdout.write(f"发布到一半 kill -9，{kills} 次：{counts}（之后都能再发布）\n\n")
        sys.stdout.write(
            "| 情形 | 提问 | 答了 | 说连不上 | 出错 | p95 毫秒 | 最慢 | 求助 | 恢复秒 | 恢复以后 | /readyz |\n|---|---|---|---|---|---|---|---|---|---|---|\n"
        )
        well = not verdicts[Verdict.MIXTURE] and not verdicts[Verdict.SILENT]
        for row, as_expected in while_served(prepared, Path(folder)):
            sys.stdout.write(row)
            sys.stdout.flush()
            well = well and as_expected
    return DONE if well else FAILED


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else KILLS))
