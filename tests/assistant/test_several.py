"""Two matters, or two places, in one message: found, compared or answered side by side, every sentence cited and checked."""

import pytest

from assistant.answering.comparing import OF_EACH, Side, compare, side_by_side
from assistant.answering.compose import Asked, Place, compose
from assistant.answering.gate import Gate, Passed
from assistant.answering.relevance import NO_SENSE
from assistant.model import RefusalReason
from assistant.understanding.joined import Joined, elsewhere_compared, joined, places_compared
from knowledge.catalog import Catalog, ResolvedGuide
from knowledge.model import FieldName
from tests.assistant.conftest import DAY, Talk
from tests.assistant.toys import CARD, RELIEF, RENEW, TOYS

F = FieldName
PROVINCE = Place("410000", "河南省", DAY)


@pytest.fixture(scope="module")
def toys() -> Catalog:
    return Catalog(TOYS)


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("身份证和护照都丢了，分别咋补，多少钱", Joined("身份证丢了，咋补，多少钱", "护照丢了，咋补，多少钱", False)),
        ("我的驾驶证跟行驶证一起丢了", Joined("我的驾驶证丢了", "行驶证丢了", False)),
        ("换领和补领身份证有啥区别", Joined("换领", "补领身份证", True)),
        ("普通注销与简易注销哪个快", Joined("普通注销", "简易注销", True)),
        ("换驾照多少钱，还有年检几天", Joined("换驾照多少钱", "年检几天", False)),
        ("养老金和失业金能一起领吗", None), ("户口、找工作登记、社保卡这些都得弄啥", None), ("身份证和户口本要带吗", None), ("身份证丢了咋补", None),
        ("我和媳妇都在郑州" * 9, None),
    ],
)  # fmt: skip
def test_a_message_is_cut_in_two_where_it_joins_two(text: str, parts: Joined | None) -> None:
    assert joined(text) == parts


@pytest.mark.parametrize(
    ("text", "places", "outside"),
    [
        ("郑州和洛阳办居住证一样吗", ("410100", "410300"), None), ("新郑和郑州有啥区别", ("410184", "410100"), None),
        ("郑州和上海落户一样吗", (), "上海"), ("上海跟郑州一样不", (), "上海"), ("郑州和洛阳都能办吗", (), None),
        ("在上海打工，郑州办居住证一样吗", (), None),
    ],
)  # fmt: skip
def test_two_places_are_compared_only_where_both_are_named(
    text: str, places: tuple[str, ...], outside: str | None, shipped: Catalog
) -> None:
    assert (places_compared(text, shipped), elsewhere_compared(text, shipped)) == (places, outside)


def test_a_comparison_says_only_what_differs_and_names_what_is_the_same(toys: Catalog) -> None:
    dear = CARD.model_copy(update={"item_id": "dear", "name": "证件加急", "fees": (), "limits": CARD.limits})
    reply = compare((Side(CARD.name, CARD), Side(RENEW.name, RENEW)), (F.FEES, F.PITFALLS), PROVINCE, toys)
    assert reply.text == "证件补领和证件换领的区别：\n1. 证件补领：工本费40元/证。\n2. 证件换领：过期证件要先换新证。"
    assert [(s.field, s.citations) for s in reply.statements] == [(F.FEES, (1,)), (F.PITFALLS, (2,))]
    assert [(c.n, c.guide_id) for c in reply.citations] == [(1, "410000/card"), (2, "410000/card-renew")]
    assert Gate(toys).check(reply) == Passed(reply, ())
    same = compare((Side(CARD.name, CARD), Side(dear.name, dear)), (F.MATERIALS, F.FEES, F.LIMITS), PROVINCE, toys)
    assert same.text == "证件补领和证件加急的区别：\n1. 证件补领：工本费40元/证。\n相同的：申请材料、办结时限。"


def test_nothing_different_is_said_to_be_so(toys: Catalog) -> None:
    twin = Side("郑州市", CARD)
    assert compare((twin, Side("洛阳市", CARD)), (), PROVINCE, toys).text == "郑州市和洛阳市，指南里写的没有区别。"


def test_a_false_value_in_a_comparison_is_stopped(toys: Catalog) -> None:
    reply = compare((Side(CARD.name, CARD), Side(RENEW.name, RENEW)), (F.FEES, F.PITFALLS), PROVINCE, toys)
    first = reply.statements[0].model_copy(update={"text": "证件补领：工本费20元/证。"})
    forged = reply.model_copy(
        update={"text": reply.text.replace("40", "20"), "statements": (first, *reply.statements[1:])}
    )
    assert Gate(toys).check(forged).reply.statements == reply.statements[1:]


def test_two_answers_are_numbered_through_and_each_sentence_names_its_item(toys: Catalog) -> None:
    asked = [
        compose(Asked(ResolvedGuide(guide, True), fields, question), PROVINCE, toys, NO_SENSE)
        for guide, fields, question in ((CARD, (F.FEES, F.LIMITS), "多少钱"), (RELIEF, (F.BENEFITS,), "能领多少钱"))
    ]
    assert asked[1].reason is RefusalReason.NOT_PUBLISHED_HERE
    reply = side_by_side(asked)
    assert reply.text == (
        "分开说：\n1. 证件补领：工本费40元/证。\n2. 证件补领：法定时限20个工作日。\n"
        "3. 困难救助：救助金额的标准由各市民政部门公布，各地不同，指南里没有可核实的数字，我不猜。请在豫事办查询，或拨打12345问您所在地的标准。\n"
        "4. 困难救助：困难救助由公安机关办理。"
    )
    assert [(s.text, s.citations) for s in reply.statements] == [
        ("证件补领：工本费40元/证。", (1,)), ("证件补领：法定时限20个工作日。", (2,)), ("困难救助：困难救助由公安机关办理。", (3,)),
    ]  # fmt: skip
    assert [(c.n, c.guide_id) for c in reply.citations] == [
        (1, "410000/card"), (2, "410000/card"), (3, "410000/relief"),
    ]  # fmt: skip
    assert Gate(toys).check(reply) == Passed(reply, ())


@pytest.mark.integration
@pytest.mark.parametrize(
    ("said", "items", "fragment"),
    [
        (("身份证和护照都丢了，分别咋补，多少钱",), {"410000/id-card-reissue", "410000/passport-renew"}, "120元/本"),
        (("换领和补领身份证有啥区别",), {"410000/id-card-renew", "410000/id-card-reissue"}, "相同的：办结时限、有效期。"),
        (("身份证丢了咋补", "换领和补领有啥区别"), {"410000/id-card-renew", "410000/id-card-reissue"}, "20元/证"),
        (("郑州和洛阳办居住证一样吗",), {"410000/residence-permit"}, "郑州市和洛阳市都按全省指南，写的内容一样。"),
        (("商丘和郑州挂招牌要的手续一样吗",), {"411400/signboard-setting", "410000/signboard-setting"}, "商丘市和郑州市的区别："),
    ],
)  # fmt: skip
def test_the_assistant_answers_both(said: tuple[str, ...], items: set[str], fragment: str, talk: Talk) -> None:
    reply = talk(*said)[-1]
    assert {item.guide_id for item in reply.items} == items
    assert fragment in reply.text and "略去" not in reply.text
    assert all(statement.citations for statement in reply.statements)
    assert len(reply.statements) <= 2 * OF_EACH * 5


@pytest.mark.integration
def test_a_place_outside_the_province_is_not_compared(talk: Talk) -> None:
    assert talk("郑州和上海落户一样吗")[-1].reason is RefusalReason.OTHER_JURISDICTION
