"""A guide as a caseworker reads it: every field, each sentence with its clauses and how sure we are of it."""

from datetime import date
from typing import NamedTuple

from knowledge.catalog import Catalog
from knowledge.comparing import AUDIENCES
from knowledge.model import Certainty, FieldName, Guide, Source
from knowledge.sentences import sentences
from knowledge.show import whose


class Cited(NamedTuple):
    """One clause in plain words."""

    label: str
    text: str
    url: str | None
    certainty: str
    in_force: str  # since when, until when


class Line(NamedTuple):
    """One sentence; `kind` is the document kind of a material."""

    text: str
    certainty: Certainty
    clauses: tuple[Cited, ...]
    kind: str = ""


class Section(NamedTuple):
    """One field of a guide; `whose` says in an override whether the place set it or inherits it."""

    field: str
    title: str
    whose: str
    lines: tuple[Line, ...]


class Version(NamedTuple):
    """One text of the item in this place."""

    guide_id: str
    window: str
    current: bool


class GuideSheet(NamedTuple):
    """Everything that the guide page shows."""

    guide: Guide
    place: str
    audience: str
    window: str
    asked: str  # the name of the place asked for, where it has no text of its own
    sections: tuple[Section, ...]
    sources: tuple[Source, ...]
    versions: tuple[Version, ...]
    parent: str  # the name of the place whose text the rest is
    related: tuple[tuple[str, str], ...]  # item id, name
    themes: tuple[tuple[str, str], ...]  # theme id, name


def read(guide: Guide, catalog: Catalog, adcode: str, day: date) -> GuideSheet:
    """The sheet of a guide that was found for a place on a day."""
    fields = (field for field in FieldName if field is not FieldName.BASES)
    sections = (_section(guide, field, catalog) for field in fields)
    related = tuple((item, catalog.items[item].names[0]) for item in guide.related if item in catalog.items)
    themes = tuple(
        (theme.theme_id, theme.name)
        for theme in catalog.themes.values()
        if any(entry.item_id == guide.item_id for entry in theme.items)
    )
    return GuideSheet(
        guide=guide, place=catalog.place(guide.jurisdiction).name, audience=AUDIENCES[guide.audience],
        window=window(guide.effective_from, guide.effective_to), asked=catalog.place(adcode).name if guide.jurisdiction != adcode else "",
        sections=tuple(section for section in sections if section.lines), sources=guide.sources,
        versions=tuple(_version(text, guide, day) for text in catalog.versions(guide)),
        parent=catalog.place(guide.parent_id.partition("/")[0]).name if guide.parent_id else "",
        related=related, themes=themes,
    )  # fmt: skip


def window(first: date | None, last: date | None) -> str:
    """自 2026-07-01 起, 至 2026-12-31 止, or 没有写起止日期."""
    parts = [f"自 {first} 起" if first else "", f"至 {last} 止" if last else ""]
    return "，".join(filter(None, parts)) or "没有写起止日期"


def cited(ref: str, catalog: Catalog) -> Cited:
    """A clause as it is opened in place."""
    clause = catalog.clause(ref)
    basis = clause.basis
    in_force = window(basis.effective_from, basis.effective_to) if basis.effective_from or basis.effective_to else ""
    return Cited(clause.label, clause.text or "", basis.url, basis.certainty.label, in_force)


def _section(guide: Guide, field: FieldName, catalog: Catalog) -> Section:
    kinds = [material.kind for material in guide.materials] if field is FieldName.MATERIALS else []
    lines = (
        Line(
            sentence.text,
            sentence.certainty,
            tuple(cited(ref, catalog) for ref in sentence.basis),
            kinds[n] if kinds else "",
        )
        for n, sentence in enumerate(sentences(guide, field, catalog))
    )
    said = whose(guide, field, catalog).strip("（）")
    return Section(field.value, field.label, said, tuple(lines))


def _version(text: Guide, shown: Guide, day: date) -> Version:
    applies = (text.effective_from or date.min) <= day <= (text.effective_to or date.max)
    said = window(text.effective_from, text.effective_to) + ("（现行）" if applies else "")
    return Version(text.guide_id, said, text.guide_id == shown.guide_id)
