"""Files → drafts and a report: every file is checked before the first is read, and nothing is half-written."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from knowledge.errors import KnowledgeError, SourceRefused
from knowledge.sources.documents import document_lines
from knowledge.sources.draft import Origin
from knowledge.sources.drafting import make_draft
from knowledge.sources.guards import Kind, checked_kind
from knowledge.sources.headings import sections
from knowledge.sources.mapping import FOR_DOCUMENTS, Columns, Mapping, choose, lay, shipped_mappings
from knowledge.sources.report import ImportReport, Tally, report_text
from knowledge.sources.rows import Row
from knowledge.sources.staging import EVERY, Progress, Scope, Staging
from knowledge.sources.tables import table_rows

TABLES: frozenset[Kind] = frozenset({"excel", "csv", "json", "jsonl"})
SHOWN_EVERY = 500
MOST_LAYOUTS = 256


class ImportOptions(NamedTuple):
    """How to read: one mapping for all files or the best shipped one, the place of rows that name none, where to write."""

    out: Path
    mapping: Mapping | None = None
    adcode: str | None = None


def import_files(
    paths: Sequence[Path], options: ImportOptions, reading: Progress | None = None, writing: Progress | None = None
) -> ImportReport:
    """Read every file into drafts under `options.out`; stopped and begun again, it goes on where it was and ends the same.

    Raises KnowledgeError before anything there has changed.
    """
    kinds = _checked(paths)
    with Staging(options.out, _identity(tuple(kinds), options)) as staging:
        run = _Run(options, staging, reading)
        for path, kind in kinds.items():
            run.read(path, kind)
        staging.keep(run.tally.model_dump_json())
        tables = [path.name for path, kind in kinds.items() if kind in TABLES]
        systems = frozenset(run.tally.mappings) - {FOR_DOCUMENTS} if tables else frozenset()
        diff = staging.publish(Scope(systems, frozenset(path.name for path in kinds)), writing)
        report = run.tally.report(tuple(path.name for path in kinds), diff)
        _write(options.out / "report.json", report.model_dump_json(indent=1))
        _write(options.out / "report.txt", report_text(report) + "\n")
    return report


def _identity(paths: Sequence[Path], options: ImportOptions) -> str:
    """A digest of what is read and of what reads it: the files, the options, this program."""
    found = hashlib.sha256(f"{options.mapping!r}\0{options.adcode}".encode())
    for path in (*paths, *sorted(Path(__file__).parent.rglob("*.*"))):
        if path.suffix != ".pyc":
            with path.open("rb") as file:
                found.update(path.name.encode() + hashlib.file_digest(file, "sha256").digest())
    return found.hexdigest()


def _checked(paths: Sequence[Path]) -> dict[Path, Kind]:
    """The kind of every file; all that are refused are told at once."""
    kinds: dict[Path, Kind] = {}
    refused = []
    for path in dict.fromkeys(paths):
        try:
            kinds[path] = checked_kind(path)
        except SourceRefused as error:
            refused.append(error)
    if refused:
        raise refused[0] if len(refused) == 1 else KnowledgeError("\n".join(map(str, refused)))
    return kinds


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text(text, encoding="utf-8")
    os.replace(fresh, path)


class _Run:
    def __init__(self, options: ImportOptions, staging: Staging, progress: Progress | None) -> None:
        self.tally = Tally.model_validate_json(staging.account) if staging.account else Tally()
        self._passed = 0  # rows of all files so far
        self._staging = staging
        self._options = options
        self._progress = progress
        self._candidates = (options.mapping,) if options.mapping else shipped_mappings()
        self._layouts: dict[tuple[str, ...], Columns] = {}

    def read(self, path: Path, kind: Kind) -> None:
        """Every row of one file that was not read before a stop."""
        rows = table_rows(path, kind, self._choose) if kind in TABLES else self._document(path, kind)
        before = self._passed
        for row in rows:
            self._passed += 1
            if self._passed <= self.tally.rows:
                continue
            self.tally.rows += 1
            self._one(Origin(file=path.name, sheet=row.sheet, row=max(1, row.number)), row)
            if self.tally.rows % EVERY == 0:
                self._staging.keep(self.tally.model_dump_json())
            if self._progress and self.tally.rows % SHOWN_EVERY == 0:
                self._progress(self.tally.rows, max(self.tally.rows, before + row.total))
        if self._passed == before:
            raise SourceRefused(path.name, "里面没有一行数据")

    def _one(self, origin: Origin, row: Row) -> None:
        if row.fault or row.mapping is None:
            self.tally.skip(row.fault or "空行", str(origin))
            return
        made = make_draft(row.cells, self._laid(row.mapping, row.cells), row.mapping, origin, self._options.adcode)
        if made.draft is None:
            self.tally.skip(made.reason, str(origin))
            return
        differing = self._staging.add(made.draft)
        self.tally.count(made)
        self.tally.made += differing is None
        self.tally.merged += differing is not None
        self.tally.differing.update(differing or ())

    def _choose(self, headers: list[str]) -> Mapping | None:
        return choose(self._candidates, headers)

    def _laid(self, mapping: Mapping, cells: dict[str, str]) -> Columns:
        key = (mapping.mapping_id, *cells)
        if key not in self._layouts:
            if len(self._layouts) >= MOST_LAYOUTS:
                self._layouts.clear()
            self._layouts[key] = lay(mapping, cells)
            self.tally.mappings.setdefault(mapping.mapping_id)
            self.tally.unused.update(dict.fromkeys(self._layouts[key].unused))
        return self._layouts[key]

    def _document(self, path: Path, kind: Kind) -> Iterator[Row]:
        mapping = self._options.mapping or next(m for m in shipped_mappings() if m.mapping_id == FOR_DOCUMENTS)
        for section in sections(document_lines(path, kind), mapping):
            fault = "" if section.cells else "没有认得的小标题"
            yield Row(None, section.line, section.cells, mapping, fault)
