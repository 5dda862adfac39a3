"""An optional judge behind a real server on loopback: counted votes, nothing asked twice, agreement with people, no gate."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from assistant.answering.llm import LangChainEndpoint
from assistant.answering.upstream import Deadlines, LanguageModel
from assistant.errors import ModelUnavailable
from assistant.model import Answer, Refusal, RefusalReason
from bench.model_wires import FAULTS
from evals.__main__ import main
from evals.judge import asking
from evals.judge.agreement import Label, Pair, agreement, paired, read_labels
from evals.judge.asking import DOWN, PAUSES, Answers, Ballot, Panel, ballots
from evals.judge.rubric import CRITERIA, VERSION, Question, questions, read_answer
from evals.judge.telling import FEW, UNCHECKED, Session, findings, opinion, report
from evals.metrics import METRICS
from evals.outcome import Outcome
from evals.runs import Run, append, begin
from evals.sample import SuiteError
from evals.scripted_model import ScriptedModel, Wire, answering, saying, scripted_model
from evals.targets.target import TargetError
from tests.evals.conftest import MakeOutcome

Capture = pytest.CaptureFixture[str]
ALL = tuple(CRITERIA)
ASKED = Question("c-1", "passport", "clear", "r", "易懂吗")
SESSION = Session("某次", "m", "127.0.0.1", 7, 3)


@pytest.fixture(scope="module")
def model() -> Iterator[ScriptedModel]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("no_proxy", "127.0.0.1")
        patch.setenv("NO_PROXY", "127.0.0.1")
        with scripted_model() as server:
            yield server


@pytest.fixture
def replied(outcome: MakeOutcome) -> list[Outcome]:
    """Four answers, a refusal and a case that broke."""
    said = [Answer(text=f"带身份证，第{n}种办法。", jurisdiction="410000", as_of="2026-11-22") for n in range(4)]
    told = Refusal(text="不知道", reason=RefusalReason.NO_KNOWLEDGE, jurisdiction="410000", as_of="2026-11-22")
    made = [outcome(case_id=f"c-{n}", cluster=f"g-{n}").model_copy(update={"reply": reply}) for n, reply in enumerate([*said, told])]  # fmt: skip
    return [*made, outcome(case_id="c-9", error="坏了")]


@pytest.fixture
def folder(replied: list[Outcome], a_run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A finished run, and a data folder for what the judge says."""
    monkeypatch.setenv("BANCHENG_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(asking, "PAUSES", ())
    begin(tmp_path / "run", a_run)
    list(append(tmp_path / "run", replied))
    return tmp_path / "run"


class Scripted:
    """A model that says one thing after another; an exception is raised."""

    def __init__(self, *said: str | ModelUnavailable) -> None:
        self.said, self.asked = list(said), 0

    def say(self, prompt: str) -> str:
        self.asked += 1
        told = self.said.pop(0)
        if isinstance(told, ModelUnavailable):
            raise told
        return told


def panel(*models: Scripted, path: Path, slept: list[float] | None = None) -> Panel:
    return Panel("m", dict(enumerate(models)), Answers(path), (slept if slept is not None else []).append)


def ballot(*votes: bool | None, silent: int = 0, asked: Question = ASKED) -> Ballot:
    return Ballot(asked, votes, silent)


@pytest.mark.parametrize(
    ("text", "answer"),
    [("是", True), (" 否。\n", False), ("<think>先想想，否？</think>是", True), ("“是”", True), ("**否**", False), ("是的", None),
     ("是，或者，否。", None), ("", None), ("<html>login</html>", None), ("<think>是", None), ("否则", None)],
)  # fmt: skip
def test_only_a_closed_answer_is_a_judgement(text: str, answer: bool | None) -> None:
    assert read_answer(text) is answer


def test_only_answers_are_judged_each_by_each_criterion_and_without_personal_data(replied: list[Outcome]) -> None:
    sly = replied[0].model_copy(update={"turns": ("我是11010519491231002X，丢了",)})
    asked = [q for o in [sly, *replied[1:]] for q in questions(o, ALL)]
    assert [(q.case_id, q.criterion) for q in asked] == [(f"c-{n}", name) for n in range(4) for name in ALL]
    assert "11010519491231002X" not in asked[0].prompt and "带身份证，第0种办法。" in asked[0].prompt
    assert all(CRITERIA[q.criterion].asks in q.prompt for q in asked)


@pytest.mark.parametrize(
    ("votes", "verdict", "steady"),
    [((True, True, True), True, True), ((True, False, True), True, False), ((True, False, None), None, False),
     ((None, None, True), None, False), ((False, False, None), False, False), ((None, None, None), None, False), ((True, False), None, False)],
)  # fmt: skip
def test_more_than_half_of_the_repetitions_decide(votes: tuple[bool | None, ...], verdict: bool | None, steady: bool) -> None:  # fmt: skip
    assert (ballot(*votes).verdict, ballot(*votes).steady) == (verdict, steady)


def test_what_was_said_once_is_not_asked_again_even_after_a_line_was_cut_short(tmp_path: Path) -> None:
    path = tmp_path / "answers.jsonl"
    assert panel(Scripted("是"), Scripted("否"), Scripted("嗯"), path=path).ballot(ASKED).votes == (True, False, None)
    path.write_bytes(path.read_bytes() + b'["half')
    answers = Answers(path)
    again = Panel("m", {0: Scripted(), 1: Scripted(), 2: Scripted()}, answers, [].append).ballot(ASKED)
    assert (again.votes, answers.hits) == ((True, False, None), 3)
    for other in (Panel("n", {0: Scripted("否")}, Answers(path)), Panel("m", {9: Scripted("否")}, Answers(path))):
        assert other.ballot(ASKED).votes == (False,), "another model and another seed are asked anew"
    assert Panel("m", {0: Scripted("否")}, Answers(path)).ballot(ASKED._replace(prompt="别的")).votes == (False,)


def test_a_model_that_is_busy_is_waited_for_as_long_as_it_asks_and_then_counted_as_silent(tmp_path: Path) -> None:
    slept: list[float] = []
    busy, down = ModelUnavailable("请求太多", rest=60), ModelUnavailable("接口返回 500")
    found = panel(Scripted(busy, down, "是"), Scripted(*[down] * 4), path=tmp_path / "a", slept=slept).ballot(ASKED)
    assert (found.votes, found.silent, found.verdict) == ((True, None), 1, None)
    assert slept == [60, PAUSES[1], *PAUSES]


def test_nobody_there_stops_the_session_and_one_answer_keeps_it_going(tmp_path: Path) -> None:
    down = ModelUnavailable("接口出错")
    asked = [ASKED._replace(prompt=str(n)) for n in range(2 * DOWN)]
    patchy = Scripted(*[down] * 4 * (DOWN - 1), "是", *[down] * 4 * (DOWN - 1))
    found = list(ballots(panel(patchy, path=tmp_path / "a"), asked[: 2 * DOWN - 1], 1, lambda done, total: None))
    assert [b.silent for b in found] == [1] * (DOWN - 1) + [0] + [1] * (DOWN - 1)
    with pytest.raises(TargetError, match="已经答的都存着"):
        list(ballots(panel(Scripted(*[down] * 99), path=tmp_path / "b"), asked, 1, lambda done, total: None))


DEADLINES = Deadlines(0.3, 0.6)


@pytest.mark.parametrize(
    "name",
    ["正常", "乱码", "429 带 Retry-After", "开口前停住", "中途断开", "网页", "没完没了", "只发保活", "结束原因 length"],
)
def test_whatever_a_server_does_is_a_vote_or_a_counted_silence(name: str, model: ScriptedModel, tmp_path: Path) -> None:  # fmt: skip
    model.script = FAULTS[name].first("是")
    model.asked.clear()
    client = LanguageModel([LangChainEndpoint(model.url, "qwen", SecretStr("k"), 0.6, seed=7)], DEADLINES)
    found = Panel("m", {7: client}, Answers(tmp_path / "a"), [].append).ballot(ASKED)
    assert (found.votes, found.silent) == (((True,), 0) if FAULTS[name].served else ((None,), 1))
    assert {(a["seed"], a["temperature"]) for a in model.asked} == {(7, 0)}


def test_kappa_of_a_known_table() -> None:
    """The textbook table 20, 5, 10, 15 of 50 has raw agreement .70, chance .50, kappa .40."""
    cells = [(True, True)] * 20 + [(True, False)] * 5 + [(False, True)] * 10 + [(False, False)] * 15
    found = agreement([Pair(str(n), judge, person) for n, (judge, person) in enumerate(cells)])
    assert (found.raw.successes, found.raw.n, found.kappa) == (35, 50, pytest.approx(0.4))
    assert 0.1 < found.low < 0.2 and 0.6 < found.high < 0.7
    together = agreement([Pair(str(n // 10), judge, person) for n, (judge, person) in enumerate(cells)])
    assert together.kappa == found.kappa and together.high - together.low > 1.5 * (found.high - found.low)


def test_kappa_is_not_told_where_nobody_ever_says_no() -> None:
    found = agreement([Pair(str(n), True, True) for n in range(20)])
    assert (found.raw.value, found.kappa, found.low, found.high) == (1.0, None, -1.0, 1.0)
    assert agreement([Pair("a", True, True), Pair("a", False, False)])[1:] == (1.0, -1.0, 1.0), (
        "one guide tells nothing"
    )


def test_only_labels_of_the_same_text_count() -> None:
    def label(reply: str = "r", **more: Any) -> Label:
        return Label(**{"case_id": "c-1", "criterion": "clear", "reply": reply, "label": False} | more)

    voted = [ballot(True, True, True)]
    assert paired(voted, [label()]) == {"clear": [Pair("passport", True, False)]}
    for other in (label("older"), label(case_id="c-2"), label(criterion="useful")):
        assert paired(voted, [other]) == {}
    assert paired([ballot(True, False, None)], [label()]) == {}


@pytest.mark.parametrize("line", ["{", '{"case_id": "c", "criterion": "kind", "reply": "r", "label": true}', '{"case_id": "c"}'])  # fmt: skip
def test_a_bad_label_is_named(line: str, tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_text(line + "\n", encoding="utf-8")
    with pytest.raises(SuiteError, match=r"labels\.jsonl"):
        read_labels(path)


def test_the_report_names_the_judge_and_says_when_nobody_checked_it() -> None:
    votes = [ballot(True, True, True), ballot(True, False, None), ballot(None, None, None, silent=3), ballot(False, False, True)]  # fmt: skip
    found = opinion(votes)
    assert (found.yes.successes, found.yes.n, found.undecided, found.unheard, found.unreadable, found.steady.successes) == (1, 2, 1, 1, 1, 1)  # fmt: skip
    text = report(SESSION, votes, {}, 5)
    head = f"评判模型 m（127.0.0.1），温度 0，种子 7 起，每问 3 遍取多数；提示词版本 {VERSION}；4 问，12 次回答里 5 次取自存下的。"
    assert head in text and UNCHECKED in text and "| 易懂 | 0.500 [" in text
    few = report(SESSION, votes, {"clear": [Pair("a", True, True), Pair("b", False, True)]}, 0)
    assert UNCHECKED not in few and "| 易懂 | 0.500 [" in few and f"不到 {FEW} 个" in few
    figures = findings(SESSION, votes, {}, 5)
    assert (figures["agreement"], figures["answers_from_cache"], figures["criteria"]["clear"]["unheard"]) == ({}, 5, 1)


def test_no_gate_and_no_comparison_knows_the_judge() -> None:
    assert not METRICS.keys() & CRITERIA.keys()


def judged(folder: Path, url: str, *more: str) -> int:
    return main(["judge", str(folder), "--model", f"qwen@{url}", "--jobs", "1", *more])


def test_a_session_from_the_command_line_with_labels_that_people_filled_in(
    folder: Path, model: ScriptedModel, tmp_path: Path, capsys: Capture
) -> None:
    model.script = answering(lambda prompt: "否" if "第3种" in prompt else "是")
    model.asked.clear()
    sheet = tmp_path / "sheet.jsonl"
    assert main(["judge", str(folder), "--sheet", str(sheet)]) == 0
    rows = [json.loads(line) for line in sheet.read_text(encoding="utf-8").splitlines()]
    assert (len(rows), {row["label"] for row in rows}, len(model.asked)) == (12, {None}, 0)
    filled = [{**row, "label": row["case_id"] not in ("c-3", "c-2")} for row in rows if row["criterion"] == "clear"]
    stale = {**filled[0], "reply": "older"}
    sheet.write_text("".join(json.dumps(row) + "\n" for row in (*filled, stale)), encoding="utf-8")

    assert judged(folder, model.url, "--labels", str(sheet)) == 0
    first = capsys.readouterr().out
    assert [sorted(a["seed"] for a in model.asked).count(seed) for seed in (7, 8, 9)] == [12, 12, 12]
    assert "| 易懂 | 0.750 [" in first and "0.500 [" in first and "1 个人工标注没有用上" in first
    assert (folder / "judge.md").read_text(encoding="utf-8") == first

    assert judged(folder, model.url, "--labels", str(sheet)) == 0
    assert capsys.readouterr().out == first.replace("0 次取自存下的", "36 次取自存下的")
    assert len(model.asked) == 36


def test_a_server_that_is_down_leaves_one_chinese_line(folder: Path, model: ScriptedModel, capsys: Capture) -> None:
    model.script = FAULTS["500"].first("")
    assert judged(folder, model.url) == 2
    out, err = capsys.readouterr()
    assert (out, "连着 5 题没有回话" in err, not (folder / "judge.json").exists()) == ("", True, True)


def test_a_silent_question_is_counted_and_fails_the_command(folder: Path, model: ScriptedModel, capsys: Capture) -> None:  # fmt: skip
    def script(wire: Wire) -> None:
        prompt = wire.asked["messages"][0]["content"]
        cut = "第2种" in prompt and CRITERIA["clear"].asks in prompt
        (FAULTS["结束原因 length"].first("是") if cut else saying("是"))(wire)

    model.script = script
    assert judged(folder, model.url, "--json") == 1
    figures = json.loads(capsys.readouterr().out)
    assert {name: found["unheard"] for name, found in figures["criteria"].items()} == {
        "relevant": 0,
        "useful": 0,
        "clear": 1,
    }
    (silent,) = [b for b in figures["ballots"] if b["verdict"] is None]
    assert (silent["case_id"], silent["criterion"], silent["votes"]) == ("c-2", "clear", [None, None, None])


@pytest.mark.parametrize("argv", [(), ("--model", "qwen"), ("--model", "@http://x"), ("--model", "q@ftp://x")])
def test_a_judge_that_is_none_is_refused(argv: tuple[str, ...], folder: Path, capsys: Capture) -> None:
    assert main(["judge", str(folder), *argv]) == 2
    assert "请用 --model 写明" in capsys.readouterr().err
