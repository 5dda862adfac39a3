"""Vectors kept by what they are of: a text once embedded by a model is never embedded by it again.

One SQLite file under the data folder, keyed by sha256 of model id and text. Every batch is committed before the next one
begins, so a stopped build goes on where it was. The file may be deleted at any time; it is filled again.
"""

import hashlib
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from zlib import crc32

import numpy as np

from knowledge.errors import VectorsDamaged
from knowledge.index.embedding import Embedder, Progress, Vectors

VECTORS_FILE = "vectors.sqlite3"
BATCH = 128  # texts a commit: about five seconds of work on two cores
TABLE = "CREATE TABLE IF NOT EXISTS vectors (digest BLOB PRIMARY KEY, vector BLOB NOT NULL, crc INTEGER NOT NULL)"


class StoredEmbedder:
    """An `Embedder` that looks passages up before it embeds them; questions go straight through."""

    def __init__(self, embedder: Embedder, path: Path) -> None:
        self._embedder = embedder
        self._path = path
        self.model_id, self.model_digest = embedder.model_id, embedder.model_digest
        self.dimension = embedder.dimension

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a question, in the order given."""
        return self._embedder.embed_queries(texts)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """One unit vector a passage, in the order given; `progress(done, total)` counts the missing ones."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        with self._opened() as store:
            missing = []
            for position, text in enumerate(texts):
                known = self._look_up(store, text)
                if known is None:
                    missing.append(position)
                else:
                    vectors[position] = known
            missing.sort(key=lambda position: len(texts[position]))  # texts of one length share a batch
            for start in range(0, len(missing), BATCH):
                batch = missing[start : start + BATCH]
                vectors[batch] = self._embedder.embed_passages([texts[position] for position in batch])
                self._keep(store, [texts[position] for position in batch], vectors[batch])
                if progress:
                    progress(start + len(batch), len(missing))
        return vectors

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            with closing(sqlite3.connect(self._path)) as store:
                store.execute(TABLE)
                yield store
        except sqlite3.DatabaseError as error:
            raise VectorsDamaged(
                f"向量库 {self._path} 打不开或写不进去（{error}）；它可以删掉，下次会重新计算"
            ) from error

    def _digest(self, text: str) -> bytes:
        return hashlib.sha256(f"{self.model_id}\0{text}".encode()).digest()

    def _look_up(self, store: sqlite3.Connection, text: str) -> Vectors | None:
        """The kept vector of a text; None where there is none or its bytes have changed."""
        row = store.execute("SELECT vector, crc FROM vectors WHERE digest = ?", (self._digest(text),)).fetchone()
        return np.frombuffer(row[0], dtype=np.float32) if row and crc32(row[0]) == row[1] else None

    def _keep(self, store: sqlite3.Connection, texts: Sequence[str], vectors: Vectors) -> None:
        rows = (
            (self._digest(text), data := vector.tobytes(), crc32(data))
            for text, vector in zip(texts, vectors, strict=True)
        )
        with store:
            store.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?, ?)", rows)
