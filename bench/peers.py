"""`python -m bench.peers FOLDER`: this project beside LangChain, txtai and Haystack, same texts, same vectors, one run.

LangChain's own FAISS and BM25 retrievers live in langchain-community, which is abandoned; the plain pipeline is made of
langchain-core's InMemoryVectorStore and a retriever over bm25s, joined by reciprocal ranks as its EnsembleRetriever does.
Every peer embeds title and text as one passage; seconds spent embedding are the same for all and told apart.
"""

import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import bm25s
import ir_measures
import jieba
import numpy as np
from haystack import Document as HaystackDocument
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from ir_measures import Success, nDCG
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings as LangChainEmbeddings
from langchain_core.retrievers import BaseRetriever
from langchain_core.vectorstores import InMemoryVectorStore
from pydantic import ConfigDict
from txtai import Embeddings as TxtaiEmbeddings

from assistant.config import Settings
from evals.beir import Collection, load
from knowledge.index.embedding import Embedder, Vectors, open_embedder
from knowledge.index.entries import Doc, distinct
from knowledge.index.tokens import Tokens
from knowledge.index.vector_store import VECTORS_FILE, StoredEmbedder
from knowledge.retrieval import Everything, Index, Retriever

DEPTH = 100
RANK_CONSTANT = 60  # of reciprocal rank fusion, as everywhere
Ranking = dict[str, float]
Search = Callable[[str], Ranking]
Words = Callable[[str], list[str]]


class Peer(NamedTuple):
    """One pipeline: its name and how it is built over a collection."""

    name: str
    build: Callable[[dict[str, Doc], "Watched"], Search]


class Watched:
    """The embedder of all peers, with a watch on it."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.model_id, self.model_digest, self.dimension = embedder.model_id, embedder.model_digest, embedder.dimension
        self.seconds = 0.0

    def embed_passages(self, texts: Sequence[str], progress: object = None) -> Vectors:
        """One unit vector a passage."""
        return self._watched(self._embedder.embed_passages, texts)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a question."""
        return self._watched(self._embedder.embed_queries, texts)

    def _watched(self, embed: Callable[[Sequence[str]], Vectors], texts: Sequence[str]) -> Vectors:
        started = time.perf_counter()
        vectors = embed(texts)
        self.seconds += time.perf_counter() - started
        return vectors


def _text(doc: Doc) -> str:
    return "。".join((*doc.names, doc.card))


def _ranks(*rankings: Sequence[str]) -> Ranking:
    scores: dict[str, float] = defaultdict(float)
    for ranking in rankings:
        for rank, key in enumerate(ranking):
            scores[key] += 1 / (RANK_CONSTANT + rank + 1)
    return dict(scores)


# ---- the pipelines --------------------------------------------------------------------------------------------------


def ours(docs: dict[str, Doc], embedder: Watched) -> Search:
    """The retriever of this project."""
    made, which = distinct(docs.values())
    retriever = Retriever(Index.build(made, Tokens(), embedder), embedder, Everything(tuple(docs), which))

    def search(query: str) -> Ranking:
        found = retriever.search(query, k=DEPTH)
        return {hit.key: hit.score for hit in (*found.kept, *found.rejected)[:DEPTH]}

    return search


class Bm25Retriever(BaseRetriever):
    """bm25s over jieba's words."""

    model_config = ConfigDict(arbitrary_types_allowed=True)
    model: Any
    keys: list[str]

    def _get_relevant_documents(self, query: str, *, run_manager: CallbackManagerForRetrieverRun) -> list[Document]:
        scores = self.model.get_scores([w for w in jieba.lcut(query) if w in self.model.vocab_dict])
        best = np.argsort(-scores, kind="stable")[:DEPTH]
        return [Document(page_content="", id=self.keys[i]) for i in best if scores[i] > 0]


class Adapter(LangChainEmbeddings):
    """The embedder as LangChain wants it."""

    def __init__(self, embedder: Watched) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a passage."""
        vectors: list[list[float]] = self._embedder.embed_passages(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        vector: list[float] = self._embedder.embed_queries([text])[0].tolist()
        return vector


def langchain(docs: dict[str, Doc], embedder: Watched) -> Search:
    """Vector store and BM25 retrievers, joined by reciprocal ranks."""
    model = bm25s.BM25(method="lucene")
    model.index([jieba.lcut(_text(doc)) for doc in docs.values()], show_progress=False)
    words = Bm25Retriever(model=model, keys=list(docs))
    store = InMemoryVectorStore(Adapter(embedder))
    store.add_documents([Document(page_content=_text(doc), id=key) for key, doc in docs.items()])
    vectors = store.as_retriever(search_kwargs={"k": DEPTH})
    return lambda query: _ranks(*([str(d.id) for d in retriever.invoke(query)] for retriever in (words, vectors)))


def txtai(docs: dict[str, Doc], embedder: Watched) -> Search:
    """Txtai's hybrid index, as it comes."""
    prefixes = {"query": "query: ", "data": "passage: "}

    def transform(texts: Sequence[str]) -> Vectors:
        kind = "query" if texts[0].startswith(prefixes["query"]) else "data"
        plain = [text.removeprefix(prefixes[kind]) for text in texts]
        return embedder.embed_queries(plain) if kind == "query" else embedder.embed_passages(plain)

    index = TxtaiEmbeddings({"method": "external", "transform": transform, "hybrid": True, "instructions": prefixes})
    index.index((key, _text(doc), None) for key, doc in docs.items())
    return lambda query: dict(index.search(query, DEPTH))


def haystack(docs: dict[str, Doc], embedder: Watched, words: Words | None = None) -> Search:
    """Haystack's in-memory BM25 and embedding retrievers, joined by reciprocal ranks; `words` replace its own tokens."""
    store = InMemoryDocumentStore(**({"bm25_tokenization_regex": r"\S+"} if words else {}))

    def said(text: str) -> str:
        return " ".join(words(text)) if words else text

    vectors = embedder.embed_passages([_text(doc) for doc in docs.values()])
    store.write_documents([
        HaystackDocument(id=key, content=said(_text(doc)), embedding=vector.tolist())
        for (key, doc), vector in zip(docs.items(), vectors, strict=True)
    ])  # fmt: skip
    by_words = InMemoryBM25Retriever(store, top_k=DEPTH)
    by_vector = InMemoryEmbeddingRetriever(store, top_k=DEPTH)
    joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=DEPTH)

    def search(query: str) -> Ranking:
        vector = embedder.embed_queries([query])[0].tolist()
        found = [by_words.run(query=said(query))["documents"], by_vector.run(query_embedding=vector)["documents"]]
        return {document.id: document.score for document in joiner.run(documents=found)["documents"]}

    return search


def haystack_words(docs: dict[str, Doc], embedder: Watched) -> Search:
    """Haystack with this project's words instead of single characters."""
    return haystack(docs, embedder, Tokens())


PEERS = (
    Peer("办成", ours), Peer("LangChain（jieba 词 + 内存向量库，RRF）", langchain), Peer("txtai 混合检索（原样）", txtai),
    Peer("Haystack 内存混合检索（原样）", haystack), Peer("Haystack 内存混合检索（用办成的词）", haystack_words),
)  # fmt: skip


# ---- the measurement ------------------------------------------------------------------------------------------------


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
        "nDCG@10": round(float(means[nDCG @ 10]), 4), "hit@1": round(float(means[Success @ 1]), 4), "build_seconds": round(built, 2),
        "ms_per_query": round(1000 * (asked - embedder.seconds) / len(queries), 2),
        "ms_embedding": round(1000 * embedder.seconds / len(queries), 2),
    }  # fmt: skip


def table(results: dict[str, dict[str, float]]) -> str:
    """The README's table: every peer, and how it stands to this project."""
    (_, own), *_ = results.items()
    lines = [
        "| 管线 | nDCG@10 | hit@1 | 建索引 秒 | 毫秒/问 | 建索引是办成的 | 每问是办成的 |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, r in results.items():
        ratios = [f"{r[key] / own[key]:.1f} 倍" for key in ("build_seconds", "ms_per_query")]
        cells = (name, f"{r['nDCG@10']:.3f}", f"{r['hit@1']:.3f}", r["build_seconds"], r["ms_per_query"], *ratios)
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def main(folder: Path) -> int:
    """Measure all, print the table and the figures behind it."""
    settings = Settings()
    collection = load(folder)
    embedder = open_embedder(settings.embedding, settings.model_dir)
    kept = StoredEmbedder(embedder, settings.data_dir / VECTORS_FILE)
    kept.embed_passages([text for doc in collection.docs.values() for text in {_text(doc), doc.card, *doc.names}])
    results = {peer.name: measured(peer, collection, Watched(kept)) for peer in PEERS}
    sys.stdout.write(table(results) + "\n\n" + json.dumps(results, ensure_ascii=False, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(Path(sys.argv[1])))
