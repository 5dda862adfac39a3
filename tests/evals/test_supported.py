"""Statements against what they cite, and lists of materials against the guide's, on turns made by hand."""

from datetime import date
from typing import Any

import pytest

from assistant.model import Answer, Citation, Focus, ItemRef, Statement, Trace, Turn
from evals.scorers.supported import Supported, supported
from knowledge.catalog import Catalog
from knowledge.model import FieldName
from tests.evals.conftest import Make

DAY = date(2026, 11, 22)
CARD = ItemRef(guide_id="410000/id-card-reissue", name="补领", jurisdiction="410000")
CLAUSE = "换领居民身份证每证20元；丢失补领每证40元。"


def cited(n: int, field: FieldName = FieldName.SUMMARY, clause: str | None = CLAUSE) -> Citation:
    return Citation(n=n, guide_id=CARD.guide_id, field=field, title="补领", basis="通知", clause=clause, updated_on=DAY, certainty="已核对原文")  # fmt: skip


def turn(*statements: Statement, citations: tuple[Citation, ...] = (cited(1),)) -> Turn:
    reply = Answer(text="如下", items=(CARD,), statements=statements, citations=citations, jurisdiction="410000", as_of=DAY)  # fmt: skip
    return Turn(question="问", reply=reply, focus=Focus(), trace=Trace(trace_id="t", intent="ask", decision="answer"))


def fee(text: str, *numbers: int) -> Statement:
    return Statement(field=FieldName.FEES, text=text, citations=numbers)


@pytest.mark.parametrize(
    ("statements", "values", "found"),
    [
        ((fee("补领40元。", 1),), ("40元",), (True, 1.0, 1.0)),
        ((fee("补领41元。", 1),), ("40元",), (False, 0.0, 0.0)),
        ((fee("补领40元。"),), ("40元",), (False, 0.0, 0.0)),
        ((fee("补领40元。", 2),), ("40元",), (False, 0.0, 0.0)),
        ((fee("补领40元。", 1), fee("加急100元。", 1)), ("40元", "20元"), (False, 0.5, 0.5)),
        ((fee("到派出所办。", 1),), ("40元",), (None, None, 0.0)),
        ((fee("到派出所办。", 1),), (), (None, None, None)),
        ((fee("您说的66岁可以办。"),), (), (None, None, None)),
        ((), ("40元",), (None, None, None)),
    ],
    ids=["held", "another-value", "uncited", "other-clause", "half", "no-value", "nothing-asked", "her-own-number", "text-only"],
)  # fmt: skip
def test_a_value_counts_where_its_own_citation_holds_it(
    statements: tuple[Statement, ...], values: tuple[str, ...], found: tuple[Any, ...], case: Make, shipped: Catalog
) -> None:
    citations = (cited(1), cited(2, clause="申领、换领、补领应当缴纳工本费。"))
    judged = supported(
        case(values=values, turns=("我66岁，能不能办",)), turn(*statements, citations=citations), shipped
    )
    assert judged == Supported(*found)


def test_a_citation_without_a_clause_holds_what_its_field_of_the_guide_says(case: Make, shipped: Catalog) -> None:
    for field, held in ((FieldName.FEES, True), (FieldName.CHANNELS, False)):
        told = turn(fee("补领40元。", 1), citations=(cited(1, field, clause=None),))
        assert supported(case(), told, shipped).cited_right is held


def papers(*lines: str) -> Turn:
    return turn(*(Statement(field=FieldName.MATERIALS, text=line, citations=(1,)) for line in lines))


def test_the_materials_listed_must_be_those_of_the_guide(case: Make, shipped: Catalog) -> None:
    wanted = [shipped.documents[m.kind].name for m in shipped.guide(CARD.guide_id).materials]
    other = next(d.name for d in shipped.documents.values() if d.name == "结婚证")
    asked = case(items=("id-card-reissue",), fields=("materials",))

    def right(*lines: str) -> bool | None:
        return supported(asked, papers(*lines), shipped).materials_right

    listed = [f"{name}（原件）（以窗口为准）。" for name in wanted]
    assert len(wanted) > 1 and right(*listed) is True
    assert right(f"丢了的，另带{wanted[0]}（原件）。", *listed[1:]) is True, "a condition before it"
    assert right("不用带别的。", *listed) is True, "a line that lists nothing"
    assert right(*listed[1:]) is False
    assert right(*listed, f"{other}（原件）。") is False
    assert right("到窗口问。") is None
    assert supported(case(items=("passport",), fields=("materials",)), papers(*listed), shipped).materials_right is None
    assert supported(case(items=("id-card-reissue",), fields=("fees",)), papers(*listed), shipped).materials_right is None  # fmt: skip
