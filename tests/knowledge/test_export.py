"""The exported data set: the same rows in three formats, a card that counts them, pairs that carry their provenance."""

import csv
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from knowledge import __main__ as cli
from knowledge.catalog import Catalog
from knowledge.export.questions import TEMPLATES, pairs
from knowledge.export.tables import Column, Table, tables
from knowledge.export.writers import WRITERS
from knowledge.model import FieldName, Library
from knowledge.quantities import read_values

CITY_FEES = {
    "pair_id": "410100/bus-card#fees-1", "question": "在郑州市，老年乘车卡办理怎么收费？",
    "answer": "老年乘车卡办理的收费：首次办卡不收费。", "answerable": True, "guide_id": "410100/bus-card",
    "jurisdiction": "410100", "field": "fees", "clause_refs": ["zhengzhou-bus#4"], "values": ["不收费"],
    "certainty": "confirmed", "effective_from": None, "effective_to": "2026-12-31",
}  # fmt: skip


def export(root: Path, out: Path, form: str) -> int:
    return cli.main(["--library", str(root), "export", "--format", form, "--out", str(out)])


def json_rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def exported(changing_root: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The library exported once in every format."""
    out = tmp_path_factory.mktemp("export")
    assert all(export(changing_root, out / form, form) == 0 for form in WRITERS)
    return {form: out / form for form in WRITERS}


def test_every_format_holds_the_same_rows(exported: dict[str, Path], changing: Library) -> None:
    for table in tables(Catalog(changing)):
        rows = json_rows(exported["jsonl"] / f"{table.name}.jsonl")
        parquet = pq.read_table(exported["parquet"] / f"{table.name}.parquet").to_pylist()
        assert [json.loads(json.dumps(row, default=str)) for row in parquet] == rows
        with (exported["csv"] / f"{table.name}.csv").open(encoding="utf-8-sig", newline="") as file:
            cells = list(csv.DictReader(file))
        assert len(cells) == len(rows) == len(table.rows)
        for column in table.columns:
            if column.kind in ("text", "date"):
                assert [cell[column.name] for cell in cells] == [row[column.name] or "" for row in rows]
        assert {tuple(row) for row in rows} <= {tuple(column.name for column in table.columns)}


def test_the_whole_library_comes_along_and_loads(exported: dict[str, Path], changing: Library) -> None:
    content = (exported["csv"] / "library.json").read_bytes()
    assert Library.model_validate_json(content) == changing
    assert hashlib.sha256(content).hexdigest() in (exported["csv"] / "README.md").read_text(encoding="utf-8")


def test_a_pair_carries_its_guide_field_clauses_and_certainty(exported: dict[str, Path]) -> None:
    rows = {row["pair_id"]: row for row in json_rows(exported["jsonl"] / "qa.jsonl")}
    assert rows["410100/bus-card#fees-1"] == CITY_FEES
    assert rows["410100/bus-card#fees-2"] == CITY_FEES | {
        "pair_id": "410100/bus-card#fees-2", "question": "在郑州市，老人坐车不要钱，要多少钱？",
    }  # fmt: skip
    local = rows["410000/bus-card#benefits-1"]
    assert (local["answerable"], local["values"], local["clause_refs"]) == (False, [], [])
    assert (
        local["answer"] == "各地不同、指南不写数字的：乘车优待的次数（各省辖市公布）。可在豫事办查询或拨打12345核实。"
    )


def test_pairs_are_made_of_a_guide_s_own_fields_only(exported: dict[str, Path]) -> None:
    rows = json_rows(exported["jsonl"] / "qa.jsonl")
    asked = {(row["guide_id"], row["field"]) for row in rows}
    assert {field for guide_id, field in asked if guide_id == "410184/bus-card"} == {"limits"}
    assert {field for guide_id, field in asked if guide_id == "410100/bus-card"} == {"fees", "benefits"}
    origins = {row["origin_id"] for row in json_rows(exported["jsonl"] / "statements.jsonl") if row["guide_id"] == "410184/bus-card"}  # fmt: skip
    assert origins == {"410184/bus-card", "410100/bus-card", "410000/bus-card"}


def test_every_value_of_a_shipped_answer_stands_in_a_clause_it_names(library: Library) -> None:
    catalog = Catalog(library)
    made = [pair for guide in library.guides for pair in pairs(guide, catalog)]
    assert len(made) > 1000
    assert len({pair.pair_id for pair in made}) == len(made)
    for pair in made:
        clauses = {v.key for ref in pair.clause_refs for v in read_values(catalog.clause(ref).text or "")}
        stated = {
            v.key for v in read_values(pair.answer.partition("：")[2]) if v.unit in ("元", "日", "工作日", "年", "岁")
        }
        if pair.answerable and pair.field is not FieldName.MATERIALS:  # for whom a paper is, is said without clause
            assert stated <= clauses, pair
    assert {pair.field for pair in made} == set(TEMPLATES)


def test_the_card_counts_what_is_there_and_names_what_is_missing(exported: dict[str, Path]) -> None:
    card = (exported["jsonl"] / "README.md").read_text(encoding="utf-8")
    for heading in ("数量", "把握", "来源", "许可", "已知的不足", "字段", "文件"):
        assert f"\n## {heading}\n" in card
    for name, count in re.findall(r"\| (\w+) \| [^|]+ \| (\d+) \|", card.partition("## 把握")[0]):
        assert len(json_rows(exported["jsonl"] / f"{name}.jsonl")) == int(count)
    assert "- 其中差异指南 4 份，接替旧版的 3 份" in card
    assert "| confirmed 已核对原文 | 9 |" in card
    for path in exported["jsonl"].iterdir():
        if path.name != "README.md":
            assert f"| {path.name} | `{hashlib.sha256(path.read_bytes()).hexdigest()}` |" in card
    for column in ("clause_refs", "answerable", "own_fields"):
        assert f"| {column} |" in card


@pytest.mark.parametrize("form", list(WRITERS))
def test_the_same_library_gives_the_same_bytes(exported: dict[str, Path], changing_root: Path, tmp_path: Path, form: str) -> None:  # fmt: skip
    export(changing_root, tmp_path / "again", form)
    for path in exported[form].iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@x"])
def test_a_cell_is_never_a_formula(tmp_path: Path, text: str) -> None:
    table = Table("t", "表", (Column("a", "text", ""), Column("b", "list", "")), ({"a": text, "b": (text, "x")},))
    WRITERS["csv"](table, tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text(encoding="utf-8-sig") == f"a,b\n'{text},'{text}；x\n"


def test_a_folder_with_something_in_it_is_left_alone(
    changing_root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.txt").write_text("留着", encoding="utf-8")
    assert export(changing_root, tmp_path, "csv") == 2
    assert capsys.readouterr().err == f"{tmp_path} 里已有东西，请换一个新的或空的文件夹\n"
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]
    assert export(changing_root, tmp_path / "new", "xlsx") == 2
    assert capsys.readouterr().err == "没有“xlsx”这种格式，可选 jsonl、csv、parquet\n"
    assert cli.main(["export"]) == 2
    assert capsys.readouterr().err.startswith("export 要写文件夹，例如：")
