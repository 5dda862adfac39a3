"""Sheets to compare: a small life event made by hand, and random ways through the shipped ones."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from random import Random

from assistant.onething.eligibility import UNKNOWN
from assistant.onething.flow import open_flow
from assistant.onething.planning import make_plan
from assistant.onething.questions import dates_of
from assistant.takeaway.filling import make_sheet
from assistant.takeaway.sheet import Sheet
from knowledge.catalog import Catalog
from knowledge.model import Library, Theme
from knowledge.sources.library import load_library
from tests.assistant.test_theme_walks import some_ways
from tests.assistant.toys import TOYS, guide, point

DAY = date(2026, 11, 22)  # a Sunday
LIMIT = {"kind": "statutory", "within": "3 工作日", "basis": ("card-law#1",)}
TOLD = {"born": "2026-11-10", "first": "true"}


def toy(answers: dict[str, str], held: frozenset[str] = frozenset()) -> Sheet:
    """A birth: the certificate, then the register, then perhaps a subsidy; the register may be done by another."""
    birth = guide(
        "birth", "出生证明", results=("letter",), limits=(LIMIT,), visits=(point("父母一方去。", "card-law#1"),),
        channels=({"kind": "window", "name": "助产机构", "note": "周一至周五", "basis": ("card-law#1",)},),
    )  # fmt: skip
    hukou = guide(
        "hukou", "出生登记", fees=({"name": "工本费", "amount": "10 元/本", "basis": ("price-rule#3",)}, {"name": "邮寄费"}),
        materials=(
            {"kind": "letter", "basis": ("card-law#1",)}, {"kind": "book", "count": 2, "basis": ("card-law#1",)},
            {"kind": "form", "form": "fill_in"}, {"kind": "authorization-letter", "condition": "委托别人办时"},
        ),
        conditions=({"text": "孩子没有登记过。", "basis": ("old-rule#2",)},),
        deadlines=({"text": "出生后一个月内登记。", "within": "1 月", "event": "born", "basis": ("card-law#1",)}, "越早越好。"),
    )  # fmt: skip
    aid = guide(
        "aid", "补贴<申领>", deadlines=({"text": "登记后三个月内申领。", "within": "3 月", "issued": "letter"},)
    )
    life = Theme.model_validate({
        "theme_id": "newborn", "jurisdiction": "410000", "name": "孩子出生一件事", "summary": "事。", "sources": ({"title": "方案"},),
        "checked_on": DAY, "certainty": "confirmed",
        "items": [
            {"item_id": "birth", "reason": "后面都要用。"}, {"item_id": "hukou", "reason": "有了户口才能参保。"},
            {"item_id": "aid", "reason": "一孩可领。", "when": {"fact": "first", "eq": True}},
        ],
    })  # fmt: skip
    facts = (
        {"fact_id": "born", "label": "出生日期", "kind": "date", "question": "？"},
        {"fact_id": "first", "label": "第一个孩子", "kind": "bool", "question": "？"},
    )
    papers = (*TOYS.documents, {"kind_id": "authorization-letter", "name": "授权委托书"})
    base = TOYS.model_dump() | {"guides": (birth, hukou, aid), "facts": facts, "documents": papers}
    known = Catalog(Library.model_validate(base | {"calendars": shipped().library.calendars}))
    plan = make_plan(life, answers, known, "410100", DAY, held)
    return make_sheet(plan, known, "410100", DAY, "7", "https://bancheng.example/")


@cache
def shipped() -> Catalog:
    return Catalog(load_library())


def sheets(theme_id: str, count: int) -> Iterator[Sheet]:
    """Sheets of ways through a life event by random taps, with a day for every date that may be told."""
    flow, random = open_flow(shipped().themes[theme_id], shipped(), "410000", DAY), Random(theme_id)
    for answers in some_ways(flow, count):
        days = {name: (DAY - timedelta(days=random.randrange(400))).isoformat() for name in dates_of(flow.cases)}
        told = {**answers, **{name: random.choice([day, UNKNOWN]) for name, day in days.items()}}
        plan = make_plan(flow.theme, told, shipped(), "410000", DAY)
        yield make_sheet(plan, shipped(), "410000", DAY, "7")
