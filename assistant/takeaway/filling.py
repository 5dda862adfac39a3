"""A plan and its guides → the sheet: every row with the clauses that its guide names for it."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from assistant.model import Due, MergedMaterial, Plan, StageItem
from assistant.onething.questions import told
from assistant.onething.telling import WAYS, day_text, dues, instead, money, times, unmet, visits
from assistant.takeaway.letter import letter_of
from assistant.takeaway.sheet import PASSED, Part, Row, Sheet
from knowledge.catalog import Catalog
from knowledge.model import FieldName, Guide
from knowledge.sentences import sentences

Guides = Mapping[str, Guide]  # by the item's name, as a plan names it


def make_sheet(
    plan: Plan, catalog: Catalog, adcode: str, as_of: date, generation: str, public_url: str | None = None
) -> Sheet:
    """The sheet of a plan made for a place on a day; `public_url` is where this service is reached, if it is known."""
    listed = [item for stage in (*plan.stages, plan.open_items) for item in stage]
    guides = {item.name: catalog.resolve(item.item_id, adcode, as_of).guide for item in listed}
    parts = (
        Part(title="您的情况", rows=tuple(Row(text=line) for line in told(catalog, plan.answers))),
        *_steps(plan, guides, catalog),
        Part(title="还要看您的情况才能确定的", rows=tuple(_rows_of(plan.open_items, plan, guides, catalog))),
        Part(title="材料", rows=tuple(_materials(plan, guides, catalog))),
        Part(title="别过了期限", rows=tuple(_deadlines(plan.deadlines, guides, catalog, as_of))),
        Part(title="日子和跑动", rows=tuple(Row(text=line) for line in (*times(plan.schedule), *visits(plan)))),
        Part(title="费用", rows=tuple(_fees(plan, guides, catalog))),
        Part(title="没有排进来的", rows=tuple(_left_out(plan))),
    )
    return Sheet(
        title=plan.name, place=catalog.place(adcode).name, as_of=as_of, generation=generation,
        checked_on=min((guide.checked_on for guide in guides.values()), default=None),
        address=f"{public_url.rstrip('/')}/?theme={plan.theme_id}" if public_url else None,
        parts=tuple(part for part in parts if part.rows), plan=plan,
        letter=letter_of(plan),
    )  # fmt: skip


def _labels(refs: Iterable[str], catalog: Catalog) -> tuple[str, ...]:
    return tuple(dict.fromkeys(catalog.clause(ref).label for ref in refs))


def _steps(plan: Plan, guides: Guides, catalog: Catalog) -> Iterator[Part]:
    for number, stage in enumerate(plan.stages, 1):
        together = f"（这{len(stage)}件可以同时办）" if len(stage) > 1 else ""
        yield Part(title=f"第{number}步{together}", rows=tuple(_rows_of(stage, plan, guides, catalog)))


def _rows_of(items: tuple[StageItem, ...], plan: Plan, guides: Guides, catalog: Catalog) -> Iterator[Row]:
    """An item's box, then what to know of it: where, when, after what, and what its guide says, clause by clause."""
    for item in items:
        guide = guides[item.name]
        yield Row(text=item.name, note=item.reason, box=True)
        yield Row(text=f"{item.authority}{'，' if WAYS[item.way] else ''}{WAYS[item.way]}{_days(item, plan)}。")
        if item.waits_for:
            yield Row(text=f"先办好：{'、'.join(item.waits_for)}。")
        if item.asks:
            yield Row(text=f"还要看：{'、'.join(item.asks)}。")
        said = [c for c in guide.conditions if c.text in item.check]
        yield from (Row(text=f"请核对：{c.text}", clauses=_labels(c.basis, catalog)) for c in said)
        yield from _said(guide, (FieldName.LIMITS, FieldName.CHANNELS, FieldName.VISITS), catalog)


def _days(item: StageItem, plan: Plan) -> str:
    if plan.schedule is None or item.item_id not in plan.schedule.soonest.handed_in:
        return ""
    ready = plan.schedule.soonest.ready[item.item_id]
    done = f"，{day_text(ready)}办好" if ready else ""
    return f"，最早{day_text(plan.schedule.soonest.handed_in[item.item_id])}去办{done}"


def _said(guide: Guide, fields: tuple[FieldName, ...], catalog: Catalog) -> Iterator[Row]:
    for field in fields:
        for sentence in sentences(guide, field, catalog):
            yield Row(text=sentence.text, clauses=_labels(sentence.basis, catalog))


def _materials(plan: Plan, guides: Guides, catalog: Catalog) -> Iterator[Row]:
    for material in sorted(plan.materials, key=_comes_out):
        clauses = _labels(_clauses(material, guides), catalog)
        hedge = "" if clauses else "（没有核到条文，以窗口为准）"
        count = f"{material.count}份" if material.count > 1 else ""
        yield Row(
            text=f"{material.name}（{material.form}{count}）", note=f"{_use(material)}{hedge}。", clauses=clauses,
            box=not _comes_out(material), ticked=material.held,
        )  # fmt: skip


def _comes_out(material: MergedMaterial) -> bool:
    """Whether a paper comes out of an earlier step and need not be brought."""
    return material.from_item is not None and not material.held


def _clauses(material: MergedMaterial, guides: Guides) -> Iterator[str]:
    for need in material.needs:
        for own in guides[need.item].materials:
            if (own.kind, own.condition, own.note) == (material.kind, need.condition, need.note):
                yield from own.basis


def _use(material: MergedMaterial) -> str:
    """What a paper is for, where it comes from, when it is wanted, and what does instead."""
    notes = [f"用于{'、'.join(material.items)}"]
    if material.held:
        notes.append("您说手里有")
    elif material.from_item:
        notes.append(f"办完“{material.from_item}”就有，不用另外准备")
    elif material.issuer:
        notes.append(f"来自{material.issuer}")
    return "；".join([*notes, *filter(None, [material.condition]), *instead(material)])


def _deadlines(deadlines: tuple[Due, ...], guides: Guides, catalog: Catalog, as_of: date) -> Iterator[Row]:
    for due in deadlines:
        own = [d for d in guides[due.item].deadlines if d.text.rstrip("。") == due.text]
        clauses = _labels((ref for deadline in own for ref in deadline.basis), catalog)
        late = PASSED if due.act_by and due.act_by < as_of else ""
        yield from (Row(text=line + late, clauses=clauses) for line in dues((due,)))


def _fees(plan: Plan, guides: Guides, catalog: Catalog) -> Iterator[Row]:
    """The sum that is sure, every published fee with its clause, then those without an amount in one line."""
    cost = plan.cost
    yield from (Row(text=line) for line in money(cost.model_copy(update={"depends": (), "unpublished": ()})))
    for item in (item for stage in plan.stages for item in stage):
        guide = guides[item.name]
        for fee, sentence in zip(guide.fees, sentences(guide, FieldName.FEES, catalog), strict=True):
            if fee.amount is not None:
                yield Row(text=f"{guide.name}——{sentence.text}", clauses=_labels(sentence.basis, catalog))
    yield from (Row(text=line) for line in money(cost.model_copy(update={"sure": (), "depends": ()})))


def _left_out(plan: Plan) -> Iterator[Row]:
    for item in plan.left_out:
        why = f"不符合：{unmet(item)}" if item.state == "not_eligible" else f"不用办：{'、'.join(item.because)}。"
        yield Row(text=f"{item.name}——{why}")
