"""All rules of 体检, by subject, and the one function that runs them."""

from collections.abc import Sequence
from datetime import date

from knowledge.lint.finding import GuideRule, LibraryRule, LintFinding, Rule, TextRule
from knowledge.lint.rules import (
    basis,
    channels,
    completeness,
    duplicates,
    fees,
    forms,
    freshness,
    limits,
    materials,
    outdated,
    privacy,
    references,
    themes,
    values,
    wording,
)
from knowledge.lint.shelf import Shelf, walk
from knowledge.model import Library
from knowledge.predicates import facts_of

__all__ = ["RULES", "facts_of", "lint", "walk"]

RULES: tuple[Rule, ...] = tuple(
    rule
    for subject in (
        values, limits, fees, materials, completeness, references, channels, basis, outdated, themes, duplicates,
        freshness, privacy, wording, forms,
    )
    for rule in subject.RULES
)  # fmt: skip


def lint(library: Library, today: date | None = None, rules: Sequence[Rule] = RULES) -> tuple[LintFinding, ...]:
    """Run the rules as of a day (default: today); errors first, then by file. Each guide is walked once."""
    shelf = Shelf(library, today or date.today())
    guide_rules = [rule for rule in rules if isinstance(rule, GuideRule | TextRule)]
    text_rules = [rule for rule in rules if isinstance(rule, TextRule)]
    found: list[LintFinding] = []
    for guide in library.guides:
        view = shelf.look(guide)
        found += [rule.card.finding(fault, view.file) for rule in guide_rules for fault in rule.check(view, shelf)]
    for text in shelf.shared():
        found += [
            rule.card.finding(fault, text.file, text.at) for rule in text_rules for fault in rule.check(text, shelf)
        ]
    for rule in rules:
        if isinstance(rule, LibraryRule):
            found += map(rule.card.finding, rule.check(shelf))
    return tuple(sorted(found, key=lambda f: (f.severity, f.file, f.field)))
