"""Other pipelines over the same texts and vectors: LangChain, txtai, Haystack, and this project's own.

LangChain's own FAISS and BM25 retrievers live in langchain-community, which is abandoned; the plain pipeline is made of
langchain-core's InMemoryVectorStore and a retriever over bm25s, joined by reciprocal ranks as its EnsembleRetriever does.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import bm25s
import jieba
import numpy as np
from haystack import Document as HaystackDocument
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import InMemoryBM25Retriever, InMemoryEmbeddingRetriever
from haystack.document_stores.in_memory import InMemoryDocumentStore
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings as LangChainEmbeddings
from langchain_core.retrievers import BaseRetriever
from langchain_core.vectorstores import InMemoryVectorStore
from pydantic import ConfigDict
from txtai import Embeddings as TxtaiEmbeddings

from knowledge.index.embedding import Embedder, Vectors
from knowledge.index.entries import Doc, distinct
from knowledge.index.tokens import Tokens
from knowledge.retrieval import Everything, Index, Retriever

DEPTH = 100
RANK_CONSTANT = 60  # of reciprocal rank fusion, as everywhere
Ranking = dict[str, float]
Search = Callable[[str], Ranking]
Words = Callable[[str], list[str]]


class Peer(NamedTuple):
    """One pipeline: its name and how it is built over a collection."""

    name: str
    build: Callable[[dict[str, Doc], Embedder], Search]


def text_of(doc: Doc) -> str:
    """The passage that every peer embeds: title and text."""
    return "。".join((*doc.names, doc.card))


def _ranks(*rankings: Sequence[str]) -> Ranking:
    scores: dict[str, float] = defaultdict(float)
    for ranking in rankings:
        for rank, key in enumerate(ranking):
            scores[key] += 1 / (RANK_CONSTANT + rank + 1)
    return dict(scores)


def ours(docs: dict[str, Doc], embedder: Embedder) -> Search:
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
        words = [w for w in jieba.lcut(query) if w in self.model.vocab_dict]
        scores = self.model.get_scores(words) if words else np.zeros(len(self.keys))
        best = np.argsort(-scores, kind="stable")[:DEPTH]
        return [Document(page_content="", id=self.keys[i]) for i in best if scores[i] > 0]


class Adapter(LangChainEmbeddings):
    """The embedder as LangChain wants it."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """One vector a passage."""
        vectors: list[list[float]] = self._embedder.embed_passages(texts).tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        """The vector of a question."""
        vector: list[float] = self._embedder.embed_queries([text])[0].tolist()
        return vector


def langchain(docs: dict[str, Doc], embedder: Embedder) -> Search:
    """Vector store and BM25 retrievers, joined by reciprocal ranks."""
    model = bm25s.BM25(method="lucene")
    model.index([jieba.lcut(text_of(doc)) for doc in docs.values()], show_progress=False)
    words = Bm25Retriever(model=model, keys=list(docs))
    store = InMemoryVectorStore(Adapter(embedder))
    store.add_documents([Document(page_content=text_of(doc), id=key) for key, doc in docs.items()])
    vectors = store.as_retriever(search_kwargs={"k": DEPTH})
    return lambda query: _ranks(*([str(d.id) for d in retriever.invoke(query)] for retriever in (words, vectors)))


def txtai(docs: dict[str, Doc], embedder: Embedder) -> Search:
    """Txtai's hybrid index, as it comes."""
    prefixes = {"query": "query: ", "data": "passage: "}

    def transform(texts: Sequence[str]) -> Vectors:
        kind = "query" if texts[0].startswith(prefixes["query"]) else "data"
        plain = [text.removeprefix(prefixes[kind]) for text in texts]
        return embedder.embed_queries(plain) if kind == "query" else embedder.embed_passages(plain)

    index = TxtaiEmbeddings({"method": "external", "transform": transform, "hybrid": True, "instructions": prefixes})
    index.index((key, text_of(doc), None) for key, doc in docs.items())
    return lambda query: dict(index.search(query, DEPTH))


def haystack(docs: dict[str, Doc], embedder: Embedder, words: Words | None = None) -> Search:
    """Haystack's in-memory BM25 and embedding retrievers, joined by reciprocal ranks; `words` replace its own tokens."""
    store = InMemoryDocumentStore(**({"bm25_tokenization_regex": r"\S+"} if words else {}))

    def said(text: str) -> str:
        return " ".join(words(text)) if words else text

    vectors = embedder.embed_passages([text_of(doc) for doc in docs.values()])
    store.write_documents([
        HaystackDocument(id=key, content=said(text_of(doc)), embedding=vector.tolist())
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


def haystack_words(docs: dict[str, Doc], embedder: Embedder) -> Search:
    """Haystack with this project's words instead of single characters."""
    return haystack(docs, embedder, Tokens())


PEERS = (
    Peer("办成", ours), Peer("LangChain（jieba 词 + 内存向量库，RRF）", langchain), Peer("txtai 混合检索（原样）", txtai),
    Peer("Haystack 内存混合检索（原样）", haystack), Peer("Haystack 内存混合检索（用办成的词）", haystack_words),
)  # fmt: skip
