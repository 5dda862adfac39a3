"""From results to figures: one table for people, the same figures for programs."""

import json
from typing import Any

import pytest

from assistant.errors import BadInput
from evals.report import METRICS, as_json, failures, markdown, metric, summary
from evals.runner import Result, run
from evals.scorers.replies import Score
from evals.stats import proportion
from tests.evals.conftest import Make

RIGHT = Score(True, True, True, True, True, True, True, False, None, False, None, "answer id-card-reissue")
WRONG = RIGHT._replace(item_right=False, contradicted=True, explanation="answer passport")


@pytest.fixture
def results(case: Make) -> list[Result]:
    cases = [case(case_id=f"c-{n}", items=(f"item-{n}",)) for n in range(4)]
    scores = [RIGHT, RIGHT, WRONG, None]
    return [
        Result(c, None, s, 0.01 * (n + 1), None if s else "BadInput: 空") for n, (c, s) in enumerate(zip(cases, scores, strict=True))
    ]  # fmt: skip


def report(results: list[Result]) -> dict[str, Any]:
    environment = {"commit": "c" * 40, "generation": 3, "model": "hashing"}
    return {"split": "dev", "environment": environment, **summary(results), "failures": failures(results)}


def test_a_metric_counts_only_the_cases_it_applies_to(results: list[Result]) -> None:
    assert metric(results, "item_hit_1") == proportion([True, True, False], ["item-0", "item-1", "item-2"])
    assert metric(results, "reason_right").n == 0


def test_the_summary_counts_cases_errors_and_latency(results: list[Result]) -> None:
    found = summary(results)
    assert (found["cases"], found["errors"], found["latency_ms"]) == (4, 1, {"p50": 25.0, "p95": 40.0})
    assert set(found["metrics"]) == {"all", "answer"}
    assert found["metrics"]["all"]["contradicted"]["successes"] == 1


def test_no_results_are_no_figures() -> None:
    found = summary([])
    assert (found["cases"], found["latency_ms"]) == (0, {"p50": 0.0, "p95": 0.0})
    assert found["metrics"]["all"]["item_hit_1"]["n"] == 0


def test_failures_name_what_was_wrong_and_what_broke(results: list[Result]) -> None:
    assert [(r["case_id"], r["wrong"], r["got"]) for r in failures(results)] == [
        ("c-2", ["item_hit_1", "contradicted"], "answer passport"),
        ("c-3", ["error"], "BadInput: 空"),
    ]


def test_the_report_for_people_has_every_metric_and_every_failure(results: list[Result]) -> None:
    text = markdown(report(results))
    assert "题数 4，出错 1；p50 25.0 ms，p95 40.0 ms" in text
    assert all(f"| {title}" in text for title, _, _ in METRICS.values())
    assert "| 事项命中@1 | 0.667 [" in text
    assert "- `c-2` 问：item_hit_1、contradicted；得到 answer passport" in text


def test_the_report_says_how_far_the_confidence_can_be_believed(results: list[Result]) -> None:
    found = summary(results)["calibration"]
    assert (found["n"], found["expected_error"], found["reliability"]) == (0, 0.0, [])
    assert "## 把握（n=0，期望校准误差 0.000）" in markdown(report(results))


def test_the_report_for_programs_reads_back_the_same(results: list[Result]) -> None:
    made = report(results)
    assert json.loads(as_json(made)) == json.loads(json.dumps(made, default=str))


class Broken:
    """An assistant that takes no question."""

    catalog = None

    def ask(self, *_: object) -> None:
        raise BadInput("空")


def test_a_case_that_breaks_is_counted_and_never_scored(case: Make) -> None:
    moved: list[tuple[int, int]] = []
    results = run(Broken(), [case(), case()], lambda done, total: moved.append((done, total)))  # type: ignore[arg-type]
    assert [(r.score, r.error) for r in results] == [(None, "BadInput: 空")] * 2
    assert moved == [(1, 2), (2, 2)]
