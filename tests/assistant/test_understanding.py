"""Places, cleaning, choices and intents: what a message says before any search."""

import pytest

from assistant.model import Focus, Option
from assistant.onething.questions import options_for
from assistant.safety.privacy import fold
from assistant.understanding.cleaning import asking_part, clean, core, need_of_story, simplify
from assistant.understanding.objects import foreign_object, objects_named
from assistant.understanding.place import find_places
from assistant.understanding.understand import Intent, chosen_option, intent_of, understand
from knowledge.catalog import Catalog

IN_HENAN = [
    ("郑州办身份证", "410100"), ("在新郑怎么办居住证", "410184"), ("郑州呢？洛阳呢？", "410300"), ("中牟县低保多少钱", "410122"),
    ("商都哪里办", "410100"), ("杞县低保", "410221"), ("航空港区人社局在哪", "410173"), ("郑州航空港区", "410173"), ("河南省哪里办", "410000"),
    ("新乡市新乡县", "410721"), ("平顶山市", "410400"), ("人在广东打工，老家信阳", "411500"), ("河南郑州怎么办", "410100"),
]  # fmt: skip
OUTSIDE = [
    ("北京办居住证要什么", ("北京",)), ("在上海办居住证", ("上海",)), ("深圳社保怎么交", ("深圳",)), ("合肥的户口怎么迁", ("合肥",)),
    ("广东广州居住证怎么办", ("广东", "广州")), ("到北京看病怎么报销", ()), ("户口迁到北京", ()), ("嫁到山东户口怎么迁", ()),
    ("在上海住院怎么报销", ()), ("老家在河南人在上海", ()), ("从北京迁回河南", ()), ("身份证丢了", ()),
]  # fmt: skip
ID_CARD = (
    Option(label="第一次办（含给孩子办）", value="item:id-card-first"),
    Option(label="到期、损坏或改名，换新证", value="item:id-card-renew"),
    Option(label="丢了，补领", value="item:id-card-reissue"),
    Option(label="急用，先办临时身份证", value="item:id-card-temporary"),
)
INSURANCE = (
    Option(label="单位给参加的职工医保和生育保险", value="employee"),
    Option(label="城乡居民医保", value="resident"),
    Option(label="没有参保", value="none"),
    Option(label="不清楚", value="unknown"),
)


@pytest.mark.parametrize(("said", "adcode"), IN_HENAN)
def test_a_place_of_henan_is_known_by_every_name_it_goes_by(said: str, adcode: str, shipped: Catalog) -> None:
    assert find_places(said, shipped).adcode == adcode


def test_every_name_in_the_table_of_places_is_found(shipped: Catalog) -> None:
    missed = [
        (name, place.adcode)
        for place in shipped.library.jurisdictions
        for name in (place.name, *place.aliases)
        if find_places(f"{name}怎么办", shipped).adcode is None
    ]
    assert missed == []


@pytest.mark.parametrize(("said", "asked"), OUTSIDE)
def test_a_place_outside_counts_only_if_its_rules_are_asked(
    said: str, asked: tuple[str, ...], shipped: Catalog
) -> None:
    assert find_places(said, shipped).elsewhere == asked


def test_the_rest_of_a_text_is_without_its_henan_places(shipped: Catalog) -> None:
    assert find_places("郑州办身份证", shipped).rest.strip() == "办身份证"


@pytest.mark.parametrize(
    ("said", "cleaned"),
    [
        ("請問身份證丟了咋補", "身份证丢了怎么补"), ("俺家娃的户口本咋办", "我家孩子的户口簿怎么办"), ("麻烦问一下房本丢了", "不动产权证书丢了"),
        ("  多  空格 ", "多 空格"),
    ],
)  # fmt: skip
def test_cleaning_speaks_the_words_of_the_guides(said: str, cleaned: str, shipped: Catalog) -> None:
    assert clean(said, shipped.library.lexicon) == cleaned


def test_traditional_characters_become_simplified() -> None:
    assert simplify("身份證遺失補領") == "身份证遗失补领"


def test_of_a_story_only_the_asking_part_remains() -> None:
    story = (
        "我今年三十五岁，在外面打工十几年了，前年回来在县城买了房，孩子今年要上小学了。我户口还在村里，媳妇户口在外地。"
        "我想把户口迁到县城，请问需要什么材料？谢谢。"
    )
    assert need_of_story(story) == "我户口还在村里，媳妇户口在外地。我想把户口迁到县城，请问需要什么材料？"


def test_a_short_message_is_its_own_need() -> None:
    assert need_of_story("身份证丢了。怎么补？") == "身份证丢了。怎么补？"


def test_a_story_that_asks_nothing_keeps_its_last_two_sentences() -> None:
    assert need_of_story("我家在村里。" * 20) == "我家在村里。我家在村里。"


@pytest.mark.parametrize(("said", "asks"), [
    ("俺不会用手机。健康证多久重办", "健康证多久重办"), ("身份证丢了。要多少钱？几天能拿？", "要多少钱？几天能拿？"),
    ("材料都有。补身份证收费", "材料都有。补身份证收费"), ("身份证丢了怎么补", "身份证丢了怎么补"), ("", ""),
], ids=["story", "two", "no-question", "one", "nothing"])  # fmt: skip
def test_only_the_sentences_that_ask_name_a_field(said: str, asks: str) -> None:
    assert asking_part(said) == asks


def test_a_mark_typed_again_and_again_counts_once(shipped: Catalog) -> None:
    assert clean("身份证丢了怎么补？？？！！", shipped.library.lexicon) == "身份证丢了怎么补？！"


@pytest.mark.parametrize(("said", "left"), [("那要多久？", "多久"), ("身份证呢！", "身份证"), ("请问可以吗", "")])
def test_the_core_is_what_punctuation_and_function_words_leave(said: str, left: str) -> None:
    assert core(said) == left


@pytest.mark.parametrize(
    ("said", "options", "value"),
    [
        ("1", ID_CARD, "item:id-card-first"), ("第二个", ID_CARD, "item:id-card-renew"), ("选三", ID_CARD, "item:id-card-reissue"),
        ("我选第四种", ID_CARD, "item:id-card-temporary"), ("第2个吧", ID_CARD, "item:id-card-renew"), ("2。", ID_CARD, "item:id-card-renew"),
        ("丢了，补领", ID_CARD, "item:id-card-reissue"), ("丢了补领", ID_CARD, "item:id-card-reissue"),
        ("item:id-card-renew", ID_CARD, "item:id-card-renew"), ("到期", ID_CARD, "item:id-card-renew"), ("损坏了", ID_CARD, "item:id-card-renew"),
        ("孩子", ID_CARD, "item:id-card-first"), ("临时的", ID_CARD, "item:id-card-temporary"), ("五", ID_CARD, None), ("天气", ID_CARD, None),
        ("办", ID_CARD, None), ("急用临时身份证吧我赶飞机坐车呢", ID_CARD, None), ("居民医保", INSURANCE, "resident"),
        ("职工医保", INSURANCE, "employee"), ("医保", INSURANCE, None), ("没参保", INSURANCE, "none"), ("没参加", INSURANCE, None),
    ],
)  # fmt: skip
def test_a_short_message_picks_the_option_it_means(said: str, options: tuple[Option, ...], value: str | None) -> None:
    assert chosen_option(said, options) == value


def test_every_label_of_the_library_picks_its_own_option_as_the_message_arrives(shipped: Catalog) -> None:
    missed = [
        option.label
        for fact in shipped.facts.values()
        for option in options_for(fact)
        if chosen_option(fold(option.label), options_for(fact)) != option.value
    ]
    assert missed == []


@pytest.mark.parametrize(
    ("said", "intent"),
    [
        ("你好", Intent.GREET), ("您好！", Intent.GREET), ("在吗", Intent.GREET), ("谢谢", Intent.THANK), ("好的，谢谢", Intent.THANK),
        ("知道了", Intent.THANK), ("再见", Intent.THANK), ("你是谁", Intent.WHO), ("你能干什么", Intent.WHO), ("算了", Intent.CANCEL),
        ("取消", Intent.CANCEL), ("不办了", Intent.CANCEL), ("第二个", Intent.LOST), ("孩子刚出生要办哪些手续", Intent.LIFE_EVENT),
        ("身份证丢了", Intent.ASK), ("你好，身份证丢了怎么办", Intent.ASK), ("谢谢你帮我查身份证", Intent.ASK),
    ],
)  # fmt: skip
def test_the_kind_of_a_message_is_known_before_any_search(said: str, intent: Intent, shipped: Catalog) -> None:
    assert intent_of(said, shipped) is intent


def test_a_correction_is_read_for_what_it_corrects_to(shipped: Catalog) -> None:
    assert "换领" not in understand("不是换领，是补领身份证", Focus(), shipped).query


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("采矿许可证怎么办", ("采矿许可证",)), ("怎么领残疾补贴", ("残疾补贴",)), ("想办个狗证", ("狗证",)), ("要什么证件", ()),
        ("开死亡证明", ("死亡证明",)), ("公证怎么办", ()),
    ],
)  # fmt: skip
def test_the_paper_a_question_names_is_read_as_head_and_kind(said: str, named: tuple[str, ...]) -> None:
    assert objects_named(said) == named


def test_a_named_paper_is_foreign_to_a_guide_that_never_mentions_it() -> None:
    assert foreign_object("采矿许可证怎么办", "食品经营许可证由市场监管部门发") == "采矿许可证"
    assert foreign_object("食品经营许可证怎么办", "食品经营许可证由市场监管部门发") is None
