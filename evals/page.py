"""The report as one HTML page in Chinese: no script, nothing loaded from elsewhere, fit for printing."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone
from html import escape
from typing import Any, NamedTuple

from evals.charts import Axis, Bar, curve, dots, intervals
from evals.compare import Difference, Record
from evals.metrics import METRICS
from evals.outcome import Outcome
from evals.page_cases import kinds_section, slices_section, worst_section
from evals.page_pieces import SUITES, share, table
from evals.report import title

STYLE = """
:root{color-scheme:light}body{font:16px/1.7 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",sans-serif;
max-width:72rem;margin:0 auto;padding:1.5rem;color:#1f2328;background:#fff}h1{font-size:1.7rem;margin:0}
h2{font-size:1.25rem;margin:2.2rem 0 .5rem;border-bottom:2px solid #0b57a4;padding-bottom:.2rem}h3{font-size:1.05rem;margin:1.2rem 0 .3rem}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:.5rem 0;font-size:.92rem}caption{text-align:left;color:#57606a;padding:.2rem 0}
th,td{border:1px solid #d0d7de;padding:.3rem .55rem;text-align:left;vertical-align:top}td.n,th.n{text-align:right;white-space:nowrap}
th{background:#f0f4f9;font-weight:600}tbody th{white-space:nowrap;position:sticky;left:0}.ci{color:#57606a;font-size:.82rem;display:block;white-space:nowrap}
.bad{color:#a40e26;font-weight:600}.ok{color:#116329}.quiet{color:#57606a}.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(22rem,100%),1fr));gap:1rem}
.big{display:flex;gap:1rem;flex-wrap:wrap;margin:1rem 0;padding:0;list-style:none}.big li{border:1px solid #d0d7de;border-radius:.5rem;padding:.6rem 1.2rem}
.big b{display:block;font-size:1.7rem;line-height:1.2}svg{width:100%;height:auto;font-size:13px;fill:#1f2328}figure{margin:0}figcaption{color:#57606a}
.bars{list-style:none;padding:0;margin:.5rem 0}.bars li{display:grid;grid-template-columns:11rem 1fr 9rem;gap:0 1rem;align-items:center}.bars .note{order:3}
.bar,.scale span{position:relative;height:1.7rem;background:repeating-linear-gradient(90deg,#d8dee4 0 1px,transparent 1px 20%);border-right:1px solid #d8dee4}
.bar i{position:absolute;top:calc(50% - 1.5px);height:3px;background:currentColor}.bar b{position:absolute;top:calc(50% - 5px);width:10px;height:10px;margin-left:-5px;border-radius:50%;background:currentColor}
.scale span{grid-column:2;background:none;border:0}.scale i{position:absolute;transform:translateX(-50%);font-style:normal;font-size:.82rem;color:#57606a}
summary{cursor:pointer;padding:.3rem 0}summary .bad{display:block;font-weight:400}details{border-bottom:1px solid #eaeef2}pre{white-space:pre-wrap;background:#f6f8fa;padding:.6rem;margin:.3rem 0;font:inherit}
code{overflow-wrap:anywhere}
@media(max-width:40rem){body{padding:1rem}.big{gap:.5rem}.big li{flex:1 0 6rem;padding:.4rem .7rem}tbody th{white-space:normal;min-width:5rem}
.bars li{grid-template-columns:1fr auto}.bars .note{order:0}.bar,.scale span{grid-column:1/3;height:1.2rem;margin:0 .8rem}}
@media print{details>*{display:block}body{padding:0}}
"""


BEIJING = timezone(timedelta(hours=8))


class Earlier(NamedTuple):
    """The run compared with, if any, and every difference."""

    record: Record | None
    found: Sequence[Difference]


def as_html(report: dict[str, Any], outcomes: Sequence[Outcome], earlier: Earlier) -> str:
    """The whole page: figures, what changed, slices, confidence, kinds of replies, the worst cases."""
    sections = (
        _head(report), _figures(report), _compared(earlier), slices_section(outcomes), _confidence(report["calibration"]),
        kinds_section(report["confusion"]), worst_section(outcomes), _method(report),
    )  # fmt: skip
    body = "\n".join(line for section in sections for line in section)
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>办成评测报告</title><style>{STYLE}</style></head>\n<body><main>\n{body}\n</main></body></html>\n"
    )


def _head(report: dict[str, Any]) -> Iterator[str]:
    environment, overall = report["environment"], report["metrics"]["all"]
    about = [
        f"题目：{report['split']} 部分", f"被测：{report['config']['target']}", f"跑于 {_moment(environment['ran_at'])}",
        f"提交 {environment['commit'][:12]}{'（有未提交的改动）' if environment['changed'] else ''}",
        *(f"{word} {report['target'][key]}" for key, word in (("generation", "版本"), ("model", "模型")) if key in report["target"]),
    ]  # fmt: skip
    yield f'<h1>办成评测报告</h1><p class="quiet">{escape(" · ".join(about))}</p>'
    yield '<ul class="big">'
    for name in ("item_right", "values_right", "false_answer", "over_refused"):
        if name in overall:
            yield f"<li><b>{overall[name]['value'] * 100:.1f}%</b>{escape(METRICS[name].title)}</li>"
    yield f"<li><b>{report['cases']}</b>题</li><li><b>{report['errors']}</b>题出错</li><li><b>{report['latency_ms']['p95']:.0f} ms</b>p95 用时</li></ul>"
    crossed = [f"{METRICS[n].title} {overall[n]['successes']} 题" for n in overall if METRICS[n].zero and overall[n]["successes"]]  # fmt: skip
    if crossed:
        yield f'<p class="bad">零容忍的有：{escape("；".join(crossed))}。</p>'
    else:
        yield '<p class="ok">零容忍的五项（相反数值、串用别处规定、失效依据、个人信息、外来链接）一题也没有。</p>'
    if report["unsteady"]:
        yield f'<p class="bad">重复几遍结果不一样的有 {report["unsteady"]} 题。</p>'


def _moment(ran_at: str) -> str:
    """When, as people here write it; a day stays a day."""
    told = datetime.fromisoformat(ran_at)
    return f"{told.astimezone(BEIJING):%Y-%m-%d %H:%M}（北京时间）" if told.tzinfo else ran_at


def _figures(report: dict[str, Any]) -> Iterator[str]:
    overall, names = report["metrics"]["all"], list(report["metrics"])
    yield "<h2>各项指标</h2><figure>"
    yield intervals("各项指标和 95% 区间", [
        Bar(METRICS[n].title, max(0.0, f["low"]), f["value"], min(1.0, f["high"]), METRICS[n].higher, f"{f['value']:.3f}，{f['n']} 题")
        for n, f in overall.items() if not METRICS[n].zero
    ])  # fmt: skip
    yield "<figcaption>点是比例，线是 95% 区间（同一份指南的题算一簇）。蓝的越高越好，褐的越低越好。</figcaption></figure>"
    yield from table(
        "按题集（零容忍的五项另列在上面）", ["指标", *(SUITES.get(name, name) for name in names)],
        ([escape(title(n)), *(share(report["metrics"][s].get(n)) for s in names)] for n in overall if not METRICS[n].zero),
    )  # fmt: skip


def _compared(earlier: Earlier) -> Iterator[str]:
    if earlier.record is None:
        return
    yield f"<h2>与 {escape(earlier.record.name)} 相比</h2>"
    yield from table(
        "正的是变好；p 是按指南翻转符号的精确检验，经 Holm 校正；“看得出的差”是这么多题八成把握能发现的最小的差",
        ["指标", "结论", "前", "后", "差", "p", "修好", "弄坏", "看得出的差"],
        (
            [
                escape(METRICS[d.name].title), _verdict(d), f"{d.before:.3f}", f"{d.after:.3f}",
                f"{d.gain.value:+.3f}<span class=ci>{d.gain.low:+.3f} 到 {d.gain.high:+.3f}</span>", f"{d.adjusted:.3g}",
                str(len(d.fixed)), str(len(d.broken)), f"{d.detectable:.3f}",
            ]
            for d in earlier.found
        ),
    )  # fmt: skip
    for word, pick in (("弄坏", "broken"), ("修好", "fixed")):
        yield f"<details><summary>{word}的题</summary><ul>"
        for d in earlier.found:
            if cases := getattr(d, pick):
                yield f"<li>{escape(METRICS[d.name].title)}：{escape('、'.join(cases))}</li>"
        yield "</ul></details>"


def _verdict(d: Difference) -> str:
    if not d.fixed and not d.broken:
        return "一样"
    if not d.sure:
        return "没有定论"
    return "<span class=ok>变好</span>" if d.gain.value > 0 else "<span class=bad>变差</span>"


def _confidence(found: dict[str, Any]) -> Iterator[str]:
    if not found["n"]:
        return
    points = [(p["coverage"], p["risk"], p["threshold"]) for p in found["risk_coverage"]]
    most = max(risk for _, risk, _ in points)
    top = next(end for end in (0.05, 0.1, 0.2, 0.3, 0.5, 1.0) if most <= end)
    yield f'<h2>把握准不准</h2><p class="quiet">由检索决定的单句题 {found["n"]} 道，期望校准误差 {found["expected_error"]:.3f}。</p><div class=two><figure>'
    yield curve(
        "风险与覆盖", Axis("答了多少", 0, 1), Axis("答了的错多少", 0, top), [(a, b) for a, b, _ in points],
[f"≥{t:.1f}" for *_, t in points],
    )  # fmt: skip
    yield "<figcaption>至少多大把握才答：答得越少，错得越少。</figcaption></figure><figure>"
    yield dots("可靠性", Axis("说的把握", 0, 1), Axis("真的对", 0, 1), [(b["stated"], b["right"], b["n"]) for b in found["reliability"]])  # fmt: skip
    yield "<figcaption>在虚线上就是说多少是多少；在线下是说大了。</figcaption></figure></div>"


def _method(report: dict[str, Any]) -> Iterator[str]:
    packages = "，".join(f"{name} {version}" for name, version in report["environment"]["packages"].items())
    suites = "，".join(f"{SUITES.get(name, name)} {digest}" for name, digest in report["suites"].items())
    yield "<h2>怎么算的</h2><p>一题一个会话，判最后一句。比例用 Wilson 区间，样本量按“同一份指南的题算一簇”折减；平均数的区间同法，看相当于多少道是非题；差用 Tango 区间。"
    yield "出错的题单独计数，不算对也不算错。判分不用语言模型。</p>"
    yield f'<p class="quiet">题集摘要：{escape(suites)}。Python {report["environment"]["python"]}，{escape(packages)}。</p>'
