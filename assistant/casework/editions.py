"""The published generations that are still on the disk, to compare what is published now with what was."""

from functools import lru_cache
from pathlib import Path
from typing import NamedTuple, Protocol

from assistant.errors import NotFound
from knowledge.catalog import Catalog
from knowledge.errors import GenerationError
from knowledge.index.generation import GenerationStore

HELD = 2  # opened generations kept at once


class Edition(NamedTuple):
    """One published generation: its number and on which day it was published (ISO)."""

    number: int
    day: str


class Editions(Protocol):
    """The published generations."""

    def all(self) -> tuple[Edition, ...]:
        """The generations still kept, newest first; none when the pointer cannot be read."""
        ...

    def catalog(self, number: int) -> Catalog:
        """The look-ups over one of them. Raises NotFound when it is gone or damaged."""
        ...


class PublishedEditions:
    """The generations of a data folder; each is verified once before it is read."""

    def __init__(self, data: Path) -> None:
        self._store = GenerationStore(data)
        self.catalog = lru_cache(maxsize=HELD)(self._catalog)

    def all(self) -> tuple[Edition, ...]:
        """The publications whose files are still there."""
        try:
            publications, kept = self._store.pointer.read().publications, set(self._store.numbers())
        except (GenerationError, OSError):
            return ()
        return tuple(Edition(p.number, p.at[:10]) for p in publications if p.number in kept)

    def _catalog(self, number: int) -> Catalog:
        try:
            return self._store.catalog(number)
        except GenerationError as error:
            raise NotFound(f"版本 {number} 打不开：{error}") from error
