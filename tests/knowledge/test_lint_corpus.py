"""Every rule against the seeded-defect corpus, and against texts that only look like defects."""

from typing import Any

import pytest

from bench.lint_corpus import DAY, table
from bench.planting import plant, seeds
from knowledge.lint.finding import GuideRule
from knowledge.lint.rules import RULES, lint
from knowledge.model import Library

NO_RULE = {"beyond", "harmless"}


def _found(library: Library, rule: str | None = None) -> set[tuple[str, str, str, str]]:
    rules = [r for r in RULES if rule in (None, r.card.name)]
    return {(f.rule, f.file, f.field, f.problem) for f in lint(library, DAY, rules)}


def test_every_rule_finds_nineteen_of_twenty_planted_defects_and_no_error_in_the_library(library: Library) -> None:
    rows = table(library)
    assert [(row.rule, row.missed) for row in rows if row.recall < 0.95] == []
    assert [row.rule for row in rows if row.planted < 5] == []
    assert [row.rule for row in rows if row.severity == "error" and row.on_library] == []
    assert len(rows) >= 30


def test_every_seed_belongs_to_a_rule() -> None:
    assert seeds().keys() - NO_RULE == {rule.card.name for rule in RULES}


@pytest.mark.parametrize("seed", seeds()["harmless"], ids=lambda seed: f"{seed['rule']}")
def test_what_only_looks_like_a_defect_is_left_alone(library: Library, seed: dict[str, Any]) -> None:
    planted = plant(library, seed).library
    assert _found(planted, seed["rule"]) - _found(library, seed["rule"]) == set()


@pytest.mark.parametrize("seed", seeds()["beyond"], ids=lambda seed: seed["why"])
def test_what_the_rules_cannot_see_is_known(library: Library, seed: dict[str, Any]) -> None:
    assert _found(plant(library, seed).library) - _found(library) == set()


def test_every_rule_says_what_it_is_where_it_comes_from_and_shows_both_kinds() -> None:
    for rule in RULES:
        assert all((rule.card.title, rule.card.norm, rule.card.good, rule.card.bad, rule.check.__doc__)), rule.card.name
        assert rule.card.good != rule.card.bad
    titles = {rule.card.title for rule in RULES}
    assert len(titles) == len({rule.card.name for rule in RULES})
    assert sum(isinstance(rule, GuideRule) for rule in RULES) > 30
