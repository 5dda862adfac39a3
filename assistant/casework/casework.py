"""What the desk asks of the generation that is served, worked out once a generation or a day."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property, lru_cache

from assistant.assistant import Assistant
from assistant.casework.findings import Office, checked, offices
from assistant.casework.searching import Facets, facets_of
from assistant.errors import BadInput, NotFound
from assistant.safety.privacy import mask
from knowledge.catalog import Catalog, ResolvedGuide
from knowledge.errors import GuideNotFound, UnknownJurisdiction
from knowledge.model import Guide, Jurisdiction, Theme
from knowledge.staleness import Stale, stale

AGED_DAYS = 180
AT_ONCE = 20_000  # guides that are looked through while somebody waits


class Casework:
    """Look-ups for the desk over one assistant; faults in the words of the assistant's room."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.catalog: Catalog = assistant.catalog
        self.stale = lru_cache(maxsize=1)(self._stale)
        self.offices = lru_cache(maxsize=1)(self._offices)

    @cached_property
    def facets(self) -> Facets:
        """What the filters offer."""
        return facets_of(self.catalog)

    @cached_property
    def places(self) -> tuple[Jurisdiction, ...]:
        """Every place, each city followed by its counties."""
        known = {place.adcode: place for place in self.catalog.library.jurisdictions}

        def under(place: Jurisdiction) -> list[Jurisdiction]:
            return [place, *(found for p in known.values() if p.parent == place.adcode for found in under(p))]

        return tuple(found for place in known.values() if place.parent is None for found in under(place))

    @cached_property
    def item_names(self) -> tuple[str, ...]:
        """The names of all items, to choose from."""
        return tuple(sorted(item.names[0] for item in self.catalog.items.values()))

    def item_named(self, words: str) -> str:
        """The item of a name, another name or an id. Raises NotFound."""
        if words in self.catalog.items:
            return words
        found = (item.item_id for item in self.catalog.items.values() if words in item.names)
        if (item := next(found, None)) is None:
            raise NotFound(f"指南库里没有叫“{mask(words).text}”的事项，请从列表里选")
        return item

    @property
    def countable(self) -> bool:
        """Whether all guides can be looked through within a request."""
        return len(self.catalog.guides) <= AT_ONCE

    def place(self, name: str) -> Jurisdiction:
        """A place by name or adcode. Raises BadInput."""
        try:
            return self.catalog.place_named(name)
        except UnknownJurisdiction as error:
            raise BadInput(str(error)) from error

    def resolved(self, item_id: str, adcode: str, day: date) -> ResolvedGuide:
        """The guide of an item for a place on a day; with `@` that very version. Raises NotFound."""
        try:
            if "@" in item_id:
                return ResolvedGuide(self.catalog.guide(f"{adcode}/{item_id}"), own=True)
            return self.catalog.resolve(item_id, adcode, day)
        except (GuideNotFound, UnknownJurisdiction) as error:
            raise NotFound(str(error)) from error

    def guide(self, guide_id: str) -> Guide:
        """A guide by its id. Raises NotFound."""
        try:
            return self.catalog.guide(guide_id)
        except GuideNotFound as error:
            raise NotFound(str(error)) from error

    def theme(self, theme_id: str) -> Theme:
        """A life event by its id. Raises NotFound."""
        try:
            return self.catalog.themes[theme_id]
        except KeyError:
            raise NotFound(f"没有“{theme_id}”这个一件事") from None

    def names(self, counts: Mapping[str, int]) -> list[tuple[str, str, int]]:
        """Counts by guide id with the guides' names, most frequent first; a guide that is gone keeps its id."""
        named = ((key, self._name(key), number) for key, number in counts.items())
        return sorted(named, key=lambda row: (-row[2], row[1]))

    def _name(self, guide_id: str) -> str:
        try:
            return self.catalog.guide(guide_id).name
        except GuideNotFound:
            return guide_id

    def _stale(self, day: date) -> tuple[Stale, ...]:
        return stale(self.catalog, day, AGED_DAYS) if self.countable else ()

    def _offices(self, day: date) -> tuple[Office, ...]:
        return offices(checked(self.catalog, day)) if self.countable else ()
