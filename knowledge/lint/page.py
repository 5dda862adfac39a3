"""The report as one HTML page that a department head can read and print: no script, nothing loaded from elsewhere."""

from collections import Counter
from collections.abc import Iterable, Iterator
from html import escape

from knowledge.lint.finding import SEVERITY_LABELS, LintFinding
from knowledge.lint.report import CheckUp
from knowledge.lint.scores import FORMULA, GuideScore

WORST = 20
SHOWN = 200  # findings of one rule spelled out on the page; all of them are in the CSV
STYLE = """
:root{color-scheme:light}body{font:16px/1.7 "Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei",sans-serif;
max-width:64rem;margin:0 auto;padding:1.5rem;color:#1f2328;background:#fff}h1{font-size:1.7rem;margin:0}
h2{font-size:1.25rem;margin:2.2rem 0 .5rem;border-bottom:2px solid #0b57a4;padding-bottom:.2rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0}caption{text-align:left;color:#57606a;padding:.2rem 0}
th,td{border:1px solid #d0d7de;padding:.35rem .6rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#f0f4f9}td.n{text-align:right;white-space:nowrap}.error{color:#a40e26;font-weight:600}
.warning{color:#7a4d00}.ok{color:#116329}.big{display:flex;gap:1rem;flex-wrap:wrap;margin:1rem 0;padding:0;list-style:none}
.big li{border:1px solid #d0d7de;border-radius:.5rem;padding:.6rem 1.2rem}.big b{display:block;font-size:1.8rem;line-height:1.2}
summary{cursor:pointer;padding:.3rem 0}.quiet{color:#57606a}@media print{details>*{display:block}body{padding:0}}
"""


def as_html(check: CheckUp) -> str:
    """The whole page: what was found, who should do what, which rules, which guides."""
    sections = (_head(check), _authorities(check), _worst(check), _rules(check), _details(check), _method())
    body = "\n".join(line for section in sections for line in section)
    return (
        '<!doctype html>\n<html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>办事指南体检报告 {check.day}</title><style>{STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _row(cells: Iterable[object], tag: str = "td") -> str:
    made = (
        f"<{tag}{' class=n' if isinstance(cell, int | float) else ''}>{escape(str(cell))}</{tag}>" for cell in cells
    )
    return f"<tr>{''.join(made)}</tr>"


def _table(caption: str, head: list[str], rows: Iterable[str]) -> Iterator[str]:
    yield f"<table><caption>{escape(caption)}</caption><thead>{_row(head, 'th scope=col').replace('</th scope=col>', '</th>')}</thead><tbody>"
    yield from rows
    yield "</tbody></table>"


def _head(check: CheckUp) -> Iterator[str]:
    errors, warnings = check.count("error"), check.count("warning")
    mean = round(sum(g.score for g in check.guides) / len(check.guides), 1) if check.guides else 100.0
    clean = sum(not g.findings for g in check.guides)
    yield f'<h1>办事指南体检报告</h1><p class="quiet">体检日期 {check.day}，共 {len(check.cards)} 条规则</p>'
    yield '<ul class="big">'
    for number, label in (
        (len(check.guides), "份指南"),
        (mean, "平均分"),
        (errors, "处错误"),
        (warnings, "处提醒"),
        (clean, "份没有问题"),
    ):
        yield f"<li><b>{number}</b>{label}</li>"
    yield "</ul>"
    if errors:
        yield f'<p class="error">有 {errors} 处错误，改正之前不能发布。错误会让市民得到不对的答复；提醒是写得不全或者该复核了。</p>'
    else:
        yield '<p class="ok">没有错误，可以发布。提醒是写得不全或者该复核了，不影响发布。</p>'


def _authorities(check: CheckUp) -> Iterator[str]:
    yield "<h2>各主管部门的分数</h2>"
    rows = (_row((a.authority, a.score, a.guides, a.errors, a.warnings)) for a in check.authorities)
    yield from _table("分数低的在前", ["主管部门", "分数", "指南", "错误", "提醒"], rows)


def _worst(check: CheckUp) -> Iterator[str]:
    worst = [score for score in check.guides if score.findings][:WORST]
    yield "<h2>先改哪几份</h2>"
    if not worst:
        yield "<p>每份指南都没有问题。</p>"
        return
    yield from _table(
        f"分数最低的 {len(worst)} 份", ["指南", "主管部门", "分数", "要做什么"], (_guide_row(score) for score in worst)
    )


def _guide_row(score: GuideScore) -> str:
    todo = dict.fromkeys(f"{f.problem}：{f.remedy}" for f in score.findings)
    listed = "".join(f"<li>{escape(text)}</li>" for text in list(todo)[:6])
    more = f"<li>……另有 {len(todo) - 6} 处</li>" if len(todo) > 6 else ""
    return (
        f'<tr><td>{escape(score.name)}<br><span class="quiet">{escape(score.guide_id)}</span></td>'
        f"<td>{escape(score.authority)}</td><td class=n>{score.score}</td><td><ul>{listed}{more}</ul></td></tr>"
    )


def _rules(check: CheckUp) -> Iterator[str]:
    counts = Counter(f.rule for f in check.findings)
    cards = sorted(check.cards, key=lambda card: (card.severity, -counts[card.name], card.name))
    yield "<h2>各条规则</h2>"
    rows = (
        _row((SEVERITY_LABELS[c.severity], c.title, counts[c.name], c.norm, c.good, c.bad)) for c in cards
    )  # fmt: skip
    yield from _table("错误在前，处数多的在前", ["级别", "规则", "处数", "出自", "正例", "反例"], rows)


def _details(check: CheckUp) -> Iterator[str]:
    titles = {card.name: card.title for card in check.cards}
    groups: dict[str, list[LintFinding]] = {}
    for finding in check.findings:
        groups.setdefault(finding.rule, []).append(finding)
    yield "<h2>每一处</h2>"
    for rule, findings in groups.items():
        label = SEVERITY_LABELS[findings[0].severity]
        yield f'<details><summary><span class="{findings[0].severity}">{label}</span> {escape(titles[rule])}：{len(findings)} 处</summary>'
        rows = (_row((f.file, f.field, f.problem, f.remedy)) for f in findings[:SHOWN])
        shown = f"列出前 {SHOWN} 处，全部见 CSV" if len(findings) > SHOWN else f"共 {len(findings)} 处"
        yield from _table(shown, ["文件", "字段", "问题", "怎么改"], rows)
        yield "</details>"


def _method() -> Iterator[str]:
    yield f"<h2>分数怎么算</h2><p>{FORMULA}。材料种类、依据、一件事等公共文件里的问题不算到哪个部门头上。</p>"
