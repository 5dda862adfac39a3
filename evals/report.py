"""Outcomes → one summary of figures, and that summary as Markdown for people."""

import json
import statistics
from collections import Counter
from collections.abc import Sequence
from typing import Any

from evals.calibration import expected_error, reliability, risk_coverage
from evals.metrics import METRICS, metric, wrong
from evals.outcome import Outcome
from evals.runs import Run

THRESHOLDS = tuple(i / 10 for i in range(10))


def summary(run: Run, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """All metrics over all cases and by suite, calibration, kinds of replies, latency (milliseconds) and failures."""
    suites = {"all": list(outcomes)} | {
        name: [o for o in outcomes if o.suite == name] for name in sorted({o.suite for o in outcomes})
    }
    return {
        "split": run.config.split, "config": run.config.model_dump(mode="json"), "suites": run.suites,
        "target": run.target, "environment": run.environment,
        "planned": run.planned, "cases": len(outcomes), "errors": sum(o.error is not None for o in outcomes),
        "unsteady": unsteady(outcomes),
        "metrics": {s: figures(os) for s, os in suites.items()},
        "latency_ms": latency(outcomes), "calibration": calibration(outcomes), "confusion": confusion(outcomes),
        "failures": failures(outcomes),
    }  # fmt: skip


def figures(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Any]]:
    """Every metric that applies to some case, with how it reads."""
    found = {name: metric(outcomes, name) for name in METRICS}
    return {name: {**value._asdict(), "text": str(value)} for name, value in found.items() if value.n}


def latency(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Median and 95th percentile of the last answers' times, milliseconds."""
    times = sorted(o.seconds * 1000 for o in outcomes if o.error is None) or [0.0]
    return {
        "p50": round(statistics.median(times), 2),
        "p95": round(times[min(len(times) - 1, int(0.95 * len(times)))], 2),
    }


def calibration(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """How far the confidence can be believed."""
    made = [o.guess for o in outcomes if o.guess]
    return {
        "n": len(made),
        "expected_error": round(expected_error(made), 4),
        "reliability": [b._asdict() for b in reliability(made)],
        "risk_coverage": [point._asdict() for point in risk_coverage(made, THRESHOLDS)],
    }


def confusion(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """How often a reply of each kind came where each kind was expected; several expected kinds are written together."""
    pairs = Counter(("/".join(sorted(o.expect.kinds)), o.reply.kind) for o in outcomes if o.reply)
    return [{"expected": expected, "got": got, "n": n} for (expected, got), n in sorted(pairs.items())]


def unsteady(outcomes: Sequence[Outcome]) -> int:
    """How many cases did not come out the same in every repetition."""
    seen: dict[str, set[str]] = {}
    for o in outcomes:
        seen.setdefault(o.case_id, set()).add(json.dumps(o.scores, sort_keys=True))
    return sum(len(different) > 1 for different in seen.values())


def failures(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """Cases with something wrong, for reading."""
    return [
        {
            "case_id": o.case_id, "turns": o.turns, "wrong": ["error"] if o.error else wrong(o),
            "expected": o.expect.model_dump(mode="json", exclude_defaults=True),
            "got": o.error or o.explanation, "text": o.reply.text if o.reply else "",
        }
        for o in outcomes if o.error or wrong(o)
    ]  # fmt: skip


def markdown(report: dict[str, Any]) -> str:
    """The report for people."""
    lines = [
        f"# 评测报告（{report['split']}）", "",
        f"题数 {report['cases']}，出错 {report['errors']}；p50 {report['latency_ms']['p50']} ms，p95 {report['latency_ms']['p95']} ms", "",
        f"提交 {report['environment']['commit'][:12]} · 版本 {report['target'].get('generation', '—')} · 模型 {report['target'].get('model', '—')}", "",
        *metric_lines(report),
        *_calibration_lines(report["calibration"]),
        "", "## 有问题的题", "",
    ]  # fmt: skip
    for row in report["failures"]:
        lines.append(f"- `{row['case_id']}` {' → '.join(row['turns'])}：{'、'.join(row['wrong'])}；得到 {row['got']}")
    return "\n".join(lines) + "\n"


def metric_lines(report: dict[str, Any]) -> list[str]:
    """The table of metrics by suite."""
    names = list(report["metrics"])
    lines = ["| 指标 | " + " | ".join(names) + " |", "|---|" + "---|" * len(names)]
    for name in report["metrics"]["all"]:
        cells = [report["metrics"][suite].get(name, {}).get("text", "—") for suite in names]
        lines.append(f"| {title(name)} | " + " | ".join(cells) + " |")
    return lines


def title(name: str) -> str:
    """A metric's name with which way is better."""
    return f"{METRICS[name].title}{'' if METRICS[name].higher else '（越低越好）'}"


def _calibration_lines(found: dict[str, Any]) -> list[str]:
    if not found["n"]:
        return []
    bins = [f"| {b['n']} | {b['stated']:.3f} | {b['right']:.3f} |" for b in found["reliability"]]
    points = [f"| {p['threshold']:.2f} | {p['coverage']:.3f} | {p['risk']:.3f} |" for p in found["risk_coverage"]]
    return [
        "", f"## 把握（n={found['n']}，期望校准误差 {found['expected_error']:.3f}）", "",
        "| 题数 | 说的把握 | 真的对 |", "|---|---|---|", *bins, "", "| 至少多大把握才答 | 答了多少 | 答了的错多少 |", "|---|---|---|", *points,
    ]  # fmt: skip


def as_json(report: dict[str, Any]) -> str:
    """The report for programs."""
    return json.dumps(report, ensure_ascii=False, indent=1, default=str)
