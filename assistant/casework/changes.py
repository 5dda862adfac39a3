"""What changed since a day: texts that began or ended, laws that came into force, what is coming, what was edited."""

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import NamedTuple

from assistant.casework.editions import Edition
from knowledge.catalog import Catalog
from knowledge.comparing import Change, Difference, compare_guides, compare_libraries
from knowledge.errors import GuideNotFound
from knowledge.model import Basis, FieldName, Guide
from knowledge.sentences import sentences

MOST = 200  # differences of two generations that one page shows


class Law(NamedTuple):
    """A document that came into force or ends, and the guides that rest on it."""

    title: str
    said: str
    guides: tuple[tuple[str, str], ...] = ()  # guide id, name


class GuideChanges(NamedTuple):
    """What became of one guide since a day."""

    then: Guide | None  # the text that applied on that day
    now: Guide | None
    between: tuple[Change, ...]
    laws: tuple[Law, ...]
    coming: Guide | None
    to_come: tuple[Change, ...]


class Edited(NamedTuple):
    """What an editor changed between a published generation and the one served now."""

    edition: Edition
    differences: tuple[Difference, ...]
    cut: bool  # there are more than are shown


class LibraryChanges(NamedTuple):
    """What came into force since a day, and what will."""

    began: tuple[tuple[Guide, tuple[Change, ...]], ...]
    laws: tuple[Law, ...]
    coming: tuple[tuple[Guide, tuple[Change, ...]], ...]


def changes_of(guide: Guide, catalog: Catalog, adcode: str, since: date, today: date) -> GuideChanges:
    """The differences between the texts that applied to a place on two days, and the next one."""
    then, now = (catalog.find(guide.item_id, adcode, day) for day in (since, today))
    coming = catalog.coming(guide.item_id, adcode, today) if now else None
    between = compare_guides(then.guide, now.guide, catalog, catalog) if then and now else ()
    to_come = compare_guides(now.guide, coming, catalog, catalog) if now and coming else ()
    laws = (law for basis in bases_of(guide, catalog) if (law := _law(basis, since, today)))
    return GuideChanges(then.guide if then else None, now.guide if now else None, between, tuple(laws), coming, to_come)


def edited_guide(guide: Guide, catalog: Catalog, before: Catalog, edition: Edition) -> Edited:
    """What was edited in one guide since a generation."""
    try:
        old = before.guide(guide.guide_id)
    except GuideNotFound:
        return Edited(edition, (Difference("新增", guide.name, guide.guide_id, ()),), cut=False)
    changes = compare_guides(old, guide, before, catalog)
    kept = (Difference("改动", guide.name, guide.guide_id, changes),) if changes else ()
    return Edited(edition, kept, cut=False)


def edited_library(catalog: Catalog, before: Catalog, edition: Edition) -> Edited:
    """What was edited anywhere since a generation, the first differences of many."""
    found = list(islice(compare_libraries(before, catalog), MOST + 1))
    return Edited(edition, tuple(found[:MOST]), cut=len(found) > MOST)


def changes_since(catalog: Catalog, since: date, today: date) -> LibraryChanges:
    """Every text that began after a day or is still to begin, each with what it changes, and the laws behind."""
    dated = [guide for guide in catalog.guides if guide.effective_from and guide.effective_from > since]
    dated.sort(key=lambda guide: (guide.effective_from or date.min, guide.guide_id), reverse=True)
    told = [(guide, _over_the_one_before(guide, catalog)) for guide in dated]
    resting: dict[str, list[tuple[str, str]]] = {}
    laws: dict[str, Law] = {}
    for basis in catalog.library.bases:
        if law := _law(basis, since, today):
            laws[basis.basis_id] = law
    if laws:
        for guide in catalog.guides:
            for basis in bases_of(guide, catalog):
                resting.setdefault(basis.basis_id, []).append((guide.guide_id, guide.name))
    return LibraryChanges(
        began=tuple(pair for pair in told if (pair[0].effective_from or today) <= today),
        laws=tuple(law._replace(guides=tuple(resting.get(key, ()))) for key, law in laws.items()),
        coming=tuple(pair for pair in told if (pair[0].effective_from or today) > today),
    )


def bases_of(guide: Guide, catalog: Catalog) -> Iterator[Basis]:
    """The documents that a guide cites, each once."""
    refs = (ref for field in FieldName for sentence in sentences(guide, field, catalog) for ref in sentence.basis)
    for basis_id in dict.fromkeys(ref.partition("#")[0] for ref in refs):
        yield catalog.clause(basis_id).basis


def _over_the_one_before(guide: Guide, catalog: Catalog) -> tuple[Change, ...]:
    return compare_guides(catalog.guide(guide.supersedes), guide, catalog, catalog) if guide.supersedes else ()


def _law(basis: Basis, since: date, today: date) -> Law | None:
    """What happened to a document after a day, or is about to."""
    title = f"《{basis.title}》"
    if basis.effective_from and basis.effective_from > since:
        word = "起施行" if basis.effective_from <= today else "起才施行"
        return Law(title, f"自 {basis.effective_from} {word}")
    if basis.effective_to and basis.effective_to >= since:
        return Law(title, f"{basis.effective_to} 以后失效")
    return None
