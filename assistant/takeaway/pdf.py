"""A sheet as PDF: A4, 18 pt and more, boxes to tick. The one file that speaks reportlab.

The font is one of the standard Chinese ones that readers bring themselves (Adobe-GB1), so nothing is embedded and the
same sheet gives the same bytes on every machine (nothing is compressed either: zlib differs from build to build).
"""

from collections.abc import Iterator
from html import escape
from io import BytesIO

from reportlab.lib import textsplit
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    KeepTogether,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    paragraph,
)

from assistant.takeaway.qr import qr_modules
from assistant.takeaway.sheet import Part, Sheet

FONT, SIZE, BIG, HUGE = "STSong-Light", 18, 22, 28
MARGIN, INDENT, BOX = 16 * mm, 28, 15
registerFont(UnicodeCIDFont(FONT))
# reportlab keeps the Japanese signs from beginning a line; these begin no Chinese line either
textsplit.ALL_CANNOT_START += "，：；？！》”"  # type: ignore[misc]
paragraph.ALL_CANNOT_START = textsplit.ALL_CANNOT_START  # type: ignore[attr-defined]


def _style(size: int, before: float = 0, indent: float = 0) -> ParagraphStyle:
    return ParagraphStyle(
        f"{size}-{indent}", fontName=FONT, fontSize=size, leading=size * 1.45, wordWrap="CJK", spaceBefore=before,
        leftIndent=indent, rightIndent=SIZE,
    )  # fmt: skip


TITLE, HEADING, LINE, ROW = _style(HUGE), _style(BIG, 10), _style(SIZE, 2), _style(SIZE, 4, INDENT)


class _Strong(Paragraph):
    """Fat letters, drawn with an outline: the font comes in one weight only."""

    def draw(self) -> None:
        """Draw the lines filled and stroked."""
        self.canv.saveState()
        self.canv.addLiteral("2 Tr 0.4 w")
        super().draw()
        self.canv.restoreState()


class _Box(Flowable):
    """A box to tick beside the paragraph that follows; takes no height of its own."""

    def __init__(self, ticked: bool) -> None:
        super().__init__()
        self.width = self.height = 0
        self._ticked = ticked

    def draw(self) -> None:
        """Draw the box at the height of the next line."""
        self.canv.setLineWidth(1.5)
        self.canv.rect(2, -SIZE - 8, BOX, BOX)
        if self._ticked:
            self.canv.lines([(5, -SIZE, 8, -SIZE - 5), (8, -SIZE - 5, 14, -SIZE + 4)])


class _QrCode(Flowable):
    """A QR code of 40 mm."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self.width = self.height = 40 * mm
        self._modules = qr_modules(address)

    def draw(self) -> None:
        """Draw every dark module as a square."""
        side = self.width / len(self._modules)
        for y, row in enumerate(self._modules):
            for x, dark in enumerate(row):
                if dark:
                    self.canv.rect(x * side, self.height - (y + 1) * side, side, side, stroke=0, fill=1)


def pdf_bytes(sheet: Sheet) -> bytes:
    """The sheet, page by page; the same sheet always gives the same bytes."""

    def foot(canvas: Canvas, doc: BaseDocTemplate) -> None:
        canvas.setFont(FONT, SIZE)
        canvas.drawString(MARGIN, 10 * mm, f"指南摘录·资料日期{sheet.as_of}·第{doc.page}页")

    file = BytesIO()
    document = BaseDocTemplate(
        file, pagesize=A4, invariant=1, pageCompression=0, lang="zh-CN", title=f"{sheet.title}·办事计划", author="办成", creator="办成",
        subject=f"{sheet.label}。{sheet.dated}", keywords=[sheet.label],
    )  # fmt: skip
    frame = Frame(MARGIN, 20 * mm, A4[0] - 2 * MARGIN, A4[1] - 34 * mm, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=foot))
    document.build(list(_flow(sheet)))
    return file.getvalue()


def _flow(sheet: Sheet) -> Iterator[Flowable]:
    yield _Strong(escape(sheet.title), TITLE)
    yield from (Paragraph(escape(line), LINE) for line in (sheet.label, sheet.dated, sheet.caution))
    if sheet.address:
        yield Spacer(0, 8)
        lines = (Paragraph(escape(line), LINE) for line in ("扫码重新办理：", sheet.address))
        yield KeepTogether([_QrCode(sheet.address), *lines])
    for part in sheet.parts:
        yield CondPageBreak(40 * mm)
        yield _Strong(escape(part.title), HEADING)
        yield from _rows(part)
    if sheet.letter:
        yield PageBreak()
        yield _Strong(escape(sheet.letter.title), TITLE)
        yield from _rows(sheet.letter)


def _rows(part: Part) -> Iterator[Flowable]:
    for row in part.rows:
        clauses = f"〔{'；'.join(row.clauses)}〕" if row.clauses else ""
        if not row.box:
            yield Paragraph(escape(row.text + row.note + clauses), ROW)
            continue
        more = [Paragraph(escape(row.note + clauses), ROW)] if row.note or clauses else []
        yield KeepTogether([_Box(row.ticked), _Strong(escape(row.text), ROW), *more])
