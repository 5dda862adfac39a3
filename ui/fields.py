"""What a guide says, as HTML: sentences under the headings of their fields, with the clauses they rest on."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

from assistant.model import Citation, Reply, Statement
from ui.markup import day, link, text

PLAIN = {  # field → how one would ask for it, shown instead of its name in the edition for elders
    "summary": "这是什么事", "conditions": "什么人能办", "materials": "要带什么", "steps": "怎么办", "limits": "多久办好",
    "fees": "要花多少钱", "deadlines": "什么时候以前办", "validity": "能用多久", "benefits": "能得到什么", "channels": "到哪里办",
    "results": "办完拿到什么", "visits": "要跑几趟", "cross_region": "在外地能不能办", "pitfalls": "容易弄错的",
    "bases": "依据哪些规定", "local": "各地不一样的",
}  # fmt: skip
_COUNTED = {"materials": "样", "steps": "步", "channels": "处", "pitfalls": "条", "conditions": "条", "bases": "条"}


def field_blocks(reply: Reply) -> list[str]:
    """One block a field, open to read."""
    return [
        f'<section class="bc-field"><h2>{_heading(statements[0])}</h2>{body}</section>'
        for statements, body in _groups(reply)
    ]


def rest_block(reply: Reply) -> str:
    """The other fields of the guide, each closed under its heading; what was not said above is one tap away."""
    rows = "".join(
        f'<details class="bc-more"><summary>{_heading(statements[0])}{_count(statements)}</summary>'
        f"<div>{body}</div></details>"
        for statements, body in _groups(reply)
    )
    name = text(reply.items[0].name) if reply.items else ""
    return f'<section class="bc-rest"><h2>{name}：指南里还有</h2>{rows}</section>' if rows else ""


def _groups(reply: Reply) -> Iterator[tuple[list[Statement], str]]:
    cited = {citation.n: citation for citation in reply.citations}
    groups: defaultdict[str, list[Statement]] = defaultdict(list)
    for statement in reply.statements:
        groups[statement.field.value].append(statement)
    opened = set[int]()
    for statements in groups.values():
        numbers = dict.fromkeys(chain.from_iterable(statement.citations for statement in statements))
        details = "".join(_citation(cited[n]) for n in numbers if n in cited and n not in opened)
        opened.update(numbers)
        cites = f'<div class="bc-cites">{details}</div>' if details else ""
        yield statements, _sentences(statements) + cites


def _heading(statement: Statement) -> str:
    plain = PLAIN[statement.field.value]
    return f'<span class="bc-formal">{text(statement.field.label)}</span><span class="bc-plain">{plain}</span>'


def _count(statements: list[Statement]) -> str:
    unit = _COUNTED.get(statements[0].field.value)
    return f"<small>{len(statements)} {unit}</small>" if unit else ""


def _sentences(statements: list[Statement]) -> str:
    field = statements[0].field.value
    if field == "materials":
        return f'<ul class="bc-checklist">{"".join(map(_to_bring, statements))}</ul>'
    if len(statements) == 1:
        return f"<p>{_sentence(statements[0])}</p>"
    tag = "ol" if field == "steps" else "ul"
    return f"<{tag}>{''.join(f'<li>{_sentence(statement)}</li>' for statement in statements)}</{tag}>"


def _to_bring(statement: Statement) -> str:
    """A paper with a box to tick; the ticks stay on her page."""
    return f'<li><label><input type="checkbox" autocomplete="off"><span>{_sentence(statement)}</span></label></li>'


def _sentence(statement: Statement) -> str:
    marks = "".join(f"<sup>[{n}]</sup>" for n in statement.citations)
    return text(statement.text) + marks


def _citation(citation: Citation) -> str:
    name = citation.basis or f"办事指南《{citation.title.removesuffix('·' + citation.field.label)}》"
    about = f"<p>{text(citation.title)}</p>" if citation.basis else ""
    clause = f"<blockquote>{text(citation.clause)}</blockquote>" if citation.clause else ""
    facts = f"{text(citation.certainty)}，{day(citation.updated_on)}更新"
    source = link(citation.url, "查看原文")
    return (
        f'<details class="bc-cite"><summary>依据 {citation.n}：{text(name)}</summary><div>{about}'
        f'{clause}<p class="bc-note">{facts}</p>{source}</div></details>'
    )
