"""One check of a library, and its text, CSV and SARIF forms; the page for people is in page.py."""

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from knowledge.lint.finding import SEVERITY_LABELS, Card, LintFinding, Rule, Severity
from knowledge.lint.scores import AuthorityScore, GuideScore, authority_scores, guide_scores
from knowledge.model import Guide

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class CheckUp(NamedTuple):
    """Everything that a report says: the rules, the findings, the scores, and the day."""

    day: date
    cards: tuple[Card, ...]
    findings: tuple[LintFinding, ...]
    guides: tuple[GuideScore, ...]
    authorities: tuple[AuthorityScore, ...]

    def count(self, severity: Severity) -> int:
        """How many findings of a severity."""
        return sum(finding.severity == severity for finding in self.findings)

    @property
    def summary(self) -> str:
        """The one line at the end of a check."""
        return f"体检完成：错误 {self.count('error')} 处，提醒 {self.count('warning')} 处"


def check_up(guides: Sequence[Guide], findings: Sequence[LintFinding], rules: Sequence[Rule], day: date) -> CheckUp:
    """Score the findings and lay out what the reports need; each rule's card once."""
    cards = tuple({rule.card.name: rule.card for rule in rules}.values())
    scores = guide_scores(guides, findings)
    return CheckUp(day, cards, tuple(findings), scores, authority_scores(scores))


def as_text(check: CheckUp) -> str:
    """One line a finding, then how many of each rule, then the sum."""
    counts = Counter((f.severity, f.rule) for f in check.findings)
    titles = {card.name: card.title for card in check.cards}
    lines = [str(finding) for finding in check.findings]
    for (severity, rule), number in sorted(counts.items(), key=lambda pair: (pair[0][0], -pair[1], pair[0][1])):
        lines.append(f"  {SEVERITY_LABELS[severity]} {number:>5} 处  {rule}（{titles[rule]}）")
    return "\n".join([*lines, check.summary]) + "\n"


def _cell(text: str) -> str:
    """A cell that a spreadsheet shows and does not compute."""
    return f"'{text}" if text.startswith(_FORMULA_SIGNS) else text


def as_csv(check: CheckUp) -> str:
    """One row a finding, with a byte order mark so that spreadsheets read the Chinese."""
    cards = {card.name: card for card in check.cards}
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["级别", "规则", "规则说明", "依据的规范", "文件", "字段", "问题", "怎么改"])
    for f in check.findings:
        card = cards[f.rule]
        row = (SEVERITY_LABELS[f.severity], f.rule, card.title, card.norm, f.file, f.field, f.problem, f.remedy)
        writer.writerow([_cell(text) for text in row])
    return "\ufeff" + out.getvalue()


def as_sarif(check: CheckUp) -> str:
    """SARIF 2.1.0, as code hosts and editors read it."""
    index = {card.name: place for place, card in enumerate(check.cards)}
    run = {
        "tool": {"driver": {"name": "bancheng-lint", "language": "zh-CN", "rules": [_rule(c) for c in check.cards]}},
        "originalUriBaseIds": {"LIBRARY": {"description": {"text": "指南库文件夹"}}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, index[finding.rule]) for finding in check.findings],
    }
    return json.dumps({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"


def _rule(card: Card) -> dict[str, Any]:
    return {
        "id": card.name,
        "shortDescription": {"text": card.title},
        "fullDescription": {"text": f"{card.title}。出自：{card.norm}"},
        "help": {"text": f"正例：{card.good}\n反例：{card.bad}"},
        "defaultConfiguration": {"level": card.severity},
    }


def _result(finding: LintFinding, index: int) -> dict[str, Any]:
    place = {
        "physicalLocation": {"artifactLocation": {"uri": finding.file, "uriBaseId": "LIBRARY"}},
        "logicalLocations": [{"fullyQualifiedName": f"{finding.file}#{finding.field}", "kind": "member"}],
    }
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.severity,
        "message": {"text": f"{finding.field}：{finding.problem}。{finding.remedy}"},
        "locations": [place],
    }
