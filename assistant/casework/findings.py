"""What 体检 finds in the generation that is served, by authority, for whoever is to mend it."""

import re
from datetime import date
from typing import NamedTuple

from knowledge.catalog import Catalog
from knowledge.lint.report import CheckUp, check_up
from knowledge.lint.rules import RULES, lint
from knowledge.lint.scores import GuideScore
from knowledge.model import FieldName

_KEYS = {field.value: field.label for field in FieldName} | {
    "basis": "依据",
    "checked_on": "核对日期",
    "when": "判断条件",
}
_KEY = re.compile(rf"\b(?:{'|'.join(_KEYS)})\b", re.ASCII)


class Office(NamedTuple):
    """One authority: its score out of 100, and its guides with findings, worst first."""

    name: str
    score: float
    guides: int
    errors: int
    warnings: int
    found: tuple[GuideScore, ...]


def checked(catalog: Catalog, day: date) -> CheckUp:
    """The whole catalog, checked as of a day; about half a second for two hundred guides."""
    guides = tuple(catalog.guides)
    findings = lint(catalog.library.model_copy(update={"guides": guides}), day)
    return check_up(guides, findings, RULES, day)


def offices(check: CheckUp) -> tuple[Office, ...]:
    """Every authority, the worst first, with what was found in its guides."""
    return tuple(
        Office(
            score.authority, score.score, score.guides, score.errors, score.warnings,
            tuple(g for g in check.guides if g.authority == score.authority and g.findings),
        )
        for score in check.authorities
    )  # fmt: skip


def in_words(remedy: str) -> str:
    """A remedy with the guide's headings in place of the keys that an editor of files writes."""
    return _KEY.sub(lambda found: f"“{_KEYS[found.group()]}”", remedy)
