"""Vectors from an internal service (`python -m knowledge serve-embedding`), and what is done while it is away.

The service speaks the embeddings part of the OpenAI API; `input_type` says whether a text is asked or searched.
"""

import base64
import logging
import time
from collections.abc import Callable, Sequence
from typing import Any

import httpx
import numpy as np

from knowledge.deadline import granted
from knowledge.errors import EmbedderUnavailable
from knowledge.index.embedding import BATCH, Progress, Vectors
from knowledge.model import Frozen

CONNECT_SECONDS, QUESTION_SECONDS, PASSAGES_SECONDS = 0.5, 1.0, 120.0
REST_SECONDS = 5.0  # how long words alone are searched before the service is tried again
log = logging.getLogger(__name__)


class ServedModel(Frozen):
    """The model that a service says it serves."""

    id: str
    digest: str
    dimension: int


class ServedEmbedder:
    """An `Embedder` behind an address. Nothing is asked before it is needed; a service that failed is left alone a while."""

    def __init__(
        self, url: str, transport: httpx.BaseTransport | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """`url`: where the service is, without /v1; `transport` stands for the network."""
        self._http = httpx.Client(base_url=url, trust_env=False, transport=transport)
        self._clock = clock
        self._model: ServedModel | None = None
        self._away_until = 0.0
        self.problem = ""

    @property
    def model_id(self) -> str:
        """Raises EmbedderUnavailable, like the other two."""
        return self._known().id

    @property
    def model_digest(self) -> str:
        """sha256 of what decides a vector."""
        return self._known().digest

    @property
    def dimension(self) -> int:
        """How long a vector is."""
        return self._known().dimension

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a question, in the order given. Raises EmbedderUnavailable."""
        return self._embed("query", texts, QUESTION_SECONDS)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """One unit vector a passage, in the order given. Raises EmbedderUnavailable."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), BATCH):
            batch = texts[start : start + BATCH]
            vectors[start : start + len(batch)] = self._embed("passage", batch, PASSAGES_SECONDS)
            if progress:
                progress(start + len(batch), len(texts))
        return vectors

    def _known(self) -> ServedModel:
        if self._model is None:
            (served,) = self._asked("GET", "/v1/models", CONNECT_SECONDS)["data"]
            self._model = ServedModel(id=served["id"], digest=served["digest"], dimension=served["dimension"])
        return self._model

    def _embed(self, input_type: str, texts: Sequence[str], seconds: float) -> Vectors:
        model = self._known()
        body = {"model": model.id, "input": list(texts), "input_type": input_type, "encoding_format": "base64"}
        told = self._asked("POST", "/v1/embeddings", seconds, body)
        rows = [np.frombuffer(base64.b64decode(row["embedding"]), dtype="<f4") for row in told["data"]]
        return np.stack(rows).astype(np.float32)

    def _asked(self, method: str, path: str, seconds: float, body: dict[str, Any] | None = None) -> dict[str, Any]:
        if self._clock() < self._away_until:
            raise EmbedderUnavailable(self.problem)
        try:
            seconds = granted("向量服务", seconds)
            timeout = httpx.Timeout(seconds, connect=min(seconds, CONNECT_SECONDS))
            response = self._http.request(method, path, json=body, timeout=timeout).raise_for_status()
            told: dict[str, Any] = response.json()
        except (httpx.HTTPError, ValueError) as error:
            if not self.problem:
                log.error("向量服务用不了（%s），先只按词语检索", type(error).__name__)
            self.problem = (
                f"向量服务 {self._http.base_url} 用不了（{type(error).__name__}），只按词语检索；请检查它和网络"
            )
            self._away_until = self._clock() + REST_SECONDS
            raise EmbedderUnavailable(self.problem) from error
        if self.problem:
            log.warning("向量服务恢复了")
        self.problem = ""
        return told
