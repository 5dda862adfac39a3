"""A data folder that the program before this one wrote, and one that a later program will write."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

from knowledge.errors import GenerationError
from knowledge.index import manifest
from knowledge.index.embedding import Embedder
from knowledge.index.generation import REMEDY, GenerationStore
from knowledge.model import Library

BEFORE = Path(__file__).parent / "format_3"  # the small library, as published on 2026-11-22


@pytest.fixture
def upgraded(tmp_path: Path) -> GenerationStore:
    """The data folder of the program before, under ours."""
    return GenerationStore(Path(shutil.copytree(BEFORE, tmp_path / "data")))


def everything(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_was_published_before_an_upgrade_says_what_to_do(upgraded: GenerationStore, embedder: Embedder) -> None:
    before = everything(upgraded.data)
    told = f"没有一个完好的版本可用：版本 1 是以前的程序的格式（3，本程序用 {manifest.FORMAT}）。{REMEDY}"
    with pytest.raises(GenerationError) as error:
        upgraded.open(embedder)
    assert str(error.value) == told
    assert everything(upgraded.data) == before, "the program before can still read it"


def test_building_again_goes_on_from_where_it_was(
    upgraded: GenerationStore, small: Library, embedder: Embedder
) -> None:
    assert upgraded.build(small, embedder).number == 2
    upgraded.publish()
    opened, problems = upgraded.open(embedder)
    assert (opened.manifest.number, problems) == (2, ())
    assert [p.number for p in upgraded.pointer.read().publications] == [2, 1]


def test_one_cannot_roll_back_into_what_only_the_program_before_reads(
    upgraded: GenerationStore, small: Library, embedder: Embedder
) -> None:
    upgraded.build(small, embedder)
    upgraded.publish()
    with pytest.raises(GenerationError, match=f"版本 1 是以前的程序的格式（3，本程序用 {manifest.FORMAT}）；没有切换"):
        upgraded.rollback()
    assert upgraded.open(embedder)[0].manifest.number == 2


def test_a_downgrade_serves_what_it_can_read_and_says_what_it_cannot(
    upgraded: GenerationStore, small: Library, embedder: Embedder
) -> None:
    upgraded.build(small, embedder)
    upgraded.publish()
    upgraded.build(small, embedder)
    later = upgraded.folder / "3"
    fields = json.loads((later / manifest.MANIFEST).read_text(encoding="utf-8"))
    text = json.dumps({**fields, "format": manifest.FORMAT + 1})
    (later / manifest.MANIFEST).write_text(text, encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    (later / manifest.SEAL).write_text(f"{digest}  {manifest.MANIFEST}\n", encoding="utf-8")
    newer = f"版本 3 是更新的程序的格式（{manifest.FORMAT + 1}，本程序用 {manifest.FORMAT}）"
    with pytest.raises(GenerationError, match=newer):
        upgraded.publish(3)
    first = upgraded.pointer.read().publications
    upgraded.pointer.write((first[0]._replace(number=3, manifest=digest), *first))
    opened, problems = upgraded.open(embedder)
    assert opened.manifest.number == 2
    assert problems == (newer, f"现在用的是以前发布的版本 2；{REMEDY}")
