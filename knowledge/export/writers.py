"""One table → one file: JSON lines, CSV for Excel, or Parquet."""

import csv
import json
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from knowledge.export.parquet import write_parquet
from knowledge.export.tables import Table

# A cell that begins like a formula would run in a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")
JOINT = "；"


def write_jsonl(table: Table, path: Path) -> None:
    """One JSON object a row, keys in the order of the columns, dates as 2026-11-22."""
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for row in table.rows:
            record = {column.name: row[column.name] for column in table.columns}
            file.write(json.dumps(record, ensure_ascii=False, default=str) + "\n")


def write_csv(table: Table, path: Path) -> None:
    """UTF-8 with a mark for Excel; lists joined by ；, and no cell is taken for a formula."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(column.name for column in table.columns)
        writer.writerows([_cell(row[column.name]) for column in table.columns] for row in table.rows)


def _cell(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case str():
            return f"'{value}" if value.startswith(FORMULA) else str(value)
        case date():
            return value.isoformat()
        case Sequence():
            return _cell(JOINT.join(map(str, value)))
        case _:
            return str(value)


WRITERS: dict[str, Callable[[Table, Path], None]] = {
    "jsonl": write_jsonl,
    "csv": write_csv,
    "parquet": write_parquet,
}
