"""Excel, CSV and JSON → rows of named cells, one at a time; the only file that speaks openpyxl."""

import csv
import json
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from knowledge.errors import SourceRefused
from knowledge.sources.decoding import detect, open_text
from knowledge.sources.guards import Kind
from knowledge.sources.rows import Choose, Row, cell_text, under_header

# What openpyxl raises over parts that are not what they should be.
BROKEN_PARTS = (
    zipfile.BadZipFile, zlib.error, AttributeError, EOFError, LookupError, SyntaxError, TypeError, ValueError,
)  # fmt: skip
LONGEST_CELL = 1 << 20
WIDEST = 1_000


def table_rows(path: Path, kind: Kind, choose: Choose) -> Iterator[Row]:
    """The rows of a table under its header. Raises SourceRefused when the file is damaged or has no known header."""
    match kind:
        case "excel":
            return _excel(path, choose)
        case "csv":
            return _csv(path, choose)
        case _:
            return _json(path, choose)


def _csv(path: Path, choose: Choose) -> Iterator[Row]:
    encoding, lines = detect(path)
    csv.field_size_limit(LONGEST_CELL)
    with open_text(path, encoding) as file:
        head = file.read(4096)
        delimiter = max("\t,;", key=head.count)
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        try:
            yield from under_header(path, None, ((reader.line_num, cells) for cells in reader), choose, lines)
        except csv.Error as error:
            raise SourceRefused(
                path.name, f"第 {reader.line_num} 行的引号不成对，或者一格太长；文件可能没有传完"
            ) from error


def _json(path: Path, choose: Choose) -> Iterator[Row]:
    encoding, lines = detect(path)
    with open_text(path, encoding) as file:
        if path.suffix.lower() == ".json" and not _is_lines(file):
            file.seek(0)
            objects = _objects(path, file.read(), choose)
            records = ((number, value, "") for number, value in enumerate(objects, start=1))
            yield from _records(path, records, choose, len(objects))
        else:
            file.seek(0)
            yield from _records(path, _lines(path, file), choose, lines + 1)


def _is_lines(file: Iterator[str]) -> bool:
    """Whether the first line is a whole object by itself and another line follows."""
    try:
        whole = isinstance(json.loads(next(file)), dict)
    except (ValueError, RecursionError):
        return False
    return whole and any(line.strip() for line in file)


def _objects(path: Path, text: str, choose: Choose) -> list[Any]:
    """The objects of one JSON value: a list, one item, or a wrapper such as `{"code": 0, "rows": […]}`."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        at = f"第 {error.lineno} 行起" if isinstance(error, json.JSONDecodeError) else "嵌套太深，"
        raise SourceRefused(path.name, f"{at}不是完整的 JSON；文件可能没有传完") from error
    if isinstance(value, dict) and not choose(list(value)):
        value = next((v for v in value.values() if isinstance(v, list) and v and isinstance(v[0], dict)), [value])
    if isinstance(value, dict):
        value = [value]
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

    warnings.filterwarnings("ignore", category=UserWarning, module=r"openpyxl\.")  # parts that carry no cells
    try:
        book = load_workbook(path, read_only=True, data_only=True, keep_links=False)
        try:
            yield from _sheets(path, book, choose)
        finally:
            book.close()
    except (InvalidFileException, *BROKEN_PARTS) as error:
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
            yield from under_header(path, sheet.title, lines, choose, sheet.max_row or 0)
            read = True
        except SourceRefused as error:
            refused = refused or error
            passed.append((sheet.title, "没有认得的表头，整张工作表没有读"))
    if not read:
        raise refused or SourceRefused(path.name, "没有可见的工作表")
    yield from (Row(title, 1, {}, None, why) for title, why in passed)
