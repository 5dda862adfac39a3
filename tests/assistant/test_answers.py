"""Composing and citing over the toy library: whole answers."""

import re

import pytest

from assistant.answering.compose import Asked, Place, compose
from assistant.answering.gate import Gate, Passed
from assistant.answering.reading import reading
from assistant.answering.relevance import Sense
from assistant.answering.wording import HOTLINE, NEXT_STEPS
from assistant.model import Answer, Citation, ItemRef, Option, Refusal, RefusalReason, Reply, Statement
from knowledge.catalog import Catalog, ResolvedGuide
from knowledge.model import Fee, FieldName, Guide
from knowledge.sentences import sentences
from tests.assistant.conftest import DAY
from tests.assistant.toys import ALLOWANCE, CARD, CHECKED, CITY_CARD, RELIEF, RENEW, TOYS

F = FieldName
PROVINCE, CITY = Place("410000", "河南省", DAY), Place("410100", "郑州市", DAY)


@pytest.fixture(scope="module")
def toys() -> Catalog:
    return Catalog(TOYS)


def characters(text: str) -> frozenset[str]:
    """Words of two characters: enough for the toy library."""
    return frozenset(text[i : i + 2] for i in range(len(text) - 1))


def said(toys: Catalog, guide: Guide, *fields: FieldName, question: str = "", place: Place = PROVINCE) -> Reply:
    asked = Asked(ResolvedGuide(guide, guide.jurisdiction == place.adcode), fields, question)
    reply = compose(asked, place, toys, Sense(characters, lambda question, sentences: None))
    assert Gate(toys).check(reply) == Passed(reply, ())
    return reply


def test_a_fee_question_gets_the_fee_its_clause_and_what_to_ask_next(toys: Catalog) -> None:
    assert said(toys, CARD, F.FEES) == Answer(
        text="证件补领的收费：工本费40元/证。",
        items=(ItemRef(guide_id="410000/card", name="证件补领", jurisdiction="410000"),),
        statements=(Statement(field=F.FEES, text="工本费40元/证。", citations=(1,)),),
        citations=(
            Citation(
                n=1, guide_id="410000/card", field=F.FEES, title="证件补领·收费", basis="《收费规定》第3条",
                clause="补领每证收工本费40元。", updated_on=CHECKED, certainty="已核对原文",
            ),
        ),
        options=(Option(label="申请材料", value="申请材料"), Option(label="办结时限", value="办结时限")),
        contacts=(HOTLINE,),
        jurisdiction="410000",
        as_of=DAY,
    )  # fmt: skip


def test_an_overview_says_what_it_is_what_to_bring_how_long_and_how_much(toys: Catalog) -> None:
    reply = said(toys, CARD)
    assert reply.text == (
        "证件补领：\n1. 证件补领由公安机关办理。\n2. 申请表（现场或线上填写）。\n3. 户口簿（原件2份，可用户籍证明代替）。\n"
        "4. 法定时限20个工作日。\n5. 工本费40元/证。"
    )
    assert [(c.n, c.basis, c.url) for c in reply.citations] == [
        (1, None, None),
        (2, "《证件法》（主席令第1号）第1条", "https://www.gov.cn/card-law"),
        (3, "《证件法》（主席令第1号）第1条", "https://www.gov.cn/card-law"),
        (4, "《收费规定》第3条", None),
    ]
    assert [s.citations for s in reply.statements] == [(1,), (1,), (2,), (3,), (4,)]


def test_two_fields_are_answered_in_the_order_asked(toys: Catalog) -> None:
    assert said(toys, CARD, F.LIMITS, F.FEES).text == "证件补领的办结时限、收费：法定时限20个工作日。工本费40元/证。"


def test_how_much_about_a_payout_is_what_one_gets(toys: Catalog) -> None:
    reply = said(toys, ALLOWANCE, F.FEES, question="高龄补贴多少钱")
    assert [(s.field, s.text) for s in reply.statements] == [(F.BENEFITS, "年满80岁的老人每月发50元。")]


def test_how_much_about_a_payout_with_a_price_stays_the_price() -> None:
    priced = ALLOWANCE.model_copy(update={"fees": (Fee(name="证", amount="5 元"),)})
    assert reading(priced, (F.FEES,)) == (F.FEES,)
    assert reading(ALLOWANCE, (F.FEES, F.BENEFITS)) == (F.BENEFITS,)


def test_a_figure_that_each_city_sets_is_refused_with_its_publisher_and_no_digit(toys: Catalog) -> None:
    reply = said(toys, RELIEF, F.BENEFITS, question="能领多少钱")
    assert reply == Refusal(
        text="救助金额的标准由各市民政部门公布，各地不同，指南里没有可核实的数字，我不猜。请在豫事办查询，或拨打12345问您所在地的标准。"
        "\n指南里能确定的：困难救助由公安机关办理。",
        reason=RefusalReason.NOT_PUBLISHED_HERE,
        items=(ItemRef(guide_id="410000/relief", name="困难救助", jurisdiction="410000"),),
        statements=(Statement(field=F.SUMMARY, text="困难救助由公安机关办理。", citations=(1,)),),
        citations=(
            Citation(
                n=1, guide_id="410000/relief", field=F.SUMMARY, title="困难救助·说明", updated_on=CHECKED, certainty="已核对原文"
            ),
        ),
        contacts=NEXT_STEPS,
        jurisdiction="410000",
        as_of=DAY,
    )  # fmt: skip
    assert re.findall(r"\d+", reply.text) == ["12345"]


def test_a_local_field_that_asks_no_figure_is_answered_with_what_is_known(toys: Catalog) -> None:
    reply = said(toys, RELIEF, F.BENEFITS, question="有什么待遇")
    assert (reply.kind, [s.field for s in reply.statements]) == ("answer", [F.SUMMARY, F.CONDITIONS, F.LOCAL])
    assert "救助金额的标准（各市民政部门公布）" in reply.text


def test_a_field_the_guide_is_silent_on_is_refused_and_sent_to_the_authority(toys: Catalog) -> None:
    reply = said(toys, RENEW, F.FEES)
    assert (reply.kind, reply.reason, reply.statements) == ("refusal", RefusalReason.NOT_PUBLISHED_HERE, ())
    assert reply.text.startswith("证件换领的收费由公安机关公布")


def test_a_silent_field_beside_a_known_one_is_said_to_be_missing(toys: Catalog) -> None:
    assert said(toys, CARD, F.FEES, F.VISITS).text == (
        "证件补领的收费：工本费40元/证。跑动次数：指南里没有可核实的内容，请拨打12345核实。"
    )


def test_a_silent_field_hands_over_to_the_neighbour_that_holds_the_answer(toys: Catalog) -> None:
    reply = said(toys, RENEW, F.DEADLINES)
    assert [(s.field, s.text) for s in reply.statements] == [(F.PITFALLS, "过期证件要先换新证。")]


def test_the_provinces_text_answering_for_a_city_says_so(toys: Catalog) -> None:
    assert said(toys, CARD, F.FEES, place=CITY).text == (
        "证件补领的收费：工本费40元/证。按全省指南回答，库里没有郑州市单独的规定。"
    )


def test_a_citys_own_text_does_not_speak_of_the_province() -> None:
    both = Catalog(TOYS.model_copy(update={"guides": (*TOYS.guides, CITY_CARD)}))
    assert said(both, CITY_CARD, F.FEES, place=CITY).text == "证件补领的收费：工本费不收费。"


def test_an_unpriced_fee_says_that_no_amount_is_published(toys: Catalog) -> None:
    assert [s.text for s in sentences(ALLOWANCE, F.FEES, toys)] == ["申请：所引规定没有写明金额，以当地窗口公布为准。"]
    uncited = ALLOWANCE.model_copy(update={"fees": (Fee(name="申请"),)})
    assert [s.text for s in sentences(uncited, F.FEES, toys)] == ["申请：没有核到金额，以当地窗口公布为准。"]


def test_bases_are_the_clauses_that_the_other_fields_rest_on(toys: Catalog) -> None:
    assert [s.text for s in sentences(CARD, F.BASES, toys)] == [
        "《证件法》（主席令第1号）第1条：自受理之日起二十个工作日内发证，交户口簿2份。",
        "《收费规定》第3条：补领每证收工本费40元。",
    ]
