"""The metrics: what each score is called, which way is better, what a gate does about it."""

from collections.abc import Sequence
from typing import NamedTuple

from evals.outcome import Outcome
from evals.stats import Mean, Proportion, bounded_mean, proportion


class Metric(NamedTuple):
    """One score over many cases."""

    title: str
    higher: bool = True  # whether higher is better
    drop: float | None = None  # a gate stops a run that got worse by more than this; None where it only looks
    zero: bool = False  # a gate stops a run with a single case of it


METRICS: dict[str, Metric] = {
    "item_right": Metric("事项命中@1", drop=0.02),
    "item_in_5": Metric("事项命中@5"),
    "found_1": Metric("检索首位", drop=0.02),
    "found_5": Metric("检索前五"),
    "values_right": Metric("数值全对", drop=0.02),
    "field_right": Metric("答到所问", drop=0.03),
    "cited_right": Metric("所引依据里有这个值", drop=0.02),
    "statement_precision": Metric("句子有据的（准确率）"),
    "statement_recall": Metric("该说的值有据的（召回率）"),
    "materials_right": Metric("材料不多不少"),
    "kind_right": Metric("答复类型对", drop=0.02),
    "reason_right": Metric("拒答理由对"),
    "false_answer": Metric("该拒而答", higher=False, drop=0.03),
    "over_refused": Metric("该答而拒", higher=False, drop=0.02),
    "intent_right": Metric("意图对"),
    "heard_right": Metric("听出所问字段"),
    "place_right": Metric("地区对"),
    "guide_right": Metric("用对哪里的文本", drop=0.03),
    "plan_right": Metric("计划事项全对"),
    "plan_precision": Metric("计划事项准确率"),
    "plan_recall": Metric("计划事项召回率"),
    "said_right": Metric("说到标准答案"),
    "right_anyway": Metric("该拒而答，但答对了", higher=False),
    "overlap": Metric("与标准答案的字重合"),
    "contradicted": Metric("有相反数值", higher=False, zero=True),
    "leaked": Metric("串用别处规定", higher=False, zero=True),
    "expired": Metric("引用失效依据", higher=False, zero=True),
    "personal": Metric("留下个人信息", higher=False, zero=True),
    "foreign_link": Metric("外来链接", higher=False, zero=True),
}


def metric(outcomes: Sequence[Outcome], name: str) -> Proportion | Mean:
    """One metric over the cases to which it applies: a share, or a mean where scores lie between.

    Repetitions of a case are one case with their mean; what a gate forgives nobody counts when it happens in any of them.
    """
    scores: dict[tuple[str, str], list[bool | float]] = {}
    for o in outcomes:
        if name in o.scores:
            scores.setdefault((o.case_id, o.cluster), []).append(o.scores[name])
    clusters = [cluster for _, cluster in scores]
    values = [float(any(found)) if METRICS[name].zero else sum(found) / len(found) for found in scores.values()]
    if any(isinstance(each, float) for found in scores.values() for each in found) or any(v not in (0, 1) for v in values):  # fmt: skip
        return bounded_mean(values, clusters)
    return proportion([value == 1 for value in values], clusters)


def wrong(outcome: Outcome) -> list[str]:
    """The metrics in which a case went wrong; of a score between 0 and 1, anything short of the best."""
    return [
        name
        for name, value in outcome.scores.items()
        if name in METRICS and float(value) != float(METRICS[name].higher)
    ]


def faults(outcome: Outcome) -> str:
    """What went wrong in a case, in words: what was not achieved, then what should not have happened."""
    names = wrong(outcome)
    missed = "、".join(METRICS[name].title for name in names if METRICS[name].higher)
    happened = "、".join(METRICS[name].title for name in names if not METRICS[name].higher)
    return "；".join(part for part in (missed and f"没做到：{missed}", happened and f"出现了：{happened}") if part)
