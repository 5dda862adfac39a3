"""The report of a check in its four forms, and the scores that it shows."""

import csv
import html.parser
import io
import json
from datetime import date

import pytest

from knowledge.lint.finding import LintFinding, Severity
from knowledge.lint.page import as_html
from knowledge.lint.report import CheckUp, as_csv, as_sarif, as_text, check_up
from knowledge.lint.rules import RULES, lint
from knowledge.lint.scores import AuthorityScore, authority_scores, guide_scores
from knowledge.model import Library

DAY = date(2026, 11, 22)
LOST, RENEW = "guides/410000/card-reissue.yaml", "guides/410000/card-renew.yaml"


def finding(file: str, severity: Severity = "error", rule: str = "phone", problem: str = "拨不出去") -> LintFinding:
    return LintFinding(rule, severity, file, "channels[0]", problem, "改成带区号的号码")


def check_of(library: Library, *findings: LintFinding) -> CheckUp:
    return check_up(library.guides, findings, RULES, DAY)


def test_a_rule_costs_a_guide_once_and_an_authority_is_the_mean_of_its_guides(small: Library) -> None:
    found = [
        finding(LOST),
        finding(LOST),
        finding(LOST, "warning", "missing-fee"),
        finding(RENEW, "warning", "missing-fee"),
    ]
    scores = guide_scores(small.guides, found)
    assert [(s.guide_id, s.score) for s in scores[:3]] == [
        ("410000/card-reissue", 76), ("410000/card-renew", 96), ("410000/birth-certificate", 100),
    ]  # fmt: skip
    police = AuthorityScore("公安机关", round((76 + 96 + 100) / 3, 1), 3, 2, 2)
    assert authority_scores(scores)[0] == police


def test_a_guide_with_many_faults_scores_zero_and_brackets_do_not_part_an_authority(small: Library) -> None:
    rules = [f"rule-{n}" for n in range(6)]
    scores = guide_scores(small.guides, [finding(LOST, rule=rule) for rule in rules])
    assert scores[0].score == 0
    renamed = [g.model_copy(update={"authority": f"{g.authority}（第{n}窗口）"}) for n, g in enumerate(small.guides)]
    assert {s.authority for s in guide_scores(renamed, [])} == {g.authority for g in small.guides}


def test_the_text_ends_with_counts_by_rule_and_the_sum(small: Library) -> None:
    text = as_text(
        check_of(small, finding(LOST), finding(RENEW), finding(RENEW, "warning", "missing-fee", "没有写收费"))
    )
    assert text.splitlines()[3:] == [
        "  错误     2 处  phone（电话拨得通）",
        "  提醒     1 处  missing-fee（写明收不收费）",
        "体检完成：错误 2 处，提醒 1 处",
    ]


def test_the_csv_opens_in_a_spreadsheet_and_computes_nothing(small: Library) -> None:
    text = as_csv(check_of(small, finding(LOST, problem="=HYPERLINK(1)")))
    assert text.startswith("\ufeff级别,规则,")
    head, row = csv.reader(io.StringIO(text.removeprefix("\ufeff")))
    assert dict(zip(head, row, strict=True))["问题"] == "'=HYPERLINK(1)"
    assert row[:3] == ["错误", "phone", "电话拨得通"]
    assert row[4:6] == [LOST, "channels[0]"]


def test_the_sarif_points_to_rule_and_file(small: Library) -> None:
    sarif = json.loads(as_sarif(check_of(small, finding(LOST))))
    (run,) = sarif["runs"]
    (result,) = run["results"]
    rules = run["tool"]["driver"]["rules"]
    assert sarif["version"] == "2.1.0"
    assert rules[result["ruleIndex"]]["id"] == result["ruleId"] == "phone"
    assert result["level"] == "error"
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": LOST, "uriBaseId": "LIBRARY"}
    assert len({rule["id"] for rule in rules}) == len(rules) >= 30


class Outline(html.parser.HTMLParser):
    """The tags that are open, and what the page loads from elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.loads: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loads += [str(value) for name, value in attrs if name in {"src", "href"}]
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_the_page_is_whole_loads_nothing_and_shows_text_as_text(small: Library) -> None:
    page = as_html(check_of(small, finding(LOST, problem="<script>alert(1)</script>")))
    outline = Outline()
    outline.feed(page)
    assert (outline.open, outline.loads) == ([], [])
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)" in page
    assert "有 1 处错误，改正之前不能发布" in page


def test_the_page_of_a_clean_library_says_so(small: Library) -> None:
    page = as_html(check_of(small))
    assert "没有错误，可以发布" in page
    assert "每份指南都没有问题" in page


@pytest.mark.parametrize("day, rules", [(date(2027, 11, 22), set()), (date(2027, 11, 23), {"stale-check"})])
def test_a_check_is_made_as_of_a_day(small: Library, day: date, rules: set[str]) -> None:
    found = {f.rule for f in lint(small, day)} & {"stale-check"}
    assert found == rules


def test_the_smaller_place_is_not_asked_for_what_the_larger_one_says(small: Library) -> None:
    own = [f for f in lint(small, DAY) if f.file == "guides/410100/card-reissue.yaml"]
    assert own == []
    alone = small.model_copy(update={"guides": tuple(g for g in small.guides if g.jurisdiction == "410100")})
    assert "missing-fee" in {f.rule for f in lint(alone, DAY)}
