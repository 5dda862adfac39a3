"""Texts in, unit vectors out: the `Embedder` protocol and its two adapters.

The only file that imports onnxruntime or sentence_transformers, and only when an embedder is opened.
"""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, ValidationError

from knowledge.errors import ModelMissing

EMBEDDED = "embedded"
MODEL_FILE, TOKENIZER_FILE, MANIFEST_FILE = "model.onnx", "tokenizer.json", "manifest.json"
MAX_TOKENS = 512
BATCH = 32
PAD_ID = 1
PREPARE_HINT = "请运行 python -m knowledge prepare-model"

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]


class Embedder(Protocol):
    """Turns questions and passages into L2-normalised vectors of one space. A service may raise EmbedderUnavailable."""

    @property
    def model_id(self) -> str:
        """A name that is of this model alone."""
        ...

    @property
    def model_digest(self) -> str:
        """sha256 of what decides a vector: weights and tokenizer."""
        ...

    @property
    def dimension(self) -> int:
        """How long a vector is."""
        ...

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a question, in the order given."""
        ...

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """One unit vector a passage, in the order given; `progress(done, total)` after every batch."""
        ...


class FileRecord(BaseModel):
    """Digest and size of one file, as they were when it was written."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    sha256: str
    size: int


class Source(BaseModel):
    """The installed package that the weights were read from."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    package: str
    version: str
    file: str
    sha256: str
    size: int


class Manifest(BaseModel):
    """What a prepared model folder holds and where it came from."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str
    licence: str
    hidden_size: int
    pieces: int
    source: Source
    files: dict[str, FileRecord]


def record_of(path: Path) -> FileRecord:
    """Digest and size of a file on disk."""
    with path.open("rb") as file:
        return FileRecord(sha256=hashlib.file_digest(file, "sha256").hexdigest(), size=path.stat().st_size)


def check_folder(folder: Path) -> Manifest:
    """Read the manifest of a prepared folder and compare every file with it; ModelMissing if any differs."""
    try:
        manifest = Manifest.model_validate_json((folder / MANIFEST_FILE).read_bytes())
    except OSError as error:
        raise ModelMissing(f"没有找到准备好的向量模型（{folder}）。{PREPARE_HINT}") from error
    except ValidationError as error:
        raise ModelMissing(f"向量模型的清单 {folder / MANIFEST_FILE} 已损坏。{PREPARE_HINT}") from error
    for name in {MODEL_FILE, TOKENIZER_FILE} | set(manifest.files):
        try:
            intact = record_of(folder / name) == manifest.files.get(name)
        except OSError as error:
            raise ModelMissing(f"向量模型缺少文件 {folder / name}。{PREPARE_HINT}") from error
        if not intact:
            raise ModelMissing(f"向量模型的文件 {folder / name} 与清单不符，可能已损坏。{PREPARE_HINT}")
    return manifest


class OnnxEmbedder:
    """The embedded multilingual-e5-small, served by ONNX Runtime from a prepared folder."""

    def __init__(self, folder: Path, threads: int = 2) -> None:
        manifest = check_folder(folder)
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as error:
            raise ModelMissing("缺少运行向量模型的库，请运行 pip install onnxruntime tokenizers") from error
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(
            str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"]
        )
        self._tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        self._tokenizer.enable_truncation(MAX_TOKENS)
        self.model_id = f"{manifest.name}-{manifest.files[MODEL_FILE].sha256[:12]}"
        parts = "\n".join(manifest.files[name].sha256 for name in (MODEL_FILE, TOKENIZER_FILE))
        self.model_digest = hashlib.sha256(parts.encode()).hexdigest()
        self.dimension = manifest.hidden_size

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a question, in the order given."""
        return self._embed("query: ", texts, None)

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """One unit vector a passage, in the order given; `progress(done, total)` after every batch."""
        return self._embed("passage: ", texts, progress)

    def _embed(self, prefix: str, texts: Sequence[str], progress: Progress | None) -> Vectors:
        rows = [encoding.ids for encoding in self._tokenizer.encode_batch([prefix + text for text in texts])]
        by_length = sorted(range(len(rows)), key=lambda i: len(rows[i]))
        vectors = np.empty((len(rows), self.dimension), dtype=np.float32)
        for start in range(0, len(rows), BATCH):
            batch = by_length[start : start + BATCH]
            vectors[batch] = self._run([rows[i] for i in batch])
            if progress:
                progress(start + len(batch), len(rows))
        return vectors

    def _run(self, rows: list[list[int]]) -> Vectors:
        """Pad one batch, run it, average over the real tokens and normalise."""
        ids = np.full((len(rows), max(map(len, rows))), PAD_ID, dtype=np.int64)
        mask = np.zeros_like(ids)
        for i, row in enumerate(rows):
            ids[i, : len(row)], mask[i, : len(row)] = row, 1
        hidden: Vectors = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        weights = mask[:, :, None].astype(np.float32)
        mean = (hidden * weights).sum(axis=1) / weights.sum(axis=1)
        return _unit(mean)


class SentenceTransformerEmbedder:
    """Any model that sentence-transformers can load, by folder or by name; no code of the model is run."""

    def __init__(self, name_or_path: str, query_prompt: str = "", passage_prompt: str = "") -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise ModelMissing("使用自选向量模型需要另装一个库，请运行 pip install sentence-transformers") from error
        try:
            self._model = SentenceTransformer(
                name_or_path,
                device="cpu",
                trust_remote_code=False,
                local_files_only=Path(name_or_path).exists(),
            )
        except (OSError, ValueError) as error:
            raise ModelMissing(f"打不开向量模型“{name_or_path}”，请检查文件夹或模型名；不能联网时请先下载好") from error
        # None leaves the model's own prompt in force, if it has one.
        self._query_prompt, self._passage_prompt = query_prompt or None, passage_prompt or None
        self.model_digest = self._digest()
        self.model_id = f"{Path(name_or_path).name}-{self.model_digest[:12]}"
        self.dimension = int(self._model.encode(["维数"], show_progress_bar=False).shape[1])

    def _digest(self) -> str:
        """Of the weights and the prompts: vectors kept under this name are this model's, wherever it was loaded from."""
        digest = hashlib.sha256(f"{self._query_prompt}\0{self._passage_prompt}".encode())
        for weights in self._model.state_dict().values():
            digest.update(weights.float().cpu().numpy().tobytes())
        return digest.hexdigest()

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """One unit vector a question, in the order given."""
        vectors = self._model.encode_query(
            list(texts), prompt=self._query_prompt, batch_size=BATCH, show_progress_bar=False
        )
        return _unit(np.asarray(vectors, dtype=np.float32).reshape(len(texts), self.dimension))

    def embed_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """One unit vector a passage, in the order given; `progress(done, total)` after every batch."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for start in range(0, len(texts), BATCH):
            batch = list(texts[start : start + BATCH])
            vectors[start : start + len(batch)] = self._model.encode_document(
                batch, prompt=self._passage_prompt, batch_size=BATCH, show_progress_bar=False
            )
            if progress:
                progress(start + len(batch), len(texts))
        return _unit(vectors)


def _unit(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: Vectors = (vectors / np.maximum(norms, 1e-12)).astype(np.float32)
    return unit


def open_embedder(spec: str, folder: Path) -> Embedder:
    """The embedder that a setting names: "embedded", the address of a service, or a model for sentence-transformers."""
    if spec.startswith(("http://", "https://")):
        from knowledge.index.served_embedding import ServedEmbedder

        return ServedEmbedder(spec)
    return OnnxEmbedder(folder) if spec == EMBEDDED else SentenceTransformerEmbedder(spec)
