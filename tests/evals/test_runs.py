"""Run folders keep all of a run as it goes; an interrupted run goes on and comes out as if it had not been interrupted."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from assistant.errors import BadInput
from assistant.model import Answer, Focus, Trace, Turn
from evals import runner
from evals.__main__ import main
from evals.commands import running
from evals.commands.running import shares
from evals.outcome import Outcome
from evals.runner import Judge, Task, play, run
from evals.runs import Run, append, begin, read_outcomes, read_run
from evals.sample import Case, SuiteError
from evals.targets.target import Played
from knowledge.catalog import Catalog
from tests.evals.conftest import Make, MakeOutcome

Capture = pytest.CaptureFixture[str]


class Parrot:
    """A system that answers with its question, but to some cases gives none."""

    name = "parrot"
    untold = frozenset({"found_1"})

    def __init__(self, silent: str = "") -> None:
        self._silent = silent

    def play(self, case: Case) -> Played:
        if case.case_id == self._silent:
            raise BadInput("空")
        reply = Answer(text=case.turns[-1], jurisdiction="410000", as_of="2026-11-22")
        trace = Trace(trace_id="t", intent="ask", decision="answer")
        return Played(Turn(question="问", reply=reply, focus=Focus(), trace=trace), 0.5)

    def describe(self) -> dict[str, Any]:
        return {}


@pytest.fixture(scope="module")
def judge(shipped: Catalog) -> Judge:
    return Judge(shipped)


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_case_that_breaks_is_counted_and_never_scored(jobs: int, case: Make, judge: Judge) -> None:
    moved: list[tuple[int, int]] = []
    tasks = [Task(case(case_id=name, kinds=("refusal",))) for name in ("a", "b", "c")]
    found = list(run(Parrot(silent="b"), tasks, judge, lambda done, total: moved.append((done, total)), jobs))
    assert [(o.case_id, o.error, bool(o.scores), o.seconds) for o in found] == [
        ("a", None, True, 0.5), ("b", "BadInput: 空", False, 0.0), ("c", None, True, 0.5),
    ]  # fmt: skip
    assert found[0].scores["false_answer"] is True
    assert moved == [(1, 3), (2, 3), (3, 3)]


def test_what_a_system_does_not_tell_is_not_scored(case: Make, judge: Judge) -> None:
    silent = Parrot()
    silent.untold = frozenset({"kind_right", "item_right", "item_in_5"})
    scores = play(silent, Task(case(items=("passport",))), judge).scores
    assert "over_refused" in scores and not silent.untold & set(scores)


def test_an_outcome_reads_back_as_it_was_written(case: Make, judge: Judge, a_run: Run, tmp_path: Path) -> None:
    made = play(Parrot(), Task(case(items=("passport",)), 1), judge)
    begin(tmp_path, a_run)
    list(append(tmp_path, [made]))
    assert [o.model_dump() for o in read_outcomes(tmp_path)] == [made.model_dump()]
    assert read_run(tmp_path) == a_run


def test_a_line_cut_short_is_taken_off(a_run: Run, outcome: MakeOutcome, tmp_path: Path) -> None:
    begin(tmp_path, a_run)
    list(append(tmp_path, [outcome(case_id="c-0"), outcome(case_id="c-1")]))
    path = tmp_path / "cases.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    assert [o.case_id for o in read_outcomes(tmp_path)] == ["c-0"]
    list(append(tmp_path, [outcome(case_id="c-1")]))
    assert [o.case_id for o in read_outcomes(tmp_path)] == ["c-0", "c-1"]


@pytest.mark.parametrize("content", [None, "{}"])
def test_a_folder_that_is_no_run_is_named(content: str | None, tmp_path: Path) -> None:
    if content:
        (tmp_path / "run.json").write_text(content, encoding="utf-8")
    with pytest.raises(SuiteError, match="不是一次评测的文件夹"):
        read_run(tmp_path)


def test_a_sample_is_shared_out_and_what_a_small_suite_leaves_goes_to_the_others() -> None:
    assert shares([100, 5, 100], 45) == [20, 5, 20]
    assert shares([3, 2], 100) == [3, 2]


ARGUMENTS = ["run", "answer", "--split", "dev", "--limit", "6", "--seed", "3"]


def untimed(folder: Path) -> list[Outcome]:
    return [o.model_copy(update={"seconds": 0.0, "trace": None, "reply": None}) for o in read_outcomes(folder)]


def interrupted_after(count: int) -> Callable[..., Iterator[Outcome]]:
    def stopping(*arguments: Any) -> Iterator[Outcome]:
        for number, found in enumerate(runner.run(*arguments)):
            if number == count:
                raise KeyboardInterrupt
            yield found

    return stopping


@pytest.fixture
def stopped(published: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Path:
    """A run stopped by Ctrl-C after two of six cases."""
    monkeypatch.setenv("BANCHENG_DATA_DIR", str(published))
    with monkeypatch.context() as patched:
        patched.setattr(running, "run", interrupted_after(2))
        assert main([*ARGUMENTS, "--out", str(tmp_path / "a")]) == 1
    assert f"做完 2/6 题。接着跑：python -m evals run --resume {tmp_path / 'a'}" in capsys.readouterr().err
    return tmp_path / "a"


def test_an_interrupted_run_goes_on_as_if_it_had_not_been(stopped: Path, capsys: Capture) -> None:
    assert not (stopped / "report.json").exists()
    assert main(["run", "--resume", str(stopped)]) == 0
    assert main([*ARGUMENTS, "--out", str(stopped.parent / "b")]) == 0
    assert untimed(stopped) == untimed(stopped.parent / "b")
    report = json.loads((stopped / "report.json").read_text(encoding="utf-8"))
    assert (report["planned"], report["cases"], report["errors"]) == (6, 6, 0)


def test_a_run_does_not_go_on_over_something_else(stopped: Path, capsys: Capture) -> None:
    kept = read_run(stopped)
    (stopped / "run.json").write_text(kept.model_copy(update={"target": {}}).model_dump_json(), encoding="utf-8")
    assert main(["run", "--resume", str(stopped)]) == 2
    assert "开始以后被测系统变了，不能接着跑" in capsys.readouterr().err
    assert len(read_outcomes(stopped)) == 2
