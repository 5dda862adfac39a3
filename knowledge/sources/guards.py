"""What is refused before a file is read: too large, locked, with macros, packed like a bomb, cut off, of another kind."""

import zipfile
import zlib
from pathlib import Path
from typing import Literal

from knowledge.errors import SourceRefused

Kind = Literal["excel", "csv", "json", "jsonl", "word", "pdf", "html", "text"]

KINDS: dict[str, Kind] = {
    ".xlsx": "excel", ".csv": "csv", ".tsv": "csv", ".json": "json", ".jsonl": "jsonl", ".ndjson": "jsonl", ".docx": "word",
    ".pdf": "pdf", ".html": "html", ".htm": "html", ".txt": "text",
}  # fmt: skip
REFUSED_KINDS = {
    ".xlsm": "带宏的表格不读；请另存为不带宏的 .xlsx", ".xltm": "带宏的模板不读；请另存为不带宏的 .xlsx",
    ".docm": "带宏的文档不读；请另存为不带宏的 .docx", ".dotm": "带宏的模板不读；请另存为不带宏的 .docx",
    ".xlsb": "二进制表格不读；请另存为 .xlsx", ".xls": "旧版 Excel 不读；请另存为 .xlsx", ".doc": "旧版 Word 不读；请另存为 .docx",
    ".wps": "WPS 文字请另存为 .docx", ".et": "WPS 表格请另存为 .xlsx", ".zip": "压缩包请先解开",
}  # fmt: skip
MEBIBYTE = 1 << 20
LARGEST: dict[Kind, int] = {
    "excel": 200 * MEBIBYTE, "csv": 2048 * MEBIBYTE, "json": 100 * MEBIBYTE, "jsonl": 2048 * MEBIBYTE,
    "word": 50 * MEBIBYTE, "pdf": 50 * MEBIBYTE, "html": 20 * MEBIBYTE, "text": 20 * MEBIBYTE,
}  # fmt: skip
MOST_MEMBERS = 5_000
LARGEST_UNPACKED = 2048 * MEBIBYTE
UNSUSPICIOUS_UNPACKED = 32 * MEBIBYTE
HIGHEST_RATIO = 150
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = b"PK\x03\x04"
MAIN_PART = {"excel": "xl/workbook.xml", "word": "word/document.xml"}


def checked_kind(path: Path) -> Kind:
    """The kind of a file that may be read. Raises SourceRefused with the one reason why not."""
    suffix = path.suffix.lower()
    if reason := REFUSED_KINDS.get(suffix):
        raise SourceRefused(path.name, reason)
    kind = KINDS.get(suffix)
    if kind is None:
        raise SourceRefused(path.name, f"不认识这种文件；能读 {'、'.join(KINDS)}")
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            head = file.read(8)
    except OSError as error:
        raise SourceRefused(path.name, "没有这个文件，或者没有权限读") from error
    if not head:
        raise SourceRefused(path.name, "文件是空的")
    if size > LARGEST[kind]:
        raise SourceRefused(
            path.name, f"有 {size // MEBIBYTE} MB，超过上限 {LARGEST[kind] // MEBIBYTE} MB；请拆开再导入"
        )
    _check_head(path, kind, head)
    return kind


def _check_head(path: Path, kind: Kind, head: bytes) -> None:
    if kind in MAIN_PART:
        if head == OLE:
            raise SourceRefused(path.name, "加了密码，或是改了后缀的旧版文件；请去掉密码、另存后再导入")
        if not head.startswith(ZIP):
            raise SourceRefused(path.name, f"内容不是 {path.suffix} 文件；可能改过后缀或已损坏")
        _check_package(path, MAIN_PART[kind])
    elif kind == "pdf" and not head.startswith(b"%PDF-"):
        raise SourceRefused(path.name, "内容不是 PDF；可能改过后缀或已损坏")
    elif kind != "pdf" and (head == OLE or head.startswith((ZIP, b"%PDF-", b"\x1f\x8b"))):
        raise SourceRefused(path.name, f"内容不是文字，后缀 {path.suffix} 与内容不符")


def _check_package(path: Path, main_part: str) -> None:
    try:
        with zipfile.ZipFile(path) as package:
            members = package.infolist()
            _check_members(path, members)
            names = {member.filename for member in members}
            if main_part not in names:
                raise SourceRefused(path.name, f"缺少 {main_part}，不是完整的 {path.suffix} 文件")
            if any("vbaproject" in name.lower() or "/activex/" in name.lower() for name in names):
                raise SourceRefused(path.name, "里面有宏或控件；请另存为不带宏的文件")
            broken = package.testzip()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError) as error:
        raise SourceRefused(path.name, "文件不完整或已损坏（可能没有传完）") from error
    if broken is not None:
        raise SourceRefused(path.name, f"里面的 {broken} 已损坏")


def _check_members(path: Path, members: list[zipfile.ZipInfo]) -> None:
    unpacked, packed = sum(m.file_size for m in members), sum(m.compress_size for m in members)
    if len(members) > MOST_MEMBERS:
        raise SourceRefused(path.name, f"里面有 {len(members)} 个部件，超过上限 {MOST_MEMBERS}，像是压缩炸弹")
    ratio = unpacked / max(1, packed)
    if unpacked > LARGEST_UNPACKED or (unpacked > UNSUSPICIOUS_UNPACKED and ratio > HIGHEST_RATIO):
        raise SourceRefused(path.name, f"解开后有 {unpacked // MEBIBYTE} MB（{ratio:.0f} 倍），像是压缩炸弹")
    if any(m.flag_bits & 1 for m in members):
        raise SourceRefused(path.name, "加了密码；请去掉密码后再导入")
