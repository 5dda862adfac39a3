"""A plan as HTML: stages in order, one merged list of papers, what is still open. Pure functions."""

from assistant.model import MergedMaterial, Plan, StageItem
from ui.markup import text


def plan_blocks(plan: Plan) -> list[str]:
    """The blocks of a plan, in reading order."""
    return [block for block in (_stages(plan), _materials(plan), _open(plan.open_items)) if block]


def _item(item: StageItem) -> str:
    within = f"，{text(item.within)}内办结" if item.within else ""
    return (
        f'<li><strong>{text(item.name)}</strong><span class="bc-note">{text(item.authority)}{within}</span>'
        f'<span class="bc-why">{text(item.reason)}</span></li>'
    )


def _stages(plan: Plan) -> str:
    steps = []
    for number, stage in enumerate(plan.stages, start=1):
        together = f"这 {len(stage)} 件可以同时办" if len(stage) > 1 else "这一步办 1 件"
        items = "".join(map(_item, stage))
        steps.append(f"<li><h3>第 {number} 步<small>{together}</small></h3><ul>{items}</ul></li>")
    if not steps:
        return ""
    return f'<section class="bc-plan"><h2>按这个顺序办</h2><ol class="bc-stages">{"".join(steps)}</ol></section>'


def _material(material: MergedMaterial) -> str:
    count = f" {material.count} 份" if material.count > 1 else ""
    lines = [f"{text(material.form)}{count}"]
    if material.condition:
        lines.append(f"什么时候要：{text(material.condition)}")
    if material.from_item:
        lines.append(f"办完“{text(material.from_item)}”就有，不用另外准备")
    elif material.issuer:
        lines.append(f"来自：{text(material.issuer)}")
    lines.append(f"用于：{text('、'.join(material.items))}")
    mark = ' class="bc-later"' if material.from_item else ""
    notes = "".join(f'<span class="bc-note">{line}</span>' for line in lines)
    return f"<li{mark}><strong>{text(material.name)}</strong>{notes}</li>"


def _materials(plan: Plan) -> str:
    if not plan.materials:
        return ""
    bring = [m for m in plan.materials if not m.from_item]
    later = [m for m in plan.materials if m.from_item]
    saved = f"（原来各事项共要 {plan.raw_materials} 份，合并后 {len(plan.materials)} 样）"
    html = f'<section class="bc-plan"><h2>要准备的材料<small>{saved}</small></h2>{_list(bring)}'
    if later:
        html += f"<h3>前面的步骤会办出来的</h3>{_list(later)}"
    return html + "</section>"


def _list(materials: list[MergedMaterial]) -> str:
    return f'<ul class="bc-materials">{"".join(map(_material, materials))}</ul>' if materials else ""


def _open(items: tuple[StageItem, ...]) -> str:
    if not items:
        return ""
    rows = "".join(map(_item, items))
    return f'<section class="bc-plan"><h2>还要看您的情况才能确定的</h2><ul class="bc-open">{rows}</ul></section>'
