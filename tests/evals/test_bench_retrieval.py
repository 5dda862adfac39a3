"""The province to measure on, and one run of every stage over a small one; only the model behind the vectors is a fake."""

import json
from pathlib import Path

import pytest

from evals import bench_stages
from evals.bench_retrieval import as_markdown
from evals.province import ProvinceGuides, province_library
from knowledge.catalog import Catalog
from knowledge.index.embedding import Embedder
from knowledge.model import Guide, Library

ROWS = (
    {"TASK_CODE": "11440000006939756B1", "TASK_NAME": "临时提价申报", "AREACODE": "440000", "DEPT_NAME": "省发展和改革委员会",
     "accept_standard": "重要商品价格显著上涨的，实行提价申报。", "matter_name": "临时提价申报"},
    {"TASK_CODE": "11440000006939756B2", "TASK_NAME": "公证员执业审核", "AREACODE": "440000", "DEPT_NAME": "省司法厅",
     "accept_standard": "通过国家统一法律职业资格考试。", "matter_name": "公证员执业审核"},
)  # fmt: skip


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rows") / "items.jsonl"
    path.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in ROWS), encoding="utf-8")
    return path


def places_of(library: Library, size: int, revision: int = 0) -> ProvinceGuides:
    items = [guide for guide in library.guides if guide.jurisdiction == "410000"]
    return ProvinceGuides(items, sorted(library.jurisdictions, key=lambda place: place.adcode), size, revision)


def own_text(guides: ProvinceGuides) -> dict[str, str]:
    return {guide.guide_id: guide.summary.text for guide in guides if "summary" in guide.own_fields}


def test_every_place_repeats_the_province_but_for_its_authority_and_one_summary_in_twenty(library: Library) -> None:
    guides = places_of(library, 20_000)
    count = len(guides._items)
    assert (len(guides), list(guides)[:count]) == (20_000, list(guides._items))
    first: Guide = guides[count]
    assert (first.guide_id, first.parent_id) == (f"410100/{guides[0].item_id}", guides[0].guide_id)
    assert first.authority == f"郑州市{guides[0].authority}"
    assert first.fees is guides[0].fees
    assert len(own_text(guides)) / 20_000 == pytest.approx(0.05, abs=0.005)


def test_no_more_guides_than_items_and_places(library: Library) -> None:
    with pytest.raises(ValueError, match="^最多 .* 份$"):
        places_of(library, 1_000_000)


def test_a_revision_changes_one_text_in_a_hundred(rows: Path) -> None:
    before, after = (province_library(rows, 30_000, revision) for revision in (0, 1))
    assert {g.name for g in before.guides} >= {"临时提价申报", "公证员执业审核"}
    changed = [g for g, h in zip(before.guides, after.guides, strict=True) if g.summary != h.summary]
    assert 0 < len(changed) / 30_000 < 0.02, "of 184 items, a few"
    Catalog(after).resolve("imported-0", "410100")


def test_every_stage_gives_its_figures(
    rows: Path, embedder: Embedder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench_stages, "open_embedder", lambda spec, folder: embedder)
    monkeypatch.setattr(bench_stages, "IMPORTED", 1)
    cold, changed = (bench_stages.build(tmp_path, tmp_path, rows, 6_000, revision) for revision in (0, 1))
    assert (cold.guides, cold.embedded > cold.texts, changed.texts - cold.texts) == (6_000, True, 0)  # sentences too
    assert 0 < changed.embedded < cold.embedded / 20
    serving = bench_stages.serve(tmp_path, tmp_path, 0.0)
    ways = [(query.scope, query.vectors, query.clients) for query in serving.queries]
    assert ways == [
        (scope, vectors, clients)
        for scope, vectors in (
            ("一个地区", True), ("全省", True), ("不筛选", True), ("一个地区，只按词语", False), ("不筛选，只按词语", False),
        )
        for clients in (1, 8)
    ]  # fmt: skip
    assert all(
        0 < part <= whole for q in serving.queries for part, whole in zip(q.without_embedding, q.total, strict=True)
    )
    stages = {
        name: bench_stages._as_data(found)
        for name, found in (("cold", cold), ("changed", changed), ("serving", serving))
    }
    figures = {"processors": 2, "python": "3.11", "load_before": (0.5, 0.5, 0.5), "sizes": {"400": stages}}
    lines = as_markdown(json.loads(json.dumps(figures))).splitlines()
    assert lines[0] == "2 核，Python 3.11，开始时的负载 0.5、0.5、0.5。每个阶段各用一个进程。"
    assert len(lines) == 2 + 3 + 1 + 2 + len(ways)
    assert lines[-1].startswith("| 400 | 不筛选，只按词语 | 8 | — | — | — | ")
