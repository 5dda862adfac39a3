"""Guide files → complete guides: versions follow each other without overlap, overrides are merged over their parent.

A file with `overrides: <parent adcode>` holds the differing fields only. It is merged over every version of the
parent's text that applies in its time, so that a change of the province's text reaches the places that inherit it.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NamedTuple, Protocol, TypeVar

from pydantic import BaseModel

from knowledge.model import Guide, Jurisdiction, Window

Model = TypeVar("Model", bound=BaseModel)
Fail = Callable[[Path, str, str], None]
Key = tuple[str, str]  # jurisdiction, item_id

DERIVED = frozenset({"parent_id", "own_fields"})
NOT_CONTENT = (
    DERIVED | {"item_id", "jurisdiction", "overrides", "sources", "checked_on", "certainty"} | {*Window.model_fields}
)


class Check(Protocol):
    """Reads data as a model and reports what does not fit."""

    def __call__(self, path: Path, kind: type[Model], data: Any) -> Model | None:
        """The model, or None after reporting."""
        ...


class Written(NamedTuple):
    """One guide file as it was read."""

    path: Path
    data: Any


class Dated(NamedTuple):
    """One guide file with the time in which it applies."""

    path: Path
    data: dict[str, Any]
    window: Window

    @property
    def key(self) -> Key:
        """Which item of which place."""
        return self.data["jurisdiction"], self.data["item_id"]

    @property
    def name(self) -> str:
        """The guide id that the file says it has."""
        first = "/".join(self.key)
        return f"{first}@{self.window.effective_from}" if self.window.supersedes else first


def assemble(
    written: Sequence[Written], places: Sequence[Jurisdiction], check: Check, fail: Fail
) -> list[tuple[Path, Guide]]:
    """Every guide that the files make, each with its file, in the order of the files.

    Whole texts are read first, then the overrides from the top of the places down.
    """
    dated = list(_dated(written, check, fail))
    parents = {place.adcode: place.parent for place in places}
    made: list[tuple[Path, Guide]] = []
    versions: dict[Key, list[Guide]] = defaultdict(list)
    for file in sorted(
        _closed(dated, fail), key=lambda f: len(_ancestors(f, parents)) if "overrides" in f.data else -1
    ):
        texts = _merged(file, parents, versions, fail) if "overrides" in file.data else [_whole(file)]
        for data in texts:
            previous = versions[file.key]
            data["supersedes"] = previous[-1].guide_id if previous else None
            guide = check(file.path, Guide, data)
            if guide is not None:
                previous.append(guide)
                made.append((file.path, guide))
    order = {path: place for place, (path, _) in enumerate(written)}
    return sorted(made, key=lambda pair: order[pair[0]])


def _dated(written: Sequence[Written], check: Check, fail: Fail) -> Iterator[Dated]:
    for path, data in written:
        if not isinstance(data, dict) or not all(isinstance(data.get(k), str) for k in ("item_id", "jurisdiction")):
            check(path, Guide, data)
            continue
        if by_hand := sorted(DERIVED & data.keys()):
            fail(path, by_hand[0], "由程序填写，不要手写")
            continue
        window = check(path, Window, {name: data[name] for name in Window.model_fields if name in data})
        if window is not None:
            yield Dated(path, data, window)


def _closed(files: Sequence[Dated], fail: Fail) -> Iterator[Dated]:
    """The files in order of time, each ending the day before the next version of the same item and place begins."""
    by_key: dict[Key, list[Dated]] = defaultdict(list)
    for file in sorted(files, key=lambda f: (f.window.effective_from or date.min, str(f.path))):
        by_key[file.key].append(file)
    for versions in by_key.values():
        for file, earlier, later in zip(versions, [None, *versions], [*versions[1:], None], strict=False):
            expected = earlier.name if earlier else None
            if file.window.supersedes != expected:
                fail(
                    file.path,
                    "supersedes",
                    f"应写 {expected}" if expected else f"指南库里没有它所接替的 {file.window.supersedes}",
                )
                continue
            yield file._replace(window=_until(file, later, fail)) if later else file


def _until(file: Dated, later: Dated, fail: Fail) -> Window:
    start = later.window.effective_from
    if start is None:
        return file.window
    end = file.window.effective_to
    if end and end >= start:
        fail(file.path, "effective_to", f"与接替它的 {later.name} 重叠，应早于 {start}")
    return file.window.model_copy(update={"effective_to": min(end or date.max, start - timedelta(days=1))})


def _whole(file: Dated) -> dict[str, Any]:
    return file.data | {"effective_to": file.window.effective_to}


def _ancestors(file: Dated, parents: Mapping[str, str | None]) -> list[str]:
    found: list[str] = []
    place = parents.get(file.data["jurisdiction"])
    while place and place not in found:
        found.append(place)
        place = parents.get(place)
    return found


def _merged(
    file: Dated, parents: Mapping[str, str | None], versions: Mapping[Key, list[Guide]], fail: Fail
) -> Iterator[dict[str, Any]]:
    """The file merged over each version of its parent's text that applies in its time."""
    item_id = file.data["item_id"]
    nearest = next((code for code in _ancestors(file, parents) if versions.get((code, item_id))), None)
    if nearest is None:
        fail(file.path, "overrides", f"上级地区没有可以沿用的 {item_id}，或者那一份有错")
        return
    if file.data["overrides"] != nearest:
        fail(file.path, "overrides", f'应写最近的、有这份指南的上级："{nearest}"')
        return
    if missing := [name for name in ("sources", "checked_on") if not file.data.get(name)]:
        fail(file.path, missing[0], "缺少这一项")
        return
    if not file.data.keys() - NOT_CONTENT:
        fail(file.path, "", "没有写与上级不同的内容，请补上，或删去这个文件")
        return
    pieces = [(parent, window) for parent in versions[nearest, item_id] if (window := _overlap(file.window, parent))]
    if not pieces:
        fail(file.path, "effective_from", f"施行期间里上级没有有效的 {item_id}")
    for parent, window in pieces:
        yield _over(parent, file.data, window)


def _overlap(window: Window, parent: Guide) -> dict[str, date | None] | None:
    start = max(window.effective_from or date.min, parent.effective_from or date.min)
    end = min(window.effective_to or date.max, parent.effective_to or date.max)
    if end < start:
        return None
    return {
        "effective_from": None if start == date.min else start,
        "effective_to": None if end == date.max else end,
    }


def _over(parent: Guide, data: dict[str, Any], window: dict[str, date | None]) -> dict[str, Any]:
    """The parent's text with the fields of an override in their places; its sources come first."""
    own = tuple(name for name in Guide.model_fields if name in data and name not in NOT_CONTENT)
    inherited = {name: getattr(parent, name) for name in Guide.model_fields}
    merged: dict[str, Any] = inherited | data | window | {"own_fields": own, "parent_id": parent.guide_id}
    if isinstance(data["sources"], list):
        titles = {source.get("title") for source in data["sources"] if isinstance(source, dict)}
        merged["sources"] = [*data["sources"], *(source for source in parent.sources if source.title not in titles)]
    if "local" not in own:  # what the place has set itself is no longer left to the place
        merged["local"] = tuple(rule for rule in parent.local if rule.field.value not in own)
    return merged
