"""The library laid out for the rules: every look-up table is made once, every guide is walked once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from functools import lru_cache

from pydantic import BaseModel

from knowledge.lint.views import GuideView, TextView
from knowledge.model import Guide, Library
from knowledge.quantities import Value, read_values

values_of = lru_cache(maxsize=1 << 18)(read_values)


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
        self.form_sections = {s.section_id: s for s in library.form_sections}
        self.form_fields = {f.field_id: f for f in library.form_fields}
        self.item_forms = {f.item_id: f for f in library.item_forms}
        self.places = {j.adcode: j for j in library.jurisdictions}
        self.guides: dict[str, list[Guide]] = defaultdict(list)
        for guide in library.guides:
            self.guides[guide.item_id].append(guide)
        self._codes = {item: {g.jurisdiction for g in guides} for item, guides in self.guides.items()}
        self.cited: set[str] = set()  # the bases that guides and themes cite, noted as they are looked at
        self.values_in = lru_cache(maxsize=1 << 18)(self._values_in)

    def look(self, guide: Guide) -> GuideView:
        """The guide laid out for the rules."""
        view = GuideView(guide)
        self._note(view)
        return view

    def shared(self) -> Iterator[TextView]:
        """Themes, families, questions and form fields laid out; each is about what it names and the items that it leads to."""
        for theme in self.library.themes:
            names = (theme.name, *theme.aliases, *self._item_names(entry.item_id for entry in theme.items))
            view = TextView(theme, f"themes/{theme.theme_id}.yaml", names)
            self._note(view)
            yield view
        for family in self.library.families:
            names = (family.name, *family.aliases, *self._item_names(option.item_id for option in family.options))
            yield TextView(family, "families.yaml", names, family.family_id)
        for fact in self.library.facts:
            yield TextView(fact, "facts.yaml", (fact.label,), fact.fact_id)
        for section in self.library.form_sections:
            yield TextView(section, "form_sections.yaml", (section.title,), section.section_id)
        for field in self.library.form_fields:
            yield TextView(field, "form_fields.yaml", (field.label,), field.field_id)

    def _item_names(self, items: Iterable[str]) -> Iterator[str]:
        return (guide.name for item in items for guide in self.guides.get(item, ()))

    def _note(self, view: TextView) -> None:
        self.cited.update(ref.partition("#")[0] for _, part in view.parts for ref in part.basis)

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
