"""Guides on disk: what is read is what was written, and an inherited field is written once."""

from pathlib import Path

import pytest

from knowledge.catalog import Catalog
from knowledge.index.stored_guides import LINES_FILE, StoredGuides, write_guides
from knowledge.model import Library
from knowledge.register import Register


@pytest.fixture
def stored(changing: Library, tmp_path: Path) -> StoredGuides:
    write_guides(tmp_path, Catalog(changing))
    return StoredGuides(tmp_path)


def test_what_is_read_is_what_was_written(stored: StoredGuides, changing: Library) -> None:
    assert stored == changing.guides
    assert (stored[-1], stored[1:3]) == (changing.guides[-1], list(changing.guides[1:3]))
    with pytest.raises(IndexError):
        stored[len(changing.guides)]


def test_other_guides_are_not_equal(stored: StoredGuides, changing: Library) -> None:
    assert stored != changing.guides[:-1]
    assert stored != (*changing.guides[:-1], changing.guides[0])


def test_the_shipped_library_comes_back_whole(library: Library, tmp_path: Path) -> None:
    write_guides(tmp_path, Catalog(library))
    assert StoredGuides(tmp_path) == library.guides


def test_a_guide_that_inherits_costs_what_differs(stored: StoredGuides, changing: Library, tmp_path: Path) -> None:
    lines = dict(
        zip((g.guide_id for g in changing.guides), (tmp_path / LINES_FILE).read_bytes().splitlines(), strict=True)
    )
    county = next(g for g in changing.guides if g.parent_id and g.parent_id.startswith("410100/"))
    assert county.name.encode() not in lines[county.guide_id]
    assert len(lines[county.guide_id]) < len(county.model_dump_json().encode()) / 2


def test_a_library_without_guides_is_stored_too(changing: Library, tmp_path: Path) -> None:
    nothing = Catalog(changing.model_copy(update={"guides": ()}))
    write_guides(tmp_path, nothing)
    assert StoredGuides(tmp_path) == ()
    assert nothing.find("bus-card", "410100", None) is None
    assert nothing.applying("410100", None).tolist() == []


def test_a_saved_register_answers_as_the_one_it_was_made_from(changing: Library, tmp_path: Path) -> None:
    made = Register.of(changing.guides)
    made.save(tmp_path)
    opened = Register.load(tmp_path)
    assert opened.items == made.items
    ids = [opened.guide_id(row) for row in range(len(changing.guides))]
    assert sorted(ids) == sorted(guide.guide_id for guide in changing.guides)
    assert [changing.guides[opened.position(row)].guide_id for row in map(opened.row, ids) if row is not None] == ids
    assert (opened.row("410100/nothing"), opened.row("000000/bus-card"), opened.row("bus-card")) == (None, None, None)
