"""Lines of a document → its sections by heading, one set of cells an item, ready for the same reading as a table row."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from knowledge.sources.html_text import Line
from knowledge.sources.mapping import Mapping, header_key

_MARK = re.compile(
    r"^(?:第[一二三四五六七八九十\d]{1,3}[章节条部分]+|[（(【\[〔]?(?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)】\]〕]?[、.．:：]?"
    r"|[■●◆▶•·\-*#]+|[①-⑳])\s*"
)
_LABELLED = re.compile(r"(?P<heading>[^:：】\]]{1,20})[】\]]?\s*[:：]\s*(?P<rest>.*)", re.DOTALL)
_BRACKETS = re.compile(r"^[【\[〔]\s*(?P<heading>[^】\]〕]{1,20})\s*[】\]〕]\s*[:：]?\s*(?P<rest>.*)", re.DOTALL)
_GUIDE = re.compile("(?:办事|服务|办理)指南$|(?:办事|服务)指南[（(].{0,12}[）)]$")
LONGEST_TITLE = 60
# The header of a table of materials inside a document; each row below it is one material.
_NAME_COLUMN = frozenset("材料名称 名称 申请材料名称 提交材料名称 资料名称".split())
_MATERIAL_COLUMNS = _NAME_COLUMN | frozenset(
    "序号 份数 材料份数 形式 材料形式 材料类型 类型 必要性 来源渠道 来源 备注 要求 规格 填报须知 纸质/电子 原件/复印件 材料要求 受理标准".split()
)
_FORM = re.compile("原件|复印件|原件(?:及|和|、)复印件|电子(?:件|版|证照)")


class Section(NamedTuple):
    """One item of a document: the line it begins at and its text under each heading."""

    line: int
    cells: dict[str, str]


def sections(lines: list[Line], mapping: Mapping) -> list[Section]:
    """Split a document at its headings; a second item name begins a second item. Text before any heading is its title."""
    spellings = [name for source in mapping.fields.values() for name in (*source.any, *source.join)]
    known = {header_key(name): name for name in spellings}
    names = mapping.fields["name"].any
    found = [Section(1, {})]
    heading, title = "", ""
    for number, cells in enumerate(_material_rows(lines), start=1):
        for named, text in _pieces(cells, known):
            if named in names and any(name in found[-1].cells for name in names):
                found.append(Section(number, {}))
            heading = named or heading
            if not heading:
                title = title or _title(text)
            elif text:
                before = found[-1].cells.get(heading)
                found[-1].cells[heading] = f"{before}\n{text}" if before else text
    if title and found[0].cells and not any(name in found[0].cells for name in names):
        found[0].cells[names[0]] = title
    return found


def _material_rows(lines: list[Line]) -> Iterator[Line]:
    """Rows of a table of materials as one line a material, `居民户口簿 原件`; every other line as it is."""
    width = name = 0
    for cells in lines:
        header = len(cells) > 1 and all(cell in _MATERIAL_COLUMNS for cell in cells)
        if header and any(cell in _NAME_COLUMN for cell in cells):
            width, name = len(cells), next(i for i, cell in enumerate(cells) if cell in _NAME_COLUMN)
            yield ()
        elif len(cells) > 1 and len(cells) == width:
            form = next((cell for cell in cells if _FORM.fullmatch(cell)), "")
            yield (f"{cells[name]} {form}".strip(),)
        else:
            width = 0
            yield cells


def _pieces(cells: Line, known: dict[str, str]) -> Iterator[tuple[str, str]]:
    """(heading or "", text) in order. In a table row a cell may be a heading and the cells after it its text."""
    if len(cells) <= 1:
        yield _heading(cells[0], known) if cells else ("", "")
        return
    gathered: list[str] = []
    heading = ""
    for cell in cells:
        named, rest = _heading(cell, known)
        if named and not rest:
            if heading or gathered:
                yield heading, " ".join(gathered)
            heading, gathered = named, []
        else:
            gathered.append(cell)
    yield heading, " ".join(gathered)


def _heading(text: str, known: dict[str, str]) -> tuple[str, str]:
    """`三、办结时限：20个工作日` → (办结时限, 20个工作日); a line that is no heading → ("", the line)."""
    bare = _MARK.sub("", text, count=1)
    for candidate in dict.fromkeys((text, bare)):
        if name := known.get(header_key(candidate)):
            return name, ""
        match = _BRACKETS.match(candidate) or _LABELLED.match(candidate)
        if match and (name := known.get(header_key(_MARK.sub("", match["heading"], count=1)))):
            return name, match["rest"].strip()
        first, _, rest = candidate.partition(" ")
        if rest and (name := known.get(header_key(first))):
            return name, rest.strip()
    return "", text


def _title(text: str) -> str:
    """The item's name out of a title line: `居民身份证补领办事指南` → 居民身份证补领."""
    line = text.split("\n")[0].strip("《》 ")
    return _GUIDE.sub("", line).rstrip("—-· ") if len(line) <= LONGEST_TITLE else ""
