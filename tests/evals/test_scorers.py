"""Each metric on turns made by hand: when it is right, when it is wrong, when it does not apply."""

from datetime import date
from typing import Any

import pytest

from assistant.model import (
    Answer,
    Candidate,
    Citation,
    Clarification,
    FlowStep,
    Focus,
    ItemRef,
    Option,
    Plan,
    PlanReply,
    Progress,
    Refusal,
    RefusalReason,
    Reply,
    StageItem,
    Statement,
    Trace,
    Turn,
)  # fmt: skip
from evals.scorers.replies import reply_text, score, spoken_items, unsupported_values
from knowledge.catalog import Catalog
from knowledge.model import FieldName
from tests.evals.conftest import Make

DAY = date(2026, 11, 22)
CARD = ItemRef(guide_id="410000/id-card-reissue", name="补领", jurisdiction="410000")
HERE: dict[str, Any] = {"jurisdiction": "410000", "as_of": DAY}


def statement(text: str, field: FieldName = FieldName.FEES) -> Statement:
    return Statement(field=field, text=text)


def answered(*statements: Statement, **more: Any) -> Answer:
    return Answer(text="".join(s.text for s in statements), items=(CARD,), statements=statements, **HERE, **more)


def refused(reason: RefusalReason) -> Refusal:
    return Refusal(text="不知道。", reason=reason, **HERE)


def turn(reply: Reply, *keys: str) -> Turn:
    candidates = tuple(Candidate(key=k, score=0.9, cosine=None) for k in keys)
    trace = Trace(trace_id="t", intent="ask", decision="answer", candidates=candidates)
    return Turn(question="问", reply=reply, focus=Focus(), trace=trace)


FEE = answered(statement("证件工本费40元/证。"))


def test_a_right_answer_is_right_in_every_way(case: Make, shipped: Catalog) -> None:
    expected = case(items=("id-card-reissue",), fields=("fees",), values=("40元",), absent=("20元",))
    got = score(expected, turn(FEE, "410000/id-card-reissue"), shipped)
    assert got._replace(explanation="") == (
        True, True, True, True, True, True, True, False, None, False, None, "",
    )  # fmt: skip
    assert got.explanation == "answer id-card-reissue"


@pytest.mark.parametrize(
    ("items", "at_1", "at_5"),
    [(("id-card-reissue",), True, True), (("passport", "id-card-reissue"), True, True), (("passport",), False, True), (("legal-aid",), False, False)],
    ids=["said", "any-of", "found-only", "missed"],
)  # fmt: skip
def test_an_item_is_hit_by_being_said_or_found(
    items: tuple[str, ...], at_1: bool, at_5: bool, case: Make, shipped: Catalog
) -> None:
    got = score(case(items=items), turn(FEE, "410000/id-card-reissue", "410000/passport"), shipped)
    assert (got.item_right, got.item_in_5) == (at_1, at_5)


def test_only_the_first_five_candidates_count(case: Make, shipped: Catalog) -> None:
    keys = [f"410000/x{n}" for n in range(5)] + ["410000/passport"]
    assert score(case(items=("passport",)), turn(FEE, *keys), shipped).item_in_5 is False


@pytest.mark.parametrize(
    ("theme", "keys", "ranked"),
    [
        (None, ("410000/passport", "410000/legal-aid"), (True, True)),
        (None, ("410000/legal-aid", "410000/passport"), (False, True)),
        (None, ("theme:newborn", "410000/passport"), (True, True)),
        ("newborn", ("theme:newborn", "410000/legal-aid"), (True, True)),
        ("newborn", ("theme:after-death", "410000/legal-aid"), (False, False)),
        (None, (), (None, None)),
    ],
    ids=["first", "second", "a theme nobody asked for is passed over", "the theme", "another theme", "no search"],
)  # fmt: skip
def test_the_search_is_judged_by_its_own_order(
    theme: str | None, keys: tuple[str, ...], ranked: tuple[bool | None, bool | None], case: Make, shipped: Catalog
) -> None:
    got = score(case(items=("passport",), theme=theme), turn(FEE, *keys), shipped)
    assert (got.found_1, got.found_5) == ranked


def test_an_item_offered_in_a_question_counts_as_spoken_of() -> None:
    ask = Clarification(text="哪种？", options=(Option(label="补", value="item:id-card-reissue"), Option(label="材料", value="材料")), **HERE)  # fmt: skip
    assert spoken_items(ask) == ("id-card-reissue",)


def test_an_item_of_a_plan_counts_as_spoken_of() -> None:
    stage = StageItem(item_id="birth-registration-hukou", name="落户", reason="要办", authority="公安")
    plan = Plan(
        theme_id="newborn", name="出生", stages=((stage,),), open_items=(), materials=(), raw_materials=0, answers={}
    )
    assert spoken_items(PlanReply(text="方案", theme="newborn", plan=plan, **HERE)) == ("birth-registration-hukou",)


@pytest.mark.parametrize(
    ("said", "values", "right"),
    [("收40元。", ("40元",), True), ("收四十块。", ("40元",), True), ("收20元。", ("40元",), False), ("收40元。", ("40元", "60日"), False), ("收40元。", (), None)],
    ids=["same", "other-spelling", "other-value", "one-missing", "none-expected"],
)  # fmt: skip
def test_values_are_right_when_each_expected_one_stands_in_the_reply(
    said: str, values: tuple[str, ...], right: bool | None, case: Make, shipped: Catalog
) -> None:
    assert score(case(values=values), turn(answered(statement(said))), shipped).values_right is right


@pytest.mark.parametrize(
    ("said", "values", "absent", "contradicted"),
    [
        ("收40元。", ("40元",), ("20元",), False), ("收20元。", ("40元",), ("20元",), True), ("丢失40元，损坏40元，换20元。", ("40元",), ("20元",), False),
        ("收4321元。", (), (), True), ("不知道。", ("40元",), ("20元",), False),
    ],
    ids=["right", "look-alike", "both-said", "from-nowhere", "silent"],
)  # fmt: skip
def test_a_look_alike_instead_or_a_value_from_nowhere_contradicts(
    said: str, values: tuple[str, ...], absent: tuple[str, ...], contradicted: bool, case: Make, shipped: Catalog
) -> None:
    # 20元 belongs to another guide, so it is written into the guide's own clause text here by citing it
    clause = Citation(
        n=1,
        guide_id=CARD.guide_id,
        field=FieldName.FEES,
        title="收费",
        clause="换领20元",
        updated_on=DAY,
        certainty="已核对原文",
    )
    reply = answered(Statement(field=FieldName.FEES, text=said, citations=(1,)), citations=(clause,))
    assert score(case(values=values, absent=absent), turn(reply), shipped).contradicted is contradicted


def test_a_value_from_nowhere_is_named(case: Make, shipped: Catalog) -> None:
    reply = answered(statement("证件工本费40元/证。"), statement("另收4321元。"))
    assert unsupported_values(reply, shipped) == ["4321元"]
    assert score(case(), turn(reply), shipped).explanation.endswith("无依据的值：4321元")


@pytest.mark.parametrize(
    ("asked", "spoken", "right"),
    [("fees", FieldName.FEES, True), ("fees", FieldName.BENEFITS, True), ("fees", FieldName.VISITS, False), ("limits", FieldName.DEADLINES, True)],
)  # fmt: skip
def test_a_field_is_answered_by_itself_or_a_near_one(
    asked: str, spoken: FieldName, right: bool, case: Make, shipped: Catalog
) -> None:
    got = score(case(fields=(asked,)), turn(answered(statement("要去。", spoken))), shipped)
    assert got.field_right is right


@pytest.mark.parametrize(
    ("kinds", "reply", "kind_right", "false_answer", "over_refused"),
    [
        (("answer",), FEE, True, None, False), (("answer",), refused(RefusalReason.NO_KNOWLEDGE), False, None, True),
        (("refusal",), refused(RefusalReason.NO_KNOWLEDGE), True, False, None), (("refusal",), FEE, False, True, None),
        (("answer", "refusal"), FEE, True, None, None), (("refusal",), Clarification(text="哪种？", **HERE), False, False, None),
    ],
    ids=["answered", "over-refused", "refused", "false-answer", "either", "asked-back"],
)  # fmt: skip
def test_refusing_and_answering_are_judged_by_what_was_right(
    kinds: tuple[str, ...], reply: Reply, kind_right: bool, false_answer: bool | None, over_refused: bool | None,
    case: Make, shipped: Catalog,
) -> None:  # fmt: skip
    got = score(case(kinds=kinds), turn(reply), shipped)
    assert (got.kind_right, got.false_answer, got.over_refused) == (kind_right, false_answer, over_refused)


def test_a_refusal_must_be_for_the_right_reason(case: Make, shipped: Catalog) -> None:
    expected = case(kinds=("refusal",), reason="crisis")
    assert score(expected, turn(refused(RefusalReason.CRISIS)), shipped).reason_right is True
    assert score(expected, turn(refused(RefusalReason.UNSAFE)), shipped).reason_right is False
    assert score(expected, turn(FEE), shipped).reason_right is None


def test_entering_the_expected_life_event_is_right(case: Make, shipped: Catalog) -> None:
    flow = FlowStep(text="几个问题", theme="newborn", progress=Progress(asked=0, at_most=7), **HERE)
    expected = case(kinds=("plan",), theme="newborn", items=("childcare-subsidy",))
    got = score(expected, turn(flow), shipped)
    assert (got.kind_right, got.item_right) == (True, True)
    assert score(expected, turn(flow.model_copy(update={"theme": "open-restaurant"})), shipped).kind_right is False


def test_a_citizen_reads_the_text_and_the_statements() -> None:
    assert reply_text(Answer(text="头。", statements=(statement("收40元。"),), **HERE)) == "头。 收40元。"
