"""`python -m bench.generation_faults [KILLS]`: generations under every fault that can be made to happen here, as a table.

After each fault a fresh reader must find the old edition or the new one, whole, and be told in Chinese what is wrong if
anything is. Exit code 1 when a run ended in a mixture or in silence. Needs a prepared model in BANCHENG_DATA_DIR for
the runs with the real commands.
"""

import os
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from bench.faults import crowding, damaging, killing
from bench.faults.editions import one_dictionary
from bench.faults.judging import Ground, Row, Verdict, prepared
from bench.faults.writing import writer
from knowledge.terminal import DONE, FAILED

KILLS, REAL_KILLS, SEED = 250, 10, 20261122


def rows(ground: Ground, kills: int) -> Iterator[Row]:
    """Every case."""
    yield crowding.forbidden(ground)
    yield crowding.power_order(ground)
    yield killing.at_steps(ground)
    yield killing.at_moments(ground, kills)
    yield crowding.largest_files(ground, 40)
    yield crowding.full_disks(ground)
    yield crowding.two_writers(ground, 30)
    yield from crowding.readers_during(ground, 100)
    yield from damaging.rows(ground)
    yield killing.real_commands(ground, Path(os.environ.get("BANCHENG_DATA_DIR", "var")) / "model", REAL_KILLS)


def line(row: Row) -> str:
    """One line of the table."""
    counts = " | ".join(str(row.verdicts[verdict]) for verdict in Verdict)
    return f"| {row.case} | {row.verdicts.total()} | {counts} | {row.note} |\n"


def printed(found: Iterable[Row]) -> bool:
    """Print the table as it grows; whether every run ended well."""
    sys.stdout.write(f"| 情形 | 次数 | {' | '.join(Verdict)} | 备注 |\n|{'---|' * (len(Verdict) + 3)}\n")
    well = True
    for row in found:
        sys.stdout.write(line(row))
        sys.stdout.flush()
        well = well and not row.verdicts[Verdict.MIXTURE] and not row.verdicts[Verdict.SILENT]
    return well


def main(kills: int) -> int:
    """Run everything."""
    small = one_dictionary()
    with tempfile.TemporaryDirectory() as folder, writer() as hand:
        ground = prepared(Path(folder), hand, small, SEED)
        return DONE if printed(rows(ground, kills)) else FAILED


if __name__ == "__main__":
    raise SystemExit(main(int(sys.argv[1]) if len(sys.argv) > 1 else KILLS))
