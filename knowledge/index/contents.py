"""What a generation contains: the library, the documents searched, their vectors and words. Written once, read mapped."""

import hashlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from knowledge.catalog import Catalog
from knowledge.index.embedding import Embedder, Progress
from knowledge.index.entries import Entries, Spans, distinct, library_docs
from knowledge.index.parts import OpenParts, build_parts, mapped_parts, save_parts
from knowledge.index.said import SaidVectors
from knowledge.index.spelling import Spelling
from knowledge.index.stored_guides import StoredGuides, write_guides
from knowledge.index.tokens import Tokens
from knowledge.model import Library
from knowledge.register import Column, Register
from knowledge.retrieval import Index, Published, Retriever
from knowledge.sentences import said

REST_FILE, DOCS_FILE, ENTRIES_FILE = "library.json", "docs.npy", "entries.npz"


class Counts(NamedTuple):
    """How much was written, and the sha256 of the library's JSON."""

    guides: int
    themes: int
    entries: int
    library_digest: str


class Contents(NamedTuple):
    """Look-ups and search over the same published content."""

    catalog: Catalog
    retriever: Retriever
    spelling: Spelling


def user_words(catalog: Catalog) -> list[str]:
    """The words jieba must keep whole: names of items, papers and places, and everyday words for them."""
    library = catalog.library
    names = [n for item in catalog.items.values() for n in item.names]
    papers = [n for d in library.documents for n in (d.name, *d.aliases)]
    places = [n for j in library.jurisdictions for n in (j.name, *j.aliases)]
    everyday = [*library.lexicon.synonyms, *library.lexicon.synonyms.values()]
    return [word for word in dict.fromkeys(names + papers + places + everyday) if 2 <= len(word) <= 8]


def without_guides(library: Library) -> Library:
    """The rest of a library, whose guides are kept apart."""
    return library.model_copy(update={"guides": ()})


def library_digest(library: Library) -> str:
    """sha256 of the library's JSON, made guide by guide: a province's does not fit into memory at once."""
    rest = without_guides(library).model_dump_json().encode()
    head, tail = rest.split(b"[]", 1)
    digest = hashlib.sha256(head + b"[")
    for number, guide in enumerate(library.guides):
        digest.update(b"," * (number > 0) + guide.model_dump_json().encode())
    digest.update(b"]" + tail)
    return digest.hexdigest()


def write(folder: Path, library: Library, embedder: Embedder, progress: Progress | None = None) -> Counts:
    """Index a library and write everything into an empty folder."""
    register = Register.of(library.guides)
    catalog = Catalog(library, register=register)
    docs, which = distinct(library_docs(catalog))
    parts, entries = build_parts(docs, Tokens(user_words(catalog)), embedder, progress)
    save_parts(folder, parts)
    SaidVectors.build(_said(catalog, which), embedder, progress).save(folder)
    roles = zip(Entries._fields, entries, strict=True)
    np.savez(
        folder / ENTRIES_FILE, **{f"{r}_{n}": column for r, spans in roles for n, column in spans._asdict().items()}
    )
    np.save(folder / DOCS_FILE, which)
    register.save(folder)
    write_guides(folder, catalog)
    (folder / REST_FILE).write_text(without_guides(library).model_dump_json(), encoding="utf-8")
    return Counts(len(library.guides), len(library.themes), parts.dense.size, library_digest(library))


def _said(catalog: Catalog, which: Column) -> list[str]:
    """The distinct sentences of one guide of each document."""
    _, firsts = np.unique(which, return_index=True)
    ones = set(firsts.tolist())
    guides = (guide for row, guide in enumerate(catalog.registered()) if row in ones)
    return list(dict.fromkeys(s.text for guide in guides for s in said(guide, catalog)))


def read_catalog(folder: Path) -> Catalog:
    """Look-ups over what `write` wrote; guides are read when they are asked for."""
    rest = Library.model_validate_json((folder / REST_FILE).read_bytes())
    return Catalog(rest, StoredGuides(folder), Register.load(folder))


def read(folder: Path, embedder: Embedder | None, open_parts: OpenParts = mapped_parts) -> Contents:
    """Open what `write` wrote; its parts may be kept elsewhere."""
    catalog = read_catalog(folder)
    words = user_words(catalog)
    tokens = Tokens(words)
    columns = np.load(folder / ENTRIES_FILE)
    names, cards = (Spans(columns[f"{role}_starts"], columns[f"{role}_texts"]) for role in Entries._fields)
    entries = Entries(names, cards)
    index = Index.of(open_parts(folder), entries, tokens)
    scope = Published(catalog, np.asarray(np.load(folder / DOCS_FILE, mmap_mode="r")))
    lexicon = catalog.library.lexicon
    written = [word for word in words if word not in lexicon.synonyms]  # nobody misspells 各拿 for 搁哪
    return Contents(
        catalog,
        Retriever(index, embedder, scope, said=SaidVectors.load(folder)),
        Spelling(written, tokens, lexicon.lookalikes),
    )
