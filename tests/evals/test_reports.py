"""From outcomes to figures: one table for people, the same figures for programs, a row and a test case a question."""

import csv
import io
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from assistant.model import Candidate, Refusal, RefusalReason, Trace
from evals.metrics import METRICS, metric
from evals.outcome import Guess, Outcome
from evals.report import as_json, failures, markdown, summary
from evals.reports import as_csv, as_junit, write_reports
from evals.runs import Run, append, begin
from evals.stats import bounded_mean, proportion
from tests.evals.conftest import MakeOutcome

RIGHT = {"item_right": True, "kind_right": True, "contradicted": False}
WRONG = {"item_right": False, "kind_right": True, "contradicted": True}


@pytest.fixture
def outcomes(outcome: MakeOutcome) -> list[Outcome]:
    return [
        outcome(case_id="c-0", cluster="item-0", **RIGHT), outcome(case_id="c-1", cluster="item-1", **RIGHT),
        outcome(case_id="c-2", cluster="item-2", **WRONG).model_copy(update={"seconds": 0.05, "explanation": "answer passport"}),
        outcome(case_id="c-3", cluster="item-3", error="BadInput: 空"),
    ]  # fmt: skip


def test_a_metric_counts_only_the_cases_it_applies_to(outcomes: list[Outcome]) -> None:
    assert metric(outcomes, "item_right") == proportion([True, True, False], ["item-0", "item-1", "item-2"])
    assert metric(outcomes, "reason_right").n == 0


def test_repetitions_are_one_case_and_a_breach_in_any_of_them_is_one(outcome: MakeOutcome) -> None:
    steady = [outcome(case_id=f"c-{n}", cluster=f"g-{n}", repeat=r, item_right=n > 0, leaked=False) for n in range(4) for r in range(3)]  # fmt: skip
    assert metric(steady, "item_right") == proportion([False, True, True, True], [f"g-{n}" for n in range(4)])
    once = [outcome(case_id="c-9", cluster="g-9", repeat=r, item_right=r > 0, leaked=r == 1) for r in range(3)]
    assert metric([*steady, *once], "item_right").value == pytest.approx((3 + 2 / 3) / 5)
    assert metric([*steady, *once], "leaked") == proportion([False] * 4 + [True], [f"g-{n}" for n in (0, 1, 2, 3, 9)])


def test_a_score_between_0_and_1_has_a_mean(outcome: MakeOutcome) -> None:
    found = metric(
        [outcome(cluster="a", plan_recall=0.5), outcome(case_id="c-2", cluster="b", plan_recall=1.0)], "plan_recall"
    )
    assert found == bounded_mean([0.5, 1.0], ["a", "b"])
    assert found.value == 0.75 and 0 < found.low < 0.75 < found.high < 1


def test_the_summary_counts_cases_errors_and_the_latency_of_what_did_not_break(
    a_run: Run, outcomes: list[Outcome]
) -> None:
    found = summary(a_run, outcomes)
    assert (found["cases"], found["errors"], found["latency_ms"]) == (4, 1, {"p50": 10.0, "p95": 50.0})
    assert set(found["metrics"]) == {"all", "answer"}
    assert found["metrics"]["all"]["contradicted"]["successes"] == 1
    assert set(found["metrics"]["all"]) == set(RIGHT), "a metric that applies to no case is not shown"


def test_no_outcomes_are_no_figures(a_run: Run) -> None:
    found = summary(a_run, [])
    assert (found["cases"], found["latency_ms"], found["metrics"]["all"]) == (0, {"p50": 0.0, "p95": 0.0}, {})


def test_repetitions_that_differ_are_counted(a_run: Run, outcome: MakeOutcome) -> None:
    steady = [outcome(case_id="c-0", repeat=r, **RIGHT) for r in range(2)]
    unsteady = [outcome(case_id="c-1", **RIGHT), outcome(case_id="c-1", repeat=1, **WRONG)]
    assert summary(a_run, [*steady, *unsteady])["unsteady"] == 1


def test_failures_name_what_was_wrong_and_what_broke(outcomes: list[Outcome]) -> None:
    assert [(r["case_id"], r["wrong"], r["got"]) for r in failures(outcomes)] == [
        ("c-2", ["item_right", "contradicted"], "answer passport"),
        ("c-3", ["error"], "BadInput: 空"),
    ]


def test_the_report_for_people_has_every_metric_and_every_failure(a_run: Run, outcomes: list[Outcome]) -> None:
    text = markdown(summary(a_run, outcomes))
    assert "题数 4，出错 1；p50 10.0 ms，p95 50.0 ms" in text
    assert all(f"| {METRICS[name].title}" in text for name in RIGHT)
    assert "| 事项命中@1 | 0.667 [" in text
    assert "- `c-2` 问：item_right、contradicted；得到 answer passport" in text


def test_the_report_says_how_far_the_confidence_can_be_believed(a_run: Run, outcomes: list[Outcome]) -> None:
    guessed = [o.model_copy(update={"guess": Guess(confidence=0.9, right=True)}) for o in outcomes]
    found = summary(a_run, guessed)["calibration"]
    assert (found["n"], found["expected_error"]) == (4, 0.1)
    assert "## 把握（n=4，期望校准误差 0.100）" in markdown(summary(a_run, guessed))
    assert "## 把握" not in markdown(summary(a_run, outcomes)), "a system that states no confidence has no such section"


def test_the_report_for_programs_reads_back_the_same(a_run: Run, outcomes: list[Outcome]) -> None:
    made = summary(a_run, outcomes)
    assert json.loads(as_json(made)) == json.loads(json.dumps(made, default=str))


def test_the_table_of_cases_has_a_row_a_case_and_no_formula(outcomes: list[Outcome]) -> None:
    sly = outcomes[0].model_copy(update={"turns": ("=1+1",)})
    rows = list(csv.DictReader(io.StringIO(as_csv([sly, *outcomes[2:]]).removeprefix("\ufeff"))))
    assert [(r["case_id"], r["question"], r["item_right"], r["wrong"], r["error"]) for r in rows] == [
        ("c-0", "'=1+1", "1", "", ""), ("c-2", "问", "0", "没做到：事项命中@1；出现了：有相反数值", ""), ("c-3", "问", "", "", "BadInput: 空"),
    ]  # fmt: skip


def test_build_servers_see_failures_and_errors(outcomes: list[Outcome]) -> None:
    suite = ElementTree.fromstring(as_junit(outcomes))[0]
    assert [suite.get(name) for name in ("tests", "failures", "errors")] == ["4", "1", "1"]
    assert [(c.get("name"), [child.tag for child in c]) for c in suite] == [
        ("c-0#0", []), ("c-1#0", []), ("c-2#0", ["failure"]), ("c-3#0", ["error"]),
    ]  # fmt: skip


def test_the_page_is_whole_by_itself_and_escapes_what_was_asked(
    a_run: Run, outcomes: list[Outcome], tmp_path: Path
) -> None:
    said = Refusal(text="不<知>道", reason=RefusalReason.NO_KNOWLEDGE, jurisdiction="410000", as_of="2026-11-22")
    trace = Trace(trace_id="t", intent="ask", decision="nothing_found", candidates=(Candidate(key="410000/passport", score=0.5, cosine=0.9),))  # fmt: skip
    sly = outcomes[2].model_copy(update={"turns": ("<script>问</script>",), "reply": said, "trace": trace})
    begin(tmp_path, a_run)
    made = [outcomes[0].model_copy(update={"guess": Guess(confidence=0.9, right=True)}), outcomes[1], sly, outcomes[3]]
    list(append(tmp_path, made))
    write_reports(tmp_path, a_run, made, tmp_path)
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<script" not in page and not re.search(r"(?:src|href)=|https?://|@import|url\(", page)
    assert all(part in page for part in ("&lt;script&gt;问", "不&lt;知&gt;道", "410000/passport 0.500", "零容忍的有：有相反数值 1 题", "风险与覆盖", "可靠性", "按问法", "一样"))  # fmt: skip
    assert {path.name for path in tmp_path.iterdir()} == {"run.json", "cases.jsonl", "report.json", "report.md", "cases.csv", "junit.xml", "report.html"}  # fmt: skip
