"""The metamorphic eval: its variants ask the same, its comparison tells what differs, and an unsteady assistant is noticed."""

import random
from datetime import date

import pytest

from assistant.assistant import Assistant
from assistant.model import Answer, Clarification, ItemRef, Refusal, RefusalReason, Reply, Statement, Turn
from assistant.sessions import MemorySessions
from evals import metamorphic
from evals.metamorphic import ASKED, CONTRADICTION, LESS, MORE, OTHER_FIELDS, OTHER_ITEM, REFUSED, SAME
from evals.variants import REWORDED, SLIPS, variants
from knowledge.index.embedding import Embedder
from knowledge.index.generation import GenerationStore
from knowledge.model import FieldName, Library
from tests.evals.conftest import Make

DAY = date(2026, 11, 22)
PLACE = {"jurisdiction": "410000", "as_of": DAY}


def reply(*said: tuple[FieldName, str], item: str = "410000/a") -> Answer:
    statements = tuple(Statement(field=field, text=text) for field, text in said)
    return Answer(text="", items=(ItemRef(guide_id=item, name="证", jurisdiction="410000"),), statements=statements, **PLACE)  # fmt: skip


FEE, LIMIT = (FieldName.FEES, "工本费40元/证。"), (FieldName.LIMITS, "20个工作日。")


@pytest.mark.parametrize(("other", "outcome"), [
    (reply(LIMIT, FEE), SAME), (reply((FieldName.FEES, "每证收费四十元。"), LIMIT), SAME), (reply(FEE), LESS), (reply(FEE, LIMIT, (FieldName.VALIDITY, "10年。")), MORE),
    (reply(FEE, (FieldName.VALIDITY, "10年。")), OTHER_FIELDS), (reply(FEE, LIMIT, item="410000/b"), OTHER_ITEM),
    (reply((FieldName.FEES, "工本费20元/证。"), LIMIT), CONTRADICTION), (reply((FieldName.FEES, "工本费40元，加急20元。"), LIMIT), MORE),
    (Clarification(text="哪一件？", **PLACE), ASKED), (Refusal(text="不知道", reason=RefusalReason.NO_KNOWLEDGE, **PLACE), REFUSED),
], ids=["order", "spelling", "less", "more", "fields", "item", "contradiction", "one-more-value", "asked", "refused"])  # fmt: skip
def test_two_replies_are_told_apart(other: Reply, outcome: str) -> None:
    assert metamorphic.outcome(reply(FEE, LIMIT), other) == outcome


def test_a_refusal_that_was_one_before_is_the_same() -> None:
    local = Refusal(text="各地自定", reason=RefusalReason.NOT_PUBLISHED_HERE, statements=reply(FEE).statements, **PLACE)
    assert metamorphic.outcome(local, local) == SAME


def test_every_variant_differs_and_its_last_turn_asks() -> None:
    made = dict(variants("身份证丢了怎么补办，要多少钱?", "护照几天能办好", random.Random(1)))
    assert set(made) == {*REWORDED, "重复问三遍", "先问别的", "问完别的再问一遍"}
    assert all(turns[-1] != "护照几天能办好" for turns in made.values())
    assert made["先问别的"] == ("护照几天能办好", "身份证丢了怎么补办，要多少钱?")


def test_a_slip_is_one_character_of_one_word() -> None:
    assert [w for w, s in SLIPS.items() if sum(a != b for a, b in zip(w, s, strict=True)) != 1] == []


def test_an_assistant_that_forgets_is_noticed(
    library: Library, embedder: Embedder, tmp_path_factory: pytest.TempPathFactory, case: Make,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    folder = tmp_path_factory.mktemp("metamorphic")
    store = GenerationStore(folder)
    store.build(library, embedder)
    store.publish()
    by_words = Assistant(store.open(None)[0], MemorySessions(), 500)
    cases = [
        case(turns=("身份证丢了补办要多少钱？",)),
        case(turns=("今天天气怎么样",)),
        case(turns=("结婚登记要带什么材料",), split="test"),
    ]
    bases = metamorphic.answered(by_words, cases, DAY, lambda done, total: None)
    assert [b.question for b in bases] == ["身份证丢了补办要多少钱？"]
    steady = metamorphic.run(by_words, bases, DAY, 7, lambda done, total: None)
    assert {c.outcome for c in steady if c.kind in ("繁体", "重复问三遍", "没有标点", "连发问号", "全角")} == {SAME}
    ask = by_words.ask

    def forgetful(*args: object, **named: object) -> Turn:
        turn = ask(*args, **named)  # type: ignore[arg-type]
        return turn.model_copy(update={"reply": turn.reply.model_copy(update={"statements": ()})})

    monkeypatch.setattr(by_words, "ask", forgetful)
    unsteady = metamorphic.run(by_words, bases, DAY, 7, lambda done, total: None)
    assert ({c.outcome for c in unsteady}, metamorphic.good_enough(unsteady)) == ({ASKED}, False)
    assert "| 合计 | 0.000" in metamorphic.report(unsteady)
