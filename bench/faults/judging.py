"""What a fresh reader meets after a fault, as one verdict."""

import random
import shutil
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from bench.faults.editions import EMBEDDER, Mixed, edition, observed
from bench.faults.writing import DONE, KILLED, Job, Writer
from knowledge.errors import GenerationError
from knowledge.index.generation import KEEP, GenerationStore
from knowledge.model import Library

OLD = KEEP + 2  # editions published before every run: enough for `publish` to prune
NEW = OLD + 1
LEFTOVERS = (".partial", ".old", ".tmp")


class Verdict(StrEnum):
    """What a reader meets; the heading of a column."""

    OLD = "旧版"
    NEW = "新版"
    TOLD = "拒绝并说明"
    MIXTURE = "混合"
    SILENT = "无声"


class Row(NamedTuple):
    """One line of the table: how many runs of a case ended in which verdict."""

    case: str
    verdicts: Counter[Verdict]
    note: str = ""


class Ground(NamedTuple):
    """Where faults happen: a prepared folder, a place for its copies, a writer, the library, and chance."""

    template: Path
    place: Path
    writer: Writer
    small: Library
    chance: random.Random

    def copy(self) -> Path:
        """A data folder in which edition OLD is published; the copy before is gone."""
        shutil.rmtree(self.place / "data", ignore_errors=True)
        return Path(shutil.copytree(self.template, self.place / "data"))


def prepared(place: Path, writer: Writer, small: Library, seed: int) -> Ground:
    """A ground with its template."""
    writer.run(Job(data=place / "template", edition=1, rounds=OLD))
    return Ground(place / "template", place, writer, small, random.Random(seed))


def judge(data: Path, harmed: bool, old: int = OLD, new: int = NEW) -> Verdict:
    """Open as a fresh reader does. `harmed`: published bytes were damaged, which must be told, and only then."""
    try:
        opened, problems = GenerationStore(data).open(EMBEDDER)
        seen = observed(opened)
    except GenerationError as error:
        return Verdict.TOLD if "python -m knowledge" in str(error) else Verdict.SILENT
    except Mixed:
        return Verdict.MIXTURE
    except Exception:
        return Verdict.SILENT
    if harmed != any("python -m knowledge" in problem for problem in problems):
        return Verdict.SILENT
    return {old: Verdict.OLD, new: Verdict.NEW}.get(seen, Verdict.MIXTURE)


def after_writing(data: Path, told: str) -> Verdict:
    """The same after a writer ended, who must have told the truth: done, or in Chinese why not."""
    verdict = judge(data, harmed=False)
    honest = {
        DONE: verdict is Verdict.NEW,
        KILLED: True,
    }.get(told, verdict is Verdict.OLD and any("一" <= character <= "鿿" for character in told.split("：")[0]))
    return verdict if honest else Verdict.SILENT


def after_writing_and_mending(ground: Ground, data: Path, told: str) -> Verdict:
    """The same, and what comes after must go as if nothing had been."""
    verdict = after_writing(data, told)
    return verdict if recovers(data, ground.small) else Verdict.SILENT


def recovers(data: Path, small: Library) -> bool:
    """Whether the next build and publish work, and leave nothing of the fault lying about."""
    store = GenerationStore(data)
    for number in store.numbers():
        store.verify(number)
    store.build(edition(small, NEW + 1), EMBEDDER)
    store.publish()
    left = [path.name for path in (*data.iterdir(), *store.folder.iterdir()) if path.name.endswith(LEFTOVERS)]
    return observed(store.open(EMBEDDER)[0]) == NEW + 1 and not left
