"""Which text of each item applies in which place on which day, told by columns alone, without reading a guide."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from knowledge.model import Frozen, Guide

Column = NDArray[np.int32]
COLUMNS_FILE, NAMES_FILE = "register.npy", "register.json"
FIRST_DAY, LAST_DAY = date.min.toordinal(), date.max.toordinal()


class ServiceItem(Frozen):
    """One item: what its guides call it (its name first), how people say it, and where its first guide stands."""

    item_id: str
    names: tuple[str, ...]
    sayings: tuple[str, ...]
    first: int


class Numbered(Frozen):
    """What the numbers in the columns stand for."""

    places: tuple[str, ...]
    items: tuple[ServiceItem, ...]


class Register:
    """One row a guide, sorted by place, item and first day.

    `columns`: int32, shape (5, n): place number × number of items + item number; first and last day as ordinals; 1 where
    a text takes over from another; the guide's position in the library.
    """

    def __init__(self, numbered: Numbered, columns: Column) -> None:
        self._numbered, self._columns = numbered, columns
        self.items = {item.item_id: item for item in numbered.items}
        self._item_numbers = {item_id: number for number, item_id in enumerate(self.items)}
        self._place_numbers = {adcode: number for number, adcode in enumerate(numbered.places)}
        self._key, self._first, self._last, self._later, self._position = columns

    @classmethod
    def of(cls, guides: Iterable[Guide]) -> "Register":
        """The register of a library's guides, in their order."""
        names: dict[str, dict[str, None]] = defaultdict(dict)  # in order, without repetition
        sayings: dict[str, dict[str, None]] = defaultdict(dict)
        firsts: dict[str, int] = {}
        items: dict[str, int] = {}
        places: dict[str, int] = {}
        rows = []
        for position, guide in enumerate(guides):
            item = items.setdefault(guide.item_id, len(items))
            place = places.setdefault(guide.jurisdiction, len(places))
            firsts.setdefault(guide.item_id, position)
            names[guide.item_id].update(dict.fromkeys((guide.name, *guide.aliases)))
            sayings[guide.item_id].update(dict.fromkeys(guide.sayings))
            first = guide.effective_from.toordinal() if guide.effective_from else FIRST_DAY
            last = guide.effective_to.toordinal() if guide.effective_to else LAST_DAY
            rows.append((place, item, first, last, guide.supersedes is not None, position))
        table = np.array(rows, dtype=np.int32).reshape(-1, 6).T
        columns = np.vstack([table[0] * len(items) + table[1], table[2:]])
        numbered = Numbered(
            places=tuple(places),
            items=tuple(
                ServiceItem(item_id=i, names=tuple(names[i]), sayings=tuple(sayings[i]), first=firsts[i]) for i in items
            ),
        )
        return cls(numbered, columns[:, np.lexsort((columns[1], columns[0]))])

    def save(self, folder: Path) -> None:
        """Write the two files that `load` reads."""
        np.save(folder / COLUMNS_FILE, np.ascontiguousarray(self._columns))
        (folder / NAMES_FILE).write_text(self._numbered.model_dump_json(), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> "Register":
        """Open a saved register; the columns stay on disk."""
        numbered = Numbered.model_validate_json((folder / NAMES_FILE).read_bytes())
        return cls(numbered, np.asarray(np.load(folder / COLUMNS_FILE, mmap_mode="r")))

    def rows(self, item_id: str, adcode: str) -> range:
        """The rows of an item's texts in one place, oldest first."""
        item, place = self._item_numbers.get(item_id), self._place_numbers.get(adcode)
        if item is None or place is None:
            return range(0)
        key = place * len(self.items) + item
        return range(*map(int, np.searchsorted(self._key, np.array((key, key + 1), dtype=np.int32))))

    def find(self, item_id: str, adcode: str, as_of: date | None) -> int | None:
        """The row of the newest text of an item in one place that applies on a date (None: whichever); None without."""
        day = as_of.toordinal() if as_of else None
        rows = reversed(self.rows(item_id, adcode))
        return next((row for row in rows if day is None or self._first[row] <= day <= self._last[row]), None)

    def applying(self, chain: Sequence[str], as_of: date | None) -> Column:
        """For a place followed by its parents: the row of each item's most specific text that applies on a date."""
        best = np.full(len(self.items), -1, dtype=np.int32)
        for place in (self._place_numbers[adcode] for adcode in reversed(chain) if adcode in self._place_numbers):
            bounds = np.array((place, place + 1), dtype=np.int32) * np.int32(len(self.items))
            start, end = np.searchsorted(self._key, bounds)
            rows = np.arange(start, end, dtype=np.int32)
            if as_of:
                rows = rows[
                    (self._first[start:end] <= as_of.toordinal()) & (as_of.toordinal() <= self._last[start:end])
                ]
            best[self._key[rows] - bounds[0]] = rows  # of several texts of an item the last, newest one stays
        return best[best >= 0]

    def position(self, row: int) -> int:
        """Where the guide of a row stands in the library."""
        return int(self._position[row])

    def first_day(self, row: int) -> date:
        """The first day of a row's text; the beginning of time when it names none."""
        return date.fromordinal(int(self._first[row]))

    def guide_id(self, row: int) -> str:
        """`adcode/item_id`, and `@` the first day of a version that takes over from another."""
        place, item = divmod(int(self._key[row]), len(self.items))
        first = f"{self._numbered.places[place]}/{self._numbered.items[item].item_id}"
        return f"{first}@{self.first_day(row)}" if self._later[row] else first

    def row(self, guide_id: str) -> int | None:
        """The row of a guide id; None when there is no such guide."""
        adcode, _, name = guide_id.partition("/")
        rows = self.rows(name.partition("@")[0], adcode)
        return next((row for row in rows if self.guide_id(row) == guide_id), None)
