"""The library laid out for the rules: every look-up table is made once, every guide is walked once."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache

from pydantic import BaseModel

from knowledge.model import All, AnyOf, Comparison, Guide, Library, Not, Predicate
from knowledge.quantities import Value, read_values

# Fields that hold ids, codes or links; everything else that is a string is read by people.
CODES = frozenset(
    "item_id jurisdiction family kind substitutes basis results related url form field audience"
    " overrides supersedes parent_id own_fields".split()
)
values_of = lru_cache(maxsize=1 << 18)(read_values)


@lru_cache
def _plan(kind: type[BaseModel]) -> tuple[tuple[str, bool], ...]:
    return tuple((name, name not in CODES) for name in kind.model_fields if name != "when")


class GuideView:
    """One guide walked once: its nested parts and its texts, each with the dotted path."""

    def __init__(self, guide: Guide) -> None:
        self.guide = guide
        self.file = f"guides/{guide.guide_id}.yaml"
        self.parts: list[tuple[str, BaseModel]] = []
        self.texts: list[tuple[str, str]] = []
        self._collect(guide, "")
        self.whole = "\n".join(text for _, text in self.texts)

    def _collect(self, model: BaseModel, path: str) -> None:
        for name, readable in _plan(type(model)):
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
            self.parts.append((where, value))
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
        self.cited = frozenset(_clauses_cited(library))
        self.values_in = lru_cache(maxsize=1 << 18)(self._values_in)

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


def _clauses_cited(library: Library) -> Iterator[str]:
    for model in (*library.guides, *library.themes):
        for _, item in walk(model):
            yield from getattr(item, "basis", ())


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


def facts_of(predicate: Predicate | None) -> frozenset[str]:
    """The ids of all facts that a predicate reads."""
    return frozenset(c.fact for c in comparisons_of(predicate))


def comparisons_of(predicate: Predicate | None) -> Iterator[Comparison]:
    """Every comparison in a predicate, however deep."""
    match predicate:
        case Comparison():
            yield predicate
        case All(all=parts) | AnyOf(any=parts):
            for part in parts:
                yield from comparisons_of(part)
        case Not(not_=part):
            yield from comparisons_of(part)
