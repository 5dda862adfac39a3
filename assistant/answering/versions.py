"""Whose text was said (the place's own, a parent's), and what a text already known will change from which day."""

from datetime import date
from typing import NamedTuple

from assistant.answering.citing import Citations
from assistant.model import Statement
from knowledge.catalog import Catalog, ResolvedGuide
from knowledge.model import Certainty, FieldName, Guide
from knowledge.sentences import Sentence, sentences
from knowledge.show import inherited_words

COMPARED = tuple(field for field in FieldName if field is not FieldName.BASES)
AT_MOST = 3  # new sentences quoted for a field; a longer change is only named


class Change(NamedTuple):
    """The text that answers, the one known to take over (if any), and the fields that were asked for."""

    current: Guide
    coming: Guide | None
    asked: tuple[FieldName, ...]


def scope(resolved: ResolvedGuide, spoken: tuple[FieldName, ...], place: str, catalog: Catalog) -> str:
    """One sentence on whose text answered, by field where the guide is an override; empty for the place's own text."""
    guide = resolved.guide
    home = catalog.place(guide.jurisdiction)
    missing = "" if resolved.own else f"，库里没有{place}单独的规定"
    if guide.parent_id is None:
        whole = "全省" if home.level == "province" else home.name
        return f"按{whole}指南回答{missing}。" if missing else ""
    by_place: dict[str, list[str]] = {}
    for field in dict.fromkeys(spoken):
        by_place.setdefault(catalog.origin(guide, field).jurisdiction, []).append(field.label)
    parts: list[str] = []
    for adcode, labels in sorted(by_place.items(), key=lambda pair: pair[0] != home.adcode):
        named = "、".join(labels) if len(labels) <= AT_MOST or not parts else "其余"
        words = f"按{home.name}的规定" if adcode == home.adcode else f"{inherited_words(catalog.place(adcode))}指南"
        parts.append(f"{named}{words}")
    if home.adcode not in by_place and resolved.own:
        missing = f"，这方面库里没有{home.name}单独的规定"
    return "；".join(parts) + missing + "。"


def chinese_date(day: date) -> str:
    """2027年1月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def coming_statement(change: Change, citations: Citations, catalog: Catalog) -> tuple[Statement, ...]:
    """One sentence on what changes from which day, cited from the coming text; none when nothing changes here."""
    sentence = coming_sentence(change.current, change.coming, change.asked, catalog) if change.coming else None
    return (citations.cite(change.coming, sentence),) if change.coming and sentence else ()


def coming_sentence(current: Guide, coming: Guide, asked: tuple[FieldName, ...], catalog: Catalog) -> Sentence | None:
    """自2027年1月1日起，收费改为：…; fields that nobody asked for are only named. None when nothing changes here."""
    changed = [field for field in COMPARED if _texts(current, field, catalog) != _texts(coming, field, catalog)]
    if not changed:
        return None
    quoted = {field: _new(current, coming, field, catalog) for field in asked if field in changed}
    if not quoted:
        same = f"{'、'.join(field.label for field in asked[:AT_MOST])}没有变化，" if asked else ""
        text = f"自{_start(coming)}起施行新规定，{same}有变化的是{'、'.join(field.label for field in changed)}。"
        return Sentence(changed[0], text, (), coming.certainty)
    said = [sentence for new in quoted.values() for sentence in new]
    refs = tuple(dict.fromkeys(ref for sentence in said for ref in sentence.basis))
    certainty = max((s.certainty for s in said), key=list(Certainty).index, default=coming.certainty)
    text = f"自{_start(coming)}起，{'；'.join(_change(field, new) for field, new in quoted.items())}。"
    return Sentence(next(iter(quoted)), text, refs, certainty)


def _start(guide: Guide) -> str:
    return chinese_date(guide.effective_from) if guide.effective_from else ""


def _texts(guide: Guide, field: FieldName, catalog: Catalog) -> list[str]:
    return [sentence.text for sentence in sentences(guide, field, catalog)]


def _new(current: Guide, coming: Guide, field: FieldName, catalog: Catalog) -> list[Sentence]:
    before = _texts(current, field, catalog)
    return [sentence for sentence in sentences(coming, field, catalog) if sentence.text not in before]


def _change(field: FieldName, new: list[Sentence]) -> str:
    if not new:
        return f"{field.label}有删减"
    if len(new) > AT_MOST:
        return f"{field.label}有变化"
    return f"{field.label}改为：{'，'.join(s.text.rstrip('。') for s in new)}"
