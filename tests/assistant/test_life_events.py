"""Life events: three-valued conditions, questions worth asking, answers, corrections and the way to a plan."""

from collections.abc import Mapping
from datetime import date
from itertools import product

import pytest

from assistant.model import FlowState, Option, PlanReply, Progress
from assistant.onething.answers import fault_of, goes_back, heard, named_change, read_answer, read_date
from assistant.onething.eligibility import UNKNOWN, Case, after_the_plan, declared, evaluate, known_facts
from assistant.onething.explaining import failing, nearest_change
from assistant.onething.flow import Flow, advanced, entered, next_state, open_flow, step
from assistant.onething.planning import make_plan
from assistant.onething.questions import open_facts, options_for, told
from assistant.onething.telling import plan_text
from assistant.understanding.understand import chosen_option
from knowledge.catalog import Catalog
from knowledge.model import All, AnyOf, Comparison, Condition, Fact, Not, Predicate, ThemeItem
from tests.assistant.toys import guide

DAY = date(2026, 11, 22)
ADULT = Comparison(fact="age", ge=18)
LOST = Comparison(fact="lost", eq=True)
VALUES = {"true": True, "false": False, UNKNOWN: None}
LETTER = {True: "T", False: "F", None: "U"}


# ---- eligibility ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("comparison", "given", "verdict"),
    [
        ({"eq": True}, "true", True), ({"eq": True}, "false", False), ({"eq": False}, "false", True), ({"eq": "lost"}, "lost", True),
        ({"eq": "lost"}, "found", False), ({"ne": "lost"}, "found", True), ({"ne": "lost"}, "lost", False),
        ({"one_of": ("a", "b")}, "b", True), ({"one_of": ("a", "b")}, "c", False), ({"lt": 18}, "17", True), ({"lt": 18}, "18", False),
        ({"le": 18}, "18", True), ({"le": 18}, "18.5", False), ({"gt": 18}, "18", False), ({"gt": 18}, "18.1", True),
        ({"ge": 18}, "18", True), ({"ge": 18}, "17", False), ({"ge": 18}, "十八", None), ({"eq": "lost"}, UNKNOWN, None), ({"ge": 18}, UNKNOWN, None),
    ],
)  # fmt: skip
def test_a_comparison_is_true_false_or_not_yet_known(
    comparison: dict[str, object], given: str, verdict: bool | None
) -> None:
    assert evaluate(Comparison.model_validate({"fact": "f", **comparison}), {"f": given}) is verdict


def test_a_fact_never_told_is_not_yet_known() -> None:
    assert evaluate(ADULT, {}) is None


def test_no_condition_is_always_true() -> None:
    assert evaluate(None, {}) is True


def table(make: Mapping[str, object]) -> str:
    """The truth table of a connective over (T F U) × (T F U), row by row."""
    parts = [Comparison(fact="a", eq=True), Comparison(fact="b", eq=True)]
    predicate = AnyOf(any=tuple(parts)) if "any" in make else All(all=tuple(parts))
    return " ".join(
        "".join(LETTER[evaluate(predicate, {"a": a, "b": b})] for b in VALUES) for a in VALUES
    )  # fmt: skip


def test_all_and_any_follow_kleenes_tables() -> None:
    assert table({"all": ()}) == "TFU FFF UFU"
    assert table({"any": ()}) == "TTT TFU TUU"


def test_not_turns_round_what_is_known_and_leaves_what_is_not() -> None:
    negated = Not(not_=Comparison(fact="a", eq=True))
    assert [evaluate(negated, {"a": value}) for value in VALUES] == [False, True, None]


# ---- reading answers ------------------------------------------------------------------------------------------------

BOOL = Fact(fact_id="lost", label="丢没丢", kind="bool", question="丢了吗？")
LONG = Fact(
    fact_id="long",
    label="哪种",
    kind="choice",
    question="哪种？",
    options=(("a", "单位给参加的职工医保和生育保险"), ("b", "城乡居民医保")),
)
NUMBER = Fact(fact_id="age", label="年龄", kind="number", question="几岁？")
CHOICE = Fact(fact_id="kind", label="哪种", kind="choice", question="哪种？", options=(("a", "职工医保"), ("b", "居民医保"), ("unknown", "说不清")))  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "said", "value"),
    [
        (BOOL, "是", "true"), (BOOL, "是的", "true"), (BOOL, "嗯", "true"), (BOOL, "中", "true"), (BOOL, "有", "true"), (BOOL, "办了", "true"),
        (BOOL, "不是", "false"), (BOOL, "没有", "false"), (BOOL, "还没呢", "false"), (BOOL, "不用", "false"), (BOOL, "不清楚", UNKNOWN),
        (BOOL, "不知道", UNKNOWN), (BOOL, "跳过", UNKNOWN), (BOOL, "1", "true"), (BOOL, "第二个", "false"), (BOOL, "需要什么材料", None),
        (BOOL, "能不能代办", None), (BOOL, "有什么优待", None), (BOOL, "要多少钱？", None), (BOOL, "身份证丢了", None),
        (NUMBER, "35", "35"), (NUMBER, "35岁", "35"), (NUMBER, "1", "1"), (NUMBER, "大概2.5", "2.5"), (NUMBER, "不清楚", UNKNOWN),
        (NUMBER, "35岁能办吗", None), (NUMBER, "很大", None), (CHOICE, "职工", "a"), (CHOICE, "第二个", "b"), (CHOICE, "居民医保", "b"),
        (BOOL, "有社保卡也有公积金", None), (BOOL, "没有社保卡", None), (BOOL, "是丢了", "true"), (BOOL, "丢了", "true"), (BOOL, "没有丢", "false"),
        (LONG, "单位给参加的职工医保", "a"), (CHOICE, "b", "b"), (CHOICE, "不清楚", UNKNOWN), (CHOICE, "居民医保多少钱", None), (CHOICE, "医保", None),
    ],
    ids=lambda value: value.fact_id if isinstance(value, Fact) else str(value),
)  # fmt: skip
def test_a_message_is_read_as_an_answer_only_if_it_is_one(fact: Fact, said: str, value: str | None) -> None:
    assert read_answer(fact, said, chosen_option(said, options_for(fact)), DAY) == value


def test_not_knowing_is_always_offered_and_offered_once() -> None:
    assert [o.label for o in options_for(BOOL)] == ["是", "不是", "不清楚"]
    assert [o.label for o in options_for(CHOICE)] == ["职工医保", "居民医保", "不清楚"]
    assert options_for(NUMBER) == (Option(label="不清楚", value=UNKNOWN),)


# ---- what is required, why it fails, what would change it ---------------------------------------------------------------

A, B, C = (Comparison(fact=name, eq=True) for name in "abc")
BOOLS = {name: Fact(fact_id=name, label=name.upper(), kind="bool", question="？") for name in "abc"}
FACTS = BOOLS | {
    "age": Fact(fact_id="age", label="年龄", kind="number", unit="岁", question="几岁？"),
    "form": Fact(fact_id="form", label="形式", kind="choice", question="哪种？", options=(("x", "甲"), ("y", "乙"), ("z", "丙"))),
}  # fmt: skip


def condition(role: str, when: Predicate | None) -> Condition:
    return Condition.model_validate({"text": "条件。", "role": role, "when": when})


@pytest.mark.parametrize(
    ("conditions", "known", "verdict"),
    [
        ((), {}, True), ((("required", A), ("required", B)), {"a": "true"}, None), ((("required", A), ("required", B)), {"b": "false"}, False),
        ((("required", A), ("case", B)), {"a": "true", "b": "false"}, True), ((("required", None),), {}, True),
        ((("alternative", A), ("alternative", B)), {"a": "false"}, None), ((("alternative", A), ("alternative", B)), {"a": "false", "b": "false"}, False),
        ((("alternative", A), ("alternative", None)), {"a": "false"}, True), ((("required", A), ("alternative", B)), {"a": "true", "b": "false"}, False),
    ],
)  # fmt: skip
def test_every_required_condition_and_one_alternative_must_hold(
    conditions: tuple[tuple[str, Predicate | None], ...], known: dict[str, str], verdict: bool | None
) -> None:
    assert evaluate(declared(condition(role, when) for role, when in conditions), known) is verdict


@pytest.mark.parametrize(
    ("predicate", "known", "facts", "change"),
    [
        (A, {"a": "true"}, (), ()), (A, {}, (), ()), (A, {"a": "false"}, ("a",), (("a", "true"),)),
        (All(all=(A, B, C)), {"a": "true", "b": "false", "c": "false"}, ("b",), (("b", "true"), ("c", "true"))),
        (AnyOf(any=(A, B)), {"a": "false", "b": "false"}, ("a", "b"), (("a", "true"),)),
        (Not(not_=A), {"a": "true"}, ("a",), (("a", "false"),)),
        (Comparison(fact="age", ge=18), {"age": "15"}, ("age",), (("age", "18"),)),
        (Comparison(fact="age", lt=3), {"age": "7"}, ("age",), (("age", "2"),)),
        (AnyOf(any=(All(all=(A, B)), Comparison(fact="form", eq="y"))), {"a": "false", "b": "false", "form": "x"}, ("a", "form"), (("form", "y"),)),
        (All(all=(A, Not(not_=A))), {"a": "true"}, ("a",), ()),
    ],
)  # fmt: skip
def test_a_refusal_names_the_fewest_facts_and_the_nearest_change(
    predicate: Predicate, known: dict[str, str], facts: tuple[str, ...], change: tuple[tuple[str, str], ...]
) -> None:
    assert (failing(predicate, known), nearest_change(predicate, known, FACTS)) == (facts, change)


PREDICATES = [
    All(all=(A, AnyOf(any=(B, C)))), AnyOf(any=(All(all=(A, B)), Not(not_=C))), Not(not_=AnyOf(any=(A, All(all=(B, C))))),
]  # fmt: skip


@pytest.mark.parametrize("predicate", PREDICATES, ids=range(len(PREDICATES)))
def test_false_is_never_said_while_an_open_answer_could_flip_it(predicate: Predicate) -> None:
    for told_values in product(VALUES, repeat=3):
        known = dict(zip("abc", told_values, strict=True))
        completions = [
            evaluate(predicate, dict(zip("abc", values, strict=True)))
            for values in product(("true", "false"), repeat=3)
            if all(t in (UNKNOWN, v) for t, v in zip(told_values, values, strict=True))
        ]
        verdict = evaluate(predicate, known)
        assert verdict is None or set(completions) == {verdict}
        if verdict is False:
            few = failing(predicate, known)
            assert evaluate(predicate, {fact: known[fact] for fact in few}) is False
            assert evaluate(predicate, {**known, **dict(nearest_change(predicate, known, FACTS))}) is not False


# ---- questions ------------------------------------------------------------------------------------------------------


def cases(*conditions: Predicate | None, **fields: object) -> tuple[Case, ...]:
    return tuple(
        Case(
            ThemeItem(item_id=f"i{n}", reason="要办", when=when), guide(f"i{n}", f"事{n}", **fields), None, frozenset()
        )
        for n, when in enumerate(conditions)
    )


@pytest.mark.parametrize(
    ("conditions", "answers", "asked"),
    [
        ((A, B, B), {}, ["b", "a"]), ((B, A), {}, ["a", "b"]), ((A, None), {"a": "true"}, []), ((A, B), {"a": UNKNOWN}, ["b"]),
        ((AnyOf(any=(A, B)), None), {"a": "true"}, []), ((AnyOf(any=(A, B)), None), {"a": "false"}, ["b"]),
        ((All(all=(A, B)), None), {"a": "false"}, []), ((All(all=(A, AnyOf(any=(B, C)))), None), {"a": UNKNOWN, "b": "true"}, []),
        ((Not(not_=A), None), {}, ["a"]),
    ],
    ids=["weightiest-first", "then-by-name", "known", "skipped", "any-decided", "any-open", "all-decided", "vain-question", "not"],
)  # fmt: skip
def test_only_a_fact_that_can_still_change_the_plan_is_asked(
    conditions: tuple[Predicate | None, ...], answers: dict[str, str], asked: list[str]
) -> None:
    assert open_facts(cases(*conditions), answers) == asked


def test_papers_and_times_are_asked_after_the_items_and_only_where_the_item_applies() -> None:
    both = cases(A, None, materials=({"kind": "book", "when": B},), limits=({"kind": "statutory", "within": "3 日", "basis": ("card-law#1",), "when": C},))  # fmt: skip
    assert open_facts(both, {}) == ["a", "b", "c"]
    assert open_facts(both[:1], {"a": "false"}) == []


def test_what_the_plan_itself_brings_about_is_not_asked() -> None:
    first, second = cases(None, None)
    first, needing = first._replace(brings=frozenset("a")), second._replace(required=All(all=(A,)))
    assert open_facts((first, needing), {}) == []
    assert open_facts((needing,), {}) == ["a"]


def test_an_item_does_not_spoil_its_own_condition() -> None:
    (only,) = cases(None)
    unspoilt = only._replace(required=All(all=(Comparison(fact="a", eq=False),)), brings=frozenset("a"))
    assert unspoilt.qualifies({"a": "false"}, after_the_plan((unspoilt,), {"a": "false"})) is True
    assert unspoilt.qualifies({}, after_the_plan((unspoilt,), {})) is None


# ---- answers, corrections, what is told unasked -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2026-11-10", date(2026, 11, 10)), ("2026年3月5日生的", date(2026, 3, 5)), ("11月10号", date(2026, 11, 10)),
        ("1月5日", date(2027, 1, 5)), ("2月30日", None), ("昨天", None),
    ],
)  # fmt: skip
def test_a_date_is_read_and_without_a_year_is_the_nearest(said: str, day: date | None) -> None:
    assert read_date(said, DAY) == day


@pytest.mark.parametrize(
    ("said", "fact", "words"),
    [
        ("把年龄改成20", "age", "20"), ("把我的年龄改为20岁", "age", "20岁"), ("年龄改成20。", "age", "20"), ("请把形式换成乙", "form", "乙"),
        ("想改名字怎么办", None, None), ("把门头改成红色的", None, None), ("年龄多大能办", None, None),
    ],
)  # fmt: skip
def test_an_earlier_answer_is_changed_by_naming_it(said: str, fact: str | None, words: str | None) -> None:
    found = named_change(said, FACTS)
    assert (found and (found[0].fact_id, found[1])) == (None if fact is None else (fact, words))


@pytest.mark.parametrize(("said", "back"), [("上一步", True), ("返回上一题", True), ("上一个问题答错了", True), ("下一步怎么办", False)])  # fmt: skip
def test_going_back_is_heard(said: str, back: bool) -> None:
    assert goes_back(said) is back


@pytest.mark.parametrize(
    ("fact", "value", "fault"),
    [
        (BOOL, "true", None), (BOOL, "yes", "true、false、unknown 之一"), (CHOICE, "a", None), (CHOICE, "c", "a、b、unknown 之一"),
        (NUMBER, "3.5", None), (NUMBER, "-1", "数字"), (NUMBER, UNKNOWN, None), (FACTS["age"], "二十", "数字"),
        (Fact(fact_id="day", label="日子", kind="date", question="哪天？"), "2026-02-30", "日期，写成 2026-11-22"),
        (Fact(fact_id="day", label="日子", kind="date", question="哪天？"), "2026-02-28", None),
    ],
)  # fmt: skip
def test_a_value_given_by_a_program_is_checked(fact: Fact, value: str, fault: str | None) -> None:
    assert fault_of(fact, value) == fault


def test_what_is_told_in_passing_is_heard_by_the_first_pattern_that_fits() -> None:
    form = FACTS["form"].model_copy(update={"heard": (("x", "公司"), ("y", "个体|小店"))})
    assert heard("想开个小店", {"form": form, "age": FACTS["age"]}) == {"form": "y"}
    assert heard("办个公司，不是个体", {"form": form}) == {"form": "x"}
    assert heard("想做生意", {"form": form}) == {}


# ---- the conversation -----------------------------------------------------------------------------------------------


def flow_of(shipped: Catalog, theme_id: str) -> Flow:
    return open_flow(shipped.themes[theme_id], shipped, "410100", DAY)


def said(flow: Flow, *messages: str) -> FlowState:
    """The state after entering and saying these things."""
    state = next_state(flow, {})
    for message in messages:
        moved = advanced(flow, state, message, None)
        assert moved is not None, message
        state = moved
    return state


def test_the_first_question_says_why_it_asks_and_how_many_there_can_be(shipped: Catalog) -> None:
    flow = flow_of(shipped, "open-restaurant")
    reply = step(flow, next_state(flow, {}))
    opening, question = reply.text.split("\n")
    assert opening.startswith("“开办餐饮店一件事”")
    assert question == "您打算注册公司，还是办个体工商户？（两种登记的材料不一样，公司还要章程和公章）"
    assert (reply.kind, reply.theme, reply.jurisdiction) == ("flow", "open-restaurant", "410100")
    assert reply.progress == Progress(asked=0, at_most=5)
    assert [o.value for o in reply.options] == ["company", "sole-trader", UNKNOWN]


def test_what_the_first_message_tells_is_not_asked_again(shipped: Catalog) -> None:
    state = entered(flow_of(shipped, "open-restaurant"), "想开个小饭店，办个体户，要装门头")
    assert state.answers == {"business-form": "sole-trader", "has-signboard": "true"}
    assert state.asking not in state.answers


def test_a_date_told_decides_the_age_that_follows_from_it(shipped: Catalog) -> None:
    theme = shipped.themes["childcare-subsidy-claim"]
    ages = {
        born: known_facts(theme, {"birth-date": born}, shipped, DAY)["child-age"]
        for born in ("2023-11-22", "2023-11-23", "2026-11-22")
    }
    assert ages == {"2023-11-22": "3", "2023-11-23": "2", "2026-11-22": "0"}
    assert known_facts(theme, {"birth-date": "2023-01-01", "child-age": "1"}, shipped, DAY)["child-age"] == "1"


def test_going_back_asks_the_last_question_again_and_forgets_its_answer(shipped: Catalog) -> None:
    flow = flow_of(shipped, "open-restaurant")
    before = said(flow, "公司")
    assert said(flow, "公司", "1和3", "上一步") == before
    singly = said(flow, "公司", "一个一个问我", "是")
    assert said(flow, "公司", "一个一个问我", "是", "是", "上一步") == singly


def test_a_changed_answer_changes_everything_after_it(shipped: Catalog) -> None:
    flow = flow_of(shipped, "open-restaurant")
    first = said(flow, "公司", "都不是")
    changed = said(flow, "公司", "都不是", "把经营主体形式改成个体工商户")
    assert (first.asking, changed.asking) == (None, None)
    plans = [step(flow, state).plan for state in (first, changed)]
    items = [{item.item_id for stage in plan.stages for item in stage} for plan in plans]
    assert items[0] - items[1] >= {"company-registration"} and items[1] - items[0] == {"sole-trader-registration"}


def test_a_plan_may_be_had_at_once_with_the_rest_left_open(shipped: Catalog) -> None:
    flow = flow_of(shipped, "open-restaurant")
    state = said(flow, "公司", "直接看计划")
    assert (state.asking, state.answers["business-form"]) == (None, "company")
    assert set(list(state.answers.values())[1:]) == {UNKNOWN}
    assert step(flow, state).plan.open_items


def test_after_the_plan_a_bare_date_dates_the_only_deadline_that_waits_for_one(shipped: Catalog) -> None:
    flow = flow_of(shipped, "newborn")
    state = said(flow, "直接看计划", "11月10日")
    assert state.answers["birth-date"] == "2026-11-10"
    assert advanced(flow, state, "谢谢", None) is None


def test_after_the_plan_the_papers_she_has_are_marked_and_stay_so(shipped: Catalog) -> None:
    flow = flow_of(shipped, "newborn")
    state = said(flow, "直接看计划", "我有身份证和户口本", "2026-11-10")
    assert state.held == ("id-card", "household-register")
    reply = step(flow, state)
    assert {m.kind for m in reply.plan.materials if m.held} == {"id-card", "household-register"}
    assert "☑ 居民身份证——您说手里有" in reply.text and "□ 居民身份证" not in reply.text
    assert advanced(flow, state, "有哪些材料要原件", None) is None


def test_a_plan_is_told_with_her_answers_its_steps_its_days_and_what_to_bring(shipped: Catalog) -> None:
    theme = shipped.themes["open-restaurant"]
    answers = {"business-form": "company", "shop-size-small": "false", "public-gathering": UNKNOWN}
    plan = make_plan(theme, answers, shipped, "410000", DAY)
    lines = plan_text(plan, told(shipped, answers)).split("\n")
    count = sum(len(stage) for stage in plan.stages)
    assert lines[0].startswith(f"“开办餐饮店一件事”：按您说的情况，要办{count}项，分{len(plan.stages)}步")
    assert lines[1] == "您的情况：经营主体形式：公司；是否小经营店：不是；是否公众聚集场所：不清楚。"
    assert [line for line in lines if line.startswith("第")][0].startswith("第1步：")
    assert any(line.startswith("看情况：") and "要看：是否公众聚集场所" in line for line in lines)
    assert any("按您的情况不用办：" in line and "个体工商户登记（经营主体形式：公司）" in line for line in lines)
    assert any(line.startswith("时间：从2026年11月22日（周日）开始") for line in lines)
    bring = [m for m in plan.materials if m.from_item is None]
    assert sum(line.startswith("□ ") for line in lines) == len(bring)
    assert sum(line.startswith("○ ") for line in lines) == len(plan.materials) - len(bring)


def test_a_refused_item_is_told_with_its_clause_and_the_nearest_change(shipped: Catalog) -> None:
    theme = shipped.themes["finding-work"]
    answers = {"involuntary-unemployment": "true", "unemployment-contribution-years": "0.5"}
    plan = make_plan(theme, answers, shipped, "410000", DAY)
    (refused,) = [item for item in plan.left_out if item.state == "not_eligible"]
    assert (refused.item_id, refused.because) == ("unemployment-benefit", ("失业保险累计缴费年限：0.5年",))
    assert refused.change == ("失业保险累计缴费年限：1年",)
    assert refused.clauses[0].startswith("失业前单位和本人已缴失业保险费满1年（《社会保险法》第45条")
    line = next(line for line in plan_text(plan, []).split("\n") if line.startswith("不符合："))
    assert line.endswith("您的情况是失业保险累计缴费年限：0.5年；如果失业保险累计缴费年限：1年，就可以办。")


def test_a_finished_plan_is_a_reply_with_the_same_plan(shipped: Catalog) -> None:
    flow = flow_of(shipped, "used-house-trade")
    state = said(flow, "直接看计划")
    reply = step(flow, state)
    assert isinstance(reply, PlanReply)
    assert reply.plan == make_plan(flow.theme, state.answers, shipped, "410100", DAY)
