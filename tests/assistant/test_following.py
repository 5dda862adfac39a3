"""Whether a message goes on about what was spoken of, and about which matter: by parts, and in whole conversations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.assistant import Assistant
from assistant.decide import NEAREST, NONE_OF_THESE, Decision, names
from assistant.following import NEAR, OWN, Near, Own, is_named, is_part, near, says, tells, weight, with_focus
from assistant.model import Focus, Option
from assistant.understanding.cleaning import without_what_waits
from assistant.understanding.understand import Intent, understand
from knowledge.catalog import Catalog
from knowledge.model import FieldName
from tests.assistant.conftest import turns

unit = st.floats(0, 1, allow_nan=False)
NO_NEAR = Near(*[0.0] * len(NEAR))
NO_OWN = Own(*[0.0] * len(OWN))


@given(unit, unit, st.booleans())
def test_more_evidence_for_a_matter_never_lowers_its_score(found: float, more: float, first: bool) -> None:
    some = NO_NEAR._replace(found=min(found, more), first=float(first))
    assert weight(NEAR, some) <= weight(NEAR, some._replace(found=max(found, more)))
    assert weight(NEAR, some._replace(unheard=1.0)) < weight(NEAR, some)


def test_a_message_without_words_of_its_own_stays_and_one_that_is_surely_answered_leaves() -> None:
    stays = NO_NEAR._replace(current=1.0, bare=1.0)
    leaves = NO_NEAR._replace(current=1.0, long=1.0, unheard=1.0, distance=1.0)
    assert weight(NEAR, stays) > weight(OWN, NO_OWN._replace(one=1.0))
    assert weight(NEAR, leaves) < weight(OWN, NO_OWN._replace(one=1.0, sure=1.0, answered=1.0, long=1.0, foreign=1.0))


def test_near_are_the_recent_matters_the_family_and_the_related_items(shipped: Catalog) -> None:
    guide = shipped.general("id-card-reissue")
    family = {o.item_id for o in shipped.families["id-card"].options}
    focus = Focus(items=("id-card-reissue", "passport"))
    assert set(near(focus, shipped)) == {"id-card-reissue", "passport", *family, *guide.related}
    asked = focus.model_copy(
        update={"items": (), "options": (Option(label="契税", value="item:deed-tax"), NONE_OF_THESE)}
    )
    assert near(asked, shipped) == ["deed-tax"]


def test_a_guide_speaks_to_what_it_has_a_field_or_a_local_rule_on(shipped: Catalog) -> None:
    assert says("birth-registration-hukou", (FieldName.BENEFITS,), shipped) is False
    assert says("childcare-subsidy", (FieldName.BENEFITS,), shipped) is True


def test_a_message_calls_a_matter_by_part_of_its_name_or_by_all_of_it(shipped: Catalog) -> None:
    renew = names("id-card-renew", shipped)
    assert (
        is_part(understand("换领呢", Focus(), shipped), renew),
        is_part(understand("打官司", Focus(), shipped), renew),
    ) == (True, False)
    assert is_named(understand("我问的是居民身份证换领", Focus(), shipped), renew) is True
    assert is_named(understand("户口簿丢了", Focus(), shipped), renew) is False


@pytest.mark.parametrize(
    ("said", "telling"),
    [
        ("没合同就是住老乡家", True),
        ("要带啥", False),
        ("营业性演出审批", False),
        ("我想离婚", False),
    ],
)
def test_telling_is_told_from_asking(said: str, telling: bool, shipped: Catalog) -> None:
    assert tells(understand(said, Focus(), shipped)) is telling


def test_a_question_which_item_is_meant_offers_the_focus_first(shipped: Catalog) -> None:
    nearest = Decision(
        "clarify", question=NEAREST, options=(Option(label="契税", value="item:deed-tax"), NONE_OF_THESE)
    )
    asked = with_focus(nearest, Focus(items=("passport",)), shipped)
    assert [o.value for o in asked.options] == ["item:passport", "item:deed-tax", "none"]
    assert with_focus(nearest, Focus(items=("deed-tax",)), shipped).options[0].value == "item:deed-tax"
    assert with_focus(nearest, Focus(), shipped) == nearest


def test_what_is_put_off_is_not_asked() -> None:
    assert without_what_waits("刻章回头再弄。名字占住以后留多久") == "名字占住以后留多久"
    assert without_what_waits("上完户口再弄") == "上完户口再弄"


@pytest.mark.parametrize(
    ("said", "intent"),
    [("跑了三趟都没办成，气死我了", Intent.UPSET), ("建筑垃圾处置核准", Intent.ASK), ("不知道", Intent.LOST), ("算了不离了", Intent.CANCEL), ("太慢了，几天能好", Intent.ASK)],
)  # fmt: skip
def test_anger_giving_up_and_not_knowing_are_kinds_of_message(said: str, intent: Intent, shipped: Catalog) -> None:
    assert understand(said, Focus(), shipped).intent is intent


def items(who: Assistant, *said: str) -> list[str]:
    """The item that each turn of a conversation speaks of, or the kind of its reply."""
    replies = [turn.reply for turn in turns(who, *said)]
    return [reply.items[0].guide_id.partition("/")[2] if reply.items else reply.kind for reply in replies]


@pytest.mark.integration
@pytest.mark.parametrize(
    ("said", "spoken"),
    [
        # ellipsis and facts told stay; anger in between leaves the focus alone
        (("护照丢了", "跑了三趟都没办成，气死我了", "要带什么"), ("passport-renew", "answer", "passport-renew")),
        (("在郑州能不能办居住证", "没合同就是住老乡家", "要钱不"), ("residence-permit",) * 3),
        (("失业金怎么领", "要是被劝退的呢", "不是我是我老婆", "她在许昌"), ("unemployment-benefit",) * 4),
        (("个体户简易注销要多久", "那有限公司呢"), ("simple-deregistration",) * 2),
        # a message that names its own matter leaves
        (("身份证丢了怎么补", "失业保险金怎么申领"), ("id-card-reissue", "unemployment-benefit")),
        (("身份证丢了怎么补", "采矿许可证怎么办"), ("id-card-reissue", "refusal")),
        # and an earlier one is returned to, by name or because it alone speaks to what is asked
        (("孩子出生怎么上户口", "对了，医保也给他交上，怎么弄", "刚才那个户口最晚什么时候办"), ("birth-registration-hukou", "resident-medical-insurance", "birth-registration-hukou")),
        (("公司名字想好了怕被别人抢，咋先占住", "顺便问下刻章去哪", "刻章回头再弄。名字占住以后给留多长时间"), ("enterprise-name-declaration", "public-seal-filing", "enterprise-name-declaration")),
        # an open question is answered by going on, and says what was taken
        (("身份证怎么办", "不知道"), ("clarification", "id-card-first")),
    ],
    ids=lambda value: value[-1],
)  # fmt: skip
def test_a_conversation_speaks_of_the_matter_that_is_meant(
    said: tuple[str, ...], spoken: tuple[str, ...], assistant: Assistant
) -> None:
    assert tuple(items(assistant, *said)) == spoken


@pytest.mark.integration
def test_the_same_question_is_never_asked_twice(assistant: Assistant) -> None:
    first, second = (turn.reply for turn in turns(assistant, "身份证怎么办", "身份证怎么办"))
    assert (first.kind, second.kind) == ("clarification", "answer")
    assert second.text.startswith("先按“居民身份证首次申领”回答，不是的话直接告诉我。\n")


@pytest.mark.integration
def test_an_open_life_event_asked_for_all_at_once_gives_the_plan(assistant: Assistant) -> None:
    first, second = (
        turn.reply
        for turn in turns(assistant, "媳妇昨天刚生，啥手续都没弄", "从出生证到户口医保，都要办哪些，按顺序给我说说")
    )
    assert (first.kind, second.kind, second.theme) == ("flow", "plan", "newborn")
