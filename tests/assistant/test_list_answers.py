"""Several yes-or-no questions in one list: which may stand together, and what a message says about them."""

from itertools import product

import pytest

from assistant.answering.gate import Gate
from assistant.model import FlowState, Option
from assistant.onething.eligibility import UNKNOWN, known_facts
from assistant.onething.flow import LIST_OPTIONS, Flow, advanced, asked_in, next_state, open_flow, step
from assistant.onething.list_answers import read_list
from assistant.onething.questions import open_facts
from assistant.onething.together import AT_MOST
from bench.theme_walks import DAY
from knowledge.catalog import Catalog
from knowledge.sources.library import load_library

THEMES = sorted(theme.theme_id for theme in load_library().themes)
SIGNS = {"+": "true", "-": "false", "?": UNKNOWN}
LEFT = ("逝者有职工医保个人账户", "逝者有住房公积金账户", "逝者在银行还有存款", "逝者名下有房子要过户")
TICKS = tuple(Option(label=label, value=value) for value, label in zip("abcd", LEFT, strict=True))


@pytest.mark.parametrize(
    ("said", "values"),
    [
        # numbers
        ("第一个和第三个", "a+b-c+d-"), ("第1和第3", "a+b-c+d-"), ("1 3", "a+b-c+d-"), ("1、3", "a+b-c+d-"), ("1，3", "a+b-c+d-"),
        ("13", "a+b-c+d-"), ("一和三", "a+b-c+d-"), ("1跟2", "a+b+c-d-"), ("2", "a-b+c-d-"), ("二", "a-b+c-d-"), ("选1和4", "a+b-c-d+"),
        ("第2、4项", "a-b+c-d+"), ("我选第二个", "a-b+c-d-"), ("第三个吧", "a-b-c+d-"), ("第一项、第三项都符合", "a+b-c+d-"),
        ("前两个", "a+b+c-d-"), ("前三个都有", "a+b+c+d-"), ("后两个", "a-b-c+d+"), ("最后一个", "a-b-c-d+"), ("1到3", "a+b+c+d-"),
        ("第一到第三个", "a+b+c+d-"), ("只有第二个", "a-b+c-d-"), ("就第四个", "a-b-c-d+"),
        # all of them
        ("都有", "a+b+c+d+"), ("都是", "a+b+c+d+"), ("都要", "a+b+c+d+"), ("全部", "a+b+c+d+"), ("四个都有", "a+b+c+d+"),
        ("都不是", "a-b-c-d-"), ("都没有", "a-b-c-d-"), ("没有", "a-b-c-d-"), ("不是", "a-b-c-d-"), ("一个都没有", "a-b-c-d-"),
        ("一个也没有", "a-b-c-d-"), ("哪个都不是", "a-b-c-d-"), ("四样都没有", "a-b-c-d-"), ("什么都没有", "a-b-c-d-"),
        ("都不清楚", "a?b?c?d?"), ("不知道", "a?b?c?d?"),
        # all but some
        ("除了2都是", "a+b-c+d+"), ("除了第一个其他都没有", "a+b-c-d-"), ("都有，除了房子", "a+b+c+d-"), ("都不是，除了第3个", "a-b-c+d-"),
        ("除了房子都有", "a+b+c+d-"), ("3有，其他没有", "a-b-c+d-"), ("3，其余不清楚", "a?b?c+d?"), ("有公积金，别的没了", "a-b+c-d-"),
        # each for itself; what is only denied or not known leaves the rest open
        ("1有2没有3不清楚", "a+b-c?d-"), ("第一个有，第二个没有，第三个不清楚，第四个有", "a+b-c?d+"), ("1和3，第4个不清楚", "a+b-c+d?"),
        ("第1个卖，第2个还没，第3个交过，第4个不清楚", "a+b-c+d?"), ("第三个不清楚", "c?"), ("没有第二个", "b-"), ("不是第2个", "b-"),
        ("前两个没有", "a-b-"), ("1和2没有", "a-b-"), ("第一个没有，第二个有", "a-b+c-d-"),
        # in words
        ("有存款", "a-b-c+d-"), ("公积金", "a-b+c-d-"), ("有房子和存款", "a-b-c+d+"), ("存款有，房子也有", "a-b-c+d+"), ("俺爹名下有房子", "a-b-c-d+"),
        ("有存款没房子", "a-b-c+d-"), ("没有存款也没有房子", "c-d-"), ("没有房子", "d-"), ("老人有公积金，房子不清楚", "a-b+c-d?"),
        ("逝者在银行还有存款、逝者名下有房子要过户", "a-b-c+d+"),
    ],
)  # fmt: skip
def test_what_is_said_of_a_list_is_read_statement_by_statement(said: str, values: str) -> None:
    expected = {values[i]: SIGNS[values[i + 1]] for i in range(0, len(values), 2)}
    assert read_list(said, TICKS) == expected


@pytest.mark.parametrize(
    "said",
    [
        "有", "是的", "嗯", "1，2没有", "前两个，没有", "两个都有", "三样都没有", "5", "6", "2000", "房子没过户", "房产证丢了怎么办", "身份证丢了",
        "多少钱", "存款怎么取", "第1个是什么意思", "第1个是要带身份证去派出所", "第2个有，第2个没有", "谢谢", "上一步", "直接看计划", "",
    ],
)  # fmt: skip
def test_what_can_be_read_in_two_ways_or_is_about_something_else_answers_nothing(said: str) -> None:
    assert not read_list(said, TICKS)


# ---- in a life event ------------------------------------------------------------------------------------------------


def flow_of(theme_id: str, shipped: Catalog) -> Flow:
    return open_flow(shipped.themes[theme_id], shipped, "410000", DAY)


def said(flow: Flow, *messages: str) -> FlowState:
    state = next_state(flow, {})
    for message in messages:
        moved = advanced(flow, state, message, None)
        assert moved is not None, message
        state = moved
    return state


ESTATE = ("deceased-deposit", "deceased-employee-medical", "deceased-housing-fund", "deceased-property")


def test_a_list_is_asked_with_numbers_and_with_what_counts_as_no(shipped: Catalog) -> None:
    flow = flow_of("after-death", shipped)
    reply = step(flow, said(flow, "职工养老", "都不清楚"))
    lines = reply.text.splitlines()
    assert lines[0] == "记下了，在火葬区去世：不清楚；死亡证明已开：不清楚；户口簿能看出亲属关系：不清楚。"
    assert lines[1].startswith("下面这几样，哪些符合？") and "没选的当作不符合" in lines[1]
    assert lines[2:] == [f"{number}. {tick.label}" for number, tick in enumerate(reply.ticks, 1)]
    assert tuple(tick.value for tick in reply.ticks) == ESTATE
    assert reply.options == LIST_OPTIONS


def test_a_list_answered_in_part_asks_the_rest_again(shipped: Catalog) -> None:
    state = said(flow_of("after-death", shipped), "职工养老", "都不清楚", "没有房子")
    assert (state.answers["deceased-property"], asked_in(state)) == ("false", ESTATE[:3])


def test_one_at_a_time_stays_so_to_the_end(shipped: Catalog) -> None:
    flow = flow_of("after-death", shipped)
    for wish in ("一个一个问我", "有"):
        state = said(flow, "职工养老", wish, "不是", "是", "是")
        assert (state.singly, state.beside, state.heard) == (True, (), ())
        assert len(state.answers) == 4


def test_going_back_from_a_list_undoes_all_of_it(shipped: Catalog) -> None:
    flow = flow_of("after-death", shipped)
    before = said(flow, "职工养老")
    assert said(flow, "职工养老", "都不是", "1和3", "上一步", "上一步") == before
    assert said(flow, "职工养老", "都不是", "1和3", "上一步", "上一步", "上一步") == next_state(flow, {})


@pytest.mark.parametrize("theme_id", THEMES)
def test_whatever_is_said_of_the_others_each_question_of_a_list_would_be_asked(theme_id: str, shipped: Catalog) -> None:
    flow = flow_of(theme_id, shipped)
    first = next_state(flow, {})
    for start in ({}, *({name: value} for name in asked_in(first) for value in ("true", "false"))):
        listed = asked_in(next_state(flow, start))
        assert len(listed) <= AT_MOST
        for fact in listed if len(listed) > 1 else ():
            others = [name for name in listed if name != fact]
            for values in product(("true", "false", UNKNOWN), repeat=len(others)):
                answers = {**start, **dict(zip(others, values, strict=True))}
                assert fact in open_facts(flow.cases, known_facts(flow.theme, answers, shipped, DAY))


def test_every_statement_of_a_list_is_read_by_its_own_words(shipped: Catalog) -> None:
    for theme_id in THEMES:
        ticks = step(flow_of(theme_id, shipped), next_state(flow_of(theme_id, shipped), {}))
        for tick in getattr(ticks, "ticks", ()):
            read = read_list(tick.label, ticks.ticks)
            assert read == {other.value: "true" if other is tick else "false" for other in ticks.ticks}, tick.label


@pytest.mark.parametrize("said", ["true", "false", UNKNOWN])
def test_the_gate_lets_every_list_and_what_was_noted_of_it_through(said: str, shipped: Catalog) -> None:
    gate = Gate(shipped)
    for theme_id in THEMES:
        flow = flow_of(theme_id, shipped)
        state = next_state(flow, {})
        while state.asking:
            reply = step(flow, state)
            assert gate.check(reply).reply.text == reply.text
            given = {name: said if shipped.facts[name].kind == "bool" else UNKNOWN for name in asked_in(state)}
            heard = asked_in(state) if state.beside else ()
            state = next_state(flow, {**state.answers, **given}).model_copy(update={"heard": heard})
