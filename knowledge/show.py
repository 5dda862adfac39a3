"""A guide as plain text with every clause, for the terminal and for review."""

from collections.abc import Iterator

from pydantic import BaseModel

from knowledge.catalog import Catalog, ResolvedGuide
from knowledge.model import FIELD_LABELS, Channel, Fee, FieldName, Limit, Material, Point


def guide_text(resolved: ResolvedGuide, catalog: Catalog) -> str:
    """All fields of a guide, each line with its clauses and how sure we are."""
    guide = resolved.guide
    lines = [
        f"{guide.name}（{guide.guide_id}）",
        f"适用：{catalog.place(guide.jurisdiction).name}　主管：{guide.authority}",
    ]
    if guide.sayings:
        lines.append(f"口语：{'、'.join(guide.sayings)}")
    for field in FieldName:
        if field in (FieldName.LOCAL, FieldName.BASES):
            continue
        value = getattr(guide, field.value)
        rows = [row for item in (value if isinstance(value, tuple) else (value,)) for row in _row(item, catalog)]
        if rows:
            lines += [f"【{FIELD_LABELS[field]}】", *rows]
    if guide.local:
        lines += ["【以当地公布为准】", *(f"  - {r.what}（{r.publisher}公布）" for r in guide.local)]
    lines.append(
        f"来源：{'；'.join(s.title for s in guide.sources)}　核对日期：{guide.checked_on}　{guide.certainty.label}"
    )
    return "\n".join(lines)


def _row(item: BaseModel | str, catalog: Catalog) -> Iterator[str]:
    match item:
        case str():
            yield f"  - {catalog.documents[item].name}"
            return
        case Material():
            text = catalog.documents[item.kind].name + (f"（{item.condition}）" if item.condition else "")
        case Fee():
            text = f"{item.name}：{item.amount if item.amount is not None else '金额未定'}"
        case Limit():
            text = f"{'法定' if item.kind == 'statutory' else '承诺'} {item.within}" + (
                f"（{item.applies}）" if item.applies else ""
            )
        case Channel():
            text = item.name
        case Point():
            text = item.text
        case _:
            return
    clauses = "；".join(catalog.clause(ref).label for ref in item.basis)
    yield f"  - {text}　[{clauses or item.certainty.label}]"
