"""An embedder held to the model that a generation's vectors are of."""

from collections.abc import Sequence

from knowledge.errors import EmbedderUnavailable
from knowledge.index.embedding import Embedder, Progress, Vectors


class OtherModel(Exception):
    """The embedder is of another model than the generation."""


class HeldEmbedder:
    """Another embedder, for as long as it is of this model: a service may not be asked now, and may change later."""

    def __init__(self, embedder: Embedder, model_id: str, model_digest: str) -> None:
        """Raises OtherModel when it is known to be of another model."""
        self._embedder = embedder
        self.model_id, self.model_digest = model_id, model_digest
        try:
            other = embedder.model_digest != model_digest
        except EmbedderUnavailable:
            return
        if other:
            raise OtherModel

    @property
    def dimension(self) -> int:
        """How long a vector is. Raises EmbedderUnavailable."""
        return self._embedder.dimension

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a question, in the order given. Raises EmbedderUnavailable."""
        self._check()
        return self._embedder.embed_queries(texts)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """One unit vector a passage, in the order given. Raises EmbedderUnavailable."""
        self._check()
        return self._embedder.embed_passages(texts, progress)

    def _check(self) -> None:
        if self._embedder.model_digest != self.model_digest:
            raise EmbedderUnavailable("向量服务换了模型，与发布的版本不同")
