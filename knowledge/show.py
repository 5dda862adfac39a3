"""A guide as plain text, in the sentences that citizens are told, with every clause: for the terminal and for review."""

from collections.abc import Iterator

from knowledge.catalog import Catalog, ResolvedGuide
from knowledge.model import FIELD_LABELS, FieldName, Guide, Jurisdiction
from knowledge.sentences import Sentence, sentences


def guide_text(resolved: ResolvedGuide, catalog: Catalog) -> str:
    """All fields of a guide, each line with its clauses and how sure we are."""
    guide = resolved.guide
    lines = [
        f"{guide.name}（{guide.guide_id}）",
        f"适用：{catalog.place(guide.jurisdiction).name}　主管：{guide.authority}",
    ]
    lines += _versions(guide, catalog)
    if guide.sayings:
        lines.append(f"口语：{'、'.join(guide.sayings)}")
    for field in FieldName:
        if field in (FieldName.LOCAL, FieldName.BASES):
            continue
        if rows := [_row(sentence, catalog) for sentence in sentences(guide, field, catalog)]:
            lines += [f"【{FIELD_LABELS[field]}】{whose(guide, field, catalog)}", *rows]
    if guide.local:
        lines += [
            f"【以当地公布为准】{whose(guide, FieldName.LOCAL, catalog)}",
            *(f"  - {r.what}（{r.publisher}公布）" for r in guide.local),
        ]
    lines.append(
        f"来源：{'；'.join(s.title for s in guide.sources)}　核对日期：{guide.checked_on}　{guide.certainty.label}"
    )
    return "\n".join(lines)


OWN = {"province": "全省规定", "city": "本市规定", "county": "本县区规定"}


def inherited_words(place: Jurisdiction) -> str:
    """沿用全省, or 沿用 and the name of the city that a county inherits from."""
    return "沿用全省" if place.level == "province" else f"沿用{place.name}"


def whose(guide: Guide, field: FieldName, catalog: Catalog) -> str:
    """In an override, whether a field is the place's own or inherited; nothing to say in a whole text."""
    if guide.parent_id is None:
        return ""
    place = catalog.place(catalog.origin(guide, field).jurisdiction)
    return f"（{OWN[place.level] if place.adcode == guide.jurisdiction else inherited_words(place)}）"


def _versions(guide: Guide, catalog: Catalog) -> Iterator[str]:
    """From when to when the text applies, whom it inherits from, and the item's other versions here."""
    if guide.effective_from or guide.effective_to:
        yield f"施行：{guide.effective_from or '未写起始日'} 至 {guide.effective_to or '今'}"
    if guide.parent_id:
        yield f"没有单独规定的字段沿用 {guide.parent_id}"
    if others := [g for g in catalog.versions(guide) if g.guide_id != guide.guide_id]:
        dated = (f"{g.guide_id}（{g.effective_from or ''} 至 {g.effective_to or '今'}）" for g in others)
        yield f"其他版本：{'；'.join(dated)}"


def _row(sentence: Sentence, catalog: Catalog) -> str:
    clauses = "；".join(catalog.clause(ref).label for ref in sentence.basis)
    return f"  - {sentence.text}　[{clauses or sentence.certainty.label}]"
