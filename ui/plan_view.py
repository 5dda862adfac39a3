"""A plan as HTML: stages with their days, deadlines, visits, money, papers, what is open or left out. Pure functions."""

from collections.abc import Iterable

from assistant.model import LeftOut, MergedMaterial, Plan, Schedule, StageItem
from assistant.onething.telling import WAYS, day_text, dues, instead, money, times, unmet, visits
from assistant.takeaway.stages_svg import stages_svg
from ui.markup import text

BOX = '<input type="checkbox" autocomplete="off">'  # her ticks stay on her page
TALLY = '<p class="bc-tally"></p>'  # how much of it is ticked, counted on her page


def plan_blocks(plan: Plan) -> list[str]:
    """The blocks of a plan, in reading order; an empty one is left away."""
    blocks = (
        _stages(plan), _open(plan.open_items), _told("什么时候能办完", times(plan.schedule)),
        _told("别过了期限", dues(plan.deadlines)), _told("要跑几趟", visits(plan)), _told("要花多少钱", money(plan.cost)),
        _materials(plan), _left_out(plan.left_out),
    )  # fmt: skip
    return [block for block in blocks if block]


def _section(title: str, body: str) -> str:
    return f'<section class="bc-plan"><h2>{title}</h2>{body}</section>' if body else ""


def _told(title: str, lines: Iterable[str]) -> str:
    rows = "".join(f"<li>{text(line)}</li>" for line in lines)
    return _section(title, rows and f'<ul class="bc-open">{rows}</ul>')


def _notes(lines: Iterable[str]) -> str:
    return "".join(f'<span class="bc-note">{line}</span>' for line in lines)


def _item(item: StageItem, schedule: Schedule | None = None) -> str:
    within = f"，{text(item.within)}内办结" if item.within else ""
    way = f"，{WAYS[item.way]}" if WAYS[item.way] else ""
    lines = [f"{text(item.authority)}{way}{within}"]
    if schedule:
        lines.append(_days(item.item_id, schedule))
    if item.waits_for:
        lines.append(f"先办好：{text('、'.join(item.waits_for))}")
    if item.asks:
        lines.append(f"要看：{text('、'.join(item.asks))}")
    name = f"<strong>{text(item.name)}</strong>"
    if schedule:
        name = f'<label class="bc-step">{BOX}{name}</label>'
    return f'<li>{name}{_notes(lines)}<span class="bc-why">{text(item.reason)}</span></li>'


def _days(item_id: str, schedule: Schedule) -> str:
    """When an item can be handed in and ready at the soonest, as far as times are published."""
    handed_in, ready = schedule.soonest.handed_in[item_id], schedule.soonest.ready[item_id]
    if ready is None:
        return f"最早{day_text(handed_in)}去办"
    return f"最快{day_text(handed_in)}去办，{day_text(ready)}办好"


def _stages(plan: Plan) -> str:
    steps = []
    for number, stage in enumerate(plan.stages, start=1):
        together = f"这 {len(stage)} 件可以同时办" if len(stage) > 1 else "这一步办 1 件"
        items = "".join(_item(item, plan.schedule) for item in stage)
        steps.append(f"<li><h3>第 {number} 步<small>{together}</small></h3><ul>{items}</ul></li>")
    drawn = f'{stages_svg(plan)}{TALLY}<ol class="bc-stages">{"".join(steps)}</ol>' if steps else ""
    return _section("按这个顺序办", drawn)


def _material(material: MergedMaterial) -> str:
    count = f" {material.count} 份" if material.count > 1 else ""
    lines = [f"{text(material.form)}{count}"]
    if material.condition:
        lines.append(f"什么时候要：{text(material.condition)}")
    if material.from_item:
        lines.append(f"办完“{text(material.from_item)}”就有，不用另外准备")
    elif material.issuer:
        lines.append(f"来自：{text(material.issuer)}")
    lines += map(text, instead(material))
    lines.append(f"用于：{text('、'.join(material.items))}")
    if material.from_item or material.held:
        return f'<li class="bc-later"><strong>{text(material.name)}</strong>{_notes(lines)}</li>'
    return f"<li><label>{BOX}<strong>{text(material.name)}</strong></label>{_notes(lines)}</li>"


def _materials(plan: Plan) -> str:
    if not plan.materials:
        return ""
    held = [m for m in plan.materials if m.held]
    bring = [m for m in plan.materials if not m.held and not m.from_item]
    later = [m for m in plan.materials if not m.held and m.from_item]
    saved = f"（原来各事项共要 {plan.raw_materials} 份，合并后 {len(plan.materials)} 样）"
    html = _list(bring)
    for title, materials in (("您说手里有的", held), ("前面的步骤会办出来的", later)):
        if materials:
            html += f"<h3>{title}</h3>{_list(materials)}"
    return _section(f"要准备的材料<small>{saved}</small>", html)


def _list(materials: list[MergedMaterial]) -> str:
    return f'<ul class="bc-materials">{"".join(map(_material, materials))}</ul>' if materials else ""


def _open(items: tuple[StageItem, ...]) -> str:
    rows = "".join(map(_item, items))
    return _section("还要看您的情况才能确定的", rows and f'<ul class="bc-open">{rows}</ul>')


def _left_out(items: tuple[LeftOut, ...]) -> str:
    rows = "".join(f"<li><strong>{text(item.name)}</strong>{_notes([_reason(item)])}</li>" for item in items)
    return _section("没有排进来的", rows and f'<ul class="bc-open">{rows}</ul>')


def _reason(item: LeftOut) -> str:
    if item.state == "not_eligible":
        return text(f"不符合：{unmet(item)}")
    return text(f"不用办：{'、'.join(item.because)}")
