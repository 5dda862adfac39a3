"""Fixtures of the evals' tests: cases, outcomes and records made by hand."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from evals.compare import Judged, Record
from evals.outcome import Outcome
from evals.runs import Config, Run
from evals.sample import Case
from knowledge.catalog import Catalog
from knowledge.index.embedding import Embedder
from knowledge.index.generation import GenerationStore
from knowledge.model import Library

Make = Callable[..., Case]
MakeOutcome = Callable[..., Outcome]


@pytest.fixture(scope="session")
def shipped(library: Library) -> Catalog:
    """Look-ups over the shipped library."""
    return Catalog(library)


@pytest.fixture(scope="session")
def published(library: Library, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder: the shipped library published under the fake embedder, so that evals run on words alone."""
    folder = tmp_path_factory.mktemp("evals")
    store = GenerationStore(folder)
    store.build(library, embedder)
    store.publish()
    return folder


@pytest.fixture(scope="session")
def case() -> Make:
    """A case of which only the expectation matters."""

    def make(case_id: str = "c-1", turns: tuple[str, ...] = ("问",), split: str = "dev", **expect: Any) -> Case:
        given = {name: expect.pop(name) for name in tuple(expect) if name in Case.model_fields}
        return Case.model_validate({
            "case_id": case_id, "suite": "answer", "split": split, "style": "plain", "turns": turns, **given,
            "expect": {"kinds": ("answer",), **expect},
        })  # fmt: skip

    return make


@pytest.fixture(scope="session")
def outcome(case: Make) -> MakeOutcome:
    """An outcome of which only the scores matter."""

    def make(case_id: str = "c-1", cluster: str = "none", repeat: int = 0, error: str | None = None, **scores: Any) -> Outcome:  # fmt: skip
        asked = case(case_id=case_id)
        return Outcome(
            case_id=case_id, digest=asked.digest, suite="answer", split="dev", style="plain", cluster=cluster, city="全省",
            authority="公安机关", turns=asked.turns, expect=asked.expect, repeat=repeat, scores=scores, error=error,
            seconds=0.01,
        )  # fmt: skip

    return make


@pytest.fixture(scope="session")
def a_run() -> Run:
    """The settings of some run."""
    return Run(
        config=Config(suites=("answer",), split="dev"), suites={"answer": "0" * 16}, target={"generation": 3, "model": "hashing"},
        environment={"commit": "c" * 40, "changed": False, "ran_at": "2026-11-22", "python": "3.11", "packages": {}}, planned=4,
    )  # fmt: skip


def record(
    name: str, scores: dict[str, dict[str, bool | float]], errors: int = 0, planned: int | None = None
) -> Record:
    """A run as comparing sees it: case → scores; the part of a case's id before the dash is its cluster."""
    cases = tuple(
        Judged(case_id=case_id, digest=f"d-{case_id}", cluster=case_id.partition("-")[0], scores=found)
        for case_id, found in scores.items()
    )
    return Record(name=name, about={}, planned=len(cases) if planned is None else planned, errors=errors, cases=cases)
