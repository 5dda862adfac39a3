"""The library as flat tables whose columns say what they mean; the same in every format."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Literal, NamedTuple

from knowledge.catalog import Catalog
from knowledge.export.questions import pairs
from knowledge.model import FieldName
from knowledge.sentences import FORM_LABELS, sentences

Kind = Literal["text", "list", "date", "int", "bool"]
Record = dict[str, Any]


class Column(NamedTuple):
    """One column: its name, what kind of value it holds, and what that means in Chinese."""

    name: str
    kind: Kind
    meaning: str


class Table(NamedTuple):
    """One table: rows are dictionaries with exactly its columns."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Record, ...]


ID = Column("guide_id", "text", "指南编号：地区代码/事项编号，后来的版本带 @施行日期")
CERTAINTY = Column("certainty", "text", "把握：confirmed 已核对原文，secondhand 据公开转述，unconfirmed 通行做法")
REFS = Column("clause_refs", "list", "所引条文：依据编号#条号，对应 clauses 表的 clause_ref")

GUIDES = (
    ID, Column("item_id", "text", "事项编号"), Column("jurisdiction", "text", "地区代码"), Column("place", "text", "地区"),
    Column("name", "text", "事项名称"), Column("aliases", "list", "别名"), Column("sayings", "list", "口语说法"),
    Column("category", "text", "分类"), Column("audience", "text", "person 个人，organization 单位，both 都可"),
    Column("authority", "text", "主管部门"), Column("summary", "text", "一句话说明"),
    Column("results", "list", "办完拿到的证照（documents 表的 kind_id）"), Column("related", "list", "相关事项编号"),
    Column("own_fields", "list", "差异指南：本地自己规定的字段，其余沿用上级；完整指南为空"),
    Column("parent_id", "text", "差异指南沿用的上级指南"), Column("supersedes", "text", "接替的版本"),
    Column("effective_from", "date", "自哪一天起施行，空为未写"), Column("effective_to", "date", "到哪一天为止，空为没有终止"),
    Column("sources", "list", "核对过的来源"), Column("checked_on", "date", "核对日期"), CERTAINTY,
)  # fmt: skip
STATEMENTS = (
    ID, Column("field", "text", "字段"), Column("field_label", "text", "字段的中文名"), Column("position", "int", "字段内的序号，从 1 起"),
    Column("text", "text", "一句话，数值来自指南"), REFS, Column("clause_labels", "list", "所引条文的写法"), CERTAINTY,
    Column("origin_id", "text", "这一句出自哪一份指南；沿用上级的，是上级的编号"),
)  # fmt: skip
MATERIALS = (
    ID, Column("position", "int", "序号"), Column("kind", "text", "材料种类（documents 表的 kind_id）"), Column("name", "text", "材料名称"),
    Column("form", "text", "原件、复印件等"), Column("count", "int", "份数"), Column("condition", "text", "什么情况下要，空为都要"),
    Column("substitutes", "list", "可代替的材料种类"), Column("note", "text", "说明"), REFS, CERTAINTY,
)  # fmt: skip
CLAUSES = (
    Column("clause_ref", "text", "条文编号：依据编号#条号"), Column("basis_id", "text", "依据编号"), Column("title", "text", "题名"),
    Column("number", "text", "文号"), Column("issuer", "text", "发布机关"), Column("effective_from", "date", "施行日期，空为未写"),
    Column("effective_to", "date", "失效日期"), Column("label", "text", "引用时的写法"), Column("paraphrase", "text", "转述，不是原文"),
    Column("url", "text", "链接"), CERTAINTY,
)  # fmt: skip
THEMES = (
    Column("theme_id", "text", "一件事编号"), Column("name", "text", "名称"), Column("item_id", "text", "事项编号"),
    Column("reason", "text", "为什么要办"), Column("conditional", "bool", "是否看情况才办"), Column("checked_on", "date", "核对日期"), CERTAINTY,
)  # fmt: skip
DOCUMENTS = (
    Column("kind_id", "text", "材料种类编号"), Column("name", "text", "名称"), Column("aliases", "list", "别名"),
    Column("issuer", "text", "由谁出具"), Column("electronic", "bool", "是否常有电子证照"),
)  # fmt: skip
QA = (
    Column("pair_id", "text", "编号：指南编号#字段-问法"), Column("question", "text", "按模板生成的问题"),
    Column("answer", "text", "由字段组成的答复"),
    Column("answerable", "bool", "false：标准由各地公布，应答“由谁公布”而不给数字"), ID,
    Column("jurisdiction", "text", "地区代码"), Column("field", "text", "字段"), REFS,
    Column("values", "list", "答复里的金额、天数、年龄等"), CERTAINTY,
    Column("effective_from", "date", "答复自哪一天起成立"), Column("effective_to", "date", "答复到哪一天为止"),
)  # fmt: skip


def tables(catalog: Catalog) -> tuple[Table, ...]:
    """Every table of the library, in the order of the data card."""
    makers: tuple[tuple[str, str, tuple[Column, ...], Callable[[Catalog], Iterable[Record]]], ...] = (
        ("guides", "办事指南", GUIDES, _guides), ("statements", "指南里的每一句话", STATEMENTS, _statements),
        ("materials", "申请材料", MATERIALS, _materials), ("clauses", "依据的条文（转述）", CLAUSES, _clauses),
        ("themes", "一件事里的事项", THEMES, _themes), ("documents", "材料种类", DOCUMENTS, _documents),
        ("qa", "问答对", QA, _pairs),
    )  # fmt: skip
    return tuple(Table(name, title, columns, tuple(rows(catalog))) for name, title, columns, rows in makers)


def _guides(catalog: Catalog) -> Iterator[Record]:
    derived = {"place", "summary", "sources"}
    plain = [column.name for column in GUIDES if column.name not in derived]
    for guide in catalog.guides:
        yield {name: getattr(guide, name) for name in plain} | {
            "place": catalog.place(guide.jurisdiction).name, "summary": guide.summary.text,
            "sources": tuple(source.title for source in guide.sources),
        }  # fmt: skip


def _statements(catalog: Catalog) -> Iterator[Record]:
    for guide in catalog.guides:
        for field in FieldName:
            if field is FieldName.BASES:  # only repeats what the other fields cite
                continue
            for position, sentence in enumerate(sentences(guide, field, catalog), 1):
                yield {
                    "guide_id": guide.guide_id, "field": field, "field_label": field.label, "position": position,
                    "text": sentence.text, "clause_refs": sentence.basis,
                    "clause_labels": tuple(catalog.clause(ref).label for ref in sentence.basis),
                    "certainty": sentence.certainty, "origin_id": catalog.origin(guide, field).guide_id,
                }  # fmt: skip


def _materials(catalog: Catalog) -> Iterator[Record]:
    for guide in catalog.guides:
        for position, material in enumerate(guide.materials, 1):
            yield {
                "guide_id": guide.guide_id, "position": position, "kind": material.kind,
                "name": catalog.documents[material.kind].name, "form": FORM_LABELS[material.form], "count": material.count,
                "condition": material.condition, "substitutes": material.substitutes, "note": material.note,
                "clause_refs": material.basis, "certainty": material.certainty,
            }  # fmt: skip


def _clauses(catalog: Catalog) -> Iterator[Record]:
    for basis in catalog.library.bases:
        for article, text in basis.articles.items():
            ref = f"{basis.basis_id}#{article}"
            yield {
                "clause_ref": ref, "basis_id": basis.basis_id, "title": basis.title, "number": basis.number,
                "issuer": basis.issuer, "effective_from": basis.effective_from, "effective_to": basis.effective_to,
                "label": catalog.clause(ref).label, "paraphrase": text, "url": basis.url, "certainty": basis.certainty,
            }  # fmt: skip


def _themes(catalog: Catalog) -> Iterator[Record]:
    for theme in catalog.library.themes:
        for item in theme.items:
            yield {
                "theme_id": theme.theme_id, "name": theme.name, "item_id": item.item_id, "reason": item.reason,
                "conditional": item.when is not None, "checked_on": theme.checked_on, "certainty": theme.certainty,
            }  # fmt: skip


def _documents(catalog: Catalog) -> Iterator[Record]:
    for kind in catalog.library.documents:
        yield {column.name: getattr(kind, column.name) for column in DOCUMENTS}


def _pairs(catalog: Catalog) -> Iterator[Record]:
    for guide in catalog.guides:
        for pair in pairs(guide, catalog):
            yield {
                "pair_id": pair.pair_id, "question": pair.question, "answer": pair.answer, "answerable": pair.answerable,
                "guide_id": guide.guide_id, "jurisdiction": guide.jurisdiction, "field": pair.field,
                "clause_refs": pair.clause_refs, "values": pair.values, "certainty": pair.certainty,
                "effective_from": guide.effective_from, "effective_to": guide.effective_to,
            }  # fmt: skip
