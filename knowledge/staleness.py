"""What needs checking again: old check dates, bases that ended or soon will, contents nobody read in the original."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

from knowledge.catalog import Catalog
from knowledge.model import Basis, Certainty, FieldName, Guide, Theme
from knowledge.sentences import sentences

SOON = timedelta(days=90)


class Stale(NamedTuple):
    """One guide or life event to check again, whose it is, and why."""

    authority: str
    key: str
    name: str
    reasons: tuple[str, ...]


def stale(catalog: Catalog, today: date, days: int) -> tuple[Stale, ...]:
    """Everything that needs checking on a day, by authority; texts that a later version replaced are history."""
    guides = (
        Stale(office_of(guide), guide.guide_id, guide.name, tuple(_reasons_of_guide(guide, catalog, today, days)))
        for guide in catalog.guides
        if not _replaced(guide, catalog, today)
    )
    themes = (
        Stale("一件事", f"theme:{theme.theme_id}", theme.name, tuple(_checked(theme, today, days)))
        for theme in catalog.library.themes
    )
    return tuple(sorted((found for found in (*guides, *themes) if found.reasons), key=lambda s: (s.authority, s.key)))


def office_of(guide: Guide) -> str:
    """The authority without what is said about it in brackets or after a semicolon."""
    return re.split("[（；]", guide.authority)[0]


def _replaced(guide: Guide, catalog: Catalog, today: date) -> bool:
    later = (g for g in catalog.versions(guide) if g.supersedes == guide.guide_id)
    return any(g.effective_from is not None and g.effective_from <= today for g in later)


def _reasons_of_guide(guide: Guide, catalog: Catalog, today: date, days: int) -> Iterator[str]:
    yield from _checked(guide, today, days)
    followed = any(g.supersedes == guide.guide_id for g in catalog.versions(guide))
    if guide.effective_to and not followed and (word := _ending(guide.effective_to, today)):
        yield f"本指南{word}，没有接替的版本"
    fields = [f for f in FieldName if f is not FieldName.BASES and catalog.origin(guide, f) is guide]
    own = [sentence for field in fields for sentence in sentences(guide, field, catalog)]
    if second := sum(sentence.certainty is Certainty.SECONDHAND for sentence in own):
        yield f"{second}句据公开转述，待核原文"
    cited = dict.fromkeys(ref.partition("#")[0] for sentence in own for ref in sentence.basis)
    for basis_id in cited:
        yield from _reasons_of_basis(catalog.clause(basis_id).basis, today)


def _checked(text: Guide | Theme, today: date, days: int) -> Iterator[str]:
    age = (today - text.checked_on).days
    if age > days:
        yield f"{age}天没有核对（上次 {text.checked_on}）"
    if text.certainty is not Certainty.CONFIRMED:
        yield f"总体标为“{text.certainty.label}”"


def _reasons_of_basis(basis: Basis, today: date) -> Iterator[str]:
    if basis.effective_to and (word := _ending(basis.effective_to, today)):
        yield f"依据《{basis.title}》{word}"
    if basis.effective_from and basis.effective_from > today:
        yield f"依据《{basis.title}》{basis.effective_from} 才施行"


def _ending(last: date, today: date) -> str:
    if last < today:
        return f"已于 {last} 失效"
    return f"将于 {last} 失效" if last <= today + SOON else ""
