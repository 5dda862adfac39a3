"""The retriever on a BEIR folder small enough to know the answer."""

import json
from pathlib import Path

import pytest

from evals.beir import load, measure
from knowledge.index.embedding import Embedder

DOCS = {
    "d1": "身份证丢失补领",
    "d2": "出生医学证明签发",
    "d3": "失业保险金申领",
    "d4": "二手房转移登记",
    "d5": "机动车驾驶证换证",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    lines = [{"_id": key, "title": text, "text": text} for key, text in DOCS.items()]
    queries = [
        {"_id": "q1", "text": "身份证丢失补领"},
        {"_id": "q2", "text": "失业保险金申领"},
        {"_id": "q3", "text": "无人评判"},
    ]
    (tmp_path / "corpus.jsonl").write_text(
        "\n".join(json.dumps(x, ensure_ascii=False) for x in lines), encoding="utf-8"
    )
    (tmp_path / "queries.jsonl").write_text(
        "\n".join(json.dumps(x, ensure_ascii=False) for x in queries), encoding="utf-8"
    )
    (tmp_path / "qrels").mkdir()
    (tmp_path / "qrels" / "test.tsv").write_text(
        "query-id\tcorpus-id\tscore\nq1\td1\t1\nq2\td3\t2\nq2\td5\t0\n", encoding="utf-8"
    )
    return tmp_path


def test_a_folder_is_read_with_its_judgements(folder: Path) -> None:
    collection = load(folder)
    assert list(collection.docs) == list(DOCS)
    assert collection.queries["q2"] == "失业保险金申领"
    assert collection.qrels == {"q1": {"d1": 1}, "q2": {"d3": 2, "d5": 0}}


def test_perfect_queries_measure_one_and_only_judged_ones_are_asked(folder: Path, embedder: Embedder) -> None:
    moved: list[tuple[int, int]] = []
    found = measure(folder, embedder, lambda done, total: moved.append((done, total)))
    assert found["measures"] == {"nDCG@10": 1.0, "RR@10": 1.0, "R@10": 1.0, "Success@1": 1.0, "Success@5": 1.0}
    assert (found["documents"], found["queries"], found["model"], found["folder"]) == (5, 2, "hashing", folder.name)
    assert moved


def test_a_query_whose_document_is_another_measures_less(folder: Path, embedder: Embedder) -> None:
    (folder / "qrels.tsv").write_text("q1\td4\t1\nq2\td3\t1\n", encoding="utf-8")
    measures = measure(folder, embedder, lambda done, total: None)["measures"]
    assert measures["Success@1"] == 0.5
    assert measures["RR@10"] < 1.0


@pytest.mark.parametrize("missing", ["corpus.jsonl", "queries.jsonl", "qrels/test.tsv"])
def test_an_incomplete_folder_is_an_error(missing: str, folder: Path, embedder: Embedder) -> None:
    (folder / missing).unlink()
    with pytest.raises(OSError, match=Path(missing).name):
        measure(folder, embedder, lambda done, total: None)
