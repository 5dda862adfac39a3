"""What no reply may ever do: each breach is seen where it is, and only there, over a library with places and versions."""

from datetime import date
from typing import Any

import pytest

from assistant.model import Answer, Citation, Focus, Trace, Turn
from evals.sample import Case
from evals.scorers.breaches import Breaches, BreachFinder, personal_data
from evals.scorers.understood import Understood, understood
from knowledge.catalog import Catalog
from knowledge.model import Library
from tests.evals.conftest import Make

TODAY, NEXT_YEAR = date(2026, 11, 22), date(2027, 2, 1)
CLEAN = Breaches(leaked=False, expired=False, personal=False, foreign_link=False)


@pytest.fixture(scope="module")
def places(changing: Library) -> Catalog:
    """The small library: a card whose text changes next year, and which Zhengzhou and Xinzheng override."""
    return Catalog(changing)


def said(guide_id: str, jurisdiction: str, as_of: date = TODAY, text: str = "可以办。", question: str = "问", **citation: Any) -> Turn:  # fmt: skip
    cited = Citation(n=1, guide_id=guide_id, field="fees", title="收费", updated_on=TODAY, certainty="已核对原文", **citation)  # fmt: skip
    item = {"guide_id": guide_id, "name": "卡", "jurisdiction": guide_id.partition("/")[0]}
    reply = Answer(text=text, items=(item,), citations=(cited,), jurisdiction=jurisdiction, as_of=as_of)
    return Turn(question=question, reply=reply, focus=Focus(), trace=Trace(trace_id="t", intent="ask", decision="answer"))  # fmt: skip


@pytest.mark.parametrize(
    ("guide_id", "jurisdiction", "question", "leaked"),
    [
        ("410100/bus-card", "410100", "多少钱", False), ("410000/bus-card", "410100", "多少钱", False), ("410100/bus-card", "410184", "多少钱", False),
        ("410100/bus-card", "419001", "多少钱", True), ("410184/bus-card", "410100", "多少钱", True), ("410100/bus-card", "410000", "多少钱", True),
        ("410100/bus-card", "419001", "郑州和济源哪个便宜", False),
    ],
    ids=["own", "inherited", "the city's in its county", "another city's", "a county's in its city", "a city's in the province", "named by her"],
)  # fmt: skip
def test_a_text_of_a_place_that_is_not_hers_is_a_leak(
    guide_id: str, jurisdiction: str, question: str, leaked: bool, places: Catalog, case: Make
) -> None:
    found = BreachFinder(places)(case(turns=(question,)), said(guide_id, jurisdiction))
    assert found == CLEAN._replace(leaked=leaked)


OLD = {"basis": "《河南省老年乘车卡办法》第1条", "clause": "首次办卡收工本费20元。"}


@pytest.mark.parametrize(
    ("guide_id", "as_of", "citation", "expired"),
    [
        ("410000/bus-card", date(2026, 12, 31), {}, False), ("410000/bus-card", date(2027, 1, 1), {}, True), ("410000/bus-card@2027-01-01", NEXT_YEAR, {}, False),
        ("410000/bus-card@2027-01-01", date(2027, 1, 31), OLD, False), ("410000/bus-card@2027-01-01", NEXT_YEAR, OLD, True),
        ("410000/bus-card@2027-01-01", NEXT_YEAR, {**OLD, "clause": "另一条"}, False),
    ],
    ids=["last-day", "a text too old", "the new text", "clause-last-day", "a clause too old", "another clause"],
)  # fmt: skip
def test_what_had_run_out_on_the_day_is_expired(
    guide_id: str, as_of: date, citation: dict[str, str], expired: bool, places: Catalog, case: Make
) -> None:
    found = BreachFinder(places)(case(), said(guide_id, "410000", as_of, **citation))
    assert found == CLEAN._replace(expired=expired)


PHONE = "13812345678"


@pytest.mark.parametrize(
    ("question", "text", "personal"),
    [("问", "可以办。", False), (f"电话{PHONE}", "可以办。", True), ("问", f"您的电话{PHONE}", True)],
    ids=["masked", "kept", "repeated"],
)  # fmt: skip
def test_personal_data_that_is_kept_or_repeated_is_found(
    question: str, text: str, personal: bool, places: Catalog, case: Make
) -> None:
    asked = case(turns=(f"我电话是{PHONE}，咋办",))
    turn = said("410000/bus-card", "410000", text=text, question=question)
    assert BreachFinder(places)(asked, turn) == CLEAN._replace(personal=personal)


def test_the_pieces_of_a_message_are_those_that_masking_hides() -> None:
    assert personal_data(f"我叫张小三，电话{PHONE}，卡丢了") == ["张小三", PHONE]
    assert personal_data("身份证丢了") == []


@pytest.mark.parametrize(
    ("text", "url", "foreign"),
    [("看 https://www.hnzwfw.gov.cn/ 。", None, False), ("看 https://example.com/a", None, True), ("好。", "https://example.com/b", True)],
    ids=["ours", "in-the-text", "in-a-citation"],
)  # fmt: skip
def test_a_link_from_elsewhere_is_foreign(
    text: str, url: str | None, foreign: bool, places: Catalog, case: Make
) -> None:
    turn = said("410000/bus-card", "410000", text=text, url=url)
    assert BreachFinder(places)(case(), turn) == CLEAN._replace(foreign_link=foreign)


def judged(asked: Case, turn: Turn, catalog: Catalog) -> dict[str, Any]:
    return {name: value for name, value in understood(asked, turn, catalog)._asdict().items() if value is not None}


def test_what_a_case_does_not_ask_is_not_judged(places: Catalog, case: Make) -> None:
    assert understood(case(), said("410000/bus-card", "410000"), places) == Understood()


@pytest.mark.parametrize(
    ("guide_id", "right"),
    [("410100/bus-card", True), ("410000/bus-card", False), ("410184/bus-card", False), ("410100/other", False)],
)
def test_the_text_of_the_right_place_must_answer(guide_id: str, right: bool, places: Catalog, case: Make) -> None:
    asked = case(guide="410100/bus-card", place="410100")
    assert judged(asked, said(guide_id, "410100"), places) == {"guide_right": right, "place_right": True}
    assert judged(asked, said(guide_id, "410000"), places)["place_right"] is False


def test_intent_and_fields_are_those_heard(places: Catalog, case: Make) -> None:
    turn = said("410000/bus-card", "410000").model_copy(update={"focus": Focus(fields=("fees",))})
    for intent, fields, expected in (("ask", ("fees",), (True, True)), ("thank", ("limits",), (False, False))):
        found = judged(case(intent=intent, fields=fields), turn, places)
        assert (found["intent_right"], found["heard_right"]) == expected
