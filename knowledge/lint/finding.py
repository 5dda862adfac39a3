"""What 体检 speaks: a finding, and a rule with the norm it comes from and an example of both kinds.

An error would tell a citizen something wrong and blocks build and publish; a warning tells too little, or something
old, and is counted.
"""

from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from knowledge.lint.shelf import Shelf
from knowledge.lint.views import GuideView, TextView

Severity = Literal["error", "warning"]
SEVERITY_LABELS: dict[Severity, str] = {"error": "错误", "warning": "提醒"}

# The norms, each written once.
OFFICE_115 = "国办函〔2017〕115号（全国互联网政务服务平台检查情况的通报）"
ELEMENTS = "GB/T 39554.2（政务服务事项实施清单要素要求）"
GUIDE_FORM = "GB/T 36114（政务服务中心进驻事项服务指南编制规范）"
DESIGN = "办成设计：每个数都有出处，错的数比没有更坏"


class LintFinding(NamedTuple):
    """What is wrong where, how bad, and what to do about it."""

    rule: str
    severity: Severity
    file: str
    field: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        mark = SEVERITY_LABELS[self.severity]
        return f"[{mark}] {self.rule} · {self.file} · {self.field}：{self.problem} → {self.remedy}"


class Fault(NamedTuple):
    """What a rule's function yields; `file` stays empty for the guide at hand."""

    field: str
    problem: str
    remedy: str
    file: str = ""


class Card(NamedTuple):
    """A rule as people read it: name, title, severity, norm, and one example of each kind."""

    name: str
    title: str
    severity: Severity
    norm: str
    good: str
    bad: str

    def finding(self, fault: Fault, file: str = "", at: str = "") -> LintFinding:
        """The finding that a fault of this rule makes; `at` tells the text within a file of several."""
        field = f"{at}.{fault.field}" if at else fault.field
        return LintFinding(self.name, self.severity, fault.file or file, field, fault.problem, fault.remedy)


TextCheck = Callable[[TextView, Shelf], Iterator[Fault]]
GuideCheck = Callable[[GuideView, Shelf], Iterator[Fault]]
LibraryCheck = Callable[[Shelf], Iterator[Fault]]


class TextRule(NamedTuple):
    """A rule for everything that people read: guides, themes, families and questions."""

    card: Card
    check: TextCheck


class GuideRule(NamedTuple):
    """A rule that needs one guide at a time; all of them share one walk over it."""

    card: Card
    check: GuideCheck


class LibraryRule(NamedTuple):
    """A rule that needs the whole library at once."""

    card: Card
    check: LibraryCheck


Rule = TextRule | GuideRule | LibraryRule


def text_rule(card: Card) -> Callable[[TextCheck], TextRule]:
    """Declare a function over one text as a rule."""
    return lambda check: TextRule(card, check)


def guide_rule(card: Card) -> Callable[[GuideCheck], GuideRule]:
    """Declare a function over one guide as a rule."""
    return lambda check: GuideRule(card, check)


def library_rule(card: Card) -> Callable[[LibraryCheck], LibraryRule]:
    """Declare a function over the library as a rule."""
    return lambda check: LibraryRule(card, check)
