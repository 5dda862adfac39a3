"""Fixtures of the evals' tests: turns and cases made by hand."""

from collections.abc import Callable
from typing import Any

import pytest

from evals.sample import Case
from knowledge.catalog import Catalog
from knowledge.model import Library

Make = Callable[..., Case]


@pytest.fixture(scope="session")
def shipped(library: Library) -> Catalog:
    """Look-ups over the shipped library."""
    return Catalog(library)


@pytest.fixture(scope="session")
def case() -> Make:
    """A case of which only the expectation matters."""

    def make(case_id: str = "c-1", turns: tuple[str, ...] = ("问",), split: str = "dev", **expect: Any) -> Case:
        return Case.model_validate({
            "case_id": case_id, "suite": "answer", "split": split, "style": "plain", "turns": turns,
            "expect": {"kinds": ("answer",), **expect},
        })  # fmt: skip

    return make
