"""Guides and themes → what is indexed: distinct documents for words, the distinct texts of each for vectors.

Most guides of a place repeat their parent's text. Each text is indexed once, however many guides say it.
"""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from knowledge.catalog import Catalog
from knowledge.model import Guide, Theme, Uncovered
from knowledge.register import Column
from knowledge.sources.draft import Draft

T = TypeVar("T", bound=Hashable)


class Doc(NamedTuple):
    """What is searched of a guide, a theme or a row of a test collection; equal documents are one."""

    names: tuple[str, ...]
    card: str
    body: str = ""  # the rest of what a guide says, for words only

    @property
    def lexical_text(self) -> str:
        """The text the lexical index sees; names weigh double."""
        return "。".join([*self.names, *self.names, self.card, self.body])


class Spans(NamedTuple):
    """The texts of each document in one role, at least one: document d has `texts[starts[d] : starts[d + 1]]`."""

    starts: Column  # shape (documents + 1,)
    texts: Column  # positions among the distinct texts

    def of(self, docs: Column) -> "Spans":
        """The texts of some documents only, in the order given."""
        lengths = self.starts[docs + 1] - self.starts[docs]
        starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
        return Spans(starts, self.texts[np.arange(starts[-1]) + np.repeat(self.starts[docs] - starts[:-1], lengths)])

    def best(self, cosines: NDArray[np.float32]) -> NDArray[np.float32]:
        """The highest of each document's cosines, which stand in the order of `texts`."""
        return np.maximum.reduceat(cosines, self.starts[:-1]) if len(cosines) else cosines


class Entries(NamedTuple):
    """Which texts the documents are embedded by; the names come first. A document without names is named by its card."""

    names: Spans
    cards: Spans

    @property
    def size(self) -> int:
        """How many texts stand in them, repeated ones counted each time."""
        return len(self.names.texts) + len(self.cards.texts)

    def of(self, docs: Column) -> "Entries":
        """The texts of some documents only, in the order given."""
        return Entries(self.names.of(docs), self.cards.of(docs))

    @property
    def distinct_names(self) -> int:
        """How many of the distinct texts are names: the first ones."""
        return int(self.names.texts.max(initial=-1)) + 1


def guide_doc(guide: Guide, catalog: Catalog) -> Doc:
    """A guide's names and sayings, a card of what it is, for whom, with which papers, and the rest of what it says."""
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
    card, body = ("。".join(part.rstrip("。") for part in side if part) for side in (parts, details(guide)))
    return Doc((guide.name, *guide.aliases, *guide.sayings), card, body)


def details(guide: Guide) -> Iterator[str | None]:
    """What a guide says beyond its card: a question may be about no more than one of its sentences."""
    points = (
        *guide.conditions[4:], *guide.steps, *guide.deadlines, *guide.validity, *guide.benefits, *guide.visits,
        *guide.cross_region, *guide.pitfalls,
    )  # fmt: skip
    yield from (point.text for point in points)
    yield from (limit.applies for limit in guide.limits)
    yield from (words for fee in guide.fees for words in (fee.name, fee.applies))
    yield from (words for material in guide.materials for words in (material.condition, material.note))
    yield from (rule.what for rule in guide.local)


def theme_doc(theme: Theme) -> Doc:
    """A life event's names and purpose."""
    return Doc((theme.name, *theme.aliases, *theme.sayings), theme.summary.text)


def uncovered_doc(service: Uncovered) -> Doc:
    """What a service without a guide is called."""
    return Doc((service.name, *service.sayings), service.name)


def draft_doc(draft: Draft) -> Doc:
    """An imported draft as a document, to look through a catalogue before anyone has edited it."""
    materials = "、".join(material.name for material in draft.materials)
    parts = (
        draft.name,
        draft.authority,
        draft.conditions[:200],
        f"材料：{materials}" if materials else "",
        draft.category,
    )
    names = tuple(dict.fromkeys((draft.name, *draft.aliases, *draft.sayings)))
    return Doc(names, "。".join(part.rstrip("。") for part in parts if part))


def card_of(key: str, catalog: Catalog) -> str:
    """The card behind the key of a hit: of a guide, a theme, or a service without a guide, which is its own key."""
    if key.startswith("theme:"):
        return theme_doc(catalog.themes[key.removeprefix("theme:")]).card
    return guide_doc(catalog.guide(key), catalog).card if "/" in key else key


def library_docs(catalog: Catalog) -> Iterator[Doc]:
    """The document of every guide in the register's order, of every theme, then of every service without a guide."""
    yield from (guide_doc(guide, catalog) for guide in catalog.registered())
    yield from map(theme_doc, catalog.library.themes)
    yield from map(uncovered_doc, catalog.library.uncovered)


def distinct(values: Iterable[T]) -> tuple[tuple[T, ...], Column]:
    """The values without repetition in order of appearance, and which of them each value was."""
    numbers: dict[T, int] = {}
    which = np.fromiter((numbers.setdefault(value, len(numbers)) for value in values), dtype=np.int32)
    return tuple(numbers), which


def entries_of(docs: Sequence[Doc]) -> tuple[tuple[str, ...], Entries]:
    """The distinct texts to embed, and which of them each document has as names and as card."""
    roles: list[list[tuple[str, ...]]] = [[doc.names or (doc.card,) for doc in docs], [(doc.card,) for doc in docs]]
    texts, which = distinct(text for role in roles for group in role for text in group)
    names, cards = (np.cumsum([0, *map(len, role)], dtype=np.int32) for role in roles)
    return texts, Entries(Spans(names, which[: names[-1]]), Spans(cards, which[names[-1] :]))
