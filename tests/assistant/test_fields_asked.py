"""Which fields, units and figures a question asks for."""

import pytest

from assistant.understanding.fields import fields_asked, units_asked, wants_number, without_field_words

QUESTIONS = [
    ("身份证丢了咋补，要多少钱", "fees"), ("收费吗", "fees"), ("免费吗", "fees"), ("工本费是多少", "fees"), ("二手房过户税率是多少", "fees"),
    ("失业金能领多少钱", "benefits"), ("一个月领多少", "benefits"), ("补贴标准是多少", "benefits"), ("报销比例是多少", "benefits"),
    ("能领几个月", "benefits"), ("坐公交有什么优待", "benefits"), ("多久能拿到", "limits"), ("几天能办好", "limits"),
    ("办结时限", "limits"), ("要几天", "limits"), ("多久之内要申请", "deadlines"), ("孩子出生多久内上户口", "deadlines"),
    ("最晚什么时候办", "deadlines"), ("过期了会怎么样", "deadlines"), ("逾期怎么办", "deadlines"), ("提前多久换", "deadlines"),
    ("有效期几年", "validity"), ("能用几年", "validity"), ("多久审一次", "validity"), ("要什么材料", "materials"), ("需要带什么", "materials"),
    ("准备哪些资料", "materials"), ("要不要户口本", "materials"), ("要复印件吗", "materials"), ("没有结婚证能办吗", "materials conditions"),
    ("符合什么条件", "conditions"), ("我能申请吗", "conditions"), ("谁可以领", "conditions"), ("多大能领", "conditions"),
    ("要本人去吗", "visits"), ("跑几趟", "visits"), ("可以代办吗", "conditions visits"), ("可以异地办吗", "conditions cross_region"),
    ("外地户口能办吗", "cross_region conditions"), ("去哪办", "channels"), ("哪个部门管", "channels"), ("电话是多少", "channels"),
    ("流程是什么", "steps"), ("先办哪个再办哪个", "steps"), ("发什么证", "results"), ("要注意什么", "pitfalls"), ("法律依据是什么", "bases"),
    ("哪条规定", "bases"), ("在哪办要带什么", "channels materials"), ("材料和费用", "materials fees"), ("身份证丢了", ""), ("怎么办身份证", ""),
    ("最多罚几个钱", "pitfalls"), ("注册一回能顶几年", "validity"), ("能护我多少年", "validity"), ("单位该给歇几天", "benefits limits"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "fields"), QUESTIONS, ids=[q for q, _ in QUESTIONS])
def test_the_words_of_a_question_name_the_fields_in_their_order(question: str, fields: str) -> None:
    assert fields_asked(question) == tuple(fields.split())


@pytest.mark.parametrize(
    ("question", "units"),
    [
        ("多少钱", "元"), ("几天能办好", "日 工作日 年 月"), ("几个月", "年 月"), ("多大能领", "岁"), ("税率多少", "%"), ("货车几吨", "吨"), ("多少人以上才算", "人 名"),
        ("要什么材料", ""),
    ],
)  # fmt: skip
def test_a_question_for_a_figure_names_the_units_that_would_answer_it(question: str, units: str) -> None:
    assert units_asked(question) == frozenset(units.split())


@pytest.mark.parametrize(
    ("question", "number"), [("要多少钱", True), ("几天", True), ("多久", True), ("要什么材料", False)]
)
def test_only_a_question_of_how_many_wants_a_number(question: str, number: bool) -> None:
    assert wants_number(question) is number


def test_what_is_left_without_field_words_is_the_thing_itself() -> None:
    assert without_field_words("居住证怎么办，工本费多少钱").split() == ["居住证", "，"]
