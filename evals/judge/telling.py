"""What the judge found, as figures for programs and as Markdown for people: who judged, how steadily, and how far people agree."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from evals.judge.agreement import Agreement, Pair, agreement
from evals.judge.asking import Ballot
from evals.judge.rubric import CRITERIA, VERSION
from evals.stats import Proportion, proportion

UNCHECKED = "未与人工标注核对：下面的比例只是这个模型的看法，不能当作质量，也不进任何一道关。"
FEW = 150  # labels; with fewer an agreement says little


class Session(NamedTuple):
    """Which judge was asked, how, and over which run."""

    run: str
    model: str
    address: str
    seed: int
    repeat: int


class Opinion(NamedTuple):
    """What the judge says by one criterion."""

    yes: Proportion  # of the replies with a verdict
    undecided: int  # no majority, though it answered
    unheard: int  # no verdict, and at least one repetition in which the model could not be asked
    unreadable: int  # single answers that were neither yes nor no
    steady: Proportion  # of all replies: every repetition the same


def opinion(ballots: Sequence[Ballot]) -> Opinion:
    """The ballots of one criterion, counted."""
    decided = [b for b in ballots if b.verdict is not None]
    silent = sum(b.verdict is None and b.silent > 0 for b in ballots)
    return Opinion(
        yes=proportion([bool(b.verdict) for b in decided], [b.question.cluster for b in decided]),
        undecided=len(ballots) - len(decided) - silent, unheard=silent,
        unreadable=sum(b.votes.count(None) - b.silent for b in ballots),
        steady=proportion([b.steady for b in ballots], [b.question.cluster for b in ballots]),
    )  # fmt: skip


def findings(session: Session, ballots: Sequence[Ballot], pairs: dict[str, list[Pair]], hits: int) -> dict[str, Any]:
    """Everything that the report says, for programs."""
    groups = {name: [b for b in ballots if b.question.criterion == name] for name in CRITERIA}
    return {
        **session._asdict(), "rubric": VERSION, "questions": len(ballots), "answers_from_cache": hits,
        "criteria": {name: _figures(opinion(group)) for name, group in groups.items() if group},
        "agreement": {name: _agreed(agreement(found)) for name, found in pairs.items()},
        "ballots": [
            {"case_id": b.question.case_id, "criterion": b.question.criterion, "reply": b.question.reply, "votes": b.votes, "verdict": b.verdict}
            for b in ballots
        ],
    }  # fmt: skip


def _figures(found: Opinion) -> dict[str, Any]:
    return {**found._asdict(), "yes": found.yes._asdict(), "steady": found.steady._asdict()}


def _agreed(found: Agreement) -> dict[str, Any]:
    return {**found._asdict(), "raw": found.raw._asdict()}


def report(session: Session, ballots: Sequence[Ballot], pairs: dict[str, list[Pair]], hits: int) -> str:
    """The same for people."""
    groups = {name: [b for b in ballots if b.question.criterion == name] for name in CRITERIA}
    lines = [
        f"# 模型评判：{session.run}", "",
        f"评判模型 {session.model}（{session.address}），温度 0，种子 {session.seed} 起，每问 {session.repeat} 遍取多数；提示词版本 {VERSION}；"
        f"{len(ballots)} 问，{len(ballots) * session.repeat} 次回答里 {hits} 次取自存下的。", "",
        *(() if pairs else (UNCHECKED, "")),
        "| 标准 | 说“是” [95% 区间] | 几遍一致 | 没有多数 | 没问到 | 读不懂的回答 |", "|---|---|---|---|---|---|",
        *(_row(name, opinion(group)) for name, group in groups.items() if group),
    ]  # fmt: skip
    return "\n".join([*lines, *_agreement_lines(pairs)]) + "\n"


def _row(name: str, found: Opinion) -> str:
    return f"| {CRITERIA[name].title} | {found.yes} | {found.steady} | {found.undecided} | {found.unheard} | {found.unreadable} |"


def _agreement_lines(pairs: dict[str, list[Pair]]) -> list[str]:
    if not pairs:
        return []
    most = min(map(len, pairs.values()))
    return [
        "", "## 与人工标注一致多少", "",
        "| 标准 | 一致 [95% 区间] | Cohen κ [95% 区间] | 人说“是” | 模型说“是” |", "|---|---|---|---|---|",
        *(_agreement_row(name, found) for name, found in pairs.items()),
        *(("", f"最少的一条只有 {most} 个人工标注，不到 {FEW} 个，一致多少说不准。") if most < FEW else ()),
    ]  # fmt: skip


def _agreement_row(name: str, pairs: Sequence[Pair]) -> str:
    found = agreement(pairs)
    kappa = (
        "—（有一方全是一个答案）" if found.kappa is None else f"{found.kappa:.3f} [{found.low:.3f}, {found.high:.3f}]"
    )
    people, judge = (sum(getattr(pair, who) for pair in pairs) / len(pairs) for who in ("person", "judge"))
    return f"| {CRITERIA[name].title} | {found.raw} | {kappa} | {people:.3f} | {judge:.3f} |"
