"""Look-up over one published library: by id, name, place and date; falls back to the parent place and says so."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from knowledge.errors import GuideNotFound, UnknownJurisdiction
from knowledge.model import (
    ROOT_ADCODE,
    Basis,
    DocumentKind,
    Fact,
    Family,
    FieldName,
    FormField,
    FormSection,
    Guide,
    ItemForm,
    Jurisdiction,
    Library,
    Theme,
)
from knowledge.register import Column, Register, ServiceItem
from knowledge.vocabulary import Vocabulary

REMEMBERED = 1000  # texts of guides


class ResolvedGuide(NamedTuple):
    """The guide that applies, and whether it is the place's own text or its parent's."""

    guide: Guide
    own: bool


class Clause(NamedTuple):
    """One article of a basis, ready to be shown."""

    ref: str
    basis: Basis
    article: str | None
    text: str | None

    @property
    def label(self) -> str:
        """《…法》第十二条, or the document's title and number."""
        title = f"《{self.basis.title.removeprefix('中华人民共和国')}》"
        number = f"（{self.basis.number}）" if self.basis.number else ""
        return title + number + (f"第{self.article}条" if self.article and self.article[0].isdigit() else "")


def item_of(guide_id: str) -> str:
    """`410000/id-card-renew@2027-01-01` → `id-card-renew`."""
    return guide_id.partition("/")[2].partition("@")[0]


class Catalog:
    """All look-ups over a `Library`; pure, built once a generation.

    A published generation gives its guides and their register from disk, and a library that holds the rest.
    """

    def __init__(
        self, library: Library, guides: Sequence[Guide] | None = None, register: Register | None = None
    ) -> None:
        self.library = library
        self.guides: Sequence[Guide] = library.guides if guides is None else guides
        self._register = register or Register.of(self.guides)
        self.items: Mapping[str, ServiceItem] = self._register.items
        self.themes: dict[str, Theme] = {t.theme_id: t for t in library.themes}
        self.documents: dict[str, DocumentKind] = {d.kind_id: d for d in library.documents}
        self.facts: dict[str, Fact] = {f.fact_id: f for f in library.facts}
        self.families: dict[str, Family] = {f.family_id: f for f in library.families}
        self.form_sections: dict[str, FormSection] = {s.section_id: s for s in library.form_sections}
        self.form_fields: dict[str, FormField] = {f.field_id: f for f in library.form_fields}
        self.item_forms: dict[str, ItemForm] = {f.item_id: f for f in library.item_forms}
        self.vocabulary = Vocabulary(library.documents)
        self._bases = {b.basis_id: b for b in library.bases}
        self._places = {j.adcode: j for j in library.jurisdictions}
        self._texts: dict[str, str] = {}

    def place(self, adcode: str) -> Jurisdiction:
        """The jurisdiction of an adcode. Raises UnknownJurisdiction."""
        try:
            return self._places[adcode]
        except KeyError:
            raise UnknownJurisdiction(f"没有行政区划代码 {adcode}") from None

    def place_named(self, name: str) -> Jurisdiction:
        """The jurisdiction of a full name, an everyday name or an adcode. Raises UnknownJurisdiction."""
        for place in self._places.values():
            if name in {place.name, place.adcode, *place.aliases}:
                return place
        raise UnknownJurisdiction(f"不认识的地区“{name}”，请写河南的省辖市或县区名，例如“郑州”“新郑”")

    def chain(self, adcode: str) -> Iterator[str]:
        """The place itself, then its parents up to the province."""
        current: str | None = adcode
        while current:
            place = self.place(current)
            yield current
            current = place.parent

    def city(self, adcode: str) -> Jurisdiction:
        """The city (or province) a place belongs to: the level that publishes local standards."""
        *_, last = [p for p in map(self.place, self.chain(adcode)) if p.level != "county"][:1]
        return last

    def resolve(self, item_id: str, adcode: str = ROOT_ADCODE, as_of: date | None = None) -> ResolvedGuide:
        """The most specific guide of an item for a place on a date. Raises GuideNotFound."""
        if found := self.find(item_id, adcode, as_of):
            return found
        when = f"，日期 {as_of}，各份指南都不在施行期间" if as_of and item_id in self.items else ""
        raise GuideNotFound(f"指南库里没有事项 {item_id}（地区 {adcode}{when}）")

    def find(self, item_id: str, adcode: str, as_of: date | None) -> ResolvedGuide | None:
        """Like `resolve`; None where no text of the item applies."""
        for code in self.chain(adcode):
            row = self._register.find(item_id, code, as_of)
            if row is not None:
                return ResolvedGuide(self._at(row), own=code == adcode)
        return None

    def _at(self, row: int) -> Guide:
        return self.guides[self._register.position(row)]

    def general(self, item_id: str) -> Guide:
        """The first guide of an item: the province's where it has one."""
        return self.guides[self.items[item_id].first]

    def versions(self, guide: Guide) -> tuple[Guide, ...]:
        """All texts of a guide's item in its place, oldest first."""
        return tuple(map(self._at, self._register.rows(guide.item_id, guide.jurisdiction)))

    def coming(self, item_id: str, adcode: str, as_of: date) -> Guide | None:
        """The next text that will take over for a place after a date on which one applies; None if none is known."""
        current = self.resolve(item_id, adcode, as_of).guide
        rows = (row for code in self.chain(adcode) for row in self._register.rows(item_id, code))
        starts = {start for row in rows if (start := self._register.first_day(row)) > as_of}
        found = (self.find(item_id, adcode, day) for day in sorted(starts))
        return next((text.guide for text in found if text and text.guide.guide_id != current.guide_id), None)

    def origin(self, guide: Guide, field: FieldName) -> Guide:
        """The guide whose text a field is: the guide itself, or the parent that it inherits the field from."""
        while guide.parent_id and field.value not in guide.own_fields and field is not FieldName.BASES:
            guide = self.guide(guide.parent_id)
        return guide

    def guide(self, guide_id: str) -> Guide:
        """The guide of `adcode/item_id`, with `@` a later version's first day. Raises GuideNotFound."""
        return self.guides[self.position(guide_id)]

    def position(self, guide_id: str) -> int:
        """Where a guide stands in `guides`. Raises GuideNotFound."""
        row = self._register.row(guide_id)
        if row is None:
            raise GuideNotFound(f"指南库里没有 {guide_id}")
        return self._register.position(row)

    def text(self, guide_id: str) -> str:
        """The whole text of a guide, to look words up in; a thousand are remembered. Raises GuideNotFound."""
        known = self._texts.get(guide_id)
        if known is not None:
            return known
        if len(self._texts) >= REMEMBERED:
            self._texts.clear()
        text = self._texts[guide_id] = self.guide(guide_id).model_dump_json()
        return text

    def clause(self, ref: str) -> Clause:
        """The clause of `basis_id#article`; both are known to exist once the library is linted."""
        basis_id, _, article = ref.partition("#")
        basis = self._bases[basis_id]
        return Clause(ref, basis, article or None, basis.articles.get(article))

    def applying(self, adcode: str | None, as_of: date | None) -> Column:
        """The register's rows that may answer for a place on a date: each item's most specific text."""
        return self._register.applying(tuple(self.chain(adcode or ROOT_ADCODE)), as_of)

    def guide_id(self, row: int) -> str:
        """The id of the guide in one row of the register."""
        return self._register.guide_id(row)

    def registered(self) -> Iterator[Guide]:
        """All guides in the order of the register's rows."""
        return map(self._at, range(len(self.guides)))

    def dependencies(self, guides: list[Guide]) -> dict[str, set[str]]:
        """Item → the items whose result it needs as a material, among the given guides."""
        makers = {kind: guide.item_id for guide in guides for kind in guide.results}
        return {
            guide.item_id: {
                makers[m.kind] for m in guide.materials if m.kind in makers and makers[m.kind] != guide.item_id
            }
            for guide in guides
        }
