"""Word, PDF, HTML and plain text → lines of visible text; the only file that speaks python-docx and pypdf."""

import logging
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from knowledge.errors import SourceRefused
from knowledge.sources.decoding import detect, visible
from knowledge.sources.guards import Kind
from knowledge.sources.html_text import Line, visible_lines

MOST_PAGES = 2_000
# What the two readers raise over parts that are not what they should be.
BROKEN_PARTS = (
    zipfile.BadZipFile, zlib.error, AssertionError, AttributeError, EOFError, LookupError, RecursionError, SyntaxError,
    TypeError, ValueError,
)  # fmt: skip
INVISIBLE_MODE = 3  # the PDF text rendering mode that paints nothing
SMALLEST_TYPE = 1.0


def document_lines(path: Path, kind: Kind) -> list[Line]:
    """The lines of a document as a reader sees them. Raises SourceRefused when it is damaged, locked or only pictures."""
    read: Callable[[Path], list[Line]] = {"word": _word, "pdf": _pdf, "html": _html}.get(kind, _text)
    lines = [tuple(cell for cell in map(visible, line) if cell) for line in read(path)]
    return [line for line in lines if line]


def _text(path: Path) -> list[Line]:
    text = path.read_bytes().decode(detect(path).encoding)
    return [(line,) for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]


def _html(path: Path) -> list[Line]:
    return visible_lines(path.read_bytes().decode(detect(path).encoding))


def _word(path: Path) -> list[Line]:
    from docx import Document
    from docx.opc.exceptions import PackageNotFoundError

    try:
        return list(_blocks(Document(str(path))))
    except (PackageNotFoundError, *BROKEN_PARTS) as error:
        raise SourceRefused(path.name, "文档的内部结构已损坏；请用 Word 打开后另存再导入") from error


def _blocks(container: Any) -> Iterator[Line]:
    """Paragraphs and tables in the order of the page; text marked as hidden is not on it."""
    for block in container.iter_inner_content():
        if hasattr(block, "rows"):
            for row in block.rows:
                cells = {id(cell._tc): cell for cell in row.cells}  # a merged cell comes once for every column
                yield tuple("\n".join(" ".join(line) for line in _blocks(cell)) for cell in cells.values())
        else:
            yield ("".join(_shown(block)),)


def _shown(paragraph: Any) -> Iterator[str]:
    for part in paragraph.iter_inner_content():
        for run in getattr(part, "runs", [part]):
            if not run.font.hidden:
                yield run.text


def _pdf(path: Path) -> list[Line]:
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    if b"%%EOF" not in path.read_bytes()[-2048:]:
        raise SourceRefused(path.name, "PDF 不完整（可能没有传完）")
    try:
        reader = PdfReader(path, strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise SourceRefused(path.name, "PDF 加了密码；请去掉密码后再导入")
        if len(reader.pages) > MOST_PAGES:
            raise SourceRefused(path.name, f"PDF 有 {len(reader.pages)} 页，超过上限 {MOST_PAGES} 页；请拆开再导入")
        text = "\n".join(_page_text(page) for page in reader.pages)
    except DependencyError as error:
        raise SourceRefused(path.name, "PDF 加了密码；请去掉密码后再导入") from error
    except (PyPdfError, *BROKEN_PARTS) as error:
        raise SourceRefused(path.name, "PDF 的内部结构已损坏，读不出来") from error
    if not text.strip():
        raise SourceRefused(path.name, "PDF 里没有文字，多半是扫描件；请先做文字识别或改用原文件")
    return [(line,) for line in text.split("\n")]


def _page_text(page: Any) -> str:
    """The text that the page paints: neither invisible nor smaller than a point."""
    shown: list[str] = []
    mode = [0]

    def operand(operator: bytes, arguments: list[Any], cm: Any, tm: Any) -> None:
        if operator == b"Tr":
            mode[0] = int(arguments[0])

    def text(part: str, cm: Any, tm: list[float], font: Any, size: float | None) -> None:
        height = abs((SMALLEST_TYPE if size is None else size) * (tm[3] or tm[1] or 1.0))
        painted = mode[0] != INVISIBLE_MODE and height >= SMALLEST_TYPE
        shown.append(part if painted else "\n")

    page.extract_text(visitor_operand_before=operand, visitor_text=text)
    return "".join(shown)
