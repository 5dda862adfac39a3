"""The parts of an index in PostgreSQL with pgvector: one schema a generation, its tokens and vectors in tables.

A token's row holds the BM25 weights that bm25s computed, so that scores are those of the files. The texts of one place
number some thousands and are compared one by one; only where there are more than `COMPARABLE` does the HNSW index narrow
them first (`knowledge.narrowing`).
"""

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from knowledge.index.lexical import information
from knowledge.index.parts import FileParts, Parts
from knowledge.index.postgres import Database, Writing

COMPARABLE = 30_000  # texts: about 10 ms; past that the graph is quicker
REMEMBERED = 256  # questions whose tokens were looked up last


class DatabaseWords:
    """BM25 from rows of tokens; the same scores as `LexicalIndex`."""

    def __init__(self, database: Database, schema: str, kind: str, size: int) -> None:
        self._database, self._schema, self._kind, self._size = database, schema, kind, size
        self._postings = lru_cache(maxsize=REMEMBERED)(self._read)

    def scores(self, tokens: list[str]) -> NDArray[np.float32]:
        """One score a document, shape (n,). Raises IndexUnavailable."""
        scores, found = np.zeros(self._size, dtype=np.float32), self._postings(frozenset(tokens))
        for token, times in Counter(tokens).items():
            if token in found:
                docs, weights = found[token]
                scores[docs] += times * weights
        return scores

    def information(self, tokens: list[str]) -> float:
        """The idf mass of distinct tokens; unknown ones count as rarest. Raises IndexUnavailable."""
        found = self._postings(frozenset(tokens))
        return sum(information(len(found[t][0]) if t in found else 0, self._size) for t in set(tokens))

    def totals(self) -> NDArray[np.float32]:
        """The summed weights of every document's tokens, shape (n,). Raises IndexUnavailable."""
        totals = np.zeros(self._size, dtype=np.float64)
        query = f"SELECT docs, weights FROM {self._schema}.postings WHERE kind = %s"
        for docs, weights in self._database.stream(query, (self._kind,)):
            totals[np.frombuffer(docs, dtype=np.int32)] += np.frombuffer(weights, dtype=np.float32)
        return totals.astype(np.float32)

    def _read(self, tokens: frozenset[str]) -> dict[str, tuple[NDArray[np.int32], NDArray[np.float32]]]:
        query = f"SELECT token, docs, weights FROM {self._schema}.postings WHERE kind = %s AND token = ANY(%s)"
        rows = self._database.rows(query, (self._kind, list(tokens))) if tokens else []
        return {t: (np.frombuffer(d, dtype=np.int32), np.frombuffer(w, dtype=np.float32)) for t, d, w in rows}


class DatabaseCosines:
    """Cosines from rows of vectors, computed where they are kept."""

    comparable = COMPARABLE

    def __init__(self, database: Database, schema: str, size: int) -> None:
        self._database, self._table, self._size = database, f"{schema}.texts", size

    def scores(self, query: NDArray[np.float32], texts: NDArray[np.int32]) -> NDArray[np.float32]:
        """The cosine of each of some texts, in the order given. Raises IndexUnavailable."""
        if not len(texts):
            return np.empty(0, dtype=np.float32)
        # Gathered into two arrays by the database: they arrive much faster than rows.
        columns = "array_agg(text), array_agg((-(embedding <#> %s::vector))::real)"
        compared = f"SELECT {columns} FROM {self._table} WHERE text = ANY(%s)"
        ((found, cosines),) = self._database.rows(compared, (_literal(query), np.unique(texts).tolist()))
        by_text = np.empty(self._size, dtype=np.float32)
        by_text[found] = cosines
        return by_text[texts]

    def nearest(self, query: NDArray[np.float32], texts: NDArray[np.int32], k: int) -> NDArray[np.int32]:
        """About the k nearest of distinct texts, through the HNSW index. Raises IndexUnavailable."""
        marked = np.zeros(self._size, dtype=np.bool_)
        marked[texts] = True
        among = np.packbits(
            marked, bitorder="little"
        ).tobytes()  # asked of each row: a list would call for its own index
        bit = "get_bit(%s::bytea, text) = 1"
        ordered = f"SELECT text FROM {self._table} WHERE {bit} ORDER BY embedding <#> %s::vector LIMIT {k}"
        settings = (f"hnsw.ef_search = {min(k, 1000)}", "hnsw.iterative_scan = relaxed_order", "enable_seqscan = off")
        rows = self._database.rows(ordered, (among, _literal(query)), settings)
        return np.array([text for (text,) in rows], dtype=np.int32)


def _literal(vector: NDArray[np.float32]) -> str:
    return "[" + ",".join(map(repr, vector.tolist())) + "]"


def stored_parts(database: Database, schema: str) -> Parts[DatabaseWords, DatabaseCosines]:
    """The parts kept in a schema. Raises IndexUnavailable."""
    sizes = dict(database.rows(f"SELECT kind, size FROM {schema}.sizes"))
    words, names = (DatabaseWords(database, schema, kind, sizes[kind]) for kind in ("words", "names"))
    return Parts(words, names, DatabaseCosines(database, schema, sizes["texts"]))


def store_parts(writing: Writing, schema: str, parts: FileParts) -> None:
    """Copy the parts of a folder into an existing schema, and index them."""
    vectors = parts.dense.vectors()
    dimension = vectors.shape[1]
    writing.run("CREATE EXTENSION IF NOT EXISTS vector")
    writing.run(f"CREATE TABLE {schema}.texts (text int PRIMARY KEY, embedding vector({dimension}) NOT NULL)")
    writing.run(
        f"CREATE TABLE {schema}.postings"
        " (kind text, token text, docs bytea NOT NULL, weights bytea NOT NULL, PRIMARY KEY (kind, token))"
    )
    head = np.array(
        [dimension, 0], dtype=">i2"
    ).tobytes()  # pgvector's binary form: dimension, reserved, big-endian floats
    writing.copy(
        f"{schema}.texts", ("int4", "bytea"),
        ((number, head + vector.astype(">f4").tobytes()) for number, vector in enumerate(vectors)),
    )  # fmt: skip
    writing.copy(f"{schema}.postings", ("text", "text", "bytea", "bytea"), _postings(parts))
    writing.run(f"CREATE TABLE {schema}.sizes (kind text PRIMARY KEY, size int NOT NULL)")
    sizes = {"words": parts.words.size, "names": parts.names.size, "texts": parts.dense.size}
    writing.copy(f"{schema}.sizes", ("text", "int4"), sizes.items())
    writing.run("SET LOCAL maintenance_work_mem = '256MB'")
    writing.run(f"CREATE INDEX ON {schema}.texts USING hnsw (embedding vector_ip_ops)")
    writing.run(f"ANALYZE {schema}.texts, {schema}.postings")


def _postings(parts: FileParts) -> Iterator[tuple[str, str, bytes, bytes]]:
    for kind, index in (("words", parts.words), ("names", parts.names)):
        for token, docs, weights in index.postings():
            yield kind, token, docs.astype(np.int32).tobytes(), weights.astype(np.float32).tobytes()
