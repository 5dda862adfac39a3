"""Words and small pieces that the sections of the report page share."""

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from typing import Any

KINDS = {"answer": "回答", "clarification": "追问", "flow": "一件事提问", "plan": "计划", "refusal": "拒答"}
SUITES = {
    "all": "全部", "answer": "数值", "retrieval": "检索", "refusal": "拒答", "multi_turn": "多轮", "understanding": "理解", "flow": "一件事",
    "leakage": "串地区", "expiry": "失效", "guard": "守门", "privacy": "隐私", "metamorphic": "换说法",
}  # fmt: skip
STYLES = {
    "plain": "普通话", "colloquial": "口语", "dialect": "方言", "voice": "语音转写", "typo": "错别字", "keywords": "关键词",
    "traditional": "繁体", "story": "讲经过", "pinyin": "拼音",
}  # fmt: skip


def table(caption: str, head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """A table of ready-made cells, the first of each row its heading."""
    first, *others = (escape(cell) for cell in head)
    heads = f"<th scope=col>{first}</th>" + "".join(f"<th scope=col class=n>{cell}</th>" for cell in others)
    yield f'<div class=scroll tabindex=0 role=region aria-label="{first}：{escape(caption)}"><table><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead><tbody>'
    for first, *cells in rows:
        yield f"<tr><th scope=row>{first}</th>{''.join(f'<td class=n>{cell}</td>' for cell in cells)}</tr>"
    yield "</tbody></table></div>"


def share(found: dict[str, Any] | None) -> str:
    """A cell with a share, its interval and its cases."""
    if not found:
        return "—"
    return f"{found['value']:.3f}<span class=ci>{found['low']:.3f}–{found['high']:.3f}<br>{found['n']} 题</span>"
