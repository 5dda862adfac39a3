"""References: everything that is named exists, and places have standard codes."""

import re
from collections.abc import Callable, Iterator

from knowledge.lint.finding import DESIGN, Card, Fault, guide_rule, library_rule
from knowledge.lint.shelf import Shelf
from knowledge.lint.views import GuideView
from knowledge.model import ItemForm, Jurisdiction, Theme
from knowledge.predicates import facts_of

_PROVINCES = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82"
_CODE = re.compile(rf"^(?:{'|'.join(_PROVINCES.split())})\d{{4}}$")
_REFERENCE = Card(
    "reference", "点到名的条文、材料、事项、事实都存在", "error", DESIGN,
    good="引用 id-card-law#11，库里有这一条", bad="引用 id-card-law#99，库里没有这一条",
)  # fmt: skip


def _broken(where: str, what: str, name: str, file: str = "") -> Fault:
    return Fault(where, f"{what} {name} 不存在", "改成已有的编号，或先把它加进库里", file)


@guide_rule(_REFERENCE)
def references_exist(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """Clauses, document kinds, items, families and facts that a guide names do exist."""
    guide = view.guide
    for where, item in view.parts:
        for ref in item.basis:
            if ref not in shelf.clauses:
                yield _broken(where, "条文", ref)
    rows = [(f"conditions[{index}]", row.when) for index, row in enumerate(guide.conditions)]
    rows += [(f"materials[{index}]", row.when) for index, row in enumerate(guide.materials)]
    rows += [(f"limits[{index}]", row.when) for index, row in enumerate(guide.limits)]
    for where, when in rows:
        for fact in sorted(facts_of(when) - shelf.facts.keys()):
            yield _broken(where, "事实", fact)
    for index, material in enumerate(guide.materials):
        for kind in sorted({material.kind, *material.substitutes} - shelf.kinds.keys()):
            yield _broken(f"materials[{index}]", "材料种类", kind)
    for index, deadline in enumerate(guide.deadlines):
        if deadline.event and not _is_date(deadline.event, shelf):
            yield _broken(f"deadlines[{index}]", "日期事实", deadline.event)
        if deadline.issued and deadline.issued not in shelf.kinds:
            yield _broken(f"deadlines[{index}]", "材料种类", deadline.issued)
    for kind in sorted(set(guide.results) - shelf.kinds.keys()):
        yield _broken("results", "材料种类", kind)
    for item_id in sorted(set(guide.related) - shelf.guides.keys()):
        yield _broken("related", "事项", item_id)
    if guide.family and guide.family not in shelf.families:
        yield _broken("family", "事项族", guide.family)


@library_rule(_REFERENCE)
def shared_references_exist(shelf: Shelf) -> Iterator[Fault]:
    """Items and facts that families and themes name, and what forms name, do exist."""
    for family in shelf.library.families:
        for option in family.options:
            if option.item_id not in shelf.guides:
                yield _broken(family.family_id, "事项", option.item_id, "families.yaml")
    for fact in shelf.library.facts:
        if fact.years_since and not _is_date(fact.years_since, shelf):
            yield _broken(fact.fact_id, "日期事实", fact.years_since, "facts.yaml")
        if fact.obtained_by and fact.obtained_by not in shelf.guides:
            yield _broken(fact.fact_id, "事项", fact.obtained_by, "facts.yaml")
    for theme in shelf.library.themes:
        yield from _theme(theme, shelf)
    for form in shelf.library.item_forms:
        yield from _form(form, shelf)


def _is_date(name: str, shelf: Shelf) -> bool:
    return name in shelf.facts and shelf.facts[name].kind == "date"


def _form(form: ItemForm, shelf: Shelf) -> Iterator[Fault]:
    fields = {field for listed in form.asks.values() for field in listed}
    for what, named, known in (
        ("事项", {form.item_id}, shelf.guides.keys()), ("表格分栏", {*form.asks}, shelf.form_sections.keys()),
        ("表格字段", fields, shelf.form_fields.keys()), ("条文", {*form.basis}, shelf.clauses),
    ):  # fmt: skip
        for name in sorted(named - known):
            yield _broken(form.item_id, what, name, "item_forms.yaml")


def _theme(theme: Theme, shelf: Shelf) -> Iterator[Fault]:
    file = f"themes/{theme.theme_id}.yaml"
    for ref in [*theme.summary.basis, *(ref for note in theme.notes for ref in note.basis)]:
        if ref not in shelf.clauses:
            yield _broken("notes", "条文", ref, file)
    for fact in sorted(theme.told.keys() - shelf.facts.keys()):
        yield _broken("told", "事实", fact, file)
    for entry in theme.items:
        if entry.item_id not in shelf.guides:
            yield _broken("items", "事项", entry.item_id, file)
        for fact in sorted(facts_of(entry.when) - shelf.facts.keys()):
            yield _broken("items", "事实", fact, file)
        for section in sorted({*entry.who, *entry.who.values()} - shelf.form_sections.keys()):
            yield _broken("items", "表格分栏", section, file)


@guide_rule(Card(
    "unknown-place", "指南的地区在地区表里", "error", "GB/T 2260（中华人民共和国行政区划代码）",
    good="410100（郑州市）", bad="410199（没有这个地区）",
))  # fmt: skip
def unknown_place(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """A guide belongs to a place that the table knows."""
    if view.guide.jurisdiction not in shelf.places:
        yield Fault(
            "jurisdiction", f"地区代码 {view.guide.jurisdiction} 不在地区表里", "改成地区表里的代码，或先补地区表"
        )


@library_rule(Card(
    "adcode", "行政区划代码合标准", "error", "GB/T 2260（中华人民共和国行政区划代码）",
    good="410105 金水区，上级 410100", bad="410105 金水区，上级 420100",
))  # fmt: skip
def adcode(shelf: Shelf) -> Iterator[Fault]:
    """Codes begin with a province's two digits, agree with the level, and hang below an existing parent."""
    for place in shelf.library.jurisdictions:
        checks: tuple[Callable[[Jurisdiction, Shelf], str | None], ...] = (_bad_code, _bad_parent)
        for check in checks:
            if problem := check(place, shelf):
                yield Fault(place.adcode, problem, "对照国家统计局公布的代码改正", "jurisdictions.csv")


def _bad_code(place: Jurisdiction, shelf: Shelf) -> str | None:
    code = place.adcode
    if not _CODE.match(code):
        return f"“{place.name}”的代码 {code} 不是省级代码开头"
    direct = code[2:4] == "90"  # cities and counties under a province's own rule: 419001 济源市
    shape = {"province": code[2:] == "0000", "city": direct or code[4:] == "00", "county": code[4:] != "00"}
    if not shape[place.level]:
        return f"“{place.name}”的代码 {code} 和级别 {place.level} 对不上"
    if place.zone != (place.level == "county" and code[4:6] in {"71", "72", "73"}):
        return f"“{place.name}”的代码 {code} 和是否功能区的标记对不上"
    return None


def _bad_parent(place: Jurisdiction, shelf: Shelf) -> str | None:
    if place.parent is None:
        return None if place.level == "province" else f"“{place.name}”没有写上级地区"
    if place.parent not in shelf.places:
        return f"“{place.name}”的上级 {place.parent} 不在地区表里"
    shared = 4 if place.level == "county" and place.parent[2:] != "0000" else 2
    if place.parent == place.adcode or place.parent[:shared] != place.adcode[:shared]:
        return f"“{place.name}”的上级 {place.parent} 和代码 {place.adcode} 对不上"
    return None


RULES = (references_exist, shared_references_exist, unknown_place, adcode)
