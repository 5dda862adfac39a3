"""`python -m bench.shared_scale ITEMS.jsonl [GUIDES]`: a whole province in PostgreSQL with pgvector beside the same in files.

Time and disk of a publication, then the same questions to both, one after another, with the vector of the question at
hand: milliseconds, and how many of the first ten are the same. BANCHENG_DATA_DIR gives the model; vectors that are kept
in BANCHENG_VECTORS (a `vectors.sqlite3`) are not computed again.
"""

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.service.postgres import postgres
from evals.bench_stages import DAY
from evals.province import province_library
from evals.sample import load_suite
from knowledge.index.embedding import EMBEDDED, Embedder, Vectors, open_embedder
from knowledge.index.generation import GenerationStore
from knowledge.index.opening import Generation
from knowledge.index.postgres import Database
from knowledge.index.shared_generations import SharedGenerations
from knowledge.index.vector_store import VECTORS_FILE, StoredEmbedder
from knowledge.terminal import DONE, FAILED, USAGE

GUIDES, QUESTIONS, PLACES, ENOUGH = 400_000, 200, ("410100", "410184", None), 0.95


class Remembering:
    """An embedder that embeds a question once."""

    def __init__(self, embedder: Embedder) -> None:
        self.model_id, self.model_digest, self.dimension = embedder.model_id, embedder.model_digest, embedder.dimension
        self.embed_passages, self._embed = embedder.embed_passages, embedder.embed_queries
        self._known: dict[str, Vectors] = {}

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """One vector a question."""
        for text in texts:
            if text not in self._known:
                self._known[text] = self._embed([text])[0]
        return np.stack([self._known[text] for text in texts])


class Asked(NamedTuple):
    """What one store found for every question, and how long each took (milliseconds)."""

    found: list[list[str]]
    milliseconds: list[float]


def asked(generation: Generation, questions: list[str], place: str | None) -> Asked:
    """The first ten of every question; the first question is asked once before."""
    search = generation.retriever.search
    search(questions[0], place, DAY)
    found, milliseconds = [], []
    for question in questions:
        begun = time.perf_counter()
        result = search(question, place, DAY, 10)
        milliseconds.append((time.perf_counter() - begun) * 1000)
        found.append([hit.key for hit in result.kept])
    return Asked(found, milliseconds)


def line(where: str, store: str, one: Asked, exact: Asked) -> str:
    """One row of the table."""
    same = [len(set(a) & set(b)) / max(1, len(b)) for a, b in zip(one.found, exact.found, strict=True)]
    first = np.mean([a[:1] == b[:1] for a, b in zip(one.found, exact.found, strict=True)])
    p50, p95 = np.percentile(one.milliseconds, (50, 95))
    return f"| {where} | {store} | {p50:.1f} | {p95:.1f} | {np.mean(same):.4f} | {first:.3f} |\n"


def main(items: Path, guides: int) -> int:
    """Build, publish to both, ask both."""
    well = True
    with tempfile.TemporaryDirectory(dir=os.environ.get("BANCHENG_BENCH_DIR")) as folder, postgres() as server:
        data = Path(folder)
        if kept := os.environ.get("BANCHENG_VECTORS"):
            shutil.copyfile(kept, data / VECTORS_FILE)
        embedder = Remembering(open_embedder(EMBEDDED, Path(os.environ.get("BANCHENG_DATA_DIR", "var")) / "model"))
        files = GenerationStore(data)
        begun = time.perf_counter()
        made = files.build(province_library(items, guides), StoredEmbedder(embedder, data / VECTORS_FILE))
        built = time.perf_counter()
        files.publish()
        database = Database(server.address)
        shared = SharedGenerations(database, data)
        before = size(database)
        published = time.perf_counter()
        shared.publish()
        copied = time.perf_counter()
        disk = sum(path.stat().st_size for path in (data / f"generations/{made.number}").rglob("*") if path.is_file())
        sys.stdout.write(
            f"{made.guides} 份指南，{made.entries} 段文字：生成 {built - begun:.0f} 秒（文件 {disk / 1e6:.0f} MB），"
            f"发布到数据库（拷、建 HNSW）{copied - published:.0f} 秒，库大了 {(size(database) - before) / 1e6:.0f} MB\n\n"
        )
        opening = time.perf_counter()
        there, _ = shared.open(embedder)
        sys.stdout.write(f"副本第一次打开（取一份指南到本地）{time.perf_counter() - opening:.1f} 秒\n\n")
        here, _ = files.open(embedder)
        questions = [case.turns[0] for case in load_suite("retrieval").cases if case.split == "dev"][:QUESTIONS]
        embedder.embed_queries(questions)
        sys.stdout.write(
            f"n={len(questions)}\n\n| 地区 | 索引 | p50 毫秒 | p95 | 前十重合 | 第一名相同 |\n|---|---|---|---|---|---|\n"
        )
        for place in PLACES:
            exact, one = asked(here, questions, place), asked(there, questions, place)
            for store, found in (("文件（FAISS 精确）", exact), ("pgvector", one)):
                sys.stdout.write(line(place or "不限", store, found, exact))
            sys.stdout.flush()
            same = [len(set(a) & set(b)) / max(1, len(b)) for a, b in zip(one.found, exact.found, strict=True)]
            well = well and float(np.mean(same)) >= ENOUGH
        database.close()
    return DONE if well else FAILED


def size(database: Database) -> int:
    """Bytes of the whole database."""
    return int(database.rows("SELECT pg_database_size(current_database())")[0][0])


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.stderr.write("用法：python -m bench.shared_scale 目录.jsonl [份数]\n")
        raise SystemExit(USAGE)
    raise SystemExit(main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) == 3 else GUIDES))
