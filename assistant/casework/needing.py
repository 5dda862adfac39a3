"""Which items ask for a document kind, and which one issues it."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from assistant.errors import NotFound
from knowledge.catalog import Catalog
from knowledge.model import DocumentKind, FieldName, Guide
from knowledge.sentences import FORM_LABELS, sentences


class Need(NamedTuple):
    """One item that asks for the paper, and how it says so."""

    guide_id: str
    name: str
    authority: str
    form: str
    said: str


class Needs(NamedTuple):
    """One document kind: who needs it, who accepts it in place of another, who issues it."""

    kind: DocumentKind
    asked_by: tuple[Need, ...]
    instead_by: tuple[Need, ...]
    issued_by: tuple[tuple[str, str], ...]  # guide id, name


def needs_of(kind_id: str, catalog: Catalog, adcode: str, day: date) -> Needs:
    """The needs of a kind among the guides of a place on a day. Raises NotFound."""
    kind = catalog.documents.get(kind_id)
    if kind is None:
        raise NotFound(f"材料词表里没有 {kind_id}")
    guides = [catalog.guide(catalog.guide_id(int(row))) for row in catalog.applying(adcode, day)]
    asked = (need for guide in guides for need in _needs(guide, catalog, kind_id, instead=False))
    instead = (need for guide in guides for need in _needs(guide, catalog, kind_id, instead=True))
    issued = tuple((guide.guide_id, guide.name) for guide in guides if kind_id in guide.results)
    return Needs(kind, _sorted(asked), _sorted(instead), issued)


def _needs(guide: Guide, catalog: Catalog, kind_id: str, instead: bool) -> list[Need]:
    said = sentences(guide, FieldName.MATERIALS, catalog)
    return [
        Need(guide.guide_id, guide.name, guide.authority, FORM_LABELS[material.form], sentence.text)
        for material, sentence in zip(guide.materials, said, strict=True)
        if (kind_id in material.substitutes if instead else kind_id == material.kind)
    ]


def _sorted(needs: Iterable[Need]) -> tuple[Need, ...]:
    return tuple(sorted(needs, key=lambda need: (need.authority, need.name)))
