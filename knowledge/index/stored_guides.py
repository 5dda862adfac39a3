"""The guides of a generation on disk: one JSON line each, an inheriting guide by what differs from its parent only.

A line is `[base, fields]`: `base` is the position of the guide that the other fields are the same as, or null.
"""

import mmap
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, overload

import numpy as np
from pydantic_core import from_json, to_json

from knowledge.catalog import Catalog
from knowledge.model import Guide

LINES_FILE, OFFSETS_FILE = "guides.jsonl", "guides.npy"
REMEMBERED = 4_000  # parsed guides kept at hand: those of a place, and their parents
FIELDS = tuple(Guide.model_fields)


def write_guides(folder: Path, catalog: Catalog) -> None:
    """Write a catalog's guides in their order."""
    offsets = [0]
    with (folder / LINES_FILE).open("wb") as file:
        for line in _lines(catalog):
            offsets.append(offsets[-1] + file.write(line))
    np.save(folder / OFFSETS_FILE, np.array(offsets, dtype=np.int64))


def _lines(catalog: Catalog) -> Iterator[bytes]:
    parent_of = lru_cache(maxsize=REMEMBERED)(lambda guide_id: (catalog.position(guide_id), catalog.guide(guide_id)))
    for guide in catalog.guides:
        base, parent = parent_of(guide.parent_id) if guide.parent_id else (None, None)
        own = {name for name in FIELDS if parent is None or getattr(guide, name) != getattr(parent, name)}
        yield b"[%b,%b]\n" % (to_json(base), guide.model_dump_json(include=own).encode())


class StoredGuides(Sequence[Guide]):
    """Guides read from their lines when they are asked for; equal to any sequence of equal guides."""

    def __init__(self, folder: Path) -> None:
        self._offsets = np.load(folder / OFFSETS_FILE, mmap_mode="r")
        with (folder / LINES_FILE).open("rb") as file:
            self._lines = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) if len(self) else b""
        self._guide = lru_cache(maxsize=REMEMBERED)(self._read)

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @overload
    def __getitem__(self, index: int) -> Guide: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Guide]: ...
    def __getitem__(self, index: int | slice) -> Guide | Sequence[Guide]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        return self._guide(range(len(self))[index])

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Sequence)
            and len(other) == len(self)
            and all(mine == theirs for mine, theirs in zip(self, other, strict=True))
        )

    def _read(self, position: int) -> Guide:
        return Guide.model_validate_json(to_json(self._fields(position)))

    def _fields(self, position: int) -> dict[str, Any]:
        start, end = self._offsets[position : position + 2]
        base, own = from_json(self._lines[start:end])
        return own if base is None else {**self._fields(base), **own}
