"""Drafts on disk: written beside the folder first, compared with what stands there, then moved in file by file.

Until the last row of the last file is read nothing in the drafts folder changes; memory does not grow with the rows.
"""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from knowledge.errors import KnowledgeError
from knowledge.sources.draft import Draft, joined
from knowledge.sources.report import Change, Diff

LISTED = 10
STAGING = ".importing-"
PLUMBING = frozenset({"draft_id", "jurisdiction", "origins"})


def read_drafts(folder: Path) -> Iterator[Draft]:
    """Every draft under a folder, by place and id."""
    for path in draft_files(folder):
        yield Draft.model_validate_json(path.read_bytes())


def draft_files(folder: Path) -> Iterator[Path]:
    """The files of the drafts under a folder, in order, one place in memory at a time."""
    for place in sorted(folder.glob("[0-9]" * 6)):
        yield from sorted(place.glob("*.json"))


class Scope(NamedTuple):
    """What a run speaks for: whole tables by the system that they come from, documents by their file."""

    systems: frozenset[str]
    files: frozenset[str]


class Staging:
    """One import's drafts before they are moved in; a context that cleans up after itself."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._places: set[str] = set()

    def __enter__(self) -> "Staging":
        self._made_out = not self._out.exists()
        try:
            self._out.mkdir(parents=True, exist_ok=True)
            self._folder = Path(tempfile.mkdtemp(prefix=STAGING, dir=self._out))
        except OSError as error:
            raise KnowledgeError(f"不能在 {self._out} 写草稿：那里是一个文件，或者没有权限") from error
        return self

    def __exit__(self, *error: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        if self._made_out and not any(self._out.iterdir()):
            self._out.rmdir()

    def add(self, draft: Draft) -> tuple[str, ...] | None:
        """Write a draft, or join it to the one of the same id: then the fields in which the two differ."""
        if draft.jurisdiction not in self._places:
            (self._folder / draft.jurisdiction).mkdir(exist_ok=True)
            self._places.add(draft.jurisdiction)
        path = self._folder / draft.jurisdiction / f"{draft.draft_id}.json"
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(draft.to_json())
        except FileExistsError:
            both, differing = joined(Draft.model_validate_json(path.read_bytes()), draft)
            path.write_text(both.to_json(), encoding="utf-8")
            return differing
        return None

    def publish(self, scope: Scope) -> Diff:
        """Move every draft in and tell what changed; what the sources no longer hold is told and left where it is."""
        gone, missing = _counted(self._missing(scope))
        new = same = 0
        changes: list[Change] = []
        changed = 0
        for place in sorted(self._places):
            if not (self._out / place).exists():
                new += len(os.listdir(self._folder / place))
                os.replace(self._folder / place, self._out / place)
                continue
            for entry in sorted(os.listdir(self._folder / place)):
                fields = _move(self._folder / place / entry, self._out / place / entry)
                new += fields is None
                same += fields == ()
                changed += bool(fields)
                if fields and len(changes) < LISTED:
                    changes.append(Change(draft=f"{place}/{entry.removesuffix('.json')}", fields=fields))
        return Diff(new=new, changed=changed, same=same, gone=gone, changes=tuple(changes), missing=missing)

    def _missing(self, scope: Scope) -> Iterator[str]:
        """The drafts in the folder that this run's sources once gave and now do not."""
        for path in draft_files(self._out):
            place = path.parent.name
            if (self._folder / place / path.name).exists():
                continue
            draft = json.loads(path.read_bytes())
            whole = draft.get("system") in scope.systems and place in self._places
            if whole or scope.files & {origin["file"] for origin in draft["origins"]}:
                yield f"{place}/{path.stem}（{draft['name']}）"


def _counted(names: Iterator[str]) -> tuple[int, tuple[str, ...]]:
    """How many, and the first few."""
    first = tuple(islice(names, LISTED))
    return len(first) + sum(1 for _ in names), first


def _content(data: bytes) -> dict[str, Any]:
    return {key: value for key, value in json.loads(data).items() if key not in PLUMBING}


def _move(staged: Path, target: Path) -> tuple[str, ...] | None:
    """Put one draft in its place; the fields that differ from what stood there, None when nothing did."""
    data = staged.read_bytes()
    try:
        before = target.read_bytes()
    except FileNotFoundError:
        os.replace(staged, target)
        return None
    if before == data:
        return ()
    os.replace(staged, target)
    old, now = _content(before), _content(data)
    return tuple(sorted(field for field in {*old, *now} if old.get(field) != now.get(field)))
