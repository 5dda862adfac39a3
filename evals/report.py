"""Results → one table of metrics with intervals, as JSON, Markdown and terminal text."""

import json
import statistics
from collections.abc import Callable, Sequence
from typing import Any

from evals.calibration import expected_error, guesses, reliability, risk_coverage
from evals.runner import Result
from evals.scorers.replies import Score
from evals.stats import Proportion, proportion

THRESHOLDS = tuple(i / 10 for i in range(10))

# metric → (title, which value of a score, whether higher is better)
METRICS: dict[str, tuple[str, Callable[[Score], bool | None], bool]] = {
    "item_hit_1": ("事项命中@1", lambda s: s.item_right, True),
    "item_hit_5": ("事项命中@5", lambda s: s.item_in_5, True),
    "found_1": ("检索首位", lambda s: s.found_1, True),
    "found_5": ("检索前五", lambda s: s.found_5, True),
    "values_right": ("数值全对", lambda s: s.values_right, True),
    "field_right": ("答到所问", lambda s: s.field_right, True),
    "kind_right": ("答复类型对", lambda s: s.kind_right, True),
    "reason_right": ("拒答理由对", lambda s: s.reason_right, True),
    "contradicted": ("有相反数值", lambda s: s.contradicted, False),
    "false_answer": ("该拒而答", lambda s: s.false_answer, False),
    "over_refused": ("该答而拒", lambda s: s.over_refused, False),
}


def metric(results: Sequence[Result], name: str) -> Proportion:
    """One metric over the cases to which it applies."""
    pick = METRICS[name][1]
    pairs = [(value, r.case.cluster) for r in results if r.score is not None and (value := pick(r.score)) is not None]
    return proportion([bool(value) for value, _ in pairs], [cluster for _, cluster in pairs])


def summary(results: Sequence[Result]) -> dict[str, Any]:
    """All metrics over all cases and by suite, and the latency of the last turns (milliseconds)."""
    suites = {"all": list(results)} | {
        name: [r for r in results if r.case.suite == name] for name in sorted({r.case.suite for r in results})
    }
    seconds = sorted(r.seconds * 1000 for r in results) or [0.0]
    return {
        "cases": len(results),
        "errors": sum(r.score is None for r in results),
        "metrics": {s: {m: metric(rs, m)._asdict() for m in METRICS} for s, rs in suites.items()},
        "latency_ms": {
            "p50": round(statistics.median(seconds), 2),
            "p95": round(seconds[min(len(seconds) - 1, int(0.95 * len(seconds)))], 2),
        },
        "calibration": calibration(results),
    }


def calibration(results: Sequence[Result]) -> dict[str, Any]:
    """How far the confidence can be believed."""
    made = guesses(results)
    return {
        "n": len(made),
        "expected_error": round(expected_error(made), 4),
        "reliability": [b._asdict() for b in reliability(made)],
        "risk_coverage": [point._asdict() for point in risk_coverage(made, THRESHOLDS)],
    }


def failures(results: Sequence[Result]) -> list[dict[str, Any]]:
    """Cases with something wrong, for reading."""
    rows = []
    for r in results:
        s = r.score
        wrong = (
            []
            if s is None
            else [
                name
                for name, (_, pick, good) in METRICS.items()
                if (value := pick(s)) is not None and value is not good
            ]
        )
        if wrong or s is None:
            rows.append({
                "case_id": r.case.case_id, "turns": r.case.turns, "wrong": wrong or ["error"],
                "expected": r.case.expect.model_dump(mode="json", exclude_defaults=True),
                "got": s.explanation if s else r.error,
                "text": r.turn.reply.text if r.turn else "",
            })  # fmt: skip
    return rows


def markdown(report: dict[str, Any]) -> str:
    """The report for people."""
    lines = [
        f"# 评测报告（{report['split']}）", "",
        f"题数 {report['cases']}，出错 {report['errors']}；p50 {report['latency_ms']['p50']} ms，p95 {report['latency_ms']['p95']} ms", "",
        f"提交 {report['environment']['commit'][:12]} · 版本 {report['environment']['generation']} · 模型 {report['environment']['model']}", "",
    ]  # fmt: skip
    names = list(report["metrics"])
    lines += ["| 指标 | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    for name, (title, _, good) in METRICS.items():
        cells = [str(Proportion(**report["metrics"][suite][name])) for suite in names]
        lines.append(f"| {title}{'' if good else '（越低越好）'} | " + " | ".join(cells) + " |")
    lines += _calibration_lines(report["calibration"])
    lines += ["", "## 有问题的题", ""]
    for row in report["failures"]:
        lines.append(f"- `{row['case_id']}` {' → '.join(row['turns'])}：{'、'.join(row['wrong'])}；得到 {row['got']}")
    return "\n".join(lines) + "\n"


def _calibration_lines(found: dict[str, Any]) -> list[str]:
    bins = [f"| {b['n']} | {b['stated']:.3f} | {b['right']:.3f} |" for b in found["reliability"]]
    points = [f"| {p['threshold']:.2f} | {p['coverage']:.3f} | {p['risk']:.3f} |" for p in found["risk_coverage"]]
    return [
        "", f"## 把握（n={found['n']}，期望校准误差 {found['expected_error']:.3f}）", "",
        "| 题数 | 说的把握 | 真的对 |", "|---|---|---|", *bins, "", "| 至少多大把握才答 | 答了多少 | 答了的错多少 |", "|---|---|---|", *points,
    ]  # fmt: skip


def as_json(report: dict[str, Any]) -> str:
    """The report for programs."""
    return json.dumps(report, ensure_ascii=False, indent=1, default=str)
