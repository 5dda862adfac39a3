"""Look-up over one published library: by id, name, place and date; falls back to the parent place and says so."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from knowledge.errors import GuideNotFound, UnknownJurisdiction
from knowledge.model import ROOT_ADCODE, Basis, DocumentKind, Fact, Family, Guide, Jurisdiction, Library, Theme


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


def in_force(guide: Guide, as_of: date | None) -> bool:
    """Whether a guide's text applies on a date (None: today's question is not asked, everything applies)."""
    if as_of is None:
        return True
    after_start = guide.effective_from is None or guide.effective_from <= as_of
    return after_start and (guide.effective_to is None or as_of <= guide.effective_to)


class Catalog:
    """All look-ups over a `Library`; pure, built once a generation. `texts` holds each guide's whole text by guide_id."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.items: dict[str, list[Guide]] = defaultdict(list)
        for guide in library.guides:
            self.items[guide.item_id].append(guide)
        self.themes: dict[str, Theme] = {t.theme_id: t for t in library.themes}
        self.documents: dict[str, DocumentKind] = {d.kind_id: d for d in library.documents}
        self.facts: dict[str, Fact] = {f.fact_id: f for f in library.facts}
        self.families: dict[str, Family] = {f.family_id: f for f in library.families}
        self._bases = {b.basis_id: b for b in library.bases}
        self._places = {j.adcode: j for j in library.jurisdictions}
        self.texts = {g.guide_id: g.model_dump_json() for g in library.guides}
        self._allowed = lru_cache(maxsize=512)(self._compute_allowed)

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
        guides = {g.jurisdiction: g for g in self.items.get(item_id, []) if in_force(g, as_of)}
        for code in self.chain(adcode):
            if code in guides:
                return ResolvedGuide(guides[code], own=code == adcode)
        raise GuideNotFound(f"指南库里没有事项 {item_id}（地区 {adcode}）")

    def guide(self, guide_id: str) -> Guide:
        """The guide of `adcode/item_id`. Raises GuideNotFound."""
        adcode, _, item_id = guide_id.partition("/")
        for guide in self.items.get(item_id, []):
            if guide.jurisdiction == adcode:
                return guide
        raise GuideNotFound(f"指南库里没有 {guide_id}")

    def clause(self, ref: str) -> Clause:
        """The clause of `basis_id#article`; both are known to exist once the library is linted."""
        basis_id, _, article = ref.partition("#")
        basis = self._bases[basis_id]
        return Clause(ref, basis, article or None, basis.articles.get(article))

    def allowed(self, adcode: str | None, as_of: date | None) -> frozenset[str]:
        """The guide ids that may answer for a place on a date: each item's most specific text."""
        return self._allowed(adcode or ROOT_ADCODE, as_of)

    def _compute_allowed(self, adcode: str, as_of: date | None) -> frozenset[str]:
        chain = list(self.chain(adcode))
        found = set()
        for guides in self.items.values():
            usable = [g for g in guides if g.jurisdiction in chain and in_force(g, as_of)]
            if usable:
                found.add(min(usable, key=lambda g: chain.index(g.jurisdiction)).guide_id)
        return frozenset(found)

    def dependencies(self, guides: list[Guide]) -> dict[str, set[str]]:
        """Item → the items whose result it needs as a material, among the given guides."""
        makers = {kind: guide.item_id for guide in guides for kind in guide.results}
        return {
            guide.item_id: {
                makers[m.kind] for m in guide.materials if m.kind in makers and makers[m.kind] != guide.item_id
            }
            for guide in guides
        }
