"""Whether a run may pass: nothing unforgivable in it, and nothing surely and noticeably worse than the baseline."""

import json
from typing import NamedTuple

from evals.compare import Difference, Record, compared
from evals.metrics import METRICS
from knowledge.terminal import DONE, FAILED, TOO_LITTLE, USAGE

INVALID = USAGE


class Verdict(NamedTuple):
    """The exit code of the gate and what it says, line by line."""

    code: int
    lines: tuple[str, ...]


def invalid(run: Record) -> str:
    """Why a run cannot be judged, empty when it can."""
    if not run.cases:
        return "一题也没有"
    if run.errors:
        return f"{run.errors} 题出错"
    if run.planned > len(run.cases):
        return f"没有跑完：{len(run.cases)}/{run.planned} 题"
    return ""


def gate(run: Record, baseline: Record | None, enough: float) -> Verdict:
    """Judge a run: zero-tolerance metrics alone, the others against the baseline.

    `enough`: the smallest difference (a share) that every gated metric must be able to show; else there is not enough data.
    Raises SuiteError when the runs are not over the same cases.
    """
    if why := invalid(run):
        return Verdict(INVALID, (f"无效：{why}",))
    crossed = [_crossed(run, name) for name, metric in METRICS.items() if metric.zero]
    found = [d for d in compared(baseline, run) if METRICS[d.name].drop is not None] if baseline else []
    worse = [d for d in found if regressed(d)]
    unsure = [d for d in found if d.detectable > enough]
    lines = (
        *(line for line in crossed if line),
        *(f"变差：{_told(d)}；弄坏的题 {'、'.join(d.broken[:12])}" for d in worse),
        *(f"数据不够：{METRICS[d.name].title} {d.gain.n} 题，只看得出 {d.detectable:.3f} 以上的差" for d in unsure),
        *(f"通过：{_told(d)}" for d in found if d not in worse and d not in unsure),
    )
    code = FAILED if worse or any(crossed) else TOO_LITTLE if unsure else DONE
    return Verdict(code, lines)


def _crossed(run: Record, name: str) -> str:
    """The cases with something unforgivable, in words; empty when there are none."""
    cases = [case.case_id for case in run.cases if case.scores.get(name)]
    return f"零容忍：{METRICS[name].title} {len(cases)} 题：{'、'.join(cases[:12])}" if cases else ""


def regressed(difference: Difference) -> bool:
    """Whether the interval excludes 0, the drop exceeds the stated minimum and outlasts Holm over the metrics."""
    least = METRICS[difference.name].drop
    return least is not None and difference.sure and difference.gain.high < 0 and -difference.gain.value > least


def _told(d: Difference) -> str:
    least = METRICS[d.name].drop or 0.0
    return f"{METRICS[d.name].title} {d.before:.3f} → {d.after:.3f}，{d.gain.n} 题，差 {d.gain.value:+.3f} [{d.gain.low:+.3f}, {d.gain.high:+.3f}]（容许 {least:.2f}，能看出 {d.detectable:.3f}）"


def baseline_text(run: Record) -> str:
    """The run as a committed baseline: only what comparing needs, a case a line, so that a change of it reads well."""
    gated = {name for name, metric in METRICS.items() if metric.drop is not None}
    lines = []
    for case in run.cases:
        scores = {name: value for name, value in case.scores.items() if name in gated}
        lines.append(json.dumps({**case.model_dump(exclude={"scores"}), "scores": scores}, ensure_ascii=False))
    head = json.dumps(run.model_dump(mode="json", exclude={"cases"}), ensure_ascii=False, indent=1)[:-2]
    return head + ',\n "cases": [\n' + ",\n".join(lines) + "\n]}\n"
