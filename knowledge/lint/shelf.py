"""The library laid out for the rules: every look-up table is made once, every guide is walked once."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple, Protocol, cast

from pydantic import BaseModel

from knowledge.model import Certainty, Guide, Library
from knowledge.quantities import Value, read_values

# Fields that hold ids, codes or links; everything else that is a string is read by people.
CODES = frozenset(
    "item_id jurisdiction family kind substitutes basis results related url form field audience"
    " overrides supersedes parent_id own_fields role part waived_by event issued".split()
)
values_of = lru_cache(maxsize=1 << 18)(read_values)


class _Plan(NamedTuple):
    """What to look at in a model, read once from its class."""

    fields: tuple[tuple[str, bool], ...]  # name, and whether people read it
    based: bool  # names the clauses it rests on


@lru_cache
def _plan(kind: type[BaseModel]) -> _Plan:
    fields = tuple((name, name not in CODES) for name in kind.model_fields if name not in ("when", "basis"))
    return _Plan(fields, "basis" in kind.model_fields)


class Based(Protocol):
    """A part of a guide that names the clauses it rests on."""

    @property
    def basis(self) -> tuple[str, ...]:
        """The clauses."""
        ...

    @property
    def certainty(self) -> Certainty:
        """How sure we are."""
        ...


class GuideView:
    """One guide walked once: the parts that rest on clauses and the texts, each with the dotted path."""

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self.file = f"guides/{guide.guide_id}.yaml"
        self.parts: list[tuple[str, Based]] = []
        self.texts: list[tuple[str, str]] = []
        self._collect(guide, "")
        self.whole = "\n".join(text for _, text in self.texts)
        self.names = " ".join((guide.name, *guide.aliases))

    def _collect(self, model: BaseModel, path: str) -> None:
        for name, readable in _plan(type(model)).fields:
            value = getattr(model, name)
            where = f"{path}.{name}" if path else name
            if type(value) is tuple:
                for index, item in enumerate(value):
                    self._take(f"{where}[{index}]", item, readable)
            elif value is not None:
                self._take(where, value, readable)

    def _take(self, where: str, value: object, readable: bool) -> None:
        if type(value) is str:
            if readable:
                self.texts.append((where, value))
        elif isinstance(value, BaseModel):
            if _plan(type(value)).based:
                self.parts.append((where, cast(Based, value)))
            self._collect(value, where)

    def sentences(self) -> Iterator[tuple[str, str]]:
        """The texts that state something: not names, sayings, sources or places."""
        for where, text in self.texts:
            if not where.startswith(("name", "aliases", "sayings", "category", "item_type", "authority", "sources")):
                yield where, text


class Shelf:
    """Look-up tables over one library on one day."""

    def __init__(self, library: Library, today: date) -> None:
        self.library = library
        self.today = today
        self.bases = {b.basis_id: b for b in library.bases}
        self.articles = {f"{b.basis_id}#{key}": text for b in library.bases for key, text in b.articles.items()}
        self.clauses = self.articles.keys() | self.bases.keys()
        self.kinds = {d.kind_id: d for d in library.documents}
        self.facts = {f.fact_id: f for f in library.facts}
        self.families = {f.family_id: f for f in library.families}
        self.places = {j.adcode: j for j in library.jurisdictions}
        self.guides: dict[str, list[Guide]] = defaultdict(list)
        for guide in library.guides:
            self.guides[guide.item_id].append(guide)
        self._codes = {item: {g.jurisdiction for g in guides} for item, guides in self.guides.items()}
        self.cited: set[str] = set()  # the bases that guides and themes cite, noted as they are looked at
        for theme in library.themes:
            self.cited.update(ref.partition("#")[0] for point in (theme.summary, *theme.notes) for ref in point.basis)
        self.values_in = lru_cache(maxsize=1 << 18)(self._values_in)

    def look(self, guide: Guide) -> GuideView:
        """The guide laid out for the rules."""
        view = GuideView(guide)
        self.cited.update(ref.partition("#")[0] for _, part in view.parts for ref in part.basis)
        return view

    def _values_in(self, refs: tuple[str, ...]) -> frozenset[tuple[Decimal, str]]:
        return frozenset(value.key for ref in refs for value in values_of(self.articles.get(ref, "")))

    def has_parent_text(self, guide: Guide) -> bool:
        """Whether a larger place has a text of the same item, from which this one differs only in what it says."""
        place = self.places.get(guide.jurisdiction)
        code = place.parent if place else None
        for _ in self.places:
            if code is None:
                return False
            if code in self._codes[guide.item_id]:
                return True
            parent = self.places.get(code)
            code = parent.parent if parent else None
        return False


def values(text: str | None) -> tuple[Value, ...]:
    """Every value of a text; read once however often the text is repeated."""
    return values_of(text) if text else ()


def walk(model: BaseModel, path: str = "") -> Iterator[tuple[str, BaseModel]]:
    """Every model nested in a model, with its dotted path."""
    for name in type(model).model_fields:
        value = getattr(model, name)
        where = f"{path}.{name}".strip(".")
        for index, item in enumerate(value if isinstance(value, tuple) else [value]):
            at = f"{where}[{index}]" if isinstance(value, tuple) else where
            if isinstance(item, BaseModel):
                yield at, item
                yield from walk(item, at)
