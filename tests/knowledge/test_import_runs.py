"""Import again: the same input changes nothing, other input is told as a difference, a fault leaves all as it was."""

import json
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from source_files import csv_text, jsonl_text

from knowledge import __main__ as cli
from knowledge.errors import KnowledgeError, SourceRefused
from knowledge.sources import importer, staging
from knowledge.sources.importer import ImportOptions, import_files
from knowledge.sources.report import Change, Diff, ImportReport
from knowledge.sources.staging import Staging, read_drafts

HEADER = ("事项名称", "实施编码", "收费标准")
FIRST = (("甲", "AAAAAA1", "免费"), ("乙", "AAAAAA2", "10元"), ("丙", "AAAAAA3", "按规定"))


def run(folder: Path, rows: Sequence[Sequence[object]], name: str = "a.csv") -> ImportReport:
    path = folder / name
    path.write_text(csv_text([HEADER, *rows]), encoding="utf-8")
    return import_files([path], ImportOptions(folder / "out", adcode="410100"))


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_same_input_again_changes_nothing(tmp_path: Path) -> None:
    assert run(tmp_path, FIRST).diff == Diff(new=3)
    drafts = {name: data for name, data in files(tmp_path / "out").items() if name.startswith("4")}
    assert run(tmp_path, FIRST).diff == Diff(same=3)
    assert {name: data for name, data in files(tmp_path / "out").items() if name.startswith("4")} == drafts


def test_other_rows_are_told_as_new_changed_same_and_gone(tmp_path: Path) -> None:
    run(tmp_path, FIRST)
    report = run(tmp_path, [("丁", "AAAAAA4", "免费"), ("丙", "AAAAAA3", "按规定"), ("乙", "AAAAAA2", "20元")], "b.csv")
    assert report.diff == Diff(
        new=1, changed=1, same=1, gone=1, changes=(Change(draft="410100/AAAAAA2", fields=("fees",)),),
        missing=("410100/AAAAAA1（甲）",),
    )  # fmt: skip
    assert {draft.name for draft in read_drafts(tmp_path / "out")} == {"甲", "乙", "丙", "丁"}


def test_the_drafts_of_another_source_are_not_missed(tmp_path: Path) -> None:
    run(tmp_path, FIRST)
    document = tmp_path / "d.txt"
    document.write_text("事项名称：戊\n收费：免费\n", encoding="utf-8")
    assert import_files([document], ImportOptions(tmp_path / "out", adcode="410100")).diff == Diff(new=1)
    assert run(tmp_path, FIRST).diff == Diff(same=3)


def test_a_fault_in_the_last_row_leaves_all_as_it_was(tmp_path: Path) -> None:
    run(tmp_path, FIRST)
    before = files(tmp_path / "out")
    path = tmp_path / "b.jsonl"
    path.write_text(jsonl_text({"事项名称": "己", "收费标准": "免费"}, {"事项名称": "庚"})[:-4], encoding="utf-8")
    with pytest.raises(SourceRefused, match="最后一行（第 2 行）不完整"):
        import_files([path], ImportOptions(tmp_path / "out", adcode="410100"))
    assert files(tmp_path / "out") == before


ROWS = (
    *FIRST, ("甲", "AAAAAA1", "20元"), ("", "x", ""), *((f"事{n}", f"BBBBBB{n}", "免费") for n in range(5)),
    ("乙", "AAAAAA2", "10元"), ("丙", "AAAAAA3", "免费"),
)  # fmt: skip


class Stopping:
    """Raises KeyboardInterrupt when it is called for the n-th time."""

    def __init__(self, work: Callable[..., Any], at: int) -> None:
        self._work, self._left = work, at

    def __get__(self, one: object, kind: type) -> Callable[..., Any]:
        return partial(self, one)

    def __call__(self, *args: Any) -> Any:
        self._left -= 1
        if not self._left:
            raise KeyboardInterrupt
        return self._work(*args)


@pytest.mark.parametrize("over_older_drafts", [False, True])
@pytest.mark.parametrize(
    "stops",
    [
        ("add 4",),
        ("add 5",),
        ("add 7", "add 3"),
        ("add 11", "add 2", "put 2"),
        ("put 1",),
        ("put 5", "put 2", "put 2"),
        ("put 8",),
    ],
)
def test_stopped_anywhere_and_begun_again_it_ends_the_same(
    stops: tuple[str, ...], over_older_drafts: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(staging, "EVERY", 3)
    monkeypatch.setattr(importer, "EVERY", 3)
    for folder in ("undisturbed", "stopped"):
        (tmp_path / folder).mkdir()
        if over_older_drafts:
            run(tmp_path / folder, [("甲", "AAAAAA1", "1元"), ("丁", "AAAAAA4", "免费"), FIRST[1]])
    expected = run(tmp_path / "undisturbed", ROWS)
    works = {"add": (Staging, "add", Staging.add), "put": (staging, "_put", staging._put)}
    for stop in stops:
        step, at = stop.split()
        place, name, work = works[step]
        with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
            patch.setattr(place, name, Stopping(work, int(at)))
            run(tmp_path / "stopped", ROWS)
    assert run(tmp_path / "stopped", ROWS) == expected
    assert files(tmp_path / "stopped") == files(tmp_path / "undisturbed")


def test_what_is_begun_with_another_file_does_not_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importer, "EVERY", 2)
    with monkeypatch.context() as patch, suppress(KeyboardInterrupt):
        patch.setattr(Staging, "add", Stopping(Staging.add, 6))
        run(tmp_path, ROWS)
    assert (tmp_path / "out/.importing.sqlite3").exists()
    assert run(tmp_path, FIRST[:1]).diff == Diff(new=1)
    assert [draft.name for draft in read_drafts(tmp_path / "out")] == ["甲"]


def test_one_imports_into_a_folder_at_a_time(tmp_path: Path) -> None:
    with Staging(tmp_path / "out", "one"), pytest.raises(KnowledgeError, match="另一个导入正在往 .*out 写"):
        run(tmp_path, FIRST)
    assert run(tmp_path, FIRST).diff == Diff(new=3)


def test_a_command_that_is_stopped_says_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(csv_text([HEADER, *FIRST]), encoding="utf-8")
    command = ["import", str(path), "--jurisdiction", "410100", "--out", str(tmp_path / "out")]
    with monkeypatch.context() as patch:
        patch.setattr(Staging, "add", Stopping(Staging.add, 2))
        assert cli.main(command) == 1
    assert capsys.readouterr().err == "\n已停下；用同样的文件和选项再导入一次，就从停下的地方接着做。\n"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [".importing.sqlite3"]
    assert cli.main(command) == 0
    assert not (tmp_path / "out/.importing.sqlite3").exists()


def test_the_command_prints_the_report_and_writes_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_text(csv_text([HEADER, *FIRST, ("", "x", "")]), encoding="utf-8")
    capsys.readouterr()
    assert cli.main(["--data-dir", str(tmp_path), "import", str(path), "--jurisdiction", "410100"]) == 0
    told = capsys.readouterr()
    report = (
        "读了 a.csv，对照表：gb39554\n"
        "读到 4 行 = 做成草稿 3 + 合并到同一事项 0 + 跳过 1\n"
        "  跳过 1 行：没有事项名称（例如 a.csv 第 5 行）\n"
        "与上次相比：新增 3，改变 0，未变 0，不再出现 0\n"
        "各字段（读懂 / 留作文字 / 空）：\n"
        "  实施编码（照录）：3 / 0 / 0\n"
        "  事项名称（照录）：3 / 0 / 0\n"
        "  收费（识别）：2 / 1 / 0　读懂 66.7%\n"
        "    没读懂：按规定\n"
        "  咨询电话：来源里没有这一列\n"
    )
    assert told.out == report + f"草稿和报告在 {tmp_path / 'drafts'}\n"
    assert told.err == ""
    assert (tmp_path / "drafts/report.txt").read_text(encoding="utf-8") == report
    written = json.loads((tmp_path / "drafts/report.json").read_text(encoding="utf-8"))
    assert ImportReport.model_validate(written).made == 3


def test_nothing_made_is_exit_code_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "a.csv"
    path.write_text(csv_text([HEADER, *FIRST]), encoding="utf-8")
    assert cli.main(["import", str(path), "--out", str(tmp_path / "out")]) == 1
    assert "没有地区代码，用 --jurisdiction 指定一个" in capsys.readouterr().out


CELL = st.sampled_from(["", "无", "甲", "乙", "免费", "10元", "按规定", "AAAAAA1", "AAAAAA2"])


@settings(deadline=None)  # a busy machine is no fault
@given(st.lists(st.tuples(CELL, CELL, CELL), min_size=1, max_size=12))
def test_every_row_is_accounted_for(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str, str]]) -> None:
    folder = tmp_path_factory.mktemp("rows")
    if not any(any(row) for row in rows):
        return
    report = run(folder, rows)
    drafts = list(read_drafts(folder / "out"))
    assert report.rows_read == sum(any(row) for row in rows)
    assert report.rows_read == report.made + report.merged + sum(report.skipped.values())
    assert len(drafts) == report.made
    assert sum(len(draft.origins) for draft in drafts) == report.made + report.merged
    for field in report.fields.values():
        assert field.understood + field.kept + field.empty == report.made + report.merged
