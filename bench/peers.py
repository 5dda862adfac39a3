"""`python -m bench.peers FOLDER`: this project beside LangChain, txtai and Haystack, same texts, same vectors, one run.

Seconds spent embedding are the same for all and told apart. Needs requirements-peers.txt.
"""

import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import ir_measures
from ir_measures import Success, nDCG

from assistant.config import Settings
from bench.pipelines import PEERS, Peer, text_of
from evals.beir import Collection, load
from knowledge.index.embedding import Embedder, Progress, Vectors, open_embedder
from knowledge.index.vector_store import VECTORS_FILE, StoredEmbedder


class Watched:
    """The embedder of all peers, with a watch on it."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.model_id, self.model_digest, self.dimension = embedder.model_id, embedder.model_digest, embedder.dimension
        self.seconds, self.passages = 0.0, 0

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """One unit vector a passage."""
        self.passages += len(texts)
        return self._watched(self._embedder.embed_passages, texts)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a question."""
        return self._watched(self._embedder.embed_queries, texts)

    def _watched(self, embed: Callable[[Sequence[str]], Vectors], texts: Sequence[str]) -> Vectors:
        started = time.perf_counter()
        vectors = embed(texts)
        self.seconds += time.perf_counter() - started
        return vectors


def measured(peer: Peer, collection: Collection, embedder: Watched) -> dict[str, float]:
    """Quality over all judged queries; seconds to build and milliseconds a query, embedding not counted."""
    embedder.seconds = 0.0
    started = time.perf_counter()
    search = peer.build(collection.docs, embedder)
    built = time.perf_counter() - started - embedder.seconds
    queries = {q: text for q, text in collection.queries.items() if q in collection.qrels}
    for text in list(queries.values())[:10]:
        search(text)
    embedder.seconds = 0.0
    started = time.perf_counter()
    run = {query: search(text) for query, text in queries.items()}
    asked = time.perf_counter() - started
    means = ir_measures.calc_aggregate([nDCG @ 10, Success @ 1], collection.qrels, run)
    return {
        "passages": embedder.passages, "nDCG@10": round(float(means[nDCG @ 10]), 4), "hit@1": round(float(means[Success @ 1]), 4), "build_seconds": round(built, 2),
        "ms_per_query": round(1000 * (asked - embedder.seconds) / len(queries), 2),
        "ms_embedding": round(1000 * embedder.seconds / len(queries), 2),
    }  # fmt: skip


def table(results: dict[str, dict[str, float]]) -> str:
    """The README's table: every peer, and how it stands to this project."""
    (_, own), *_ = results.items()
    lines = [
        "| 管线 | nDCG@10 | hit@1 | 算向量的文字 | 其余建索引 秒 | 其余毫秒/问 | 每问是办成的 |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, r in results.items():
        ratio = f"{r['ms_per_query'] / own['ms_per_query']:.1f} 倍"
        quality = (f"{r['nDCG@10']:.3f}", f"{r['hit@1']:.3f}", f"{r['passages']:,}")
        lines.append(f"| {' | '.join(map(str, (name, *quality, r['build_seconds'], r['ms_per_query'], ratio)))} |")
    return "\n".join(lines)


def main(folder: Path) -> int:
    """Measure all, print the table and the figures behind it."""
    settings = Settings()
    collection = load(folder)
    embedder = open_embedder(settings.embedding, settings.model_dir)
    kept = StoredEmbedder(embedder, settings.data_dir / VECTORS_FILE)
    kept.embed_passages([text for doc in collection.docs.values() for text in {text_of(doc), doc.card, *doc.names}])
    results = {peer.name: measured(peer, collection, Watched(kept)) for peer in PEERS}
    sys.stdout.write(table(results) + "\n\n" + json.dumps(results, ensure_ascii=False, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
