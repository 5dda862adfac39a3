"""Requests made from the OpenAPI document, good and bad: never a crash, and every answer is of the shape that is promised."""

from types import SimpleNamespace
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings

from assistant.config import Settings
from assistant.kept import Stores
from tests.ui.fakes import FakeAssistant
from ui.limits import Buckets
from ui.server import create_app


@pytest.fixture
def document(fake: FakeAssistant, stores: Stores, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The document of a service that limits nobody."""
    monkeypatch.setattr(Buckets, "take", lambda self, address: True)
    app = create_app(SimpleNamespace(assistant=fake, problems=()), Settings(), stores)  # type: ignore[arg-type]
    return schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)


EXCLUDED = [schemathesis.checks.positive_data_acceptance, schemathesis.checks.negative_data_rejection]  # 422 for 。？


@pytest.mark.parametrize("mode", list(schemathesis.GenerationMode))
def test_every_answer_is_as_promised(document: Any, mode: schemathesis.GenerationMode) -> None:
    paths = []
    for found in document.get_all_operations():
        operation = found.ok()
        paths.append(operation.path)
        if mode is schemathesis.GenerationMode.NEGATIVE and operation.path == "/themes":
            continue  # nothing can be wrong about a request without anything in it

        @settings(
            max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
        )
        @given(operation.as_strategy(generation_mode=mode))
        def answered(case: schemathesis.Case) -> None:
            case.call_and_validate(excluded_checks=EXCLUDED)

        answered()
    assert len(paths) == 6
