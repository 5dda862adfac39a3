"""A case proposed from the desk's queue: pinned to its guide, masked, and in no suite until somebody has looked."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from assistant.build import PATIENT, open_stores
from assistant.config import Settings
from assistant.feedback import Feedback, Verdict
from evals.__main__ import main
from evals.sample import Case, SuiteError, read_lines
from knowledge.index.embedding import Embedder
from knowledge.index.generation import GenerationStore
from knowledge.model import Library

TRACE = "00112233aabbccdd"


@pytest.fixture
def data(changing: Library, embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    store = GenerationStore(tmp_path)
    store.build(changing, embedder)
    store.publish()
    stores = open_stores(Settings(data_dir=tmp_path), PATIENT)
    stores.feedback.record(
        Feedback(
            trace_id=TRACE, verdict=Verdict.DID_NOT, question="老年卡工本费多少", reply="……", guides=("410000/bus-card",),
            place="410100", generation="1", at=datetime(2026, 11, 20, tzinfo=UTC),
        )
    )  # fmt: skip
    stores.keeper.close()
    monkeypatch.setenv("BANCHENG_DATA_DIR", str(tmp_path))
    return tmp_path


def test_a_complaint_becomes_a_line_that_no_suite_takes(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suites = {path: path.read_bytes() for path in (Path(__file__).parents[2] / "evals" / "suites").glob("*.jsonl")}
    assert main(["propose", "feedback", TRACE, "--item", "bus-card", "--field", "fees"]) == 0
    path = data / "evals" / "proposed.jsonl"
    assert str(path) in capsys.readouterr().out
    [line] = path.read_text(encoding="utf-8").splitlines()
    case = json.loads(line)
    assert (case["turns"], case["expect"]["items"], case["city"]) == (["老年卡工本费多少"], ["bus-card"], "410100")
    assert list(case["gold"]) == ["410100/bus-card#fees"] and case["proposed"]["guides"] == {
        "410100/bus-card": "2026-11-20"
    }
    with pytest.raises(SuiteError, match="proposed"):
        read_lines(path, Case)
    del case["proposed"]
    assert Case.model_validate(case).expect.items == ("bus-card",)
    assert {path: path.read_bytes() for path in suites} == suites


@pytest.mark.parametrize("said", [["gap", TRACE], ["feedback", "nothing"], ["feedback", TRACE, "--item", "no-such"]])
def test_what_is_not_there_cannot_be_proposed(data: Path, said: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["propose", *said]) == 2
    assert not (data / "evals").exists()
    assert capsys.readouterr().err.startswith(("待办里没有", "指南库里没有"))
