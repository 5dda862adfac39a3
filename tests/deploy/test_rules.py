"""The map of rules names tests that are there."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def test_every_test_that_the_map_of_rules_names_exists() -> None:
    named = set(NAMED.findall((ROOT / "docs/rules.md").read_text(encoding="utf-8")))
    there = {
        (file, node.name)
        for file in {file for file, _ in named}
        if (ROOT / file).exists()
        for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
    }
    assert len(named) >= 30
    assert sorted(named - there) == []
