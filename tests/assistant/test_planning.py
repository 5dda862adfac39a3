"""Plans: order, days, papers, visits, money and deadlines, from hand-made guides whose whole result is compared."""

from datetime import date
from decimal import Decimal
from graphlib import CycleError
from pathlib import Path
from random import Random

import pytest

from assistant.model import Charge, Cost, Due, Need, Trip, Way
from assistant.onething.errands import Issued, cost, deadlines, trips, way_of
from assistant.onething.materials import merge, own_list
from assistant.onething.planning import make_plan
from assistant.onething.scheduling import critical_path, schedule, stages, times_of
from assistant.onething.working_days import working_calendar
from bench.plan_graphs import faults, random_graph
from knowledge.catalog import Catalog
from knowledge.model import Guide, Library, Material, Quantity, Theme
from knowledge.sentences import FORM_LABELS
from tests.assistant.toys import TOYS, guide

DAY = date(2026, 11, 20)  # a Friday
THEMES = ["newborn", "open-restaurant", "after-death", "company-opening"]


def q(text: str) -> Quantity:
    return Quantity.model_validate(text)


# ---- order and days -------------------------------------------------------------------------------------------------


def test_items_whose_inputs_are_ready_stand_side_by_side() -> None:
    assert stages({"d": {"b", "c"}, "a": set(), "b": {"a"}, "c": {"a"}, "e": set()}) == [["a", "e"], ["b", "c"], ["d"]]


def test_a_circle_of_items_is_an_error() -> None:
    with pytest.raises(CycleError):
        stages({"a": {"b"}, "b": {"a"}})


def test_each_item_is_handed_in_when_its_inputs_are_there_and_the_office_is_open(library: Library) -> None:
    needs = {"a": set[str](), "b": {"a"}, "c": {"a"}, "d": {"b", "c"}}
    spans = {"a": (q("1 日"),), "b": (q("2 工作日"), q("1 工作日")), "c": ("当场",), "d": None}
    dates = schedule(needs, spans, DAY, working_calendar(library.calendars))
    assert {item: (d.handed_in.day, d.ready.day, d.sure) for item, d in dates.items()} == {
        "a": (20, 23, True), "b": (23, 26, True), "c": (23, 23, True), "d": (26, 26, False),
    }  # fmt: skip
    assert critical_path(needs, dates) == ["a", "b", "d"]


def test_nothing_to_do_has_no_critical_path() -> None:
    assert critical_path({}, {}) == []


@pytest.mark.parametrize("seed", range(150))
def test_random_plans_agree_with_brute_force(seed: int, library: Library) -> None:
    assert faults(random_graph(Random(seed)), working_calendar(library.calendars)) == []


LIMIT = {"kind": "statutory", "basis": ("card-law#1",)}


@pytest.mark.parametrize(
    ("limits", "known", "soonest", "latest"),
    [
        ((), {}, None, None), (({"within": "当场"}, {"within": "3 工作日"}), {}, ("当场",), ("3 工作日",)),
        (({"within": "20 日", "working_days": True}, {"within": "10 日", "part": "extension"}), {}, ("20 工作日",), ("20 工作日",)),
        (({"within": "5 日"}, {"within": "2 日", "part": "then"}, {"within": "9 日", "part": "other"}), {}, ("5 日", "2 日"), ("5 日", "2 日")),
        (({"within": "20 工作日"}, {"within": "4 工作日", "kind": "promised"}), {}, ("4 工作日",), ("20 工作日",)),
        (({"within": "4 工作日", "kind": "promised"},), {}, ("4 工作日",), None),
        (({"within": "1 日", "when": {"fact": "far", "eq": False}}, {"within": "3 日", "when": {"fact": "far", "eq": True}}), {"far": "true"}, ("3 日",), ("3 日",)),
        (({"within": "1 日"}, {"within": "3 日", "part": "then", "when": {"fact": "far", "eq": True}}), {}, ("1 日",), ("1 日", "3 日")),
    ],
)  # fmt: skip
def test_the_shortest_and_the_longest_time_follow_from_the_limits(
    limits: tuple[dict[str, object], ...], known: dict[str, str], soonest: tuple[str, ...] | None, latest: object
) -> None:
    found = times_of(guide("a", "甲", limits=tuple(LIMIT | limit for limit in limits)), known)
    spans = [s and tuple(w if w == "当场" else q(w) for w in s) for s in (soonest, latest)]
    assert list(found) == spans


def theme(*items: dict[str, object], told: dict[str, str] | None = None) -> Theme:
    return Theme.model_validate({
        "theme_id": "t", "jurisdiction": "410000", "name": "事", "summary": "事。", "sources": ({"title": "方案"},),
        "checked_on": DAY, "certainty": "confirmed", "told": told or {}, "items": [{"reason": "要办", **item} for item in items],
    })  # fmt: skip


def catalog(*guides: Guide, facts: tuple[dict[str, object], ...] = ()) -> Catalog:
    base = TOYS.model_dump() | {"guides": guides, "facts": facts}
    return Catalog(Library.model_validate(base))


BOOL = {"kind": "bool", "question": "？"}


def test_an_item_waits_for_the_paper_or_the_fact_that_another_one_brings() -> None:
    birth = guide("birth", "出生证", results=("letter",), limits=(LIMIT | {"within": "2 工作日"},))
    hukou = guide("hukou", "落户", materials=({"kind": "letter"},), results=("book",))
    aid = guide("aid", "补贴", conditions=({"text": "登记过。", "when": {"fact": "listed", "eq": True}},))
    known = catalog(
        birth, hukou, aid, facts=({"fact_id": "listed", "label": "已登记", "obtained_by": "hukou", **BOOL},)
    )
    plan = make_plan(theme({"item_id": "aid"}, {"item_id": "hukou"}, {"item_id": "birth"}), {}, known, "410000", DAY)
    assert [[(i.item_id, i.waits_for) for i in stage] for stage in plan.stages] == [
        [("birth", ())], [("hukou", ("出生证",))], [("aid", ("落户",))],
    ]  # fmt: skip
    assert plan.schedule is not None
    assert (plan.schedule.soonest.earliest, plan.schedule.soonest.known_until) == (None, date(2026, 11, 24))
    assert plan.schedule.soonest.critical == ("出生证", "落户", "补贴")
    assert plan.schedule.soonest.ready == {"birth": date(2026, 11, 24), "hukou": None, "aid": None}
    assert plan.schedule.unpublished == ("落户", "补贴")


def test_a_paper_that_is_not_needed_makes_no_item_wait() -> None:
    maker = guide("maker", "出证", results=("letter",))
    user = guide("user", "用证", materials=({"kind": "letter", "when": {"fact": "old", "eq": True}},))
    known = catalog(maker, user, facts=({"fact_id": "old", "label": "旧的", **BOOL},))
    both = theme({"item_id": "user"}, {"item_id": "maker"})
    assert len(make_plan(both, {"old": "true"}, known, "410000", DAY).stages) == 2
    assert len(make_plan(both, {"old": "false"}, known, "410000", DAY).stages) == 1


def test_items_are_planned_open_not_needed_or_refused_with_the_reason() -> None:
    young = {"text": "不满3岁。", "basis": ("card-law#1",), "when": {"fact": "age", "lt": 3}}
    guides = [guide(n, n.upper(), conditions=(young,) if n == "d" else ()) for n in "abcd"]
    facts = ({"fact_id": "x", "label": "甲事", **BOOL}, {"fact_id": "age", "label": "年龄", "unit": "岁", "kind": "number", "question": "？"})  # fmt: skip
    items = ({"item_id": "a"}, {"item_id": "b", "when": {"fact": "x", "eq": True}}, {"item_id": "c", "when": {"fact": "x", "eq": False}}, {"item_id": "d"})  # fmt: skip
    plan = make_plan(theme(*items), {"x": "false", "age": "5"}, catalog(*guides, facts=facts), "410000", DAY)
    assert [[i.item_id for i in stage] for stage in plan.stages] == [["a", "c"]]
    assert [(i.item_id, i.state, i.because, i.clauses, i.change) for i in plan.left_out] == [
        ("b", "not_needed", ("甲事：不是",), (), ("甲事：是",)),
        ("d", "not_eligible", ("年龄：5岁",), ("不满3岁（《证件法》（主席令第1号）第1条）",), ("年龄：2岁",)),
    ]
    unknown = make_plan(theme(*items), {}, catalog(*guides, facts=facts), "410000", DAY)
    assert [(i.item_id, i.asks) for i in unknown.open_items] == [("b", ("甲事",)), ("c", ("甲事",))]
    assert [(i.item_id, i.asks) for stage in unknown.stages for i in stage] == [("a", ()), ("d", ("年龄",))]
    assert unknown.left_out == ()


def test_what_a_life_event_itself_says_is_known_unless_she_says_otherwise() -> None:
    known = catalog(guide("a", "甲"), guide("b", "乙"), facts=({"fact_id": "x", "label": "甲事", **BOOL},))
    event = theme({"item_id": "a", "when": {"fact": "x", "eq": True}}, {"item_id": "b"}, told={"x": "false"})
    planned = [make_plan(event, answers, known, "410000", DAY) for answers in ({}, {"x": "true"})]
    assert [[i.item_id for stage in plan.stages for i in stage] for plan in planned] == [["b"], ["a", "b"]]


# ---- papers ---------------------------------------------------------------------------------------------------------


def needs(kind: str, form: str = "original", **more: object) -> Material:
    return Material.model_validate({"kind": kind, "form": form, **more})


def test_the_same_paper_of_two_items_is_brought_once_in_its_strongest_form() -> None:
    first = guide("a", "甲", materials=(needs("book", "copy", count=2, substitutes=("letter",)), needs("form", "fill_in")), results=("letter",))  # fmt: skip
    second = guide("b", "乙", materials=(needs("book", waived_by="shared"), needs("letter", condition="代办的"), needs("form", "fill_in")))  # fmt: skip
    merged, raw = merge([first, second], {}, Catalog(TOYS))
    assert raw == 5
    assert [(m.kind, m.items, m.count, m.form, m.from_item, m.condition, m.issuer, m.substitutes) for m in merged] == [
        ("book", ("甲", "乙"), 2, "原件和复印件", None, None, "公安机关", ()),
        ("form", ("甲",), 1, "现场或线上填写", None, None, None, ()),
        ("letter", ("乙",), 1, "原件", "甲", "代办的", None, ()),
        ("form", ("乙",), 1, "现场或线上填写", None, None, None, ()),
    ]
    assert own_list(merged, "b") == (
        ("book", Need(item_id="b", item="乙", form="原件", count=1, waived_by="shared")),
        ("letter", Need(item_id="b", item="乙", form="原件", count=1, condition="代办的")),
        ("form", Need(item_id="b", item="乙", form="现场或线上填写", count=1)),
    )


def test_a_substitute_counts_only_if_every_item_accepts_it() -> None:
    alone = guide("a", "甲", materials=(needs("book", substitutes=("letter",)),))
    other = guide("b", "乙", materials=(needs("book"),))
    assert [merge(g, {}, Catalog(TOYS))[0][0].substitutes for g in ([alone], [alone, other])] == [("户籍证明",), ()]


def test_a_paper_that_one_item_always_needs_is_not_called_conditional() -> None:
    sometimes = guide("a", "甲", materials=(needs("book", condition="代办的"),))
    always = guide("b", "乙", materials=(needs("book"),))
    conditions = [[m.condition for m in merge(g, {}, Catalog(TOYS))[0]] for g in ([sometimes], [sometimes, always])]
    assert conditions == [["代办的"], [None]]


@pytest.mark.parametrize(("given", "kinds"), [("true", ["book"]), ("false", []), ("unknown", ["book"])])
def test_a_material_is_left_out_only_when_it_surely_is_not_needed(given: str, kinds: list[str]) -> None:
    only = guide("a", "甲", materials=(needs("book", when={"fact": "lost", "eq": True}),))
    assert [m.kind for m in merge([only], {"lost": given}, Catalog(TOYS))[0]] == kinds


@pytest.mark.parametrize("theme_id", THEMES)
def test_every_agencys_own_list_is_read_back_from_the_merged_one(theme_id: str, shipped: Catalog) -> None:
    for answers in ({}, {f.fact_id: "true" for f in shipped.library.facts if f.kind == "bool"}):
        plan = make_plan(shipped.themes[theme_id], answers, shipped, "410000", DAY)
        for item_id in (item.item_id for stage in plan.stages for item in stage):
            mine = {
                (m.kind, FORM_LABELS[m.form], m.count, m.condition, m.note)
                for m in shipped.resolve(item_id).guide.materials
            }
            read = {(kind, n.form, n.count, n.condition, n.note) for kind, n in own_list(plan.materials, item_id)}
            assert read <= mine and {kind for kind, *_ in read} <= {kind for kind, *_ in mine}
        assert plan.raw_materials == sum(len(m.needs) for m in plan.materials)


def test_a_paper_at_hand_is_marked_and_not_asked_for_again() -> None:
    both = guide("a", "甲", materials=(needs("book"), needs("letter")))
    merged, _ = merge([both], {}, Catalog(TOYS), frozenset({"book"}))
    assert [(m.kind, m.held) for m in merged] == [("book", True), ("letter", False)]


# ---- names of papers ------------------------------------------------------------------------------------------------

PAIRS = [line.split("\t") for line in (Path(__file__).parent / "material_pairs.tsv").read_text("utf-8").splitlines() if line[0] != "#"]  # fmt: skip


@pytest.mark.parametrize("part", ["tuned", "held-out", "blind-a", "blind-b", "blind-c"])
def test_names_of_one_paper_merge_and_look_alikes_never_do(part: str, shipped: Catalog) -> None:
    named = shipped.vocabulary.kind_named
    same = {(a, b): mark == "1" for mark, a, b in (row[1:] for row in PAIRS if row[0] == part)}
    merged = {(a, b) for a, b in same if named(a) is not None and named(a) == named(b)}
    assert [pair for pair in merged if not same[pair]] == []
    assert len(merged) / sum(same.values()) >= 0.95


def test_names_that_only_look_alike_name_different_papers_or_none(shipped: Catalog) -> None:
    named = shipped.vocabulary.kind_named
    assert [
        named(name)
        for name in (
            "被代理人身份证",
            "户口证明",
            "非机动车登记证",
            "低收入证明",
            "汽车租赁合同",
            "助学贷款合同",
            "经营许可证",
        )
    ] == [None] * 7
    assert named("无婚姻登记记录证明") != named("婚姻登记记录证明") and named("职业资格证书") != named("执业资格证书")
    assert (named("户口簿"), named("户籍证明"), named("结婚证")) == (
        "household-register",
        "household-certificate",
        "marriage-certificate",
    )


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("医院开具的出生医学证明", "birth-certificate"), ("企业营业执照副本复印件加盖公章", "business-licence"), ("法院离婚判决书", "divorce-judgment"),
        ("婚姻证件（结婚证）", "marriage-certificate"), ("车辆购置税免税证明", "vehicle-tax-proof"), ("残疾证", "disability-certificate"),
        ("受委托人身份证", "agent-id"), ("监护人的居民身份证复印件", "guardian-id"), ("与用人单位签订的劳动合同", "labor-contract"),
        ("申请人户口簿原件和复印件各一份", "household-register"), ("城乡居民基本医疗保险参保登记", "resident-medical-enrolment"),
    ],
)  # fmt: skip
def test_who_gave_it_how_it_is_handed_in_and_spelling_do_not_change_a_paper(
    name: str, kind: str, shipped: Catalog
) -> None:
    assert shipped.vocabulary.kind_named(name) == kind


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("我有身份证和户口本", ["id-card", "household-register"]), ("结婚证、户籍证明都有", ["marriage-certificate", "household-certificate"]),
        ("手里有代办人身份证", ["agent-id"]), ("有居住证明", ["residence-address-proof"]), ("有居住证", ["residence-permit"]), ("有钱", []),
    ],
)  # fmt: skip
def test_the_papers_in_a_sentence_are_found_by_their_longest_names(
    said: str, kinds: list[str], shipped: Catalog
) -> None:
    assert shipped.vocabulary.kinds_in(said) == kinds


# ---- visits, money, deadlines ---------------------------------------------------------------------------------------

ONLINE, WINDOW = {"kind": "online", "name": "网"}, {"kind": "window", "name": "厅"}


@pytest.mark.parametrize(
    ("channels", "way"),
    [((ONLINE,), Way.ONLINE), ((ONLINE, WINDOW), Way.EITHER), ((WINDOW,), Way.WINDOW), (({"kind": "kiosk", "name": "机"},), Way.WINDOW), ((), Way.UNKNOWN)],
)  # fmt: skip
def test_how_an_item_is_handed_in_follows_from_its_channels(channels: tuple[dict[str, str], ...], way: Way) -> None:
    assert way_of(guide("a", "甲", channels=channels)) is way


def test_one_authority_takes_the_items_of_a_stage_in_one_visit() -> None:
    a, b = (guide(n, n, channels=(WINDOW,)) for n in "ab")
    c, d = guide("c", "c", channels=(ONLINE,)), guide("d", "d", channels=(ONLINE, WINDOW))
    assert trips([[a, b, c], [d]]) == (
        Trip(stage=1, authority="公安机关", items=("a", "b"), needed=True),
        Trip(stage=2, authority="公安机关", items=("d",), needed=False),
    )


def test_only_fees_that_everyone_pays_are_added_up() -> None:
    fees = (
        {"name": "工本费", "amount": "40 元/证"}, {"name": "登记费", "amount": "80 元/件", "applies": "住宅"}, {"name": "税", "amount": "3 %"},
        {"name": "服务费"}, {"name": "首本", "amount": "0 元"},
    )  # fmt: skip
    other = guide("b", "乙", fees=({"name": "工本费", "amount": "10 元"},))
    assert cost([guide("a", "甲", fees=fees), other]) == Cost(
        total=Decimal(50),
        sure=(
            Charge(item="甲", name="工本费", amount="40元/证"), Charge(item="甲", name="首本", amount="不收费"),
            Charge(item="乙", name="工本费", amount="10元"),
        ),
        depends=(Charge(item="甲", name="登记费", amount="80元/件", applies="住宅"), Charge(item="甲", name="税", amount="3%")),
        unpublished=(Charge(item="甲", name="服务费", amount=None),),
    )  # fmt: skip


def test_a_deadline_is_dated_by_what_she_told_or_by_the_plans_own_step(library: Library) -> None:
    known = catalog(facts=({"fact_id": "born", "label": "出生日期", "kind": "date", "question": "？"},))
    rows = (
        {"text": "出生后一个月内。", "within": "1 月", "after": "出生", "event": "born"}, {"text": "领证后15日内。", "within": "15 日", "after": "领证", "issued": "letter"},
        {"text": "举办前20日。", "within": "20 日", "after": "举办", "event": "born", "before": True}, {"text": "收到通知15日内。", "within": "15 日", "after": "收到通知"},
        {"text": "营业前办。"},
    )  # fmt: skip
    guides, calendar = [guide("a", "甲", deadlines=rows)], working_calendar(library.calendars)
    step = {"letter": Issued(date(2026, 11, 21), sure=True)}
    born = {"item": "甲", "text": "出生后一个月内", "counted_from": "出生日期", "fact": "born"}
    paper = {"item": "甲", "text": "领证后15日内", "counted_from": "领证"}
    ahead = {"item": "甲", "text": "举办前20日", "counted_from": "出生日期", "fact": "born"}
    rest = (
        Due(item="甲", text="收到通知15日内", counted_from="收到通知", elsewhere=True),
        Due(item="甲", text="营业前办"),
    )
    assert deadlines(guides, {"born": "2026-10-05"}, step, known, calendar) == (
        Due(**born, day=date(2026, 11, 5), act_by=date(2026, 11, 5)),
        Due(**paper, day=date(2026, 12, 6), act_by=date(2026, 12, 4), estimated=True),
        Due(**ahead, day=date(2026, 9, 15), act_by=date(2026, 9, 15)), *rest,
    )  # fmt: skip
    unsure = {"letter": Issued(date(2026, 11, 21), sure=False)}
    assert deadlines(guides, {}, unsure, known, calendar) == (Due(**born), Due(**paper), Due(**ahead), *rest)
