"""A score per authority, 0–100, that a department head can check by hand.

A guide begins with 100. Every rule that it breaks costs once, however often it is broken there: an error 20, a warning
4; never below 0. An authority's score is the mean over its guides. Findings in shared files (documents, bases, themes)
belong to the library, not to an authority, and cost nobody.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

from knowledge.lint.finding import LintFinding, Severity
from knowledge.model import Guide

COST: dict[Severity, int] = {"error": 20, "warning": 4}
FORMULA = (
    "每份指南从 100 分起，每违反一条规则扣一次：错误扣 20 分，提醒扣 4 分，扣完为止；主管部门的分数是它各份指南的平均分"
)
_IN_BRACKETS = re.compile(r"[（(].*?[）)]|；.*$")


class GuideScore(NamedTuple):
    """One guide: its score and what was found."""

    guide_id: str
    name: str
    authority: str
    score: int
    findings: tuple[LintFinding, ...]

    def count(self, severity: Severity) -> int:
        """How many findings of a severity."""
        return sum(finding.severity == severity for finding in self.findings)


class AuthorityScore(NamedTuple):
    """One authority: the mean of its guides."""

    authority: str
    score: float
    guides: int
    errors: int
    warnings: int


def guide_scores(guides: Sequence[Guide], findings: Sequence[LintFinding]) -> tuple[GuideScore, ...]:
    """Every guide with its score, worst first."""
    by_file: dict[str, list[LintFinding]] = defaultdict(list)
    for finding in findings:
        by_file[finding.file].append(finding)
    scored = [_score(guide, by_file.get(f"guides/{guide.guide_id}.yaml", [])) for guide in guides]
    return tuple(sorted(scored, key=lambda s: (s.score, -s.count("error"), -len(s.findings), s.guide_id)))


def _score(guide: Guide, findings: list[LintFinding]) -> GuideScore:
    broken = {(finding.rule, finding.severity) for finding in findings}
    score = max(0, 100 - sum(COST[severity] for _, severity in broken))
    authority = _IN_BRACKETS.sub("", guide.authority).strip() or guide.authority
    return GuideScore(guide.guide_id, guide.name, authority, score, tuple(findings))


def authority_scores(scores: Sequence[GuideScore]) -> tuple[AuthorityScore, ...]:
    """Every authority with the mean of its guides, worst first."""
    groups: dict[str, list[GuideScore]] = defaultdict(list)
    for score in scores:
        groups[score.authority].append(score)
    made = [
        AuthorityScore(
            name, round(sum(s.score for s in group) / len(group), 1), len(group),
            sum(s.count("error") for s in group), sum(s.count("warning") for s in group),
        )
        for name, group in groups.items()
    ]  # fmt: skip
    return tuple(sorted(made, key=lambda a: (a.score, -a.guides, a.authority)))
