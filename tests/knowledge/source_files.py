"""Builders of the files that the import tests read; every one is made in the test, none is stored."""

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path

import openpyxl

HEADER = ("事项名称", "实施编码", "法定办结时限", "法定办结时限单位", "承诺办结时限（工作日）", "收费标准", "咨询电话")
ROW = ("居民身份证补领", "11410100K1000109004000", 60, "日", 20, "工本费40元/证", "0371-12345")


def excel(path: Path, rows: Sequence[Sequence[object]] = (HEADER, ROW)) -> Path:
    """A workbook of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


def csv_text(rows: Sequence[Sequence[object]] = (HEADER, ROW)) -> str:
    """The same rows as CSV."""
    return "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in rows)


def jsonl_text(*items: dict[str, object]) -> str:
    """One object a line."""
    return "".join(json.dumps(item, ensure_ascii=False) + "\n" for item in items)


def package(path: Path, members: dict[str, bytes], compression: int = zipfile.ZIP_DEFLATED) -> Path:
    """A zip file with these members."""
    with zipfile.ZipFile(path, "w", compression) as written:
        for name, data in members.items():
            written.writestr(name, data)
    return path


def pdf(path: Path, content: str, trailer: str = "") -> Path:
    """A PDF of one page; the content stream shows UTF-16 codes as hex strings."""
    cmap = (
        "/CIDInit /ProcSet findresource begin begincmap /CMapName /U def /CMapType 2 def "
        "1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end"
    )
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Resources<</Font<</F 5 0 R>>>>/Contents 4 0 R>>",
        f"<</Length {len(content)}>>\nstream\n{content}\nendstream",
        "<</Type/Font/Subtype/Type0/BaseFont/A/Encoding/Identity-H/DescendantFonts[6 0 R]/ToUnicode 7 0 R>>",
        "<</Type/Font/Subtype/CIDFontType2/BaseFont/A/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>>>",
        f"<</Length {len(cmap)}>>\nstream\n{cmap}\nendstream",
    ]
    out = io.BytesIO(b"")
    out.write(b"%PDF-1.7\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(f"{number} 0 obj\n{body}\nendobj\n".encode())
    start = out.tell()
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    out.write(f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode())
    out.write(f"trailer\n<</Size {len(objects) + 1}/Root 1 0 R{trailer}>>\nstartxref\n{start}\n%%EOF\n".encode())
    path.write_bytes(out.getvalue())
    return path


def shown(*lines: str, mode: int = 0, size: int = 12) -> str:
    """The operators that put lines on a page, in a text rendering mode."""
    drawn = [
        f"BT {mode} Tr /F {size} Tf 50 {750 - 20 * i} Td <{line.encode('utf-16-be').hex()}> Tj ET"
        for i, line in enumerate(lines)
    ]
    return "\n".join(drawn)
