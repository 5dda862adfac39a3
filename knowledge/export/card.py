"""The data card: what the data set holds, how sure it is, where it comes from, and what it lacks. In Chinese."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from knowledge.catalog import Catalog
from knowledge.export.tables import Table
from knowledge.model import Certainty, FieldName, Guide

LEVELS = {"province": "省", "city": "市", "county": "县区"}
KINDS = {"text": "文字", "list": "文字列表", "date": "日期", "int": "整数", "bool": "真假"}
LICENCE = (
    "指南文字、条文转述、问答对和整理的结构：Apache-2.0（见本项目 LICENSE）。所引法律、文件的原文归发布机关，"
    "这里只有转述和链接，使用时以发布机关公布的原文为准。"
)
FIXED_GAPS = (
    "条文是转述，不是原文；引用到正式场合前请查原文。",
    "“据公开转述”的内容没有读到原文；“通行做法”不带数字，以窗口为准。",
    "各市县自定的标准、地址、窗口电话没有收，只说由谁公布。",
    "问答对的问题按模板生成，不是市民的真实提问；用它训练或评测时，要另备真实问题。",
)


def data_card(catalog: Catalog, tables: Sequence[Table], files: Mapping[str, str], digest: str) -> str:
    """The whole card as Markdown; `files` are names with their sha256, `digest` is the library's."""
    guides = catalog.guides
    statements = next(table for table in tables if table.name == "statements").rows
    lines = [
        "# 办成 · 河南政务服务指南数据集", "",
        f"内容摘要（sha256）：`{digest}`，与由同一指南库生成的版本的 `library_digest` 相同；内容不变，导出的每个文件也不变。", "",
        "## 数量", "", *_counts(guides, catalog, tables), "",
        "## 把握", "", *_certainties(guides, [Certainty(row["certainty"]) for row in statements]), "",
        "## 来源", "", *_sources(catalog), "",
        "## 许可", "", LICENCE, "",
        "## 已知的不足", "", *_gaps(guides), "",
        "## 字段", "",
        "`library.json` 是完整的结构（每份指南的全部字段、受理条件的机器可读声明、一件事、依据、词汇）；下面的表是它的平铺。", "",
        *(line for table in tables for line in _fields(table)),
        "## 文件", "", "| 文件 | sha256 |", "|---|---|", *(f"| {name} | `{value}` |" for name, value in files.items()),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _counts(guides: Sequence[Guide], catalog: Catalog, tables: Sequence[Table]) -> Iterator[str]:
    levels = Counter(LEVELS[catalog.place(guide.jurisdiction).level] for guide in guides)
    yield "| 表 | 内容 | 行数 |"
    yield "|---|---|---|"
    yield from (f"| {table.name} | {table.title} | {len(table.rows)} |" for table in tables)
    yield ""
    yield f"- 事项 {len(catalog.items)} 个，指南 {len(guides)} 份：" + "，".join(
        f"{k}级 {n} 份" for k, n in levels.items()
    )
    yield f"- 其中差异指南 {sum(bool(g.parent_id) for g in guides)} 份，接替旧版的 {sum(bool(g.supersedes) for g in guides)} 份"
    yield f"- 一件事 {len(catalog.library.themes)} 个，依据 {len(catalog.library.bases)} 部"
    categories = Counter(guide.category for guide in guides).most_common()
    yield "- 按分类：" + "，".join(f"{name} {count}" for name, count in categories)


def _certainties(guides: Sequence[Guide], statements: Sequence[Certainty]) -> Iterator[str]:
    by_guide, by_statement = Counter(guide.certainty for guide in guides), Counter(statements)
    yield "| 把握 | 指南 | 句子 |"
    yield "|---|---|---|"
    yield from (f"| {c.value} {c.label} | {by_guide[c]} | {by_statement[c]} |" for c in Certainty)
    yield ""
    yield "带数字的句子要引条文，数字必须写在所引条文的转述里，由 `python -m knowledge lint` 检查；材料“什么情况下要”除外。"


def _sources(catalog: Catalog) -> Iterator[str]:
    days = [guide.checked_on for guide in catalog.guides]
    if days:
        yield f"核对日期：{min(days)} 至 {max(days)}。"
        yield ""
    for basis in catalog.library.bases:
        number = f"（{basis.number}）" if basis.number else ""
        mark = "" if basis.certainty is Certainty.CONFIRMED else f"，{basis.certainty.label}"
        yield f"- 《{basis.title}》{number}：{len(basis.articles)} 条{mark}"


def _gaps(guides: Sequence[Guide]) -> Iterator[str]:
    yield from (f"- {gap}" for gap in FIXED_GAPS)
    for field in FieldName:
        empty = sum(not getattr(guide, field.value, True) for guide in guides)
        if empty and field is not FieldName.LOCAL:
            yield f"- {field.label}（{field.value}）：{empty} 份指南没有写"


def _fields(table: Table) -> Iterator[str]:
    yield f"### {table.name}：{table.title}"
    yield ""
    yield "| 列 | 类型 | 意思 |"
    yield "|---|---|---|"
    yield from (f"| {column.name} | {KINDS[column.kind]} | {column.meaning} |" for column in table.columns)
    yield ""
