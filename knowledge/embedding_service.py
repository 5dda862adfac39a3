"""The embedding service: one model for many replicas, as the embeddings part of the OpenAI API."""

import base64
import threading
from typing import Annotated, Any, Literal

import uvicorn
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel, Field

from knowledge.index.embedding import BATCH, Embedder

AT_ONCE = 2  # model runs; each uses the threads of the embedder, more would only wait for one another
Text = Annotated[str, Field(max_length=20_000)]


class EmbeddingRequest(BaseModel):
    """What the OpenAI API calls it; `input_type` is as other servers of two-sided models have it."""

    model: str
    input: Annotated[list[Text], Field(min_length=1, max_length=BATCH)] | Text
    input_type: Literal["query", "passage"] = "query"
    encoding_format: Literal["float", "base64"] = "float"


def create_app(embedder: Embedder) -> FastAPI:
    """The service over one embedder."""
    app = FastAPI(title="办成 · 向量服务", openapi_url=None, docs_url=None, redoc_url=None)
    turns = threading.Semaphore(AT_ONCE)

    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/v1/models")
    def models() -> dict[str, Any]:
        served = {"digest": embedder.model_digest, "dimension": embedder.dimension}
        return {"object": "list", "data": [{"id": embedder.model_id, "object": "model", **served}]}

    @app.post("/v1/embeddings")
    def embeddings(request: EmbeddingRequest) -> dict[str, Any]:
        if request.model != embedder.model_id:
            raise HTTPException(404, f"这里只有模型 {embedder.model_id}")
        texts = [request.input] if isinstance(request.input, str) else request.input
        embed = embedder.embed_queries if request.input_type == "query" else embedder.embed_passages
        with turns:
            vectors = embed(texts)
        plain = request.encoding_format == "float"
        rows = (v.tolist() if plain else base64.b64encode(v.astype("<f4").tobytes()).decode() for v in vectors)
        data = [{"object": "embedding", "index": number, "embedding": row} for number, row in enumerate(rows)]
        return {"object": "list", "model": embedder.model_id, "data": data}

    return app


def serve(embedder: Embedder, host: str, port: int) -> None:
    """Serve until told to stop."""
    uvicorn.run(create_app(embedder), host=host, port=port, log_level="warning", access_log=False, server_header=False)
