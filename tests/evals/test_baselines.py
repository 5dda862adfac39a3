"""The two baselines: one search, by words or by vectors alone, and the first guide put by the same composer."""

from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.build import build_assistant
from assistant.config import Settings
from evals.targets.opening import open_target
from tests.evals.conftest import Make


@pytest.fixture(scope="module")
def assistant(published: Path) -> Assistant:
    return build_assistant(Settings(data_dir=published, embedding="embedded"))


@pytest.mark.parametrize(("spec", "part"), [("bm25", "lexical"), ("dense", "cosine")])
def test_a_baseline_answers_from_the_first_guide_of_its_own_ranking(
    spec: str, part: str, assistant: Assistant, case: Make
) -> None:
    baseline = open_target(spec, assistant)
    asked = case(turns=("居民身份证丢失补领要多少钱",), items=("id-card-reissue",), values=("40元",))
    played = baseline.play(asked)
    assert (baseline.name, baseline.describe()["ranked_by"]) == (spec, part)
    if played.turn.trace.candidates:
        assert [i.guide_id for i in played.turn.reply.items] == [played.turn.trace.candidates[0].key]
        scores = [c.score for c in played.turn.trace.candidates]
        assert scores == sorted(scores, reverse=True)
    nonsense = baseline.play(case(turns=("qwzx",)))
    assert nonsense.turn.reply.kind == "refusal"


def test_bm25_knows_an_item_by_its_words(assistant: Assistant, case: Make) -> None:
    played = open_target("bm25", assistant).play(case(turns=("居民身份证丢失补领要多少钱",)))
    assert played.turn.trace.candidates[0].key == "410000/id-card-reissue"
