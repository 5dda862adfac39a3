"""A row of a table, whatever file it stands in: the header found, the cells named."""

import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from knowledge.errors import SourceRefused
from knowledge.sources.mapping import Mapping

Choose = Callable[[list[str]], Mapping | None]
HEADER_WITHIN = 10


class Row(NamedTuple):
    """One row as it stands in a file. `fault` says why it cannot be read; `total` estimates the rows of the file."""

    sheet: str | None
    number: int
    cells: dict[str, str]
    mapping: Mapping | None
    fault: str = ""
    total: int = 0


def cell_text(value: Any) -> str:
    """A cell as text: lists a line an element, objects as JSON, 20.0 as 20."""
    match value:
        case None:
            return ""
        case str():
            return value
        case bool():
            return "是" if value else "否"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case list():
            return "\n".join(map(cell_text, value))
        case dict():
            return json.dumps(value, ensure_ascii=False)
    return str(value)


def under_header(
    path: Path, sheet: str | None, lines: Iterator[tuple[int, list[str]]], choose: Choose, total: int
) -> Iterator[Row]:
    """Find the header among the first lines, then name the cells of every line below it."""
    first = []
    for _, cells in islice(lines, HEADER_WITHIN):
        first.append(" | ".join(cells)[:80])
        mapping = choose(cells)
        if mapping:
            break
    else:
        where = f"{path.name}·{sheet}" if sheet else path.name
        seen = first[0] if first else "没有内容"
        raise SourceRefused(
            where,
            f"前 {HEADER_WITHIN} 行里没有认得的表头（至少要有事项名称一列）；读到：{seen}；请用 --mapping 给出对照表",
        )
    header = cells
    for number, cells in lines:
        if not any(cells):
            continue
        if any(cells[len(header) :]):
            yield Row(sheet, number, {}, mapping, f"有 {len(cells)} 格，比表头多", total)
        else:
            named: dict[str, str] = {}
            for name, cell in zip(header, cells, strict=False):
                named[name] = named.get(name) or cell
            yield Row(sheet, number, named, mapping, "", total)
