"""The stages of a plan as one inline SVG: boxes of items, arrows of what waits for what, the critical path marked.

One unit of the drawing is a twentieth of the text around it, so that it grows with the text. Two drawings: `across` has
the stages as columns, `down` has them one under another for narrow pages; a page shows the one that fits.
"""

from collections.abc import Iterator
from html import escape
from itertools import pairwise
from math import ceil
from typing import NamedTuple

from assistant.model import Plan

EM, CHARACTERS = 20, 8  # units a character; characters a line
WIDTH, PAD, GAP, BETWEEN, HEADING = 200, 9, 14, 56, 40
LANE, ARROW = 14, 9
MOST_ACROSS = 4  # more columns than that fit no page in readable letters
MARK = "◆"


class Box(NamedTuple):
    """One item: where its upper left corner is, and its name line by line."""

    name: str
    stage: int
    x: int
    y: int
    height: int
    lines: tuple[str, ...]
    critical: bool

    @property
    def middle(self) -> int:
        """Half-way down."""
        return self.y + self.height // 2


class Drawing(NamedTuple):
    """Boxes and headings on a ground of so many units, and the arrows between the boxes."""

    kind: str
    columns: int
    width: int
    height: int
    boxes: dict[str, Box]
    headings: tuple[tuple[int, int, str], ...]
    arrows: tuple[str, ...]


def stages_svg(plan: Plan) -> str:
    """The drawings of a plan of at least two items, on one line of HTML; empty for less."""
    count = len(plan.stages)
    if sum(map(len, plan.stages)) < 2:
        return ""
    wide = [_across(plan)] if 1 < count <= MOST_ACROSS else [_side_by_side(plan)] if count == 1 else []
    pictures = "".join(_svg(drawing, _told(plan)) for drawing in (*wide, _down(plan)))
    legend = f"<p>{MARK} 粗框、粗线：最花时间的一条线，别耽搁</p>" if _critical(plan) else ""
    columns = wide[0].columns if wide else 0
    return f'<div class="bc-picture bc-columns-{columns}">{pictures}{legend}</div>'


def _critical(plan: Plan) -> tuple[str, ...]:
    """The names on the critical path; one item alone is no path."""
    names = plan.schedule.latest.critical if plan.schedule else ()
    return names if len(names) > 1 else ()


def _box(plan: Plan, name: str, stage: int, x: int, y: int) -> Box:
    critical = name in _critical(plan)
    text = f"{MARK}{name}" if critical else name
    lines = _lines(text)
    return Box(name, stage, x, y, len(lines) * 26 + 2 * PAD, lines, critical)


def _lines(text: str) -> tuple[str, ...]:
    """Lines of about the same length, none with a bracket left open at its end."""
    each = ceil(len(text) / ceil(len(text) / CHARACTERS))
    cuts = [i - (text[i - 1] == "（") for i in range(each, len(text), each)]
    return tuple(text[a:b] for a, b in pairwise((0, *cuts, len(text))))


def _across(plan: Plan) -> Drawing:
    boxes: dict[str, Box] = {}
    headings, height = [], 0
    for stage, items in enumerate(plan.stages):
        x, y = 2 + stage * (WIDTH + BETWEEN), HEADING
        headings.append((x, 22, f"第{stage + 1}步"))
        for item in items:
            boxes[item.name] = box = _box(plan, item.name, stage, x, y)
            y += box.height + GAP
        height = max(height, y)
    arrows = tuple(_curve(plan, boxes[a], boxes[b]) for a, b in _edges(plan))
    count = len(plan.stages)
    return Drawing("across", count, count * (WIDTH + BETWEEN) - BETWEEN + 4, height, boxes, tuple(headings), arrows)


def _side_by_side(plan: Plan) -> Drawing:
    """One stage alone: its boxes in rows."""
    names = [item.name for item in plan.stages[0]]
    columns = min(len(names), MOST_ACROSS - 1)
    boxes: dict[str, Box] = {}
    y = HEADING
    for row in (names[i : i + columns] for i in range(0, len(names), columns)):
        placed = [_box(plan, name, 0, 2 + n * (WIDTH + GAP), y) for n, name in enumerate(row)]
        boxes |= {box.name: box for box in placed}
        y += max(box.height for box in placed) + GAP
    return Drawing("across", columns, columns * (WIDTH + GAP) - GAP + 4, y, boxes, ((2, 22, "第1步"),), ())


def _down(plan: Plan) -> Drawing:
    sources = list(dict.fromkeys(a for a, _ in _edges(plan)))
    left = 2 + (LANE * len(sources) + ARROW if sources else 0)
    boxes: dict[str, Box] = {}
    headings, y = [], 0
    for number, items in enumerate(plan.stages, 1):
        headings.append((left, y + 22, f"第{number}步"))
        y += HEADING
        for item in items:
            boxes[item.name] = box = _box(plan, item.name, number, left, y)
            y += box.height + GAP
    lanes = {name: 4 + LANE * n for n, name in enumerate(sources)}
    arrows = tuple(_bracket(plan, boxes[a], boxes[b], lanes[a]) for a, b in _edges(plan))
    return Drawing("down", 1, left + WIDTH + 2, y, boxes, tuple(headings), arrows)


def _edges(plan: Plan) -> list[tuple[str, str]]:
    """Who waits for whom, without what follows from other waits (a → b → c says a → c)."""
    waits = {item.name: set(item.waits_for) for stage in plan.stages for item in stage}
    earlier: dict[str, set[str]] = {}  # everything an item waits for, directly or not; stages come in order
    for name, before in waits.items():
        earlier[name] = before.union(*(earlier[other] for other in before))
    implied = {name: set[str]().union(*(earlier[other] for other in before)) for name, before in waits.items()}
    return [
        (before, item.name)
        for stage in plan.stages
        for item in stage
        for before in item.waits_for
        if before not in implied[item.name]
    ]


def _curve(plan: Plan, start: Box, end: Box) -> str:
    """To the next column in a curve; farther over the boxes between."""
    x, y, half = start.x + WIDTH, start.middle, BETWEEN // 2
    if end.stage == start.stage + 1:
        path = f"M{x} {y}C{x + half} {y} {end.x - half} {end.middle} {end.x - ARROW} {end.middle}"
    else:
        path = f"M{x} {y}H{x + half}V{HEADING - 8}H{end.x - half}V{end.middle}H{end.x - ARROW}"
    return _arrow(plan, path, start, end)


def _bracket(plan: Plan, start: Box, end: Box, lane: int) -> str:
    path = f"M{start.x} {start.middle}H{lane}V{end.middle}H{end.x - ARROW}"
    return _arrow(plan, path, start, end)


def _arrow(plan: Plan, path: str, start: Box, end: Box) -> str:
    width = 4 if (start.name, end.name) in pairwise(_critical(plan)) else 1.5
    tip = f"M{end.x - ARROW - 3} {end.middle - 6}L{end.x} {end.middle}L{end.x - ARROW - 3} {end.middle + 6}Z"
    return (
        f'<path d="{path}" fill="none" stroke="currentColor" stroke-width="{width}"/>'
        f'<path d="{tip}" fill="currentColor"/>'
    )


def _svg(drawing: Drawing, told: str) -> str:
    parts = [*drawing.arrows, *(_text(x, y, text, "bold") for x, y, text in drawing.headings)]
    parts += [part for box in drawing.boxes.values() for part in _drawn(box)]
    return (
        f'<svg class="bc-{drawing.kind}" role="img" width="{drawing.width / EM:g}em" height="{drawing.height / EM:g}em" '
        f'viewBox="0 0 {drawing.width} {drawing.height}"><title>办理步骤图</title><desc>{escape(told)}</desc>'
        f'<g font-size="{EM}">{"".join(parts)}</g></svg>'
    )


def _drawn(box: Box) -> Iterator[str]:
    stroke = 5 if box.critical else 1.5
    yield (
        f'<rect x="{box.x}" y="{box.y}" width="{WIDTH}" height="{box.height}" rx="8" fill="#fff" '
        f'stroke="currentColor" stroke-width="{stroke}"/>'
    )
    for number, line in enumerate(box.lines):
        yield _text(box.x + PAD + 2, box.y + PAD + 20 + 26 * number, line, "bold" if box.critical else "normal")


def _text(x: int, y: int, text: str, weight: str) -> str:
    return f'<text x="{x}" y="{y}" fill="currentColor" font-weight="{weight}">{escape(text)}</text>'


def _told(plan: Plan) -> str:
    """The picture in words."""
    lines = [f"共{len(plan.stages)}步。"]
    for number, stage in enumerate(plan.stages, 1):
        names = (f"{i.name}（等{'、'.join(i.waits_for)}）" if i.waits_for else i.name for i in stage)
        lines.append(f"第{number}步：{'，'.join(names)}。")
    if critical := _critical(plan):
        lines.append(f"最花时间的一条线：{'，然后'.join(critical)}。")
    return "".join(lines)
