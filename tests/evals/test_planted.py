"""Three regressions planted in the assistant, each caught by the gate that should: a changed fee, a wrong city, a dropped refusal."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assistant.assistant import Assistant
from assistant.build import build_assistant
from assistant.config import Settings
from assistant.model import Answer, Reply, Turn
from evals.compare import Record, read_record
from evals.gate import gate
from evals.lint_data import findings
from evals.runner import Judge, Task, run
from evals.runs import Run, append, begin
from evals.sample import Case, drawn, load_suite
from evals.targets.in_process import InProcess
from evals.targets.target import Played, Target
from knowledge.catalog import Catalog
from knowledge.model import Library

ENOUGH = 0.5
Change = Callable[[Reply], Reply]


class Planted:
    """The assistant with a fault behind its door."""

    name = "planted"
    untold: frozenset[str] = frozenset()

    def __init__(self, sound: Target, change: Change) -> None:
        self._sound, self._change = sound, change

    def play(self, case: Case) -> Played:
        played = self._sound.play(case)
        turn = played.turn.model_copy(update={"reply": self._change(played.turn.reply)})
        return Played(Turn.model_validate(turn.model_dump()), played.seconds)

    def describe(self) -> dict[str, Any]:
        return {}


@pytest.fixture(scope="module")
def sound(published: Path) -> Assistant:
    return build_assistant(Settings(data_dir=published, embedding="embedded"))


@pytest.fixture(scope="module")
def cases() -> list[Case]:
    chosen = [c for name in ("answer", "refusal", "leakage") for c in drawn([c for c in load_suite(name).cases if c.split == "dev"], 40, 7)]  # fmt: skip
    assert len(chosen) > 100
    return chosen


def recorded(target: Target, cases: list[Case], catalog: Catalog, a_run: Run, folder: Path) -> Record:
    begin(folder, a_run.model_copy(update={"planned": len(cases)}))
    outcomes = run(target, [Task(case) for case in cases], Judge(catalog), lambda done, total: None)
    assert all(outcome.error is None for outcome in append(folder, outcomes))
    return read_record(folder)


@pytest.fixture(scope="module")
def baseline(sound: Assistant, cases: list[Case], a_run: Run, tmp_path_factory: pytest.TempPathFactory) -> Record:
    return recorded(InProcess(sound), cases, sound.catalog, a_run, tmp_path_factory.mktemp("baseline"))


def changed_fee(reply: Reply) -> Reply:
    """Every amount of money one yuan higher."""

    def higher(text: str) -> str:
        return re.sub(r"\d+(?=元)", lambda m: str(int(m.group()) + 1), text)

    told = tuple(s.model_copy(update={"text": higher(s.text)}) for s in reply.statements)
    return reply.model_copy(update={"text": higher(reply.text), "statements": told})


def wrong_city(reply: Reply) -> Reply:
    """The text of Shangqiu wherever there is one, whoever asks."""

    def moved(part: Any) -> Any:
        return part.model_copy(update={"guide_id": part.guide_id.replace("410000/signboard", "411400/signboard")})

    return reply.model_copy(update={"items": tuple(map(moved, reply.items)), "citations": tuple(map(moved, reply.citations))})  # fmt: skip


def dropped_refusal(reply: Reply) -> Reply:
    """An answer wherever there was a refusal."""
    if reply.kind != "refusal":
        return reply
    return Answer(text="可以办，到窗口问。", jurisdiction=reply.jurisdiction, as_of=reply.as_of)


@pytest.mark.parametrize(
    ("change", "caught"),
    [(changed_fee, "零容忍：有相反数值"), (wrong_city, "零容忍：串用别处规定"), (dropped_refusal, "变差：该拒而答")],
    ids=["fee", "city", "refusal"],
)  # fmt: skip
def test_each_planted_regression_is_stopped_by_its_own_gate(
    change: Change, caught: str, sound: Assistant, cases: list[Case], baseline: Record, a_run: Run, tmp_path: Path
) -> None:  # fmt: skip
    found = recorded(Planted(InProcess(sound), change), cases, sound.catalog, a_run, tmp_path)
    verdict = gate(found, baseline, ENOUGH)
    assert (verdict.code, any(line.startswith(caught) for line in verdict.lines)) == (1, True), verdict.lines


def test_the_same_assistant_twice_passes(sound: Assistant, cases: list[Case], baseline: Record, a_run: Run, tmp_path: Path) -> None:  # fmt: skip
    again = recorded(InProcess(sound), cases, sound.catalog, a_run, tmp_path)
    assert gate(again, baseline, ENOUGH).code == 0
    assert [case.scores for case in again.cases] == [case.scores for case in baseline.cases]


def test_a_fee_changed_in_the_library_itself_makes_its_cases_stale(library: Library) -> None:
    """Such a change is consistent, so no gate can see it: the case files must say that they were written for another text."""

    def dearer(guide: Any) -> Any:
        if guide.guide_id != "410000/id-card-reissue":
            return guide
        fees = tuple(f.model_copy(update={"amount": f.amount.model_copy(update={"amount": f.amount.amount + 1})}) if f.amount and f.amount.amount == 40 else f for f in guide.fees)  # fmt: skip
        return guide.model_copy(update={"fees": fees})

    changed = library.model_copy(update={"guides": tuple(map(dearer, library.guides))})
    suites = [load_suite(name) for name in ("answer", "understanding")]
    found = findings(suites, changed)
    stale = [case.case_id for suite in suites for case in suite.cases if "410000/id-card-reissue#fees" in case.gold]
    assert len(stale) > 3 and {line.partition("：")[0] for line in found} == set(stale)
    assert all("410000/id-card-reissue#fees 已经改过" in line for line in found)
    assert findings(suites, library) == []
