"""A conversation goes on after a generation that lost what it was about."""

from pathlib import Path

import pytest

from assistant.assistant import Assistant
from assistant.model import FlowState, Focus, Option, Session
from assistant.outliving import known_focus
from assistant.sessions import MemorySessions
from knowledge.catalog import Catalog
from knowledge.index.embedding import Embedder
from knowledge.index.generation import GenerationStore
from knowledge.model import FieldName
from knowledge.sources.library import load_library

SMALL = Path(__file__).parents[1] / "knowledge/small_library"
YES = Option(label="是", value="true")
LOST_ITEM = Option(label="旧事项", value="item:no-more")
KNOWN = Focus(items=("card-reissue",), fields=(FieldName.FEES,), jurisdiction="410100", options=(YES,))


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog(load_library(SMALL))


@pytest.fixture(scope="module")
def flow(catalog: Catalog) -> FlowState:
    return FlowState(theme_id="newborn", answers={}, asking=next(iter(catalog.facts)))


@pytest.mark.parametrize("change, after", [
    ({}, {}),
    ({"items": ("no-more",)}, {"items": (), "fields": ()}),
    ({"jurisdiction": "419999"}, {"jurisdiction": None}),
    ({"options": (YES, LOST_ITEM)}, {"options": ()}),
])  # fmt: skip
def test_only_what_is_not_known_is_dropped(
    catalog: Catalog, change: dict[str, object], after: dict[str, object]
) -> None:
    assert known_focus(KNOWN.model_copy(update=change), catalog) == KNOWN.model_copy(update=change | after)


@pytest.mark.parametrize("lost", [{"theme_id": "no-more"}, {"asking": "no-more"}, {"answers": {"no-more": "true"}}])
def test_a_life_event_that_changed_is_left_with_its_question(
    catalog: Catalog, flow: FlowState, lost: dict[str, object]
) -> None:
    there = KNOWN.model_copy(update={"flow": flow})
    assert known_focus(there, catalog) == there
    gone = KNOWN.model_copy(update={"flow": flow.model_copy(update=lost)})
    assert known_focus(gone, catalog) == KNOWN.model_copy(update={"options": ()})


@pytest.mark.parametrize("said", ["多少钱", "是", "不对，是换领", "要是到期了呢", "旧事项", "继续"])
def test_no_question_fails_after_the_items_are_gone(
    catalog: Catalog, flow: FlowState, embedder: Embedder, tmp_path: Path, said: str
) -> None:
    store = GenerationStore(tmp_path)
    store.build(catalog.library, embedder)
    store.publish()
    assistant = Assistant(store.open(embedder)[0], MemorySessions(), 500)
    gone = flow.model_copy(update={"theme_id": "no-more", "asking": "no-more"})
    focus = Focus(items=("no-more",), jurisdiction="419999", options=(LOST_ITEM,), flow=gone)
    before = assistant.ask(Session(session_id="old"), "身份证").model_copy(update={"focus": focus})
    assert assistant.ask(Session(session_id="old", turns=(before,)), said).reply.text
