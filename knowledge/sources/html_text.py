"""HTML → the lines of text that a reader of the page sees; scripts, comments and hidden elements are left out."""

import re
from html.parser import HTMLParser

Line = tuple[str, ...]  # the cells of a table row, or one cell

UNSEEN = frozenset("script style template noscript head title iframe object svg select textarea audio video".split())
VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
BLOCKS = frozenset(
    "address article aside blockquote br dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav "
    "ol p pre section table tbody tfoot thead tr ul caption legend details summary".split()
)
ROW_ENDS = frozenset({"tr", "tbody", "thead", "table"})
DEEPEST = 500
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|opacity\s*:\s*0(?:\.0*)?\s*(?:;|$)"
    r"|font-size\s*:\s*0(?:\.\d+)?\s*(?:px|pt|em|rem|%)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_MARKUP = re.compile(
    r"</(?:p|div|span|b|strong|font|table|td|tr|li|ul|ol|a|h\d)\s*>|<(?:br|p)\s*/?>|&nbsp;", re.IGNORECASE
)


def looks_like_html(text: str) -> bool:
    """Whether a cell carries remains of HTML."""
    return ("<" in text or "&" in text) and bool(_MARKUP.search(text))


def visible_lines(html: str) -> list[Line]:
    """The visible text, a line a block and a cell a table cell."""
    page = _Page()
    page.feed(html)
    page.close()
    page.end_line()
    return page.lines


def _hidden(tag: str, attributes: dict[str, str | None]) -> bool:
    return (
        tag in UNSEEN
        or "hidden" in attributes
        or (attributes.get("aria-hidden") or "").lower() == "true"
        or bool(_HIDDEN.search(attributes.get("style") or ""))
    )


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[Line] = []
        self._open: list[tuple[str, bool]] = []  # tag, and whether it or something around it is hidden
        self._cells: list[str] = [""]
        self._row = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("td", "th"):
            self._cells.append("")
        elif tag == "br" and self._row:
            self._cells[-1] += "\n"
        elif tag in BLOCKS:
            self._break(tag)
        self._row = tag == "tr" or (self._row and tag != "table")
        if tag not in VOID:
            around = bool(self._open) and self._open[-1][1]
            if len(self._open) < DEEPEST:
                self._open.append((tag, around or _hidden(tag, dict(attrs))))

    def handle_endtag(self, tag: str) -> None:
        if tag in ROW_ENDS:
            self._row = False
        if tag in BLOCKS:
            self._break(tag)
        for depth in range(len(self._open) - 1, -1, -1):
            if self._open[depth][0] == tag:
                del self._open[depth:]
                return

    def handle_data(self, data: str) -> None:
        if not (self._open and self._open[-1][1]):
            self._cells[-1] += re.sub(r"\s+", " ", data)

    def _break(self, tag: str) -> None:
        """Inside a table row a block only parts lines of a cell; elsewhere it ends the line."""
        if self._row and tag != "tr":
            self._cells[-1] += "\n" if self._cells[-1] else ""
        else:
            self.end_line()

    def end_line(self) -> None:
        """Close the line that is being read."""
        cells = tuple(cell.strip() for cell in self._cells)
        if any(cells):
            self.lines.append(tuple(cell for cell in cells if cell))
        self._cells = [""]
