"""Life events: three-valued conditions, questions worth asking, plans and their one list of materials."""

from collections.abc import Iterator, Mapping
from datetime import date
from graphlib import CycleError
from itertools import product

import pytest

from assistant.model import FlowState, Option, Progress
from assistant.onething.eligibility import UNKNOWN, evaluate
from assistant.onething.flow import next_state, plan_text, step
from assistant.onething.materials import FORM_LABELS, merge
from assistant.onething.planning import make_plan, stages
from assistant.onething.questions import open_facts, options_for, read_answer, told
from assistant.understanding.understand import chosen_option
from knowledge.catalog import Catalog
from knowledge.lint.rules import facts_of
from knowledge.model import All, AnyOf, Comparison, Fact, Material, Not, Predicate, Theme
from tests.assistant.toys import TOYS, guide

DAY = date(2026, 11, 22)
ADULT = Comparison(fact="age", ge=18)
LOST = Comparison(fact="lost", eq=True)
THEMES = ["newborn", "open-restaurant"]
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
        (CHOICE, "b", "b"), (CHOICE, "不清楚", UNKNOWN), (CHOICE, "居民医保多少钱", None), (CHOICE, "医保", None),
    ],
    ids=lambda value: value.fact_id if isinstance(value, Fact) else str(value),
)  # fmt: skip
def test_a_message_is_read_as_an_answer_only_if_it_is_one(fact: Fact, said: str, value: str | None) -> None:
    assert read_answer(fact, said, chosen_option(said, options_for(fact))) == value


def test_not_knowing_is_always_offered_and_offered_once() -> None:
    assert [o.label for o in options_for(BOOL)] == ["是", "不是", "不清楚"]
    assert [o.label for o in options_for(CHOICE)] == ["职工医保", "居民医保", "不清楚"]
    assert options_for(NUMBER) == (Option(label="不清楚", value=UNKNOWN),)


# ---- questions ------------------------------------------------------------------------------------------------------


def theme(*conditions: Predicate | None) -> Theme:
    return Theme.model_validate({
        "theme_id": "t", "jurisdiction": "410000", "name": "事", "summary": "事。", "sources": ({"title": "方案"},),
        "checked_on": DAY, "certainty": "confirmed",
        "items": [{"item_id": f"i{n}", "reason": "要办", "when": when} for n, when in enumerate(conditions)],
    })  # fmt: skip


A, B, C = (Comparison(fact=name, eq=True) for name in "abc")


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
    assert open_facts(theme(*conditions), answers) == asked


# ---- stages and materials -------------------------------------------------------------------------------------------


def test_items_whose_inputs_are_ready_stand_side_by_side() -> None:
    assert stages({"d": {"b", "c"}, "a": set(), "b": {"a"}, "c": {"a"}, "e": set()}) == [["a", "e"], ["b", "c"], ["d"]]


def test_a_circle_of_items_is_an_error() -> None:
    with pytest.raises(CycleError):
        stages({"a": {"b"}, "b": {"a"}})


def needs(kind: str, form: str = "original", **more: object) -> Material:
    return Material.model_validate({"kind": kind, "form": form, **more})


def test_an_item_waits_for_the_item_that_issues_its_paper() -> None:
    birth = guide("birth", "出生证", results=("letter",))
    hukou = guide("hukou", "落户", materials=(needs("letter"),), results=("book",))
    card = guide("card", "办证", materials=(needs("book"), needs("form", "fill_in")))
    assert stages(Catalog(TOYS).dependencies([card, hukou, birth])) == [["birth"], ["hukou"], ["card"]]


def test_the_same_paper_of_two_items_is_brought_once_in_its_strongest_form() -> None:
    first = guide("a", "甲", materials=(needs("book", "copy", count=2), needs("form", "fill_in")), results=("letter",))
    second = guide("b", "乙", materials=(needs("book"), needs("letter", condition="代办的"), needs("form", "fill_in")))
    merged, raw = merge([first, second], {}, Catalog(TOYS))
    assert raw == 5
    assert [(m.kind, m.items, m.count, m.form, m.from_item, m.condition, m.issuer) for m in merged] == [
        ("book", ("甲", "乙"), 2, "原件和复印件", None, None, "公安机关"),
        ("form", ("甲",), 1, "现场或线上填写", None, None, None),
        ("letter", ("乙",), 1, "原件", "甲", "代办的", None),
        ("form", ("乙",), 1, "现场或线上填写", None, None, None),
    ]


def test_a_paper_that_one_item_always_needs_is_not_called_conditional() -> None:
    sometimes = guide("a", "甲", materials=(needs("book", condition="代办的"),))
    always = guide("b", "乙", materials=(needs("book"),))
    conditions = [[m.condition for m in merge(g, {}, Catalog(TOYS))[0]] for g in ([sometimes], [sometimes, always])]
    assert conditions == [["代办的"], [None]]


@pytest.mark.parametrize(("given", "kinds"), [("true", ["book"]), ("false", []), (UNKNOWN, ["book"])])
def test_a_material_is_left_out_only_when_it_surely_is_not_needed(given: str, kinds: list[str]) -> None:
    only = guide("a", "甲", materials=(needs("book", when={"fact": "lost", "eq": True}),))
    assert [m.kind for m in merge([only], {"lost": given}, Catalog(TOYS))[0]] == kinds


# ---- both shipped themes, walked to the end -------------------------------------------------------------------------


def values_of(fact: Fact) -> list[str]:
    return [o.value for o in options_for(fact)]


def walk(theme: Theme, catalog: Catalog) -> Iterator[tuple[FlowState, list[str]]]:
    """Every way through a life event by taps: the final state and the facts asked on the way."""
    open_states: list[tuple[FlowState, list[str]]] = [(next_state(theme, {}), [])]
    while open_states:
        state, asked = open_states.pop()
        if state.asking is None:
            yield state, asked
            continue
        for value in values_of(catalog.facts[state.asking]):
            open_states.append((next_state(theme, {**state.answers, state.asking: value}), [*asked, state.asking]))


@pytest.mark.parametrize("theme_id", THEMES)
def test_every_way_through_a_life_event_ends_in_one_fixed_plan(theme_id: str, shipped: Catalog) -> None:
    theme = shipped.themes[theme_id]
    facts = {fact for item in theme.items for fact in facts_of(item.when)}
    own = {item.item_id for item in theme.items}
    ways = 0
    for state, asked in walk(theme, shipped):
        ways += 1
        assert len(asked) == len(set(asked)) <= len(facts)
        plan = make_plan(theme, state.answers, shipped, "410000")
        planned = [item.item_id for stage in plan.stages for item in stage]
        undecided = [item.item_id for item in plan.open_items]
        assert plan == make_plan(theme, dict(reversed(state.answers.items())), shipped, "410000").model_copy(
            update={"answers": plan.answers}
        )
        assert len(planned) == len(set(planned)) and set(planned) | set(undecided) <= own
        assert set(planned) & set(undecided) == set()
        assert undecided == [] or UNKNOWN in state.answers.values()
        reply = step(theme, state, shipped, "410000", DAY)
        assert (reply.kind, reply.plan) == ("plan", plan)
    assert ways > 20


@pytest.mark.parametrize("theme_id", THEMES)
def test_when_the_plan_is_given_no_unasked_fact_could_change_it(theme_id: str, shipped: Catalog) -> None:
    theme = shipped.themes[theme_id]
    facts = sorted({fact for item in theme.items for fact in facts_of(item.when)})
    for state, _ in walk(theme, shipped):
        unasked = [fact for fact in facts if fact not in state.answers]
        verdicts = [evaluate(item.when, state.answers) for item in theme.items]
        for values in product(*(values_of(shipped.facts[fact]) for fact in unasked)):
            told_all = {**state.answers, **dict(zip(unasked, values, strict=True))}
            assert [evaluate(item.when, told_all) for item in theme.items] == verdicts


@pytest.mark.parametrize("theme_id", THEMES)
def test_each_items_own_list_can_be_read_back_from_the_merged_one(theme_id: str, shipped: Catalog) -> None:
    theme = shipped.themes[theme_id]
    for answers in ({}, {f: "true" for f in shipped.facts if shipped.facts[f].kind == "bool"}):
        plan = make_plan(theme, answers, shipped, "410000")
        guides = [shipped.resolve(item.item_id).guide for stage in plan.stages for item in stage]
        for own in guides:
            wanted = {m.kind for m in own.materials if evaluate(m.when, answers) is not False}
            assert {m.kind for m in plan.materials if own.name in m.items} == wanted
        assert plan.raw_materials == sum(
            evaluate(m.when, answers) is not False for own in guides for m in own.materials
        )
        assert {m.form for m in plan.materials} <= set(FORM_LABELS.values())


@pytest.mark.parametrize("theme_id", THEMES)
def test_a_paper_is_never_needed_in_an_earlier_stage_than_it_is_issued(theme_id: str, shipped: Catalog) -> None:
    theme = shipped.themes[theme_id]
    for state, _ in walk(theme, shipped):
        plan = make_plan(theme, state.answers, shipped, "410000")
        stage_of = {item.item_id: n for n, stage in enumerate(plan.stages) for item in stage}
        guides = [shipped.resolve(item_id).guide for item_id in stage_of]
        for own in guides:
            for maker in guides:
                if maker is not own and {m.kind for m in own.materials} & set(maker.results):
                    assert stage_of[maker.item_id] < stage_of[own.item_id]


# ---- the conversation -----------------------------------------------------------------------------------------------


def test_the_first_question_says_why_it_asks_and_how_many_there_can_be(shipped: Catalog) -> None:
    theme = shipped.themes["open-restaurant"]
    reply = step(theme, next_state(theme, {}), shipped, "410100", DAY)
    opening, question = reply.text.split("\n")
    assert opening.startswith("“开办餐饮店一件事”")
    assert question == "您打算注册公司，还是办个体工商户？（两种登记的材料不一样，公司还要章程和公章）"
    assert (reply.kind, reply.theme, reply.jurisdiction) == ("flow", "open-restaurant", "410100")
    assert reply.progress == Progress(asked=0, at_most=5)
    assert [o.value for o in reply.options] == ["company", "sole-trader", UNKNOWN]


def test_a_plan_is_told_with_her_answers_its_steps_and_what_to_bring(shipped: Catalog) -> None:
    theme = shipped.themes["open-restaurant"]
    answers = {"business-form": "company", "shop-size-small": "false", "public-gathering": UNKNOWN}
    plan = make_plan(theme, answers, shipped, "410000")
    lines = plan_text(plan, told(shipped, answers)).split("\n")
    count = sum(len(stage) for stage in plan.stages)
    assert lines[0].startswith(f"“开办餐饮店一件事”：按您说的情况，要办{count}项，分{len(plan.stages)}步")
    assert lines[1] == "您的情况：经营主体形式：公司；是否小经营店：不是；是否公众聚集场所：不清楚。"
    assert [line for line in lines if line.startswith("第")][0].startswith("第1步：")
    assert any(line.startswith("看情况：") and "公众聚集场所" in line for line in lines)
    bring = [m for m in plan.materials if m.from_item is None]
    assert sum(line.startswith("□ ") for line in lines) == len(bring)
    assert sum(line.startswith("○ ") for line in lines) == len(plan.materials) - len(bring)
