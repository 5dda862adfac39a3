"""The stages of `bench retrieval`, each run in a process of its own: `python -m evals.bench_stages STAGE …` prints JSON."""

import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from evals.province import province_library
from evals.sample import load_suite
from knowledge.errors import KnowledgeError
from knowledge.index.embedding import EMBEDDED, Embedder, Progress, Vectors, open_embedder
from knowledge.index.generation import GenerationStore
from knowledge.index.opening import Generation
from knowledge.index.vector_store import VECTORS_FILE, StoredEmbedder
from knowledge.retrieval import Everything, Retriever
from knowledge.terminal import FAILED, progress_bar

DAY = date(2026, 11, 22)
PERCENTILES = (50, 95, 99)
IMPORTED = 200  # questions made of names, beside those of the suite


class Build(NamedTuple):
    """What one build and publication took. Megabytes are 10⁶ bytes; memory is the process's peak.

    Seconds of all threads' work (`cpu_seconds`) hardly depend on what else the machine does.
    """

    guides: int
    documents: int
    texts: int
    embedded: int
    seconds: float
    cpu_seconds: float
    embedding_seconds: float
    memory_mb: int
    disk_mb: int


class Latency(NamedTuple):
    """Milliseconds a query at the 50th, 95th and 99th percentile, with and without the embedding of the question."""

    scope: str
    vectors: bool
    clients: int
    total: tuple[float, ...]
    without_embedding: tuple[float, ...]
    queries_per_second: float


class Serving(NamedTuple):
    """What serving takes: seconds from the start of the process to the first answer, memory, and each kind of query."""

    start_seconds: float
    memory_mb: int
    queries: tuple[Latency, ...]


class Timed:
    """An embedder that counts what it embeds and how long that takes."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.model_id, self.model_digest, self.dimension = embedder.model_id, embedder.model_digest, embedder.dimension
        self.embed_queries = embedder.embed_queries
        self.seconds, self.texts = 0.0, 0

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """One unit vector a passage, in the order given."""
        started = time.perf_counter()
        vectors = self._embedder.embed_passages(texts, progress)
        self.seconds += time.perf_counter() - started
        self.texts += len(texts)
        return vectors


def _memory_mb() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 // 10**6


def build(data: Path, model: Path, rows: Path, size: int, revision: int) -> Build:
    """Build and publish the province's catalogue; making the catalogue itself is not counted."""
    library = province_library(rows, size, revision)
    timed = Timed(open_embedder(EMBEDDED, model))
    store = GenerationStore(data)
    bar, move = progress_bar(f"{size} 份，修订 {revision}")
    started, cpu = time.perf_counter(), time.process_time()
    with bar:
        manifest = store.build(library, StoredEmbedder(timed, data / VECTORS_FILE), move)
    store.publish(manifest.number)
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    folder = store.folder / str(manifest.number)
    opened, _ = store.open(None)
    disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    return Build(
        manifest.guides, opened.retriever.index.size, manifest.entries, timed.texts, round(seconds, 1), round(cpu, 1), round(timed.seconds, 1),
        _memory_mb(), disk // 10**6,
    )  # fmt: skip


def serve(data: Path, model: Path, started: float) -> Serving:
    """Open what was published and put the same questions in every way; `started` is when the process was, by the clock."""
    embedder = open_embedder(EMBEDDED, model)
    generation, _ = GenerationStore(data).open(embedder)
    generation.retriever.search("身份证丢了怎么补", None, DAY)
    start_seconds = time.time() - started
    questions = _questions(generation)
    place = generation.catalog.guides[-1].jurisdiction
    queries = tuple(
        _measured(retriever, scope, adcode, questions, clients)
        for scope, adcode, retriever in _ways(generation, embedder, place)
        for clients in (1, 8)
    )
    return Serving(round(start_seconds, 2), _memory_mb(), queries)


def _questions(generation: Generation) -> list[str]:
    asked = [case.turns[0] for case in load_suite("retrieval").cases if case.split == "dev"]
    names = [item.names[0] for item in generation.catalog.items.values()][-IMPORTED:]
    return asked + [f"{name}怎么办" for name in names]


def _ways(generation: Generation, embedder: Embedder, place: str) -> list[tuple[str, str | None, Retriever]]:
    index = generation.retriever.index
    all_docs = np.arange(index.size, dtype=np.int32)
    everything = Everything([str(number) for number in all_docs], all_docs)
    by_words = Retriever(index, None, generation.retriever.scope)
    return [
        ("一个地区", place, generation.retriever), ("全省", None, generation.retriever),
        ("不筛选", None, Retriever(index, embedder, everything)), ("一个地区，只按词语", place, by_words),
        ("不筛选，只按词语", None, Retriever(index, None, everything)),
    ]  # fmt: skip


def _measured(retriever: Retriever, scope: str, adcode: str | None, questions: list[str], clients: int) -> Latency:
    def ask(question: str) -> tuple[float, float, bool]:
        started = time.perf_counter()
        found = retriever.search(question, adcode, DAY)
        seconds = time.perf_counter() - started
        return seconds, seconds - found.timings["embedding"], found.dense_used

    for question in questions[:20]:
        ask(question)
    started = time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        total, rest, dense = zip(*pool.map(ask, questions), strict=True)
    elapsed = time.perf_counter() - started
    return Latency(
        scope, dense[0], clients, _percentiles(total), _percentiles(rest), round(len(questions) / elapsed, 1)
    )


def _percentiles(seconds: Sequence[float]) -> tuple[float, ...]:
    return tuple(round(float(ms), 2) for ms in np.percentile(np.array(seconds) * 1000, PERCENTILES))


def _as_data(value: Any) -> Any:
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: _as_data(part) for name, part in value._asdict().items()}
    return [_as_data(part) for part in value] if isinstance(value, tuple) else value


STAGES: dict[str, Callable[[list[str]], Build | Serving]] = {
    "build": lambda words: build(Path(words[0]), Path(words[1]), Path(words[2]), int(words[3]), int(words[4])),
    "serve": lambda words: serve(Path(words[0]), Path(words[1]), float(words[2])),
}

if __name__ == "__main__":
    try:
        sys.stdout.write(json.dumps(_as_data(STAGES[sys.argv[1]](sys.argv[2:]))) + "\n")
    except KnowledgeError as error:
        raise SystemExit(str(error)) from None
    except KeyboardInterrupt:
        raise SystemExit(FAILED) from None
