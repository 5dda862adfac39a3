"""体检: the small library is clean; one seeded defect a case is found by its rule, in its file and field."""

from collections.abc import Callable
from datetime import date

import pytest

from knowledge.lint.finding import LintFinding
from knowledge.lint.rules import facts_of, lint
from knowledge.model import All, AnyOf, Comparison, Condition, Library, Limit, Not

TODAY = date(2026, 11, 22)
LOST = "guides/410000/card-reissue.yaml"
CITY = "guides/410100/card-reissue.yaml"
RENEW = "guides/410000/card-renew.yaml"
CHILD = "guides/410000/birth-hukou.yaml"
# rule, file that is edited, old text, new text, field of the finding, a piece of its problem
DEFECTS = {
    "费用不在条文里": ("value-in-clause", LOST, "40 元/证", "45 元/证", "fees[0]", "“45元”不在所引条文（card-law#main）里"),
    "时限不在条文里": ("value-in-clause", LOST, "within: 60 日", "within: 50 日", "limits[0]", "“50日”不在"),
    "工作日不是日": ("value-in-clause", LOST, "within: 60 日", "within: 60 工作日", "limits[0]", "“60个工作日”不在"),
    "有效期不在条文里": ("value-in-clause", LOST, "有效期10年", "有效期20年", "validity[0]", "“20年”不在"),
    "没有引用条文": ("value-in-clause", LOST, "  - {text: 有效期10年。, basis: [card-law#main]}", "  - {text: 有效期10年。}", "validity[0]", "（没有引用）里"),
    "收费情形带数": ("value-in-clause", LOST, "amount: 40 元/证", "amount: 40 元/证, applies: 满16周岁", "fees[0]", "“16周岁”不在"),
    "材料备注带数": ("value-in-clause", CHILD, "{kind: birth-certificate}", "{kind: birth-certificate, note: 30日内开具}", "materials[0]", "“30日”不在"),
    "未核实却带数": ("unconfirmed-number", LOST, "basis: [card-law#main]}\nvalidity", "basis: [card-law#main], certainty: unconfirmed}\nvalidity", "fees[0]", "未核实的内容带了数字：40元"),
    "各地不同却带数": ("unconfirmed-number", LOST, "各派出所的上班时间", "各派出所收20元", "local[0]", "各地不同的内容带了数字：20元"),
    "引用的条文": ("reference", CITY, "basis: [card-law#13]", "basis: [card-law#13, card-law#99]", "limits[1]", "条文 card-law#99 不存在"),
    "概述的条文": ("reference", LOST, "应当申请补领新证。, basis: [card-law#12]", "应当申请补领新证。, basis: [card-law#12, no-law]", "summary", "条文 no-law 不存在"),
    "材料种类": ("reference", CHILD, "{kind: birth-certificate}", "{kind: birth-paper}", "materials[0]", "材料种类 birth-paper 不存在"),
    "替代材料": ("reference", LOST, "substitutes: [id-card]", "substitutes: [moon-card]", "materials[0]", "材料种类 moon-card 不存在"),
    "结果": ("reference", RENEW, "results: [id-card]", "results: [moon-card]", "results", "材料种类 moon-card 不存在"),
    "相关事项": ("reference", LOST, "related: [card-renew]", "related: [card-melt]", "related", "事项 card-melt 不存在"),
    "事项族": ("reference", RENEW, "family: id-card", "family: moon", "family", "事项族 moon 不存在"),
    "条件里的事实": ("reference", LOST, "fact: card-state", "fact: card-mood", "conditions[0]", "事实 card-mood 不存在"),
    "材料里的事实": ("reference", CHILD, "{kind: birth-certificate}", "{kind: birth-certificate, when: {fact: card-mood, eq: lost}}", "materials[0]", "事实 card-mood 不存在"),
    "族里的选项": ("reference", "families.yaml", "item_id: card-renew", "item_id: card-melt", "id-card", "事项 card-melt 不存在"),
    "一件事的事项": ("reference", "themes/newborn.yaml", "item_id: birth-hukou", "item_id: birth-party", "items", "事项 birth-party 不存在"),
    "一件事的事实": ("reference", "themes/newborn.yaml", "fact: has-child", "fact: has-cat", "items", "事实 has-cat 不存在"),
    "一件事自己说的": ("reference", "themes/newborn.yaml", "summary: 孩子", "told: {has-dog: 'true'}\nsummary: 孩子", "told", "事实 has-dog 不存在"),
    "事实由哪一项办成": ("reference", "facts.yaml", "question: 家里有孩子吗？}", "question: 家里有孩子吗？, obtained_by: birth-party}", "has-child", "事项 birth-party 不存在"),
    "年数从哪个日期算": ("reference", "facts.yaml", "question: 家里有孩子吗？}", "question: 家里有孩子吗？, years_since: card-state}", "has-child", "日期事实 card-state 不存在"),
    "表格的事项": ("reference", "item_forms.yaml", "birth-certificate: {child", "birth-party: {child", "birth-party", "事项 birth-party 不存在"),
    "表格的分栏": ("reference", "item_forms.yaml", "birth-certificate: {child", "birth-certificate: {cat", "birth-certificate", "表格分栏 cat 不存在"),
    "表格的字段": ("reference", "item_forms.yaml", "[name, relation]", "[name, mood]", "birth-hukou", "表格字段 mood 不存在"),
    "表格的条文": ("reference", "item_forms.yaml", "[card-law#12]", "[card-law#99]", "birth-hukou", "条文 card-law#99 不存在"),
    "表格填谁的": ("reference", "themes/newborn.yaml", "reason: 上户口。", "reason: 上户口。, who: {applicant: cat}", "items", "表格分栏 cat 不存在"),
    "一栏问两次": ("field-asked-twice", "item_forms.yaml", "[name, relation]", "[name, relation, name]", "birth-hukou", "applicant 的 name 问了两次"),
    "时限里的事实": ("reference", LOST, "kind: statutory,", "kind: statutory, when: {fact: card-mood, eq: lost},", "limits[0]", "事实 card-mood 不存在"),
    "期限从哪个日期算": ("reference", LOST, "local:\n", "deadlines:\n  - {text: 丢失后申领。, after: 丢失, event: card-state, basis: [card-law#12]}\nlocal:\n", "deadlines[0]", "日期事实 card-state 不存在"),
    "期限从哪张证算": ("reference", LOST, "local:\n", "deadlines:\n  - {text: 领证后备案。, after: 领证, issued: moon-card, basis: [card-law#12]}\nlocal:\n", "deadlines[0]", "材料种类 moon-card 不存在"),
    "承诺比法定长": ("promised-longer", CITY, "kind: statutory, within: 60 日, basis: [card-law#12]", "kind: statutory, within: 10 工作日, basis: [card-law#13]", "limits", "承诺时限 20个工作日 比法定时限长"),
}  # fmt: skip


def errors(library: Library) -> list[LintFinding]:
    return [finding for finding in lint(library, TODAY) if finding.severity == "error"]


def test_items_that_require_what_the_other_brings_about_are_a_circle(small: Library) -> None:
    fact = small.facts[-1].model_copy(update={"obtained_by": "birth-hukou"})
    needy = Condition(text="有孩子。", when=Comparison(fact=fact.fact_id, eq=True))
    guides = tuple(
        g.model_copy(update={"conditions": (needy,)}) if g.item_id == "birth-certificate" else g for g in small.guides
    )
    library = small.model_copy(update={"guides": guides, "facts": (*small.facts[:-1], fact)})
    (found,) = [f for f in errors(library) if f.rule == "theme-cycle"]
    assert (found.file, found.field) == ("themes/newborn.yaml", "items")
    assert found.problem in {
        "互相等对方的结果：birth-certificate → birth-hukou → birth-certificate",
        "互相等对方的结果：birth-hukou → birth-certificate → birth-hukou",
    }


def test_the_small_library_has_no_errors(small: Library) -> None:
    assert errors(small) == []


@pytest.mark.parametrize(("rule", "file", "old", "new", "field", "problem"), DEFECTS.values(), ids=DEFECTS)
def test_a_seeded_defect_is_found(
    edited: Callable[[str, str, str], Library], rule: str, file: str, old: str, new: str, field: str, problem: str
) -> None:
    found = [f for f in lint(edited(file, old, new)) if f.rule == rule]
    assert [(f.severity, f.file, f.field) for f in found] == [("error", file, field)]
    assert problem in found[0].problem
    assert found[0].remedy


def test_one_name_for_two_items_is_found_in_both_files(edited: Callable[[str, str, str], Library]) -> None:
    found = errors(edited(RENEW, "sayings: [身份证过期了]", "sayings: [身份证丢了]"))
    assert [(f.rule, f.file, f.field, f.problem) for f in found] == [
        ("name-collision", file, "aliases", "“身份证丢了”同时指向多个事项") for file in (LOST, RENEW)
    ]


def test_one_name_in_two_places_is_no_collision(small: Library) -> None:
    assert {g.jurisdiction for g in small.guides if "身份证丢了" in g.sayings} == {"410000", "410100"}
    assert errors(small) == []


def test_counting_words_need_no_clause(edited: Callable[[str, str, str], Library]) -> None:
    library = edited(CHILD, "{kind: birth-certificate}", "{kind: birth-certificate, note: 复印件2份，1寸照片3张}")
    assert errors(library) == []


@pytest.mark.parametrize(
    "statutory, promised, found", [("10 日", "20 工作日", 0), ("10 日", "20 日", 1), ("20 日", "20 日", 0)]
)
def test_only_limits_in_the_same_unit_are_compared(small: Library, statutory: str, promised: str, found: int) -> None:
    limits = [
        {"kind": kind, "within": q, "basis": []} for kind, q in (("statutory", statutory), ("promised", promised))
    ]
    guide = small.guides[0].model_copy(update={"limits": tuple(map(Limit.model_validate, limits))})
    rules = [f.rule for f in lint(small.model_copy(update={"guides": (guide,)}), TODAY)]
    assert rules.count("promised-longer") == found


@pytest.mark.parametrize("text, when, found", [
    ("先登报挂失再申请。", "", ["steps[0].text"]), ("现在不再要求登报。", "", []),
    ("先登报挂失再申请。", "effective_to: 2011-12-31\n", []),
], ids=["照抄旧规定", "说明已改", "旧规定当时的文本"])  # fmt: skip
def test_an_old_rule_is_found_where_it_is_told_as_current(
    edited: Callable[[str, str, str], Library], text: str, when: str, found: list[str]
) -> None:
    library = edited(LOST, "  - 到派出所窗口申请。\n", f"  - {text}\n{when}")
    assert [f.field for f in lint(library, TODAY) if f.rule == "outdated-text"] == found


def test_a_finding_reads_as_one_chinese_line(edited: Callable[[str, str, str], Library]) -> None:
    (finding,) = errors(edited(RENEW, "family: id-card", "family: moon"))
    assert str(finding) == f"[错误] reference · {RENEW} · family：事项族 moon 不存在 → 改成已有的编号，或先把它加进库里"


def test_findings_come_by_file_and_every_rule_is_run(edited: Callable[[str, str, str], Library]) -> None:
    edited("themes/newborn.yaml", "fact: has-child", "fact: has-cat")
    edited(LOST, "40 元/证", "45 元/证")
    library = edited(CITY, "basis: [card-law#13]", "basis: [card-law#99]")
    assert [f.file for f in errors(library)] == [LOST, CITY, CITY, "themes/newborn.yaml"]


def test_the_facts_of_a_nested_predicate_are_all_found() -> None:
    a, b, c = (Comparison(fact=name, eq=True) for name in "abc")
    assert facts_of(All(all=(a, Not(not_=AnyOf(any=(b, c)))))) == {"a", "b", "c"}
    assert facts_of(None) == frozenset()
