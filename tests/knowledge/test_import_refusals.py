"""Bad files: each is refused with one Chinese line and exit code 2, and the drafts folder stays as it was."""

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from source_files import HEADER, ROW, csv_text, excel, jsonl_text, package, pdf, shown

from knowledge import __main__ as cli
from knowledge.sources import guards
from knowledge.sources.guards import OLE

ITEM: dict[str, object] = {"事项名称": "居民身份证补领", "收费标准": "40元/证"}


def _text(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def _bytes(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _cut(path: Path, keep: float) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * keep)])
    return path


def _with_macro(path: Path) -> Path:
    excel(path)
    with zipfile.ZipFile(path, "a") as book:
        book.writestr("xl/vbaProject.bin", b"macro")
    return path


def _encrypted_pdf(path: Path) -> Path:
    writer = PdfWriter()
    writer.append(PdfReader(pdf(path, shown("办结时限：即办"))))
    writer.encrypt("secret", algorithm="RC4-128")
    writer.write(path)
    return path


def _flipped(path: Path) -> Path:
    """One byte of the first sheet's packed data differs: the checksum no longer fits."""
    excel(path)
    with zipfile.ZipFile(path) as book:
        at = book.getinfo("xl/worksheets/sheet1.xml").header_offset + 80
    data = bytearray(path.read_bytes())
    data[at] ^= 0xFF
    return _bytes(path, bytes(data))


def _entities(path: Path) -> Path:
    """A workbook whose first sheet is a billion laughs."""
    excel(path)
    lines = "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10 if i else "ha"}">' for i in range(12))
    bomb = f'<?xml version="1.0"?><!DOCTYPE x [{lines}]><worksheet><sheetData><row><c t="inlineStr"><is><t>&a11;</t></is></c></row></sheetData></worksheet>'
    with zipfile.ZipFile(path) as book:
        members = {name: book.read(name) for name in book.namelist()}
    return package(path, members | {"xl/worksheets/sheet1.xml": bomb.encode()})


def _bomb(path: Path) -> Path:
    return package(
        path, {"xl/workbook.xml": b"x", "xl/worksheets/sheet1.xml": b"0" * (guards.UNSUSPICIOUS_UNPACKED + 1)}
    )


def _crowd(path: Path) -> Path:
    return package(path, {f"word/{i}.xml": b"" for i in range(guards.MOST_MEMBERS + 1)}, zipfile.ZIP_STORED)


BAD: dict[str, tuple[str, Callable[[Path], Path], str]] = {
    "没有的文件": ("no.csv", lambda p: p, "没有这个文件，或者没有权限读"),
    "空文件": ("a.csv", lambda p: _bytes(p, b""), "文件是空的"),
    "不认识的后缀": ("a.exe", lambda p: _bytes(p, b"MZ"), "不认识这种文件；能读"),
    "带宏的后缀": ("a.xlsm", lambda p: _bytes(p, b"PK"), "带宏的表格不读；请另存为不带宏的 .xlsx"),
    "带宏的文档": ("a.docm", lambda p: _bytes(p, b"PK"), "带宏的文档不读；请另存为不带宏的 .docx"),
    "旧版": ("a.xls", lambda p: _bytes(p, OLE), "旧版 Excel 不读；请另存为 .xlsx"),
    "藏着宏": ("a.xlsx", _with_macro, "里面有宏或控件"),
    "加密的表": ("a.xlsx", lambda p: _bytes(p, OLE + b"x" * 600), "加了密码"),
    "加密的文档": ("a.docx", lambda p: _bytes(p, OLE + b"x" * 600), "加了密码"),
    "加密的PDF": ("a.pdf", _encrypted_pdf, "PDF 加了密码"),
    "压缩炸弹": ("a.xlsx", _bomb, "像是压缩炸弹"),
    "部件太多": ("a.docx", _crowd, "像是压缩炸弹"),
    "实体炸弹": ("a.xlsx", _entities, "表格的内部结构已损坏"),
    "截断的表": ("a.xlsx", lambda p: _cut(excel(p), 0.7), "文件不完整或已损坏"),
    "校验不符": ("a.xlsx", _flipped, "已损坏"),
    "缺部件": ("a.xlsx", lambda p: package(p, {"a.txt": b"x"}), "缺少 xl/workbook.xml"),
    "坏部件": ("a.xlsx", lambda p: package(p, {"xl/workbook.xml": b"x"}), "表格的内部结构已损坏"),
    "坏文档": ("a.docx", lambda p: package(p, {"word/document.xml": b"x"}), "文档的内部结构已损坏"),
    "改了后缀的表": ("a.xlsx", lambda p: _text(p, "事项名称\n"), "内容不是 .xlsx 文件"),
    "改了后缀的CSV": ("a.csv", excel, "内容不是文字，后缀 .csv 与内容不符"),
    "不是PDF": ("a.pdf", lambda p: _text(p, "办结时限"), "内容不是 PDF"),
    "截断的PDF": ("a.pdf", lambda p: _cut(pdf(p, shown("办结时限")), 0.6), "PDF 不完整"),
    "扫描件": ("a.pdf", lambda p: pdf(p, "0 0 m 9 9 l S"), "PDF 里没有文字"),
    "Big5": ("a.csv", lambda p: _text(p, "事項名稱,收費標準\n" + "補領身分證,免費辦理\n" * 9, "big5"), "既不是 UTF-8 也不是 GB18030"),
    "无标记UTF-16": ("a.csv", lambda p: _text(p, "a,b\n", "utf-16-le"), "没有标记的 UTF-16"),
    "两种编码": ("a.csv", lambda p: _bytes(p, csv_text().encode() + "工本费".encode("gb18030") + b"\xff\n"), "中途损坏"),
    "引号不成对": ("a.csv", lambda p: _text(p, csv_text()[:-3]), "引号不成对"),
    "没有表头": ("a.csv", lambda p: _text(p, "甲,乙\n1,2\n"), "没有认得的表头（至少要有事项名称一列）；读到：甲 | 乙"),
    "只有表头": ("a.xlsx", lambda p: excel(p, [HEADER]), "里面没有一行数据"),
    "截断的JSON": ("a.json", lambda p: _text(p, "[" + jsonl_text(ITEM).strip() + ",{"), "不是完整的 JSON"),
    "截断的JSONL": ("a.jsonl", lambda p: _text(p, jsonl_text(ITEM, ITEM)[:-9]), "最后一行（第 2 行）不完整"),
    "套得太深": ("a.json", lambda p: _text(p, "[" * 100_000), "嵌套太深"),
    "不认识的字段": ("a.jsonl", lambda p: _text(p, jsonl_text({"foo": 1})), "没有认得的字段（至少要有事项名称）；读到：foo"),
}  # fmt: skip


@pytest.mark.parametrize("name, build, message", BAD.values(), ids=BAD)
def test_a_bad_file_is_refused_in_one_line_and_nothing_changes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, build: Callable[[Path], Path], message: str
) -> None:
    good = _text(tmp_path / "good.csv", csv_text([HEADER, ROW]))
    out = tmp_path / "out"
    before = _run(out, good)
    assert before == 0
    files = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    path = build(tmp_path / name)
    capsys.readouterr()
    assert _run(out, good, path) == 2
    told = capsys.readouterr()
    assert (told.out, len(told.err.splitlines())) == ("", 1)
    assert told.err.startswith(f"不能导入 {name}") and message in told.err
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == files


def _run(out: Path, *files: Path) -> int:
    return cli.main(["import", *map(str, files), "--jurisdiction", "410100", "--out", str(out)])


def test_a_file_over_the_limit_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(guards.LARGEST, "csv", 10)
    assert _run(tmp_path / "out", _text(tmp_path / "a.csv", csv_text())) == 2
    assert "超过上限" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_all_refused_files_are_told_at_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(tmp_path / "out", tmp_path / "a.xls", tmp_path / "b.docm") == 2
    assert capsys.readouterr().err == (
        "不能导入 a.xls：旧版 Excel 不读；请另存为 .xlsx\n不能导入 b.docm：带宏的文档不读；请另存为不带宏的 .docx\n"
    )
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("options, message", [
    (["--mapping", "nowhere"], "对照表 nowhere 有 1 处错误"),
    (["--jurisdiction", "郑州"], "地区代码是六位数字，例如 410100，不是“郑州”"),
])  # fmt: skip
def test_wrong_options_are_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    file = _text(tmp_path / "a.csv", csv_text())
    try:
        code = cli.main(["import", str(file), "--out", str(tmp_path / "out"), *options])
    except SystemExit as left:
        code = int(left.code or 0)
    assert code == 2
    assert message in capsys.readouterr().err


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = _text(tmp_path / "out", "x")
    assert _run(out, _text(tmp_path / "a.csv", csv_text())) == 2
    assert capsys.readouterr().err == f"不能在 {out} 写草稿：那里是一个文件，或者没有权限\n"
