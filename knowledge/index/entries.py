"""Guides and themes → what is indexed: one `Doc` a guide for words, several short `Entry` texts for vectors."""

from collections.abc import Iterable, Iterator
from typing import Literal

from knowledge.catalog import Catalog
from knowledge.model import Frozen, Guide, Theme
from knowledge.sources.draft import Draft


class Entry(Frozen):
    """One text to embed; `owner` is the position of its document."""

    owner: int
    role: Literal["name", "card"]
    text: str


class Doc(Frozen):
    """One searchable document: a guide (`adcode/item_id`), a theme (`theme:id`) or a row of a test collection."""

    key: str
    names: tuple[str, ...]
    card: str

    @property
    def lexical_text(self) -> str:
        """The text the lexical index sees; names weigh double."""
        return "。".join([*self.names, *self.names, self.card])


def guide_doc(guide: Guide, catalog: Catalog) -> Doc:
    """A guide's names and sayings, and a card of what it is, for whom, with which papers."""
    materials = "、".join(dict.fromkeys(catalog.documents[m.kind].name for m in guide.materials))
    results = "、".join(catalog.documents[kind].name for kind in guide.results)
    parts = [
        guide.name,
        guide.summary.text,
        *(c.text for c in guide.conditions[:4]),
        f"材料：{materials}" if materials else "",
        f"结果：{results}" if results else "",
        guide.category,
    ]
    return Doc(
        key=guide.guide_id,
        names=(guide.name, *guide.aliases, *guide.sayings),
        card="。".join(p.rstrip("。") for p in parts if p),
    )


def theme_doc(theme: Theme) -> Doc:
    """A life event's names and purpose."""
    return Doc(
        key=f"theme:{theme.theme_id}", names=(theme.name, *theme.aliases, *theme.sayings), card=theme.summary.text
    )


def draft_docs(drafts: Iterable[Draft]) -> Iterator[Doc]:
    """Imported drafts as documents, to look through a catalogue before anyone has edited it."""
    for draft in drafts:
        materials = "、".join(material.name for material in draft.materials)
        parts = (
            draft.name,
            draft.authority,
            draft.conditions[:200],
            f"材料：{materials}" if materials else "",
            draft.category,
        )
        yield Doc(
            key=f"{draft.jurisdiction}/{draft.draft_id}",
            names=tuple(dict.fromkeys((draft.name, *draft.aliases, *draft.sayings))),
            card="。".join(part.rstrip("。") for part in parts if part),
        )


def library_docs(catalog: Catalog) -> tuple[Doc, ...]:
    """Every guide, then every theme, in library order."""
    guides = (guide_doc(guide, catalog) for guide in catalog.library.guides)
    return (*guides, *(theme_doc(theme) for theme in catalog.library.themes))


def entries_of(docs: Iterable[Doc]) -> Iterator[Entry]:
    """The texts to embed: each name on its own, and the card."""
    for owner, doc in enumerate(docs):
        for name in doc.names:
            yield Entry(owner=owner, role="name", text=name)
        yield Entry(owner=owner, role="card", text=doc.card)
