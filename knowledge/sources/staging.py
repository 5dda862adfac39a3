"""Drafts beside the folder first, compared with what stands there once all are read, then moved in file by file.

Until the last row of the last file is read nothing in the drafts folder changes; memory does not grow with the rows.
"""

import errno
import json
import os
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from knowledge.errors import KnowledgeError
from knowledge.sources.draft import Draft, joined
from knowledge.sources.report import Change, Diff

Progress = Callable[[int, int], None]
LISTED = 10
EVERY = 5_000  # rows or drafts between two commits: what a stop costs at most
STAGED = ".importing.sqlite3"
SETUP = """
PRAGMA locking_mode = EXCLUSIVE; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536;
CREATE TABLE IF NOT EXISTS noted (what TEXT PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS drafts (
  number INTEGER PRIMARY KEY, place TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (place, id)
);
"""
ADD = "INSERT INTO drafts (place, id, body) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
NEXT = "SELECT place, id, body FROM drafts WHERE (place, id) > (?, ?) ORDER BY place, id LIMIT ?"
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
    """One import's drafts in a file of their own, until all of them are read; then they are moved in.

    Drafts and account are committed together, so an import that was stopped, killed or cut off goes on from there when it
    is begun again with the same input. A context: what was finished or refused leaves nothing behind.
    """

    def __init__(self, out: Path, run: str) -> None:
        """`run` tells one input, read in one way, from every other."""
        self._out, self._run = out, run
        self._path = out / STAGED

    def __enter__(self) -> "Staging":
        self._made_out = not self._out.exists()
        try:
            self._out.mkdir(parents=True, exist_ok=True)
            self._database = sqlite3.connect(self._path, timeout=1.0, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise KnowledgeError(f"不能在 {self._out} 写草稿：那里是一个文件，或者没有权限") from error
        try:
            self._open()
        except sqlite3.DatabaseError as error:
            self._database.close()
            busy = isinstance(error, sqlite3.OperationalError)
            told = f"另一个导入正在往 {self._out} 写，等它结束后再试" if busy else f"{self._path} 坏了，删掉它再导入"
            raise KnowledgeError(told) from error
        return self

    def _open(self) -> None:
        """Take the file for this run alone; what another run has left in it goes."""
        self._database.executescript(SETUP)
        self._database.execute("BEGIN IMMEDIATE")
        if self._noted("run") != self._run:
            self._database.execute("DELETE FROM drafts")
            self._database.execute("DELETE FROM noted")
        self.note("run", self._run)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, traceback: object) -> None:
        self._database.close()
        if isinstance(error, sqlite3.Error):
            raise OSError(errno.EIO, f"{self._path} 写不进去（{error}）") from error
        if kind is None or issubclass(kind, KnowledgeError):
            self._path.unlink(missing_ok=True)
            if self._made_out and not any(self._out.iterdir()):
                self._out.rmdir()

    @property
    def account(self) -> str | None:
        """What was noted of the rows read so far, by this run or one before it that did not end."""
        return self._noted("account")

    def keep(self, account: str) -> None:
        """Commit what was added, and the account that goes with it."""
        self.note("account", account)

    def note(self, what: str, text: str) -> None:
        """Remember something about this run, and commit."""
        self._database.execute("INSERT OR REPLACE INTO noted VALUES (?, ?)", (what, text))
        self._database.execute("COMMIT")
        self._database.execute("BEGIN IMMEDIATE")

    def _noted(self, what: str) -> str | None:
        found = self._database.execute("SELECT text FROM noted WHERE what = ?", (what,)).fetchone()
        return found[0] if found else None

    def add(self, draft: Draft) -> tuple[str, ...] | None:
        """Keep a draft, or join it to the one of the same id: then the fields in which the two differ."""
        key = (draft.jurisdiction, draft.draft_id)
        if self._database.execute(ADD, (*key, draft.to_json())).rowcount:
            return None
        both, differing = joined(Draft.model_validate_json(self._body(*key) or ""), draft)
        self._database.execute("UPDATE drafts SET body = ? WHERE place = ? AND id = ?", (both.to_json(), *key))
        return differing

    def _body(self, place: str, draft_id: str) -> str | None:
        found = self._database.execute(
            "SELECT body FROM drafts WHERE place = ? AND id = ?", (place, draft_id)
        ).fetchone()
        return found[0] if found else None

    def publish(self, scope: Scope, progress: Progress | None = None) -> Diff:
        """Tell what changes, then move every draft in; what the sources no longer hold is told and left where it is."""
        told = self._noted("diff")
        diff = Diff.model_validate_json(told) if told else self._compared(scope)
        self.note("diff", diff.model_dump_json())
        total = diff.new + diff.changed + diff.same
        moved, place, draft_id = json.loads(self._noted("moved") or '[0, "", ""]')
        while page := self._page(place, draft_id):
            for place, draft_id, body in page:
                _put(self._out / place / f"{draft_id}.json", body.encode())
            moved += len(page)
            self.note("moved", json.dumps([moved, place, draft_id]))
            if progress:
                progress(moved, total)
        return diff

    def _page(self, place: str, draft_id: str) -> list[tuple[str, str, str]]:
        """Place, id and body of the drafts that come next."""
        return self._database.execute(NEXT, (place, draft_id, EVERY)).fetchall()

    def _drafts(self) -> Iterator[tuple[str, str, str]]:
        place, draft_id = "", ""
        while page := self._page(place, draft_id):
            yield from page
            place, draft_id, _ = page[-1]

    def _compared(self, scope: Scope) -> Diff:
        """The drafts against what stands in the folder."""
        gone, missing = _counted(self._missing(scope))
        counts, changes = Counter[str](), list[Change]()
        for place, draft_id, body in self._drafts():
            fields = _differing(self._out / place / f"{draft_id}.json", body.encode())
            counts["new" if fields is None else "changed" if fields else "same"] += 1
            if fields and len(changes) < LISTED:
                changes.append(Change(draft=f"{place}/{draft_id}", fields=fields))
        return Diff(gone=gone, changes=tuple(changes), missing=missing, **counts)

    def _missing(self, scope: Scope) -> Iterator[str]:
        """The drafts in the folder that this run's sources once gave and now do not."""
        places = {place for (place,) in self._database.execute("SELECT DISTINCT place FROM drafts")}
        for path in draft_files(self._out):
            place = path.parent.name
            if place in places and self._body(place, path.stem) is not None:
                continue
            draft = json.loads(path.read_bytes())
            whole = draft.get("system") in scope.systems and place in places
            if whole or scope.files & {origin["file"] for origin in draft["origins"]}:
                yield f"{place}/{path.stem}（{draft['name']}）"


def _counted(names: Iterator[str]) -> tuple[int, tuple[str, ...]]:
    """How many, and the first few."""
    first = tuple(islice(names, LISTED))
    return len(first) + sum(1 for _ in names), first


def _content(data: bytes) -> dict[str, Any]:
    return {key: value for key, value in json.loads(data).items() if key not in PLUMBING}


def _differing(target: Path, data: bytes) -> tuple[str, ...] | None:
    """The fields in which a draft differs from the one that stands in its place; None when none does."""
    try:
        before = target.read_bytes()
    except FileNotFoundError:
        return None
    if before == data:
        return ()
    old, now = _content(before), _content(data)
    return tuple(sorted(field for field in {*old, *now} if old.get(field) != now.get(field)))


def _put(target: Path, data: bytes) -> None:
    """Whole or not at all; what is the same is left alone."""
    try:
        if target.read_bytes() == data:
            return
    except FileNotFoundError:
        target.parent.mkdir(exist_ok=True)
    fresh = target.with_suffix(".new")
    fresh.write_bytes(data)
    os.replace(fresh, target)
