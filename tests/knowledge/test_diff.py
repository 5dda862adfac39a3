"""What changed, in a caseworker's words: between guides, between versions, between generations."""

from pathlib import Path

import pytest

from knowledge import __main__ as cli
from knowledge.catalog import Catalog
from knowledge.comparing import Change, compare, compare_guides, compare_libraries, described_guide
from knowledge.index.embedding import Embedder
from knowledge.index.generation import GenerationStore
from knowledge.model import Fee, Guide, Library, Point, Quantity


@pytest.fixture(scope="module")
def places(changing: Library) -> Catalog:
    return Catalog(changing)


def with_guide(library: Library, guide_id: str, **changed: object) -> Catalog:
    guides = tuple(g.model_copy(update=changed) if g.guide_id == guide_id else g for g in library.guides)
    return Catalog(library.model_copy(update={"guides": guides}))


def test_a_guide_does_not_differ_from_itself(places: Catalog) -> None:
    for guide in places.library.guides:
        assert compare_guides(guide, guide, places, places) == ()


def test_two_versions_differ_field_by_field_old_then_new(places: Catalog) -> None:
    old, new = places.guide("410000/bus-card"), places.guide("410000/bus-card@2027-01-01")
    was, now = "《河南省老年乘车卡办法》", "《河南省老年乘车卡办法（2026年修订）》"
    assert compare_guides(old, new, places, places) == (
        Change("新增", "施行日期", "", "2027-01-01"),
        Change("删去", "失效日期", "2026-12-31", ""),
        Change("改动", "来源", "河南省老年乘车卡办法", "河南省老年乘车卡办法（2026年修订）"),
        Change("改动", "核对日期", "2026-03-01", "2026-11-22"),
        Change("改动", "总体把握", "已核对原文", "据公开转述，待复核"),
        Change("改动", "说明", f"老年人可以办乘车卡。依据：{was}第3条", f"依据：{now}第3条"),
        Change("改动", "受理条件", "年满65周岁。", "年满60周岁。"),
        Change("改动", "申请材料", f"居民身份证（原件）。依据：{was}第3条", f"依据：{now}第3条"),
        Change("改动", "办结时限", f"法定时限10个工作日。依据：{was}第2条", f"依据：{now}第2条"),
        Change("改动", "收费", "首次办卡工本费20元/张。", "首次办卡工本费10元/张。"),
    )


def test_sentences_are_paired_by_likeness_and_their_order_does_not_matter(places: Catalog) -> None:
    def steps(*texts: str) -> Guide:
        points = tuple(Point.model_validate(text) for text in texts)
        return places.guide("410000/card-reissue").model_copy(update={"steps": points})

    old = described_guide(steps("到窗口交申请表。", "拍照。", "领取回执。"), places)
    new = described_guide(steps("领取回执。", "到窗口或网上交申请表。", "按指纹。"), places)
    hedge = "（以窗口为准）。"
    assert compare(old, new) == (
        Change("改动", "办理流程", f"到窗口交申请表{hedge}", f"到窗口或网上交申请表{hedge}"),
        Change("改动", "办理流程", f"拍照{hedge}", f"按指纹{hedge}"),
    )
    assert compare(old, described_guide(steps("领取回执。", "拍照。", "到窗口交申请表。"), places)) == ()


def test_a_change_of_the_province_is_told_once_and_not_for_every_place_that_inherits_it(
    changing: Library, places: Catalog
) -> None:
    after = with_guide(changing, "410000/bus-card", authority="省交通运输厅", conditions=())
    guides = tuple(
        g.model_copy(update={"conditions": ()}) if g.guide_id == "410100/bus-card" else g for g in after.library.guides
    )
    after = Catalog(after.library.model_copy(update={"guides": guides}))
    assert [(d.kind, d.key) for d in compare_libraries(places, after)] == [("改动", "410000/bus-card")]


def test_a_new_version_is_told_with_what_it_changes(small: Library, changing: Library) -> None:
    differences = {d.key: d for d in compare_libraries(Catalog(small), Catalog(changing))}
    assert {key: (d.kind, d.successor_of) for key, d in differences.items()} == {
        "410000/bus-card": ("新增", None), "410000/bus-card@2027-01-01": ("新增", "410000/bus-card"),
        "410100/bus-card": ("新增", None), "410100/bus-card@2027-01-01": ("新增", "410100/bus-card"),
        "410184/bus-card": ("新增", None), "410184/bus-card@2027-01-01": ("新增", "410184/bus-card"),
        "basis:bus-rule": ("新增", None), "basis:bus-rule-2027": ("新增", None), "basis:zhengzhou-bus": ("新增", None),
    }  # fmt: skip
    assert {d.kind for d in compare_libraries(Catalog(changing), Catalog(small))} == {"删去"}


def test_generations_and_the_folder_are_compared_from_the_command_line(
    small: Library, embedder: Embedder, tmp_path: Path, root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    dearer = Fee(name="补领工本费", amount=Quantity(amount=45, unit="元", per="证"), basis=("card-law#main",))
    store = GenerationStore(tmp_path / "data")
    store.build(small, embedder)
    store.build(with_guide(small, "410000/card-reissue", fees=(dearer,)).library, embedder)

    def run(*words: str) -> tuple[int, str, str]:
        code = cli.main(["--data-dir", str(tmp_path / "data"), "--library", str(root), "diff", *words])
        return code, *capsys.readouterr()

    title = "改动指南 居民身份证补领（410000/card-reissue）\n"
    total = "合计：新增0份，删去0份，改动1份（1处）。\n"
    old, new = "补领工本费40元/证。", "补领工本费45元/证。"
    assert run("1", "2") == (0, f"{title}  改动【收费】{old} → {new}\n{total}", "")
    assert run("2", "library") == (0, f"{title}  改动【收费】{new} → {old}\n{total}", "")
    assert run("1", "library") == (0, "没有不同。\n", "")
    assert run("410000/card-renew", "410000/card-renew")[1].endswith("没有不同。\n")
    assert run("1", "9") == (2, "", "没有版本 9（现有：1、2）\n")
    assert run("1", "410000/card-renew")[0] == 2
    assert run("1", "last")[2] == "“last”不是版本号，也不是 library 或指南编号（例如 410000/id-card-reissue）\n"
    assert run("1") == (2, "", "diff 后面要写两边：两个版本号（library 指指南库文件夹），或两个指南编号\n")
