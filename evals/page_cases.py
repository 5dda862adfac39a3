"""The sections of the report page that go into the cases: slices, kinds of replies, the worst ones with their traces."""

from collections.abc import Callable, Iterator, Sequence
from html import escape
from typing import Any

from evals.metrics import METRICS, faults, metric, wrong
from evals.outcome import Outcome
from evals.page_pieces import KINDS, STYLES, share, table
from evals.report import title
from evals.sample import Expect
from knowledge.model import FieldName

WORST = 25
LEAST = 5  # cases of a slice that is shown by itself
SLICED = ("item_right", "values_right", "kind_right", "false_answer", "over_refused")


def slices_section(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The main metrics by how it was asked, what for, where, and of whom."""
    yield "<h2>分开看</h2>"
    ways: tuple[tuple[str, Callable[[Outcome], Sequence[str]]], ...] = (
        ("问法", lambda o: [STYLES.get(o.style, o.style)]),
        ("所问字段", lambda o: [FieldName(field).label for field in o.expect.fields] or ["没有限定"]),
        ("地区", lambda o: [o.city]),
        ("主管部门", lambda o: [o.authority]),
    )
    for name, keys in ways:
        groups: dict[str, list[Outcome]] = {}
        for o in outcomes:
            for key in keys(o):
                groups.setdefault(key, []).append(o)
        shown = sorted((g for g in groups.items() if len(g[1]) >= LEAST), key=lambda g: -len(g[1]))
        rest = len(groups) - len(shown)
        yield f"<details{' open' if name in ('问法', '所问字段') else ''}><summary><b>按{name}</b>（{len(shown)} 类）</summary>"
        yield from table(
            f"题多的在前{f'；另有 {rest} 类不到 {LEAST} 题，没有列' if rest else ''}",
            [name, "题数", *(title(n) for n in SLICED)],
            ([escape(key), str(len(g)), *(share(_as_dict(g, n)) for n in SLICED)] for key, g in shown),
        )
        yield "</details>"


def _as_dict(outcomes: Sequence[Outcome], name: str) -> dict[str, Any] | None:
    found = metric(outcomes, name)
    return found._asdict() if found.n else None


def kinds_section(pairs: Sequence[dict[str, Any]]) -> Iterator[str]:
    """The confusion matrix of the kinds of replies."""
    got = [kind for kind in KINDS if any(p["got"] == kind for p in pairs)]
    expected = sorted({p["expected"] for p in pairs}, key=lambda row: (row.count("/"), list(KINDS).index(row.split("/")[0]), row))  # fmt: skip
    counts = {(p["expected"], p["got"]): p["n"] for p in pairs}
    yield "<h2>答复的种类</h2>"
    yield from table(
        "行是应当怎么答（几种都行的写在一起），列是实际怎么答；加粗的不对", ["应当", *(KINDS[k] for k in got)],
        (
            ["、".join(KINDS[k] for k in row.split("/")), *(_count(counts.get((row, k), 0), k in row.split("/")) for k in got)]
            for row in expected
        ),
    )  # fmt: skip


def _count(n: int, right: bool) -> str:
    return "" if not n else str(n) if right else f"<span class=bad>{n}</span>"


def worst_section(outcomes: Sequence[Outcome]) -> Iterator[str]:
    """The worst cases, opened by a tap: what was expected, what was said, why."""
    bad = sorted((o for o in outcomes if o.error or wrong(o)), key=_badness)
    yield f'<h2>最差的题</h2><p class="quiet">有问题的 {len(bad)} 题，列前 {min(WORST, len(bad))} 题，零容忍和答错值的在前；全部见 cases.csv。</p>'
    for o in bad[:WORST]:
        names = faults(o) or "出错"
        yield f"<details><summary><b>{escape(o.case_id)}</b> {escape(' → '.join(o.turns))} <span class=bad>{escape(names)}</span></summary>"
        yield f"<p>应当：{escape(_expected(o.expect))}</p>"
        yield f"<pre>{escape(o.reply.text if o.reply else o.error or '')}</pre>{_trace(o)}</details>"


def _expected(expect: Expect) -> str:
    """What a case asks for, in words."""
    parts = (
        ("", "或".join(KINDS[kind] for kind in expect.kinds)), ("事项 ", "或".join(expect.items)), ("一件事 ", expect.theme),
        ("说到 ", "、".join(FieldName(field).label for field in expect.fields)), ("值 ", "、".join(expect.values)),
        ("不该有 ", "、".join(expect.absent)), ("理由 ", expect.reason), ("意图 ", expect.intent), ("地区 ", expect.place),
        ("文本 ", expect.guide), ("计划里有 ", "、".join(expect.planned)), ("说法 ", "；".join("或".join(group) for group in expect.says)),
        ("标准答案 ", expect.ideal),
    )  # fmt: skip
    return "；".join(f"{word}{told}" for word, told in parts if told)


def _badness(o: Outcome) -> tuple[bool, int, str]:
    names = wrong(o)
    return not any(METRICS[n].zero for n in names) and "values_right" not in names, -len(names), o.case_id


def _trace(o: Outcome) -> str:
    if o.trace is None:
        return ""
    sure = f"{o.trace.confidence:.2f}" if o.trace.confidence is not None else "—"
    found = "；".join(f"{c.key} {c.score:.3f}" for c in o.trace.candidates)
    told = f"意图 {o.trace.intent or '—'}；决定 {o.trace.decision}；把握 {sure}；检索“{o.trace.query}”得 {found or '—'}；略去 {'、'.join(o.trace.dropped) or '—'}"
    return f'<p class="quiet">{escape(told)}；{o.seconds * 1000:.1f} ms</p>'
