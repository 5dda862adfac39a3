"""Generations published to a database that any number of replicas read.

A generation is built in a data folder like any other. Publishing copies it into a schema of its own and switches the
pointer, both in one transaction: readers see the old one or the new one. What is searched stays in the database; the rest
(guides, register, library) is fetched once by each replica into `<data>/cache` and checked against the manifest.
"""

import re
import shutil
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from knowledge.errors import GenerationError
from knowledge.index import durable, locks, manifest
from knowledge.index.embedding import Embedder
from knowledge.index.generation import KEEP, GenerationStore
from knowledge.index.manifest import Manifest
from knowledge.index.opening import Generation, open_generation, open_newest
from knowledge.index.parts import DENSE_FILE, LEXICAL_FOLDER, NAMES_FOLDER, mapped_parts
from knowledge.index.pgvector import store_parts, stored_parts
from knowledge.index.pointer import Pointed, Publication
from knowledge.index.postgres import Database, Writing

SEARCHED = re.compile(rf"{re.escape(DENSE_FILE)}|({LEXICAL_FOLDER}|{NAMES_FOLDER})/.+")  # these go into tables
CHUNK = 1 << 20
PUBLISHERS = 4_210_000  # the advisory lock of whoever publishes
TABLES = (
    "CREATE SCHEMA IF NOT EXISTS bancheng",
    "CREATE TABLE IF NOT EXISTS bancheng.publications"
    " (place int PRIMARY KEY, number int NOT NULL, manifest text NOT NULL, at text NOT NULL)",
)
POINTED = "SELECT number, manifest, at FROM bancheng.publications ORDER BY place"


def schema_of(publication: Publication) -> str:
    """The schema of a generation; the digest tells it from another of the same number, built elsewhere."""
    return f"generation_{int(publication.manifest[:16], 16):016x}"


class DatabasePointer:
    """The publications in a table."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self) -> Pointed:
        """What is published; nothing before the first time. Raises IndexUnavailable."""
        if self._database.rows("SELECT to_regclass('bancheng.publications')")[0][0] is None:
            return Pointed(())
        return Pointed(tuple(Publication(*row) for row in self._database.rows(POINTED)))


class SharedGenerations:
    """Published generations in a database, built in a data folder."""

    def __init__(self, database: Database, data: Path) -> None:
        self.database = database
        self.pointer = DatabasePointer(database)
        self.cache = data / "cache"
        self._built = GenerationStore(data)

    # ---- writing ------------------------------------------------------------------------------------------------------

    def publish(self, number: int | None = None) -> Manifest:
        """Copy a generation of the data folder into the database, after verifying it, and switch readers over to it."""
        made, digest = self._built.publishable(number)
        published = Publication.now(made.number, digest)
        with self.database.writing() as writing:
            before = self._alone(writing)
            after = (published, *(p for p in before if p.manifest != digest))[: KEEP + 1]
            kept = _schemas(writing)
            if schema_of(published) not in kept:
                self._copy(writing, published, made)
            self._switch(writing, after)
            for schema in kept - {schema_of(p) for p in (*before, *after)}:
                writing.run(f"DROP SCHEMA {schema} CASCADE")
        return made

    def rollback(self) -> Manifest:
        """Publish again what was published before the current one. Its rows are still there."""
        with self.database.writing() as writing:
            before = self._alone(writing)
            if len(before) < 2:
                raise GenerationError(
                    "数据库里没有更早发布过的版本可以退回；可以用 python -m knowledge publish 加版本号指定一个"
                )
            self._switch(writing, before[1:])
            chunks = writing.run(_chunks(schema_of(before[1])), (manifest.MANIFEST,))
            made: Manifest = Manifest.model_validate_json(b"".join(chunk for (chunk,) in chunks))
            return made

    def _alone(self, writing: Writing) -> tuple[Publication, ...]:
        """Keep other publishers out until the transaction ends; what is published."""
        if not writing.run("SELECT pg_try_advisory_xact_lock(%s)", (PUBLISHERS,))[0][0]:
            raise GenerationError("另一个 publish 或 rollback 正在进行，等它结束后再试")
        for statement in TABLES:
            writing.run(statement)
        return tuple(Publication(*row) for row in writing.run(POINTED))

    @staticmethod
    def _switch(writing: Writing, publications: tuple[Publication, ...]) -> None:
        writing.run("DELETE FROM bancheng.publications")
        rows = ((place, *publication) for place, publication in enumerate(publications))
        writing.copy("bancheng.publications", ("int4", "int4", "text", "text"), rows)

    def _copy(self, writing: Writing, publication: Publication, made: Manifest) -> None:
        schema, folder = schema_of(publication), self._built.folder / str(publication.number)
        writing.run(f"CREATE SCHEMA {schema}")
        writing.run(
            f"CREATE TABLE {schema}.files (path text, part int, bytes bytea NOT NULL, PRIMARY KEY (path, part))"
        )
        names = [manifest.MANIFEST, manifest.SEAL, *(name for name in made.files if not SEARCHED.fullmatch(name))]
        rows = ((name, part, chunk) for name in names for part, chunk in enumerate(_read(folder / name)))
        writing.copy(f"{schema}.files", ("text", "int4", "bytea"), rows)
        store_parts(writing, schema, mapped_parts(folder))

    # ---- reading ------------------------------------------------------------------------------------------------------

    def open(self, embedder: Embedder | None) -> tuple[Generation, tuple[str, ...]]:
        """Open what is published; if it is damaged, what was published before it, with the reasons."""
        return open_newest(self, embedder)

    def open_publication(self, publication: Publication, embedder: Embedder | None) -> Generation:
        """Fetch what is not searched, check it, and search the rest where it is. Raises GenerationError."""
        schema = schema_of(publication)
        folder = self._fetched(schema, publication)
        opened = open_generation(folder, publication, embedder, _verify, lambda _: stored_parts(self.database, schema))
        self._prune()
        return opened

    def _fetched(self, schema: str, publication: Publication) -> Path:
        """The folder of a generation in the cache, filled if it is not there or not whole."""
        folder = self.cache / schema / str(publication.number)
        try:
            _verify(folder)
        except GenerationError:
            try:
                self._fetch(schema, folder)
            except OSError as error:
                raise GenerationError(
                    f"版本 {publication.number} 存不到 {self.cache}：{durable.reason(error)}"
                ) from error
        return folder

    def _fetch(self, schema: str, folder: Path) -> None:
        self.cache.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.cache, prefix="fetching-") as temporary:
            partial_folder = Path(temporary, folder.name)
            partial_folder.mkdir()
            if self.database.rows("SELECT to_regclass(%s)", (f"{schema}.files",))[0][0] is None:
                raise GenerationError(f"数据库里没有版本 {folder.name} 的内容")
            for (name,) in self.database.rows(f"SELECT DISTINCT path FROM {schema}.files"):
                with (partial_folder / Path(name).name).open("wb") as file:
                    for (chunk,) in self.database.stream(_chunks(schema), (name,)):
                        file.write(chunk)
            shutil.rmtree(folder, ignore_errors=True)
            folder.parent.mkdir(exist_ok=True)
            if not folder.exists():  # another process of this machine may have been quicker
                partial_folder.rename(folder)

    def _prune(self) -> None:
        """Remove what is cached of generations that are no longer published and that nobody reads."""
        kept = {schema_of(publication) for publication in self.pointer.read().publications}
        for folder in self.cache.glob("generation_*"):
            if folder.name not in kept and not any(map(locks.in_use, folder.glob(f"*/{manifest.MANIFEST}"))):
                shutil.rmtree(folder, ignore_errors=True)


def _verify(folder: Path) -> tuple[Manifest, str]:
    """The manifest of a cached folder, after reading every byte that belongs there. Raises GenerationError."""
    made, digest = manifest.read(folder)
    for name in made.files:
        if not SEARCHED.fullmatch(name):
            try:
                found = durable.digest(folder / name)
            except OSError as error:
                raise GenerationError(f"版本 {folder.name} 的文件 {name} 读不出来：{durable.reason(error)}") from error
            if found != made.files[name]:
                raise GenerationError(f"版本 {folder.name} 的文件 {name} 缺失或损坏")
    return made, digest


def _read(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from iter(partial(file.read, CHUNK), b"")


def _chunks(schema: str) -> str:
    return f"SELECT bytes FROM {schema}.files WHERE path = %s ORDER BY part"


def _schemas(writing: Writing) -> set[str]:
    return {name for (name,) in writing.run("SELECT nspname FROM pg_namespace WHERE nspname LIKE 'generation\\_%%'")}
