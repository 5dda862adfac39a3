"""Question and passages in, relevance out: the `Reranker` port, its sentence-transformers adapter, and a deadline for both.

Imports sentence_transformers only when a reranker is opened.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

import numpy as np

from knowledge.deadline import left
from knowledge.errors import ModelMissing, RerankerUnavailable
from knowledge.index.fusion import Scores

SECONDS = 0.5  # one question may wait so long; twenty passages of 512 tokens take a small cross-encoder about that on two cores
LATE, STILL_BUSY = "重排没有在时限内算完", "重排还在算前面的问题"


class Reranker(Protocol):
    """Reads a question together with each passage: slower than comparing vectors, and surer."""

    model_id: str

    def relevance(self, query: str, passages: Sequence[str]) -> Scores:
        """How well each passage answers the query, shape (n,), each 0..1, in the order given."""
        ...


class CrossEncoderReranker:
    """Any cross-encoder with one output that sentence-transformers can load, by folder or by name; no code of the model is run."""

    def __init__(self, name_or_path: str) -> None:
        try:
            from sentence_transformers import CrossEncoder
        except ImportError as error:
            raise ModelMissing("使用重排模型需要另装一个库，请运行 pip install sentence-transformers") from error
        try:
            self._model = CrossEncoder(
                name_or_path, device="cpu", trust_remote_code=False, local_files_only=Path(name_or_path).exists()
            )
        except (OSError, ValueError) as error:
            raise ModelMissing(f"打不开重排模型“{name_or_path}”，请检查文件夹或模型名；不能联网时请先下载好") from error
        if self._model.num_labels != 1:
            raise ModelMissing(f"“{name_or_path}”不是重排模型：它有 {self._model.num_labels} 个输出，要一个")
        self.model_id = Path(name_or_path).name

    def relevance(self, query: str, passages: Sequence[str]) -> Scores:
        """The logistic of the model's output, whatever activation the model came with: 0..1 for all of them."""
        pairs = [(query, passage) for passage in passages]
        logits = self._model.predict(pairs, activation_fn=_as_it_is, show_progress_bar=False)
        return np.asarray(1 / (1 + np.exp(-np.asarray(logits, dtype=np.float64))), dtype=np.float32)


def _as_it_is(logits: object) -> object:
    return logits


class Reranking:
    """A reranker behind a deadline, over passages known by key; one question at a time."""

    def __init__(self, reranker: Reranker, passage_of: Callable[[str], str], seconds: float = SECONDS) -> None:
        self._reranker, self._passage_of, self._seconds = reranker, passage_of, seconds
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="reranker")
        self._late: Future[Scores] | None = None

    def relevance(self, query: str, keys: Sequence[str]) -> Scores:
        """The relevance of the documents of these keys. Raises RerankerUnavailable, which says why there is none."""
        if self._late and not self._late.done():
            raise RerankerUnavailable(STILL_BUSY)
        seconds = left(self._seconds)
        if not seconds:
            raise RerankerUnavailable(LATE)
        passages = [self._passage_of(key) for key in keys]
        asked = self._worker.submit(self._reranker.relevance, query, passages)
        try:
            found = asked.result(seconds)
        except TimeoutError as error:
            self._late = None if asked.cancel() else asked
            raise RerankerUnavailable(LATE) from error
        except Exception as error:  # whatever the vendor raises means one thing here: the fused order stands
            raise RerankerUnavailable(f"重排出错（{type(error).__name__}）") from error
        if found.shape != (len(keys),) or not ((found >= 0) & (found <= 1)).all():
            raise RerankerUnavailable("重排给出的不是 0 到 1 的分数")
        return found
