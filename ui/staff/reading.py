"""The doors for reading: search, a guide, what changed, two guides side by side, who needs a paper."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from starlette.responses import RedirectResponse, Response

from assistant.casework.changes import Edited, changes_of, changes_since, edited_guide, edited_library
from assistant.casework.editions import Edition
from assistant.casework.needing import needs_of
from assistant.casework.notes import about
from assistant.casework.reading import read
from assistant.casework.searching import Filters, Results, search
from assistant.casework.side_by_side import side_by_side
from assistant.errors import NotFound
from ui.staff.doors import Call, Door
from ui.staff.pages import HEADERS, address, page
from ui.staff.workplace import Workplace, day_of

FILTERS = ("authority", "category", "item_type", "audience", "channel", "certainty")
BACK = timedelta(days=180)  # how far a list of changes goes back unless told otherwise


class Reading:
    """The doors over one workplace; nothing here writes."""

    def __init__(self, at: Workplace) -> None:
        self._at = at

    @property
    def doors(self) -> tuple[Door, ...]:
        """What is offered where."""
        return (
            Door("/", "search", self.home, recorded=("place", "as_of", *FILTERS)),
            Door("/results", "search", self.fragment, recorded=("place", "as_of", *FILTERS)),
            Door("/guides/{adcode}/{item}", "view_guide", self.guide, recorded=("place", "as_of")),
            Door("/guides/{adcode}/{item}/changes", "view_changes", self.guide_changes, recorded=("since", "edition")),
            Door("/changes", "view_changes", self.changes, recorded=("since", "edition")),
            Door("/compare", "compare", self.compare, recorded=("item", "a", "other", "b")),
            Door("/materials/{kind}", "view_material", self.needs, recorded=("place",)),
        )

    def home(self, call: Call) -> Response:
        """The search page; words that name somebody are masked before they stand in an address."""
        filters, found = self._found(call)
        if found.masked != filters.words.strip():
            return RedirectResponse(address("/", **{**call.query, "q": found.masked}), 303, HEADERS)
        shown = self._results(call, filters, found)
        return page("search.html", facets=self._at.casework.facets, **shown)

    def fragment(self, call: Call) -> Response:
        """The results alone, for the script that searches while she types."""
        return page("_results.html", **self._results(call, *self._found(call)))

    def guide(self, call: Call) -> Response:
        """One guide with everything that is known of it."""
        where, adcode, casework = self._at.where(call), call.path["adcode"], self._at.casework
        resolved = casework.resolved(call.path["item"], adcode, where.day)
        sheet = read(resolved.guide, casework.catalog, adcode, where.day)
        notes = about(self._at.records.notes.all(), resolved.guide.item_id)
        return page("guide.html", sheet=sheet, notes=notes, **self._at.about(call))

    def guide_changes(self, call: Call) -> Response:
        """What became of one guide since a day, and since a published generation."""
        casework, adcode, since = self._at.casework, call.path["adcode"], _since(call)
        guide = casework.resolved(call.path["item"], adcode, call.today).guide
        told = changes_of(guide, casework.catalog, adcode, since, call.today)
        edited = self._edited(call, lambda before, edition: edited_guide(guide, casework.catalog, before, edition))
        return page("guide_changes.html", guide=guide, told=told, since=since, **edited, **self._at.about(call))

    def changes(self, call: Call) -> Response:
        """What changed anywhere since a day, and since a published generation."""
        casework, since = self._at.casework, _since(call)
        told = changes_since(casework.catalog, since, call.today) if casework.countable else None
        edited = self._edited(call, lambda before, edition: edited_library(casework.catalog, before, edition))
        return page("changes.html", told=told, since=since, **edited, **self._at.about(call))

    def compare(self, call: Call) -> Response:
        """Two items, or one item in two places, side by side."""
        casework, asked = self._at.casework, {name: call.query.get(name, "") for name in ("item", "a", "other", "b")}
        pair = None
        if asked["item"]:
            day = self._at.where(call).day
            left, right = (
                casework.resolved(casework.item_named(item), casework.place(place or "410000").adcode, day).guide
                for item, place in ((asked["item"], asked["a"]), (asked["other"] or asked["item"], asked["b"]))
            )
            pair = side_by_side(left, right, casework.catalog)
        return page("compare.html", pair=pair, asked=asked, names=casework.item_names, **self._at.about(call))

    def needs(self, call: Call) -> Response:
        """Which items ask for a paper."""
        where = self._at.where(call)
        found = needs_of(call.path["kind"], self._at.casework.catalog, where.adcode, where.day)
        return page("needs.html", needs=found, **self._at.about(call))

    def _found(self, call: Call) -> tuple[Filters, Results]:
        where, casework = self._at.where(call), self._at.casework
        filters = Filters(
            words=call.query.get("q", "")[:200], place=where.adcode, as_of=where.day,
            **{name: call.query.get(name, "")[:100] for name in FILTERS},
            skip=call.number("skip"),
        )  # fmt: skip
        return filters, search(filters, casework.assistant.generation, self._at.records.notes.all())

    def _results(self, call: Call, filters: Filters, found: Results) -> dict[str, Any]:
        kept = {name: value for name, value in call.query.items() if name not in ("skip", "q")} | {"q": found.masked}
        return {"filters": filters, "results": found, "kept": kept, **self._at.about(call)}

    def _edited(self, call: Call, compared: Callable[[Any, Edition], Edited]) -> dict[str, Any]:
        """The published generations, and what was edited since the one that was asked for."""
        editions, number = self._at.records.editions.all(), call.query.get("edition", "")
        edition = next((edition for edition in editions if str(edition.number) == number), None)
        if number and edition is None:
            raise NotFound(f"版本 {number} 已经清理，或者没有发布过")
        edited = compared(self._at.records.editions.catalog(edition.number), edition) if edition else None
        return {"editions": editions, "edition": edition, "edited": edited}


def _since(call: Call) -> date:
    asked = call.query.get("since", "")
    return day_of(asked) if asked else call.today - BACK
