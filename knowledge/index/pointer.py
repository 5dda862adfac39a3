"""The pointer: which generation is published, and which were before it.

`<data>/CURRENT` and its twin `CURRENT.copy` hold one publication a line, the newest first (number, sha256 of its
manifest, when), and the sha256 of these lines. A damaged or lost CURRENT is noticed, and the twin is believed.
"""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from knowledge.errors import GenerationError
from knowledge.index import durable

MEND = "请运行 python -m knowledge publish 加版本号，重新写好"


class Publication(NamedTuple):
    """One generation, as it was published: the manifest's sha256 tells it from another of the same number."""

    number: int
    manifest: str
    at: str  # ISO 8601, UTC

    @classmethod
    def now(cls, number: int, manifest: str) -> "Publication":
        """A publication of this moment."""
        return cls(number, manifest, datetime.now(UTC).isoformat())


class Pointed(NamedTuple):
    """What the pointer says, newest first, and what is wrong with it."""

    publications: tuple[Publication, ...]
    problems: tuple[str, ...] = ()


class Pointer:
    """The two pointer files of a data folder."""

    def __init__(self, data: Path) -> None:
        self.path = data / "CURRENT"
        self.copy = data / "CURRENT.copy"

    def read(self) -> Pointed:
        """What is published; nothing before the first time. Raises GenerationError when neither file is whole."""
        current, twin = _parsed(self.path), _parsed(self.copy)
        if current and twin:
            return Pointed(current)
        if found := current or twin:
            bad, good = (self.copy, self.path) if current else (self.path, self.copy)
            return Pointed(found, (f"{bad.name} 丢失或损坏，以 {good.name} 为准；{MEND}",))
        if self.path.exists() or self.copy.exists():
            raise GenerationError(f"CURRENT 和它的副本都读不出来，不知道发布的是哪个版本；{MEND}")
        return Pointed(())

    def write(self, publications: tuple[Publication, ...]) -> None:
        """Switch readers over. The twin goes first, so that a fault before the last step has changed nothing for them."""
        lines = "".join(f"{p.number} {p.manifest} {p.at}\n" for p in publications)
        for path in (self.copy, self.path):
            durable.replace(path, f"{lines}sha256 {_sum(lines)}\n")


def _sum(lines: str) -> str:
    return hashlib.sha256(lines.encode()).hexdigest()


def _parsed(path: Path) -> tuple[Publication, ...]:
    """The publications of one file; nothing unless it is exactly what was written."""
    try:
        lines, mark, seal = path.read_bytes().decode().partition("sha256 ")
    except (OSError, UnicodeDecodeError):
        return ()
    if mark + seal != f"sha256 {_sum(lines)}\n":
        return ()
    rows = [line.split(" ") for line in lines.splitlines()]
    return tuple(Publication(int(number), manifest, at) for number, manifest, at in rows)
