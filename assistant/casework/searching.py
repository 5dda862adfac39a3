"""A caseworker's search: words and filters over the guides of one place on one day, and over internal notes."""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import NamedTuple

from assistant.casework.notes import Note, matching
from assistant.confidence import Weighed, weigh
from assistant.model import Focus
from assistant.safety.privacy import mask
from assistant.understanding.understand import understand
from knowledge.catalog import Catalog
from knowledge.comparing import AUDIENCES
from knowledge.index.opening import Generation
from knowledge.model import ROOT_ADCODE, Certainty, Frozen, Guide
from knowledge.retrieval import RetrievalResult
from knowledge.staleness import office_of

SHOWN = 20
THEME = "theme:"
CHANNELS = {"online": "线上", "window": "窗口", "phone": "电话", "kiosk": "自助机"}
UNNAMED = "未标明"


class Filters(Frozen):
    """What a caseworker asked for; an empty filter lets everything through."""

    words: str = ""
    place: str = ROOT_ADCODE
    as_of: date
    authority: str = ""
    category: str = ""
    item_type: str = ""
    audience: str = ""
    channel: str = ""
    certainty: str = ""
    skip: int = 0

    @property
    def narrowed(self) -> bool:
        """Whether anything but the words, the place and the day is given."""
        return any((self.authority, self.category, self.item_type, self.audience, self.channel, self.certainty))


class Facets(NamedTuple):
    """What each filter offers: (value, label), in the order of a list to choose from."""

    authority: tuple[str, ...]
    category: tuple[str, ...]
    item_type: tuple[str, ...]
    audience: tuple[tuple[str, str], ...]
    channel: tuple[tuple[str, str], ...]
    certainty: tuple[tuple[str, str], ...]


class Found(NamedTuple):
    """One guide or life event of a result list."""

    key: str  # guide id, or theme:<id>
    name: str
    summary: str
    tags: tuple[str, ...]
    notes: int = 0


class Results(NamedTuple):
    """One screen of results; `following` is how many to skip for the next one, None at the end."""

    found: tuple[Found, ...]
    notes: tuple[Note, ...]
    following: int | None
    masked: str  # the words without personal data: what may stand in an address
    unsure: bool = False  # the citizens' page would not answer from the first of them
    known_by_name: str = ""  # the service that fits better than any guide and has none


def facets_of(catalog: Catalog) -> Facets:
    """Every value that the guides of a catalog carry."""
    general = [catalog.general(item) for item in catalog.items]
    return Facets(
        authority=tuple(sorted({office_of(guide) for guide in general})),
        category=tuple(sorted({guide.category for guide in general})),
        item_type=tuple(sorted({guide.item_type or UNNAMED for guide in general})),
        audience=tuple((value, label) for value, label in AUDIENCES.items() if value != "both"),
        channel=tuple(CHANNELS.items()),
        certainty=tuple((certainty.value, certainty.label) for certainty in Certainty),
    )


def search(filters: Filters, generation: Generation, notes: list[Note]) -> Results:
    """The guides that pass the filters, best first as the citizens' page ranks them; without words by authority."""
    catalog, words = generation.catalog, mask(filters.words).text.strip()
    ranked = _ranked(words, filters, generation) if words else None
    keys = _keys(ranked.found, filters) if ranked else _listed(filters, catalog)
    passing = (found for key in keys if (found := _found(key, filters, catalog, notes)))
    page = list(islice(passing, filters.skip, filters.skip + SHOWN + 1))
    following = filters.skip + SHOWN if len(page) > SHOWN else None
    shown = Results(tuple(page[:SHOWN]), matching(notes, words)[:SHOWN], following, words)
    entered = bool(page) and page[0].key.startswith(THEME)
    if ranked is None or entered or ranked.sure >= ranked.refuse_below:
        return shown
    uncovered = ranked.found.uncovered
    return shown._replace(unsure=True, known_by_name=uncovered.key if uncovered and ranked.rival > 0 else "")


def _ranked(words: str, filters: Filters, generation: Generation) -> Weighed:
    """By relevance; the filters come after, so every document may still be wanted."""
    catalog, retriever = generation.catalog, generation.retriever
    seen = understand(generation.spelling.mend(words), Focus(), catalog)
    everything = len(catalog.items) + len(catalog.themes)
    k = everything if filters.narrowed else 4 * SHOWN
    found = retriever.search(seen.matter or words, filters.place, filters.as_of, k)
    return weigh(seen, found, catalog, retriever.tokenize.words)


def _keys(found: RetrievalResult, filters: Filters) -> Iterator[str]:
    """What the search stands behind; with filters the rest as well, for they say what is wanted."""
    yield from (hit.key for hit in found.kept)
    yield from (hit.key for hit in found.rejected if filters.narrowed)


def _listed(filters: Filters, catalog: Catalog) -> Iterator[str]:
    rows = catalog.applying(filters.place, filters.as_of)
    guides = sorted((catalog.guide(catalog.guide_id(int(row))) for row in rows), key=lambda g: (office_of(g), g.name))
    yield from (guide.guide_id for guide in guides)


def _found(key: str, filters: Filters, catalog: Catalog, notes: list[Note]) -> Found | None:
    """The row of a key, or None when a filter keeps it out; a life event has none of what the filters ask for."""
    if key.startswith(THEME):
        theme = catalog.themes[key.removeprefix(THEME)]
        about = ("一件事", f"{len(theme.items)}个事项")
        return None if filters.narrowed else Found(key, theme.name, theme.summary.text, about)
    guide = catalog.guide(key)
    if not _passes(guide, filters):
        return None
    tags = (office_of(guide), catalog.place(guide.jurisdiction).name, AUDIENCES[guide.audience], guide.certainty.label)
    return Found(key, guide.name, guide.summary.text, tags, sum(note.item_id == guide.item_id for note in notes))


def _passes(guide: Guide, filters: Filters) -> bool:
    return all((
        filters.authority in ("", office_of(guide)), filters.category in ("", guide.category),
        filters.item_type in ("", guide.item_type or UNNAMED), guide.audience in (filters.audience or guide.audience, "both"),
        not filters.channel or any(channel.kind == filters.channel for channel in guide.channels),
        filters.certainty in ("", guide.certainty.value),
    ))  # fmt: skip
