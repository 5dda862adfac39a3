"""Numbers: traced to a clause, absent where unconfirmed, never without a unit."""

import re
from collections.abc import Iterator

from knowledge.lint.finding import DESIGN, GUIDE_FORM, Card, Fault, guide_rule, library_rule, text_rule
from knowledge.lint.shelf import Shelf, values
from knowledge.lint.views import Based, GuideView, TextView, stated
from knowledge.model import Certainty
from knowledge.quantities import Value

# Counting words that describe the paper, not the entitlement, need no clause of their own.
UNTRACED_UNITS = {"份", "张", "本", "页", "次", "寸", "人", "名", "孩", "第次"}
_BARE = re.compile(
    r"(?:满|超过|不足|不少于|不低于|不高于|缴纳|收取|提前|延长|至少|最多|最长|低于|高于|每隔|罚款|补贴|给予)\s*"
    r"(\d+(?:\.\d+)?)(?=\s*(?:以内|以上|以下|之内|内|的|后|前|申请|办理|提出|提交|领取|报|[，。；、）]|$))"
)
_TRACED = Card(
    "value-in-clause", "数字写在所引条文里", "error", DESIGN,
    good="补领工本费40元/证，引用写有40元的收费文件",
    bad="补领工本费45元/证，所引文件写的是40元",
)  # fmt: skip
_UNCONFIRMED = Card(
    "unconfirmed-number", "未核实和各地自定的内容不带数", "error", DESIGN,
    good="低保标准由当地民政部门公布", bad="低保标准约每月700元（未核实）",
)  # fmt: skip


def _values(item: Based) -> Iterator[Value]:
    """Every value that a part states, in its words or as a quantity; each once."""
    spoken = (str(said) for said in stated(item))
    found = {value.key: value for text in spoken for value in values(text) if value.unit not in UNTRACED_UNITS}
    yield from found.values()


@text_rule(_TRACED)
def value_in_clause(view: TextView, shelf: Shelf) -> Iterator[Fault]:
    """Each number stands in a cited clause (design §1: values are data with provenance)."""
    for where, item in view.parts:
        refs = item.basis
        for value in _values(item):
            if value.key not in shelf.values_in(refs):
                yield Fault(
                    where,
                    f"“{value.text}”不在所引条文（{'、'.join(refs) or '没有引用'}）里",
                    "补上写有这个数的条文，或删掉这个数",
                )


@text_rule(_UNCONFIRMED)
def unconfirmed_number(view: TextView, shelf: Shelf) -> Iterator[Fault]:
    """What is unconfirmed carries no number."""
    for where, item in view.parts:
        if item.certainty is not Certainty.UNCONFIRMED:
            continue
        if spoken := [v.text for v in _values(item)]:
            yield Fault(where, f"未核实的内容带了数字：{'、'.join(spoken)}", "核到原文后改标 confirmed，或去掉数字")


@guide_rule(_UNCONFIRMED)
def local_number(view: GuideView, shelf: Shelf) -> Iterator[Fault]:
    """What varies from place to place carries no number."""
    for index, rule in enumerate(view.guide.local):
        if spoken := [v.text for v in values(rule.what)]:
            yield Fault(f"local[{index}]", f"各地不同的内容带了数字：{'、'.join(spoken)}", "去掉数字，只说由谁公布")


@library_rule(_TRACED)
def reason_without_number(shelf: Shelf) -> Iterator[Fault]:
    """Reasons and questions cannot cite, so they state no value; the guide that they lead to does."""
    for theme in shelf.library.themes:
        for index, entry in enumerate(theme.items):
            yield from _loose(f"items[{index}].reason", entry.reason, f"themes/{theme.theme_id}.yaml")
    for family in shelf.library.families:
        for text in (family.question, *(option.label for option in family.options)):
            yield from _loose(f"{family.family_id}.options", text, "families.yaml")


def _loose(where: str, text: str, file: str) -> Iterator[Fault]:
    if spoken := [value.text for value in values(text) if value.unit not in UNTRACED_UNITS]:
        yield Fault(where, f"“{'、'.join(spoken)}”没有条文可引", "去掉数字，数字写在那个事项的指南里", file)


@text_rule(Card(
    "number-without-unit", "数字后面写单位", "warning", GUIDE_FORM,
    good="应当提前30日申请", bad="应当提前30申请",
))  # fmt: skip
def number_without_unit(view: TextView, shelf: Shelf) -> Iterator[Fault]:
    """A number that measures something says of what: 20个工作日 is not 20日."""
    if not _BARE.search(view.whole):
        return
    for where, text in view.sentences():
        for match in _BARE.finditer(text):
            yield Fault(where, f"“{match[0]}”没有写单位", "补上单位：日、工作日、元、岁……")


RULES = (value_in_clause, reason_without_number, unconfirmed_number, local_number, number_without_unit)
