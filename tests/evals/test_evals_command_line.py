"""`python -m evals` as a person or a pipeline calls it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evals.__main__ import main
from evals.commands import running
from evals.sample import NAMES, load_suite
from knowledge.index.embedding import open_embedder
from knowledge.index.generation import GenerationStore
from knowledge.model import Library
from tests.evals.conftest import Make

Capture = pytest.CaptureFixture[str]
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def environment(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BANCHENG_DATA_DIR", str(published))


def test_a_run_writes_the_same_report_for_people_and_for_programs(tmp_path: Path, capsys: Capture) -> None:
    assert main(["run", "answer", "refusal", "--split", "dev", "--limit", "3", "--json", "--out", str(tmp_path)]) == 0
    printed, said = capsys.readouterr()
    report = json.loads(printed)
    assert report == json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert (report["cases"], report["errors"], report["split"]) == (6, 0, "dev")
    assert report["suites"] == {name: load_suite(name).digest for name in ("answer", "refusal")}
    assert {"commit", "changed", "ran_at", "python", "packages"} <= set(report["environment"])
    assert {"generation", "library_digest", "model"} <= set(report["target"])
    assert len((tmp_path / "cases.jsonl").read_text(encoding="utf-8").splitlines()) == 6
    assert (tmp_path / "report.md").read_text(encoding="utf-8").startswith("# 评测报告（dev）")
    assert str(tmp_path) in said


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (("run", "poems"), "没有题集 poems"), (("retrieval",), "--data"), (("retrieval", "--data", "no-such-folder"), "corpus.jsonl"),
        (("bench",), "请写 bench retrieval"), (("bench", "retrieval"), "--data"), (("bench", "retrieval", "--data", "no-such-file"), "--data"),
    ],
    ids=["suite", "no-data", "no-folder", "no-bench", "no-catalogue", "no-file"],
)  # fmt: skip
def test_bad_input_exits_with_2_and_one_chinese_message(argv: tuple[str, ...], said: str, capsys: Capture) -> None:
    assert main(list(argv)) == 2
    out, err = capsys.readouterr()
    assert (out, said in err) == ("", True)


@pytest.mark.parametrize("argv", [(), ("dance",), ("run", "--split", "train"), ("run", "--limit", "two")])
def test_wrong_usage_exits_with_2(argv: tuple[str, ...], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(list(argv))
    assert (stopped.value.code, "用法：" in capsys.readouterr().err) == (2, True)


def test_clean_case_files_exit_with_0(capsys: Capture) -> None:
    assert main(["lint-data"]) == 0
    assert capsys.readouterr().out == "题目检查完成：0 处问题\n"


def test_stale_case_files_exit_with_1(case: Make, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    stale = load_suite(NAMES[0]).model_copy(update={"cases": (case(items=("no-such",)),)})
    monkeypatch.setattr(running, "load_suite", lambda name: stale)
    assert main(["lint-data", "answer"]) == 1
    assert capsys.readouterr().out == "c-1：事项 no-such 不在指南库里\n题目检查完成：1 处问题\n"


@pytest.mark.integration
def test_the_module_runs_two_cases_of_every_suite_with_the_real_model(
    library: Library, data_dir: Path, tmp_path: Path
) -> None:
    (tmp_path / "model").symlink_to(data_dir / "model")
    small = library.model_copy(update={"guides": library.guides[:5], "themes": ()})
    store = GenerationStore(tmp_path)
    store.build(small, open_embedder("embedded", tmp_path / "model"))
    store.publish()
    done = subprocess.run(
        [sys.executable, "-m", "evals", "run", "--limit", "2", "--json"], cwd=ROOT, capture_output=True, text=True,
        env={**os.environ, "BANCHENG_DATA_DIR": str(tmp_path)}, timeout=120,
    )  # fmt: skip
    assert (done.returncode, "Traceback" in done.stderr) == (0, False)
    report = json.loads(done.stdout)
    assert (report["cases"], report["errors"], set(report["suites"])) == (2 * len(NAMES), 0, set(NAMES))
    assert report["target"]["model"].startswith("multilingual-e5-small")
    assert [path.name for path in (tmp_path / "evals" / "runs").glob("*/report.md")] == ["report.md"]
