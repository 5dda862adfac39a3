"""The schema: short forms, what it refuses, and that nothing changes afterwards."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from knowledge.model import (
    All,
    AnyOf,
    Certainty,
    Comparison,
    Condition,
    FieldName,
    Guide,
    Library,
    Not,
    Point,
    Quantity,
)
from knowledge.quantities import read_values

MINIMAL = {
    "item_id": "a", "jurisdiction": "410000", "name": "甲", "category": "户籍", "authority": "公安机关", "summary": "一句话。",
    "sources": [{"title": "某法"}], "checked_on": "2026-11-22", "certainty": "confirmed",
}  # fmt: skip


@pytest.mark.parametrize("text, amount, unit, per, shown", [
    ("20 工作日", "20", "工作日", None, "20个工作日"),
    ("20工作日", "20", "工作日", None, "20个工作日"),
    ("120 元/本", "120", "元", "本", "120元/本"),
    ("0 元", "0", "元", None, "0元"),
    ("4.5 吨", "4.5", "吨", None, "4.5吨"),
    ("3 月", "3", "月", None, "3个月"),
    (" 16 岁 ", "16", "岁", None, "16岁"),
])  # fmt: skip
def test_a_quantity_has_a_short_form(text: str, amount: str, unit: Any, per: str | None, shown: str) -> None:
    quantity = Quantity.model_validate(text)
    assert quantity == Quantity(amount=Decimal(amount), unit=unit, per=per)
    assert str(quantity) == shown


@pytest.mark.parametrize("text", ["二十工作日", "20", "元", "20 光年", "-5 元", "20-30 日", "20 元/", ""])
def test_a_bad_quantity_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Quantity.model_validate(text)


def test_a_text_without_number_is_told_how_to_write_one() -> None:
    with pytest.raises(ValidationError, match="“约二十天”不是“数字\\+单位”，例如“20 工作日”"):
        Quantity.model_validate("约二十天")


@pytest.mark.parametrize("text", ["20 工作日", "40 元/证", "6 月", "10 年", "16 岁", "50 %", "24 小时"])
def test_what_a_quantity_shows_is_read_back_as_the_same_value(text: str) -> None:
    quantity = Quantity.model_validate(text)
    assert [v.key for v in read_values(str(quantity))] == [(quantity.amount, quantity.unit)]


def test_a_guide_needs_little_and_its_id_is_place_and_item() -> None:
    assert Guide.model_validate(MINIMAL).guide_id == "410000/a"


@pytest.mark.parametrize("change, field", [
    ({"fee": []}, "fee"), ({"item_id": "A_b"}, "item_id"), ({"jurisdiction": "4100"}, "jurisdiction"), ({"name": ""}, "name"),
    ({"sources": []}, "sources"), ({"certainty": "sure"}, "certainty"), ({"checked_on": "昨天"}, "checked_on"),
    ({"materials": [{"kind": "id-card", "count": 0}]}, "materials"), ({"conditions": [{"text": "x", "basis": ["第三条"]}]}, "conditions"),
], ids=lambda value: value if isinstance(value, str) else "")  # fmt: skip
def test_a_guide_refuses(change: dict[str, Any], field: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Guide.model_validate(MINIMAL | change)
    assert {error["loc"][0] for error in caught.value.errors()} == {field}


def test_a_bare_sentence_is_an_unconfirmed_point() -> None:
    assert Point.model_validate("问窗口。") == Point(text="问窗口。", certainty=Certainty.UNCONFIRMED)
    assert Condition.model_validate("满了就行。").certainty is Certainty.UNCONFIRMED


@pytest.mark.parametrize(
    "steps", ["去窗口。", ["去窗口。"], {"text": "去窗口。", "certainty": "unconfirmed"}], ids=["文字", "列表", "对象"]
)
def test_one_point_need_not_be_a_list(steps: Any) -> None:
    assert Guide.model_validate(MINIMAL | {"steps": steps}).steps == (Point.model_validate("去窗口。"),)


def test_a_model_is_frozen() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        Quantity.model_validate("1 元").amount = Decimal(2)


@pytest.mark.parametrize("data", [{"fact": "age"}, {"fact": "age", "ge": 16, "lt": 60}], ids=["没有算子", "两个算子"])
def test_a_comparison_has_exactly_one_operator(data: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="恰好写一个算子"):
        Comparison.model_validate(data)


def test_predicates_nest() -> None:
    lost = {"fact": "card-state", "eq": "lost"}
    when = Condition.model_validate(
        {"text": "x", "when": {"all": [lost, {"not": {"any": [lost, {"fact": "age", "ge": 16}]}}]}}
    ).when
    one = Comparison(fact="card-state", eq="lost")
    assert when == All(all=(one, Not(not_=AnyOf(any=(one, Comparison(fact="age", ge=Decimal(16)))))))


def test_every_field_and_certainty_has_a_chinese_word() -> None:
    words = [member.label for kind in (FieldName, Certainty) for member in kind]
    assert all("\u4e00" <= word[0] <= "\u9fff" for word in words)
    assert len(set(words)) == len(words)


def test_every_field_that_one_can_ask_for_is_in_the_guide() -> None:
    assert {field.value for field in FieldName} - {"bases"} <= set(Guide.model_fields)


def test_the_whole_library_survives_json(library: Library) -> None:
    assert Library.model_validate_json(library.model_dump_json()) == library
