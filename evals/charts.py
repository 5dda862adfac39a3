"""Charts as inline SVG: no script, nothing loaded from elsewhere, readable when printed in grey."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 460, 330, 62, 52, 16, 18
APART = 26  # marks nearer than this to the last one are left out
INK, LINE, SECOND, GRID = "#1f2328", "#0b57a4", "#9a3412", "#d8dee4"


class Axis(NamedTuple):
    """A label and the values at both ends."""

    label: str
    low: float
    high: float

    def share(self, value: float) -> float:
        """Where a value lies, 0 at the low end and 1 at the high end."""
        return (value - self.low) / (self.high - self.low)


def _x(axis: Axis, value: float) -> float:
    return LEFT + axis.share(value) * (WIDTH - LEFT - RIGHT)


def _y(axis: Axis, value: float) -> float:
    return HEIGHT - BOTTOM - axis.share(value) * (HEIGHT - TOP - BOTTOM)


def _text(x: float, y: float, text: str, anchor: str = "middle", more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{more}>{escape(text)}</text>'


def _frame(name: str, x: Axis, y: Axis) -> list[str]:
    """The grid with its numbers and both labels; percentages on both axes."""
    parts = []
    for step in range(6):
        across, up = x.low + step / 5 * (x.high - x.low), y.low + step / 5 * (y.high - y.low)
        parts += [
            f'<line x1="{_x(x, across):.1f}" y1="{TOP}" x2="{_x(x, across):.1f}" y2="{HEIGHT - BOTTOM}" stroke="{GRID}"/>',
            f'<line x1="{LEFT}" y1="{_y(y, up):.1f}" x2="{WIDTH - RIGHT}" y2="{_y(y, up):.1f}" stroke="{GRID}"/>',
            _text(_x(x, across), HEIGHT - BOTTOM + 18, _percent(across, x)),
            _text(LEFT - 7, _y(y, up) + 4, _percent(up, y), "end"),
        ]
    middle = (TOP + HEIGHT - BOTTOM) / 2
    parts += [
        _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 10, x.label),
        _text(14, middle, y.label, more=f' transform="rotate(-90 14 {middle:.1f})"'),
    ]
    return [f'<svg viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(name)}">', *parts]


def _percent(value: float, axis: Axis) -> str:
    return f"{value * 100:.{0 if axis.high - axis.low >= 0.5 else 1}f}%"


def curve(name: str, x: Axis, y: Axis, points: Sequence[tuple[float, float]], marks: Sequence[str]) -> str:
    """A line through points, marked with a word where there is room."""
    path = " ".join(f"{_x(x, a):.1f},{_y(y, b):.1f}" for a, b in points)
    parts = [*_frame(name, x, y), f'<polyline points="{path}" fill="none" stroke="{LINE}" stroke-width="2"/>']
    last = (-float(APART), -float(APART))
    for (a, b), mark in zip(points, marks, strict=True):
        here = (_x(x, a), _y(y, b))
        parts.append(f'<circle cx="{here[0]:.1f}" cy="{here[1]:.1f}" r="3.5" fill="{LINE}"/>')
        if max(abs(here[0] - last[0]), abs(here[1] - last[1])) >= APART:
            parts.append(_text(here[0] - 7, here[1] - 7, mark, "end"))
            last = here
    return "\n".join([*parts, "</svg>"])


def dots(name: str, x: Axis, y: Axis, points: Sequence[tuple[float, float, int]]) -> str:
    """Points sized by their number beside the diagonal on which stated and true agree."""
    most = max((n for *_, n in points), default=1)
    parts = [
        *_frame(name, x, y),
        f'<line x1="{_x(x, x.low):.1f}" y1="{_y(y, y.low):.1f}" x2="{_x(x, x.high):.1f}" y2="{_y(y, y.high):.1f}" stroke="{INK}" stroke-dasharray="5 4"/>',
    ]
    for a, b, n in points:
        parts.append(
            f'<circle cx="{_x(x, a):.1f}" cy="{_y(y, b):.1f}" r="{4 + 3 * n / most:.1f}" fill="{LINE}" fill-opacity=".8"/>'
        )
    return "\n".join([*parts, "</svg>"])


class Bar(NamedTuple):
    """One row of a chart of intervals, all between 0 and 1."""

    label: str
    low: float
    value: float
    high: float
    better: bool  # whether higher is better
    note: str


def intervals(name: str, bars: Sequence[Bar]) -> str:
    """Each share as a dot on its interval, from 0 to 1; rows of text and boxes, so that they read on a telephone too."""
    rows = []
    for bar in bars:
        colour = LINE if bar.better else SECOND
        rows.append(
            f'<li><span>{escape(bar.label)}</span><span class=note>{escape(bar.note)}</span><span class=bar style="color:{colour}" aria-hidden=true>'
            f'<i style="left:{100 * bar.low:.1f}%;width:{100 * (bar.high - bar.low):.1f}%"></i><b style="left:{100 * bar.value:.1f}%"></b></span></li>'
        )
    scale = "".join(f'<i style="left:{step}%">{step}%</i>' for step in range(0, 101, 20))
    return "\n".join([f'<ul class=bars aria-label="{escape(name)}">', *rows, f"<li class=scale aria-hidden=true><span>{scale}</span></li></ul>"])  # fmt: skip
