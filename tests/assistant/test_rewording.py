"""What a language model may change in a sentence, and what it may not: nothing that could turn out false."""

import pytest

from assistant.answering.claims import Vocabulary
from assistant.answering.rewording import CHANGED, LINES, LONG, Protected, protect, restore
from assistant.answering.segments import Reader
from assistant.errors import ModelUnavailable
from assistant.model import Statement
from knowledge.catalog import Catalog
from knowledge.model import FieldName

FEE = "首次申领的，工本费20元/证；丢失补领的，工本费40元/证。"
TIME = "应当自收到申请之日起20个工作日内办理，不得要求重复提供户口簿原件。"
PLAIN = "办理前先在网上预约。"


@pytest.fixture(scope="module")
def reader(shipped: Catalog) -> Reader:
    return Reader(Vocabulary(shipped))


@pytest.fixture(scope="module")
def given(reader: Reader) -> tuple[Protected, ...]:
    fields = (FieldName.FEES, FieldName.LIMITS, FieldName.STEPS)
    return protect([Statement(field=f, text=t) for f, t in zip(fields, (FEE, TIME, PLAIN), strict=True)], reader)


def test_facts_are_tokens_numbered_through_and_a_sentence_without_one_is_not_shown(
    given: tuple[Protected, ...],
) -> None:
    assert given == (
        Protected(FEE, "首次申领的，工本费⟦F1⟧/证；丢失补领的，工本费⟦F2⟧/证。", {"⟦F1⟧": "20元", "⟦F2⟧": "40元"}),
        Protected(
            TIME, "应当自收到申请之日起⟦F3⟧内办理，不得要求重复提供⟦F4⟧⟦F5⟧。",
            {"⟦F3⟧": "20个工作日", "⟦F4⟧": "户口簿", "⟦F5⟧": "原件"},
        ),
    )  # fmt: skip


def test_copying_gives_back_the_sentences(given: tuple[Protected, ...]) -> None:
    said = "\n".join(p.text for p in given)
    assert restore(said, given) == {FEE: FEE, TIME: TIME}


def test_connecting_words_commas_and_plainer_words_are_free(given: tuple[Protected, ...]) -> None:
    said = (
        "<think>大概20元？</think>\n- 首次领取的话，工本费是⟦F1⟧/证；遗失了补领，工本费就是⟦F2⟧/证。\n\n"
        "- 必须自收到您的申请那天起⟦F3⟧内办，不可以要求重复拿出⟦F4⟧⟦F5⟧。"
    )
    assert restore(said, given) == {
        FEE: "首次领取的话，工本费是20元/证；遗失了补领，工本费就是40元/证。",
        TIME: "必须自收到您的申请那天起20个工作日内办，不可以要求重复拿出户口簿原件。",
    }


@pytest.mark.parametrize("old, new", [
    ("⟦F1⟧", ""), ("⟦F1⟧", "⟦F1⟧⟦F1⟧"), ("⟦F1⟧", "⟦F9⟧"), ("⟦F1⟧", "20元"), ("⟦F1⟧", "1⟦F1⟧"), ("⟦F1⟧", "十⟦F1⟧"), ("⟦F1⟧", "⟦F2⟧"), ("⟦F4⟧⟦F5⟧", "⟦F5⟧⟦F4⟧"),
    ("首次", "补领"), ("丢失补领的，", ""), ("不得", "可以"), ("不得", ""), ("应当", "可以"), ("应当", "不应当"), ("应当", ""), ("；", "，"), ("/证", ""),
    ("。", "，一般十天。"), ("。", "，１０天。"), ("。", "，③天。"), ("。", "，当场就办。"), ("。", "，免费。"), ("。", "，见www.evil.cn。"), ("。", "，电话12345。"),
    ("。", "，郑州也一样。"), ("。", "，带结婚证。"), ("。", "！[图](x)。"), ("。", "。\u200b"), ("。", "，是吗？"), ("申请", "申"), ("收到", "收"), ("，", "、"),
], ids=lambda text: text or "无")  # fmt: skip
def test_whatever_else_is_added_dropped_or_exchanged_is_refused(
    old: str, new: str, given: tuple[Protected, ...]
) -> None:
    said = "\n".join(p.text for p in given)
    assert old in said
    with pytest.raises(ModelUnavailable, match=CHANGED):
        restore(said.replace(old, new, 1), given)


def test_labels_exchanged_between_two_fees_are_refused(given: tuple[Protected, ...]) -> None:
    said = "\n".join(("丢失补领的，工本费⟦F1⟧/证；首次申领的，工本费⟦F2⟧/证。", given[1].text))
    with pytest.raises(ModelUnavailable, match=CHANGED):
        restore(said, given)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_as_many_lines_as_sentences(count: int, given: tuple[Protected, ...]) -> None:
    with pytest.raises(ModelUnavailable, match=LINES):
        restore("\n".join([given[0].text] * count), given)


def test_chatter_is_cut_short(given: tuple[Protected, ...]) -> None:
    said = "\n".join(p.text + "，也就是说" * 3 for p in given)
    with pytest.raises(ModelUnavailable, match=LONG):
        restore(said, given)
