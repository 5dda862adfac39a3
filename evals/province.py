"""A whole province's catalogue to measure on: real item texts, inherited by every place, some with words of their own."""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, overload
from zlib import crc32

from knowledge.model import Certainty, Condition, DocumentKind, Guide, Jurisdiction, Library, Material, Point, Source
from knowledge.sources.draft import Draft
from knowledge.sources.importer import ImportOptions, import_files
from knowledge.sources.library import load_library
from knowledge.sources.staging import read_drafts

OWN_TEXT_EVERY = 20  # 5 % of the guides of a place differ in what is searched
CHANGED_EVERY = 100  # a later revision changes 1 % of all texts


def province_library(rows: Path, size: int, revision: int = 0) -> Library:
    """The shipped items and those of a catalogue (Guangdong's export), in as many places as make `size` guides.

    The guides are made when they are asked for: nobody holds 400,000 of them.
    """
    library = load_library()
    with tempfile.TemporaryDirectory() as folder:
        import_files([rows], ImportOptions(Path(folder)))
        drafts = list(read_drafts(Path(folder)))
    kinds = {name: f"named-{n}" for n, name in enumerate(dict.fromkeys(m.name for d in drafts for m in d.materials))}
    imported = (_guide(number, draft, kinds) for number, draft in enumerate(drafts))
    items = [_revised(guide, revision) for guide in (*library.guides, *imported)]
    documents = (*library.documents, *(DocumentKind(kind_id=kind, name=name) for name, kind in kinds.items()))
    guides = ProvinceGuides(items, sorted(library.jurisdictions, key=lambda place: place.adcode), size, revision)
    return library.model_copy(update={"guides": guides, "documents": documents})


def _guide(number: int, draft: Draft, kinds: dict[str, str]) -> Guide:
    summary = draft.conditions[:200] or draft.name
    return Guide(
        item_id=f"imported-{number}", jurisdiction="410000", name=draft.name, aliases=draft.aliases, sayings=draft.sayings,
        category=draft.category or "其他", authority=draft.authority or "主管部门", summary=Point(text=summary),
        conditions=(Condition(text=draft.conditions),) if draft.conditions else (),
        materials=tuple(Material(kind=kind) for kind in dict.fromkeys(kinds[m.name] for m in draft.materials)),
        sources=(Source(title="广东省政务服务事项目录"),), checked_on="2021-06-01", certainty=Certainty.SECONDHAND,
    )  # fmt: skip


def _revised(guide: Guide, revision: int) -> Guide:
    """Every hundredth text says something else after a revision."""
    if not revision or crc32(f"{guide.guide_id} revised".encode()) % CHANGED_EVERY:
        return guide
    return guide.model_copy(update={"summary": Point(text=f"{guide.summary.text}（第{revision}次修订）")})


class ProvinceGuides(Sequence[Guide]):
    """The guides of the province, then of each place: its own authority, and in one of twenty its own summary."""

    def __init__(self, items: Sequence[Guide], places: Sequence[Jurisdiction], size: int, revision: int) -> None:
        if size > len(items) * len(places):
            raise ValueError(f"最多 {len(items) * len(places)} 份")
        self._items, self._places, self._size, self._revision = items, places, size, revision

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, index: int) -> Guide: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Guide]: ...
    def __getitem__(self, index: int | slice) -> Guide | Sequence[Guide]:
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(self._size))]
        place, item = divmod(range(self._size)[index], len(self._items))
        return self._items[item] if place == 0 else self._local(self._items[item], self._places[place])

    def __iter__(self) -> Iterator[Guide]:
        return (self[i] for i in range(self._size))

    def _local(self, guide: Guide, place: Jurisdiction) -> Guide:
        own: dict[str, Any] = {"authority": f"{place.name}{guide.authority}"}
        guide_id = f"{place.adcode}/{guide.item_id}"
        if crc32(guide_id.encode()) % OWN_TEXT_EVERY == 0:
            own["summary"] = Point(text=f"{place.name}：{guide.summary.text}")
        update = {
            **own, "jurisdiction": place.adcode, "overrides": "410000", "parent_id": guide.guide_id, "own_fields": tuple(own),
        }  # fmt: skip
        return _revised(guide.model_copy(update=update), self._revision if "summary" in own else 0)
