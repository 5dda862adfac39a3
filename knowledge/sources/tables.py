"""Excel, CSV and JSON → rows of named cells, one at a time; the only file that speaks openpyxl."""

import csv
import json
import zipfile
import zlib
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from knowledge.errors import SourceRefused
from knowledge.sources.decoding import detect, open_text
from knowledge.sources.guards import Kind
from knowledge.sources.mapping import Mapping

Choose = Callable[[list[str]], Mapping | None]

HEADER_WITHIN = 10
LONGEST_CELL = 1 << 20
WIDEST = 1_000


class Row(NamedTuple):
    """One row as it stands in a file. `fault` says why it cannot be read; `total` estimates the rows of the file."""

    sheet: str | None
    number: int
    cells: dict[str, str]
    mapping: Mapping | None
    fault: str = ""
    total: int = 0


def table_rows(path: Path, kind: Kind, choose: Choose) -> Iterator[Row]:
    """The rows of a table under its header. Raises SourceRefused when the file is damaged or has no known header."""
    match kind:
        case "excel":
            return _excel(path, choose)
        case "csv":
            return _csv(path, choose)
        case _:
            return _json(path, choose)


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


def _under_header(
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


def _csv(path: Path, choose: Choose) -> Iterator[Row]:
    encoding, lines = detect(path)
    csv.field_size_limit(LONGEST_CELL)
    with open_text(path, encoding) as file:
        head = file.read(4096)
        delimiter = max("\t,;", key=head.count)
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            yield from _under_header(path, None, ((reader.line_num, cells) for cells in reader), choose, lines)
        except csv.Error as error:
            raise SourceRefused(
                path.name, f"第 {reader.line_num} 行的引号不成对，或者一格太长；文件可能没有传完"
            ) from error


def _json(path: Path, choose: Choose) -> Iterator[Row]:
    encoding, lines = detect(path)
    with open_text(path, encoding) as file:
        if path.suffix.lower() == ".json" and not _is_lines(file.readline()):
            file.seek(0)
            objects = _array(path, file.read())
            records = ((number, value, "") for number, value in enumerate(objects, start=1))
            yield from _records(path, records, choose, len(objects))
        else:
            file.seek(0)
            yield from _records(path, _lines(path, file), choose, lines + 1)


def _is_lines(line: str) -> bool:
    """Whether a first line is a whole object by itself."""
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _array(path: Path, text: str) -> list[Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        at = f"第 {error.lineno} 行起" if isinstance(error, json.JSONDecodeError) else "嵌套太深，"
        raise SourceRefused(path.name, f"{at}不是完整的 JSON；文件可能没有传完") from error
    if isinstance(value, dict):
        value = next((v for v in value.values() if isinstance(v, list) and v and isinstance(v[0], dict)), [value])
    if not isinstance(value, list):
        raise SourceRefused(path.name, "应是一列“字段: 值”的 JSON 对象")
    return value


def _lines(path: Path, file: Iterator[str]) -> Iterator[tuple[int, Any, str]]:
    for number, line in enumerate(file, start=1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line), ""
        except (ValueError, RecursionError) as error:
            if not line.endswith("\n"):
                raise SourceRefused(path.name, f"最后一行（第 {number} 行）不完整；文件可能没有传完") from error
            yield number, None, "不是完整的 JSON"


def _records(path: Path, records: Iterator[tuple[int, Any, str]], choose: Choose, total: int) -> Iterator[Row]:
    mapping = None
    for number, value, fault in records:
        if fault or not isinstance(value, dict):
            yield Row(None, number, {}, None, fault or "不是“字段: 值”的对象", total)
            continue
        if value and mapping is None:
            mapping = choose(list(value))
            if mapping is None:
                seen = "、".join(list(value)[:8])
                raise SourceRefused(
                    path.name, f"没有认得的字段（至少要有事项名称）；读到：{seen}；请用 --mapping 给出对照表"
                )
        yield Row(None, number, {key: cell_text(cell) for key, cell in value.items()}, mapping, "", total)


def _excel(path: Path, choose: Choose) -> Iterator[Row]:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            yield from _sheets(path, book, choose)
        finally:
            book.close()
    except (InvalidFileException, zipfile.BadZipFile, zlib.error, KeyError, ValueError, SyntaxError, EOFError) as error:
        raise SourceRefused(path.name, "表格的内部结构已损坏；请用 Excel 打开后另存再导入") from error


def _sheets(path: Path, book: Any, choose: Choose) -> Iterator[Row]:
    """Every visible sheet with a known header; the others are told, unless none has one."""
    passed: list[tuple[str, str]] = []
    read = False
    refused: SourceRefused | None = None
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            passed.append((sheet.title, "隐藏的工作表，整张没有读"))
            continue
        lines = (
            (number, [cell_text(value) for value in values[:WIDEST]])
            for number, values in enumerate(sheet.iter_rows(values_only=True), start=1)
        )
        try:
            yield from _under_header(path, sheet.title, lines, choose, sheet.max_row or 0)
            read = True
        except SourceRefused as error:
            refused = refused or error
            passed.append((sheet.title, "没有认得的表头，整张工作表没有读"))
    if not read:
        raise refused or SourceRefused(path.name, "没有可见的工作表")
    yield from (Row(title, 1, {}, None, why) for title, why in passed)
