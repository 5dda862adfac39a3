"""Measures this project's retriever on any BEIR-style folder: corpus.jsonl, queries.jsonl, qrels.tsv."""

import json
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import ir_measures
from ir_measures import RR, R, Success, nDCG

from knowledge.index.embedding import Embedder
from knowledge.index.entries import Doc, distinct
from knowledge.index.reranking import Reranker, Reranking
from knowledge.index.tokens import Tokens
from knowledge.retrieval import Everything, Index, Retriever

PATIENCE = 60.0  # seconds a query; quality is measured here, not speed
MEASURES = (nDCG @ 10, RR @ 10, R @ 10, Success @ 1, Success @ 5)


class Collection(NamedTuple):
    """A test collection in BEIR layout."""

    docs: dict[str, Doc]
    queries: dict[str, str]
    qrels: dict[str, dict[str, int]]


def load(folder: Path) -> Collection:
    """Read a collection. Raises OSError or ValueError when it is not one."""
    rows = [json.loads(line) for line in (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]
    docs = {
        str(r.get("id", r.get("_id"))): Doc((r["title"],) if r.get("title") else (), r["text"] or r["title"])
        for r in rows
    }
    lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    queries = {str(q.get("id", q.get("_id"))): q["text"] for q in map(json.loads, lines)}
    path = folder / "qrels.tsv" if (folder / "qrels.tsv").exists() else folder / "qrels" / "test.tsv"
    qrels: dict[str, dict[str, int]] = defaultdict(dict)
    for line in path.read_text(encoding="utf-8").splitlines():
        query, doc, grade = line.split("\t")[:3]
        if grade.lstrip("-").isdigit():
            qrels[query][doc] = int(grade)
    return Collection(docs, queries, dict(qrels))


def measure(
    folder: Path, embedder: Embedder, progress: Callable[[int, int], None], reranker: Reranker | None = None
) -> dict[str, Any]:
    """Index the collection, run every query, return means and the figures behind them; a reranker is waited for."""
    collection = load(folder)
    started = time.perf_counter()
    docs, which = distinct(collection.docs.values())
    index = Index.build(docs, Tokens(), embedder, progress)
    retriever = Retriever(index, embedder, Everything(tuple(collection.docs), which))
    if reranker:
        retriever = retriever.reranked_by(Reranking(reranker, lambda key: collection.docs[key].card, PATIENCE))
    built = time.perf_counter() - started
    queries = {q: text for q, text in collection.queries.items() if q in collection.qrels}
    run: dict[str, dict[str, float]] = {}
    started = time.perf_counter()
    for query, text in queries.items():
        found = retriever.search(text, k=100)
        run[query] = {hit.key: hit.score for hit in (*found.kept, *found.rejected)[:100]}
    asked = time.perf_counter() - started
    means = ir_measures.calc_aggregate(MEASURES, collection.qrels, run)
    return {
        "folder": folder.name, "documents": len(collection.docs), "queries": len(queries), "model": embedder.model_id,
        "reranker": reranker.model_id if reranker else None,
        "measures": {str(m): round(float(v), 4) for m, v in means.items()},
        "build_seconds": round(built, 1), "milliseconds_per_query": round(1000 * asked / max(1, len(queries)), 1),
    }  # fmt: skip
