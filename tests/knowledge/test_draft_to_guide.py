"""A reviewed draft becomes a guide file: its words go in, its numbers stay out, and the check names every gap."""

from datetime import date
from pathlib import Path

import pytest
import yaml

from knowledge.commands.draft import draft_text
from knowledge.errors import KnowledgeError, SourceRefused
from knowledge.lint.rules import lint
from knowledge.model import Guide
from knowledge.sources.draft import Draft
from knowledge.sources.library import load_library
from knowledge.sources.skeleton import skeleton

DAY = date(2026, 11, 22)
DRAFT = Draft.model_validate({
    "draft_id": "d1", "jurisdiction": "410100", "name": "夜市摊位备案", "code": "410100XK00001", "category": "企业经营",
    "authority": "街道办事处", "audience": ["自然人", "个体工商户"], "aliases": ["摆摊备案"],
    "conditions": "在划定的夜市经营。年满18周岁。", "steps": "1. 到街道办事处申请；\n2. 审核后3个工作日内公示；\n3. 领取凭证。",
    "materials": [{"name": "身份证", "form": "original"}, {"name": "摊位示意图", "count": 2}, {"name": "近6个月健康证明"}],
    "limits": [{"kind": "statutory", "within": "20 工作日"}], "fees": [{"name": "管理费", "amount": "10 元/天"}],
    "results": ["老年优待证", "备案凭证"], "validity": "有效期1年", "visits": 1, "basis": "夜市管理办法第5条",
    "location": "政务服务中心2楼3号窗口", "url": "https://www.hnzwfw.gov.cn/", "platform": "河南政务服务网",
    "consult_phones": [{"number": "0371-12345678", "label": "街道办"}], "unread": {"stated_limits": "尽快"},
    "origins": [{"file": "目录.xlsx", "sheet": "表1", "row": 7}],
})  # fmt: skip
GUIDE = {
    "item_id": "night-market", "jurisdiction": "410100", "name": "夜市摊位备案", "aliases": ["摆摊备案"], "category": "企业经营",
    "authority": "街道办事处", "audience": "both", "summary": "夜市摊位备案", "conditions": ["在划定的夜市经营。"],
    "steps": ["到街道办事处申请。", "领取凭证。"],
    "materials": [
        {"kind": "id-card", "form": "original", "certainty": "unconfirmed"},
        {"kind": "unlisted-2", "count": 2, "note": "摊位示意图", "certainty": "unconfirmed"},
    ],
    "results": ["old-permit"],
    "channels": [
        {"kind": "window", "name": "政务服务中心2楼3号窗口", "certainty": "unconfirmed"},
        {"kind": "online", "name": "河南政务服务网", "url": "https://www.hnzwfw.gov.cn/", "certainty": "unconfirmed"},
        {"kind": "phone", "name": "街道办", "phone": "0371-12345678", "certainty": "unconfirmed"},
    ],
    "local": [
        {"field": "conditions", "what": "受理条件里的期限、数额", "publisher": "街道办事处"},
        {"field": "steps", "what": "办理流程里的期限、数额", "publisher": "街道办事处"},
    ],
    "sources": [{"title": "目录第 7 行（导入）"}], "checked_on": DAY, "certainty": "unconfirmed",
}  # fmt: skip
LEFT_OUT = {
    ("办结时限", "法定20个工作日"), ("收费", "管理费10元/天"), ("跑动次数", "到现场1次"), ("办理依据", "夜市管理办法第5条"),
    ("实施编码", "410100XK00001"), ("stated_limits", "尽快"), ("受理条件", "年满18周岁。"), ("办理流程", "审核后3个工作日内公示。"),
    ("有效期", "有效期1年。"), ("申请材料", "近6个月健康证明"), ("办理结果", "备案凭证"),
}  # fmt: skip
KINDS = {"居民身份证": "id-card", "身份证": "id-card", "老年优待证": "old-permit"}


def written(folder: Path, draft: Draft = DRAFT) -> Path:
    path = folder / "draft.json"
    path.write_text(draft.to_json(), encoding="utf-8")
    return path


def test_words_go_in_and_every_number_stays_out_and_is_told() -> None:
    made = skeleton(DRAFT, "night-market", KINDS, DAY)
    assert made.guide == GUIDE
    assert set(made.left_out) == LEFT_OUT
    assert len(made.left_out) == len(LEFT_OUT)


def test_a_name_with_a_number_is_no_summary() -> None:
    draft = DRAFT.model_copy(update={"name": "满80岁老人津贴", "location": "领30日内的号", "platform": "3日办"})
    made = skeleton(draft, "old", KINDS, DAY)
    assert "summary" not in made.guide
    assert [c["name"] for c in made.guide["channels"]] == ["网上办理", "街道办"]
    assert ("办理渠道", "领30日内的号") in made.left_out


@pytest.mark.parametrize("said, audience", [
    ([], "person"), (["自然人"], "person"), (["企业法人"], "organization"), (["自然人", "事业单位"], "both"),
])  # fmt: skip
def test_whom_it_is_for(said: list[str], audience: str) -> None:
    assert skeleton(DRAFT.model_copy(update={"audience": tuple(said)}), "x", {}, DAY).guide["audience"] == audience


def test_the_file_loads_and_the_check_lists_exactly_what_is_missing(root: Path, tmp_path: Path) -> None:
    told = draft_text(written(tmp_path), "night-market", root, DAY)
    file = root / "guides/410100/night-market.yaml"
    assert Guide.model_validate(yaml.safe_load(file.read_text(encoding="utf-8"))) == Guide.model_validate(GUIDE)
    found = {(f.rule, f.field) for f in lint(load_library(root), DAY) if f.file == "guides/410100/night-market.yaml"}
    assert found == {
        ("reference", "materials[1]"), ("missing-limit", "limits"), ("missing-fee", "fees"), ("missing-basis", "bases"),
        ("missing-sayings", "sayings"), ("missing-summary", "summary"),
    }  # fmt: skip
    assert all(f"：{text}" in told for _, text in LEFT_OUT)
    assert "办结时限：尽快" in told  # a field that was not read is told by its Chinese name


def test_a_guide_that_stands_there_is_not_overwritten(root: Path, tmp_path: Path) -> None:
    file = root / "guides/410100/card-reissue.yaml"
    before = file.read_bytes()
    with pytest.raises(KnowledgeError, match="已经有了，不覆盖"):
        draft_text(written(tmp_path), "card-reissue", root, DAY)
    assert file.read_bytes() == before


@pytest.mark.parametrize("item", ["../evil", "夜市", "Night", ""])
def test_an_item_id_is_a_slug(root: Path, tmp_path: Path, item: str) -> None:
    with pytest.raises(KnowledgeError, match="事项编号用小写英文"):
        draft_text(written(tmp_path), item, root, DAY)


@pytest.mark.parametrize("content", ["", "{}", "[]", "不是 JSON"])
def test_a_file_that_is_no_draft_is_refused(root: Path, tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SourceRefused, match="不是 import 写的草稿"):
        draft_text(path, "night-market", root, DAY)
    with pytest.raises(SourceRefused, match="打不开"):
        draft_text(tmp_path / "none.json", "night-market", root, DAY)
