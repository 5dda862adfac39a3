"""What changed between two guides or two libraries, in a caseworker's words: 新增, 删去, 改动, field by field."""

from collections.abc import Iterator, Mapping
from datetime import date
from difflib import SequenceMatcher
from typing import Literal, NamedTuple

from knowledge.catalog import Catalog
from knowledge.model import Basis, FieldName, Guide, Theme
from knowledge.sentences import Sentence, sentences

Kind = Literal["新增", "删去", "改动"]
KINSHIP = 0.45  # two sentences at least this alike are one sentence that was changed
AUDIENCES = {"person": "个人", "organization": "单位", "both": "个人和单位"}


class Row(NamedTuple):
    """One sentence under a heading, and the clauses it rests on."""

    text: str
    clauses: str = ""


class Described(NamedTuple):
    """A guide, theme or basis as headings with sentences; comparable with another."""

    key: str
    title: str
    headings: Mapping[str, tuple[Row, ...]]


class Change(NamedTuple):
    """One difference under one heading."""

    kind: Kind
    heading: str
    old: str
    new: str


class Difference(NamedTuple):
    """What became of one guide, theme or basis."""

    kind: Kind
    title: str
    key: str
    changes: tuple[Change, ...]
    successor_of: str | None = None  # the version that a new one takes over from


def described_guide(guide: Guide, catalog: Catalog, fields: frozenset[str] | None = None) -> Described:
    """A guide under its Chinese headings; with `fields`, only these and what every guide has of its own."""
    headings = {
        "名称": _words(guide.name), "别名": _words(*guide.aliases), "口语": _words(*guide.sayings),
        "主管部门": _words(guide.authority), "分类": _words(guide.category), "服务对象": _words(AUDIENCES[guide.audience]),
        "施行日期": _words(_day(guide.effective_from)), "失效日期": _words(_day(guide.effective_to)),
        "来源": _words(*(source.title for source in guide.sources)), "核对日期": _words(_day(guide.checked_on)),
        "总体把握": _words(guide.certainty.label),
    }  # fmt: skip
    for field in FieldName:
        if field is not FieldName.BASES and (fields is None or field.value in fields):
            headings[field.label] = tuple(_row(s, catalog) for s in sentences(guide, field, catalog))
    return Described(guide.guide_id, guide.name, headings)


def described_theme(theme: Theme, catalog: Catalog) -> Described:
    """A life event: its items with the reason for each."""
    names = {item.item_id: catalog.items[item.item_id].names[0] for item in theme.items}
    headings = {
        "名称": _words(theme.name), "别名": _words(*theme.aliases), "口语": _words(*theme.sayings),
        "说明": _words(theme.summary.text), "备注": _words(*(note.text for note in theme.notes)),
        "事项": _words(*(f"{names[item.item_id]}：{item.reason}" for item in theme.items)),
        "核对日期": _words(_day(theme.checked_on)), "总体把握": _words(theme.certainty.label),
    }  # fmt: skip
    return Described(f"theme:{theme.theme_id}", theme.name, headings)


def described_basis(basis: Basis) -> Described:
    """A law or document: its number, dates and the articles kept here."""
    headings = {
        "题名": _words(basis.title), "文号": _words(basis.number or ""), "发布机关": _words(basis.issuer or ""),
        "施行日期": _words(_day(basis.effective_from)), "失效日期": _words(_day(basis.effective_to)),
        "链接": _words(basis.url or ""), "总体把握": _words(basis.certainty.label),
    }  # fmt: skip
    articles = {f"第{key}条" if key[0].isdigit() else "正文": _words(text) for key, text in basis.articles.items()}
    return Described(f"basis:{basis.basis_id}", f"《{basis.title}》", {**headings, **articles})


def compare(old: Described, new: Described) -> tuple[Change, ...]:
    """Every difference between two descriptions, heading by heading; a mere change of order is none."""
    headings = dict.fromkeys([*old.headings, *new.headings])
    return tuple(
        change
        for heading in headings
        for change in _compare_rows(heading, old.headings.get(heading, ()), new.headings.get(heading, ()))
    )


def compare_guides(old: Guide, new: Guide, before: Catalog, after: Catalog) -> tuple[Change, ...]:
    """The differences of two guides; of two overrides of the same place, only in what is the place's own."""
    own = frozenset({*old.own_fields, *new.own_fields}) if old.parent_id and new.parent_id else None
    return compare(described_guide(old, before, own), described_guide(new, after, own))


def compare_libraries(before: Catalog, after: Catalog) -> Iterator[Difference]:
    """What became of every guide, theme and basis; what stayed as it was is not named."""
    old_guides = {g.guide_id: g for g in before.guides}
    new_guides = {g.guide_id: g for g in after.guides}
    for key in dict.fromkeys([*old_guides, *new_guides]):
        old, new = old_guides.get(key), new_guides.get(key)
        if old and new:
            if changes := compare_guides(old, new, before, after):
                yield Difference("改动", new.name, key, changes)
        elif old:
            yield Difference("删去", old.name, key, ())
        elif new:
            yield _arrived(new, after)
    yield from _others(
        {d.key: d for d in _described(before)},
        {d.key: d for d in _described(after)},
    )


def _arrived(new: Guide, after: Catalog) -> Difference:
    """A new guide; a new version with what it changes of the one before."""
    if not new.supersedes:
        return Difference("新增", new.name, new.guide_id, ())
    changes = compare_guides(after.guide(new.supersedes), new, after, after)
    return Difference("新增", new.name, new.guide_id, changes, new.supersedes)


def _described(catalog: Catalog) -> Iterator[Described]:
    yield from (described_theme(theme, catalog) for theme in catalog.library.themes)
    yield from (described_basis(basis) for basis in catalog.library.bases)


def _others(old: Mapping[str, Described], new: Mapping[str, Described]) -> Iterator[Difference]:
    for key in dict.fromkeys([*old, *new]):
        if key not in new:
            yield Difference("删去", old[key].title, key, ())
        elif key not in old:
            yield Difference("新增", new[key].title, key, ())
        elif changes := compare(old[key], new[key]):
            yield Difference("改动", new[key].title, key, changes)


def _compare_rows(heading: str, old: tuple[Row, ...], new: tuple[Row, ...]) -> Iterator[Change]:
    clauses = {row.text: row.clauses for row in old}
    for row in new:
        if row.text in clauses and row.clauses != clauses[row.text]:
            was = clauses[row.text] or "无"
            yield Change("改动", heading, f"{row.text}依据：{was}", f"依据：{row.clauses or '无'}")
    gone = [row.text for row in old if row.text not in {r.text for r in new}]
    added = [row.text for row in new if row.text not in clauses]
    for text in added:
        kin = max(gone, key=lambda was: _alike(was, text), default=None)
        if kin is not None and (_alike(kin, text) >= KINSHIP or len(old) == len(new) == 1):
            gone.remove(kin)
            yield Change("改动", heading, kin, text)
        else:
            yield Change("新增", heading, "", text)
    yield from (Change("删去", heading, text, "") for text in gone)


def _alike(a: str, b: str) -> float:
    return SequenceMatcher(None, a, b, autojunk=False).ratio()


def _row(sentence: Sentence, catalog: Catalog) -> Row:
    return Row(sentence.text, "、".join(catalog.clause(ref).label for ref in sentence.basis))


def _words(*texts: str) -> tuple[Row, ...]:
    return tuple(Row(text) for text in texts if text)


def _day(day: date | None) -> str:
    return str(day or "")
