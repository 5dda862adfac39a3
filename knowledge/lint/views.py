"""A text that people read, laid out for the rules: walked once, its parts and words with their dotted paths."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple, Protocol, cast

from pydantic import BaseModel

from knowledge.model import Certainty, Fact, Family, FormField, FormSection, Guide, Quantity, Theme

# Fields that hold ids, codes or links; everything else that is a string is read by people.
CODES = frozenset(
    "item_id jurisdiction family kind substitutes basis results related url form field audience"
    " overrides supersedes parent_id own_fields theme_id family_id fact_id unit role part waived_by event"
    " issued years_since obtained_by heard told who field_id section_id".split()
)


Readable = Guide | Theme | Family | Fact | FormSection | FormField


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


class TextView:
    """A text that people read, walked once: the parts that rest on clauses and the words, each with the dotted path.

    `at` stands before the path where one file holds several texts; `names` are what the text is about.
    """

    def __init__(self, model: Readable, file: str, names: Iterable[str] = (), at: str = "") -> None:
        self.file = file
        self.at = at
        self.names = " ".join(names)
        self.checked_on: date | None = getattr(model, "checked_on", None)
        self.effective_to: date | None = getattr(model, "effective_to", None)
        self.parts: list[tuple[str, Based]] = []
        self.texts: list[tuple[str, str]] = []
        self._collect(model, "")
        self.whole = "\n".join(text for _, text in self.texts)

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
        elif type(value) is tuple:  # the answers of a question: value and label
            if readable:
                self.texts.append((where, str(value[-1])))
        elif isinstance(value, BaseModel):
            if _plan(type(value)).based:
                self.parts.append((where, cast(Based, value)))
            self._collect(value, where)

    def sentences(self) -> Iterator[tuple[str, str]]:
        """The texts that state something: not names, sayings, sources or places."""
        for where, text in self.texts:
            if not where.startswith(("name", "aliases", "sayings", "category", "item_type", "authority", "sources")):
                yield where, text


class GuideView(TextView):
    """One guide laid out."""

    def __init__(self, guide: Guide) -> None:
        super().__init__(guide, f"guides/{guide.guide_id}.yaml", (guide.name, *guide.aliases))
        self.guide = guide


def stated(part: Based) -> Iterator[str | Quantity]:
    """What a part says, in words or as a quantity."""
    for name, readable in _plan(type(cast(BaseModel, part))).fields:
        value = getattr(part, name)
        if isinstance(value, Quantity) or (readable and type(value) is str):
            yield value
