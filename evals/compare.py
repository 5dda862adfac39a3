"""Two runs over the same cases: what differs, how surely, and which cases were fixed or broken."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import ValidationError

from evals.metrics import METRICS
from evals.outcome import Outcome
from evals.paired import cluster_sums, detectable, holm, paired_difference, sign_flip_p
from evals.runs import RUN, read_outcomes, read_run
from evals.sample import SuiteError
from evals.stats import Mean
from knowledge.model import Frozen

SURE = 0.05


class Judged(Frozen):
    """What a comparison needs of one case: its scores, each the mean over the repetitions."""

    case_id: str
    digest: str
    cluster: str
    scores: dict[str, bool | float]


class Record(Frozen):
    """What a comparison needs of a run; a committed baseline is one, in one small file."""

    name: str
    about: dict[str, Any]
    planned: int
    errors: int
    cases: tuple[Judged, ...]


class Difference(NamedTuple):
    """One metric, before and after. `gain` is positive where the second run is better."""

    name: str
    before: float
    after: float
    gain: Mean
    fixed: tuple[str, ...]
    broken: tuple[str, ...]
    mcnemar: float  # exact p as if every case stood alone
    p: float  # exact p by clusters
    adjusted: float  # … after Holm over all metrics
    detectable: float

    @property
    def effect(self) -> float:
        """How many more cases were fixed than broken, of those that changed, -1..1 (the odds that a change is for the better)."""
        changed = len(self.fixed) + len(self.broken)
        return (len(self.fixed) - len(self.broken)) / changed if changed else 0.0

    @property
    def sure(self) -> bool:
        """Whether the interval excludes 0 and the difference outlasts Holm."""
        return not self.gain.low <= 0 <= self.gain.high and self.adjusted < SURE


def read_record(path: Path) -> Record:
    """A run folder or a baseline file. Raises SuiteError."""
    if (path / RUN).exists():
        run, outcomes = read_run(path), read_outcomes(path)
        about = {"config": run.config.model_dump(mode="json"), "suites": run.suites, "target": run.target, "environment": run.environment}  # fmt: skip
        return Record(
            name=path.name, about=about, planned=run.planned // run.config.repeat, errors=sum(o.error is not None for o in outcomes),
            cases=tuple(_judged(outcomes, run.config.repeat)),
        )  # fmt: skip
    try:
        return Record.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise SuiteError(f"{path} 不是一次评测，也不是基线：{type(error).__name__}") from error


def _judged(outcomes: Sequence[Outcome], repeat: int) -> list[Judged]:
    """One a case that was played as often as planned, in order; cases that broke have no score."""
    repeats: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        repeats.setdefault(outcome.case_id, []).append(outcome)
    return [
        Judged(case_id=case_id, digest=group[0].digest, cluster=group[0].cluster, scores=_means(group))
        for case_id, group in repeats.items()
        if len(group) == repeat
    ]


def _means(group: list[Outcome]) -> dict[str, bool | float]:
    if len(group) == 1:
        return group[0].scores
    names = {name for o in group for name in o.scores if all(name in other.scores for other in group)}
    return {name: sum(float(o.scores[name]) for o in group) / len(group) for name in sorted(names)}


def same_cases(before: Record, after: Record) -> None:
    """Raises SuiteError unless both runs asked the same cases with the same expectations."""
    ours, theirs = ({case.case_id: case.digest for case in record.cases} for record in (before, after))
    if ours == theirs:
        return
    changed = [case_id for case_id in ours if case_id in theirs and ours[case_id] != theirs[case_id]]
    raise SuiteError(
        f"两次评测的题不一样，不能比：只在 {before.name} 的 {len(ours.keys() - theirs.keys())} 题，"
        f"只在 {after.name} 的 {len(theirs.keys() - ours.keys())} 题，题目改过的 {len(changed)} 题；基线是旧题的，看过以后用 evals baseline 重写"
    )


def compared(before: Record, after: Record) -> list[Difference]:
    """Every metric that both runs have, over the cases that both judged. Raises SuiteError for different cases."""
    same_cases(before, after)
    later = {case.case_id: case for case in after.cases}
    pairs = [(case, later[case.case_id]) for case in before.cases]
    found = [difference for name in METRICS if (difference := _difference(name, pairs))]
    adjusted = holm({d.name: d.p for d in found})
    return [d._replace(adjusted=adjusted[d.name]) for d in found]


def _difference(name: str, pairs: list[tuple[Judged, Judged]]) -> Difference | None:
    both = [(a, b) for a, b in pairs if name in a.scores and name in b.scores]
    if not both:
        return None
    better = 1.0 if METRICS[name].higher else -1.0
    gains = [better * (float(b.scores[name]) - float(a.scores[name])) for a, b in both]
    clusters = [a.cluster for a, _ in both]
    return Difference(
        name=name,
        before=sum(float(a.scores[name]) for a, _ in both) / len(both),
        after=sum(float(b.scores[name]) for _, b in both) / len(both),
        gain=paired_difference(gains, clusters),
        fixed=tuple(a.case_id for (a, _), gain in zip(both, gains, strict=True) if gain > 0),
        broken=tuple(a.case_id for (a, _), gain in zip(both, gains, strict=True) if gain < 0),
        mcnemar=sign_flip_p(gains), p=sign_flip_p(cluster_sums(gains, clusters)), adjusted=1.0,
        detectable=detectable(gains, clusters),
    )  # fmt: skip


def comparison_text(before: Record, after: Record, found: Sequence[Difference]) -> str:
    """The comparison for people, as Markdown."""
    lines = [
        f"# {before.name} → {after.name}", "",
        f"同样的 {len(before.cases)} 题。差是后减前（已按“越低越好”换向，正的是变好）；区间是按有效对数的 Tango 区间（同一份指南的题算一簇）；p 为按指南翻转符号的精确检验，括号里是逐题的精确 McNemar。", "",
        "| 指标 | 前 | 后 | 差 [95% 区间] | p（McNemar） | Holm 后 | 修好:弄坏 | 能看出的差 | |", "|---|---|---|---|---|---|---|---|---|",
    ]  # fmt: skip
    if before.errors or after.errors:
        lines[3:3] = ["", f"出错而没有判分的：前 {before.errors} 题，后 {after.errors} 题，不在下面的数里；要下结论，先用 run --resume 重问。"]  # fmt: skip
    for d in found:
        word = ("变好" if d.gain.value > 0 else "变差") if d.sure else ""
        lines.append(
            f"| {METRICS[d.name].title} | {d.before:.3f} | {d.after:.3f} | {d.gain.value:+.3f} [{d.gain.low:+.3f}, {d.gain.high:+.3f}] | {d.p:.3g}（{d.mcnemar:.3g}） | {d.adjusted:.3g} "
            f"| {len(d.fixed)}:{len(d.broken)}（{d.effect:+.2f}） | {d.detectable:.3f} | {word} |"
        )
    for word, pick in (("修好", "fixed"), ("弄坏", "broken")):
        lines += ["", f"## {word}的题", ""]
        lines += [
            f"- {METRICS[d.name].title}：{'、'.join(f'`{case_id}`' for case_id in getattr(d, pick))}"
            for d in found
            if getattr(d, pick)
        ]
    return "\n".join(lines) + "\n"
