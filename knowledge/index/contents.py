"""What a generation contains: the library, the documents searched, their vectors and words. Written once, read mapped."""

import hashlib
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter

from knowledge.catalog import Catalog
from knowledge.index.dense import DenseIndex
from knowledge.index.embedding import Embedder, Progress
from knowledge.index.entries import Doc, Entry, library_docs
from knowledge.index.homophones import Homophones
from knowledge.index.lexical import LexicalIndex
from knowledge.index.tokens import Tokens
from knowledge.model import Library
from knowledge.retrieval import Index, Retriever

DOCS = TypeAdapter(tuple[Doc, ...])
ENTRIES = TypeAdapter(tuple[Entry, ...])


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
    homophones: Homophones


def user_words(library: Library) -> list[str]:
    """The words jieba must keep whole: names of items, papers and places, and everyday words for them."""
    names = [n for g in library.guides for n in (g.name, *g.aliases)]
    papers = [n for d in library.documents for n in (d.name, *d.aliases)]
    places = [n for j in library.jurisdictions for n in (j.name, *j.aliases)]
    everyday = [*library.lexicon.synonyms, *library.lexicon.synonyms.values()]
    return [word for word in dict.fromkeys(names + papers + places + everyday) if 2 <= len(word) <= 8]


def write(folder: Path, library: Library, embedder: Embedder, progress: Progress | None = None) -> Counts:
    """Index a library and write everything into an empty folder."""
    docs = library_docs(Catalog(library))
    index = Index.build(docs, Tokens(user_words(library)), embedder, progress)
    index.dense.save(folder / "dense.faiss")
    index.lexical.save(folder / "lexical")
    content = library.model_dump_json()
    (folder / "library.json").write_text(content, encoding="utf-8")
    (folder / "docs.json").write_bytes(DOCS.dump_json(docs))
    (folder / "entries.json").write_bytes(ENTRIES.dump_json(tuple(index.entries)))
    digest = hashlib.sha256(content.encode()).hexdigest()
    return Counts(len(library.guides), len(library.themes), len(index.entries), digest)


def read_library(folder: Path) -> Library:
    """The library of a generation's folder."""
    return Library.model_validate_json((folder / "library.json").read_bytes())


def read(folder: Path, embedder: Embedder | None) -> Contents:
    """Open what `write` wrote."""
    library = read_library(folder)
    docs = DOCS.validate_json((folder / "docs.json").read_bytes())
    entries = ENTRIES.validate_json((folder / "entries.json").read_bytes())
    catalog = Catalog(library)
    words = user_words(library)
    tokens = Tokens(words)
    lexical = LexicalIndex.load(folder / "lexical", len(docs))
    index = Index(docs, entries, lexical, DenseIndex.load(folder / "dense.faiss"), tokens)
    return Contents(catalog, Retriever(index, embedder, catalog), Homophones(words, tokens))
