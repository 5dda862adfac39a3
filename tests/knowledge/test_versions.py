"""Guides that inherit, guides that follow one another: what the loader makes of them and which one applies when."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from knowledge.catalog import Catalog, item_of
from knowledge.errors import GuideNotFound, LibraryError
from knowledge.index.embedding import Embedder
from knowledge.index.generation import GenerationStore
from knowledge.lint.rules import lint
from knowledge.model import FieldName, Guide, Library
from knowledge.show import guide_text
from knowledge.sources.library import load_library

TODAY, LAST_DAY, NEXT_YEAR = date(2026, 11, 22), date(2026, 12, 31), date(2027, 1, 1)
Edit = Callable[[str, str], list[str]]


def answering(catalog: Catalog, adcode: str | None, as_of: date | None) -> set[str]:
    return {catalog.guide_id(row) for row in catalog.applying(adcode, as_of)}


@pytest.fixture(scope="module")
def places(changing: Library) -> Catalog:
    return Catalog(changing)


@pytest.fixture
def broken(changing_root: Path, tmp_path: Path) -> Edit:
    """Write one file into a copy of the library and return what the loader says of it."""

    def write(file: str, text: str) -> list[str]:
        root = Path(shutil.copytree(changing_root, tmp_path / "library"))
        path = root / "guides" / file
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

        with pytest.raises(LibraryError) as caught:
            load_library(root)
        return [str(finding).removeprefix("guides/") for finding in caught.value.findings]

    return write


def bus_cards(library: Library) -> dict[str, Guide]:
    return {g.guide_id: g for g in library.guides if g.item_id == "bus-card"}


def test_an_override_becomes_a_complete_guide_for_each_version_of_its_parent(changing: Library) -> None:
    made = {
        key: (g.parent_id, g.own_fields, g.effective_from, g.effective_to, g.supersedes)
        for key, g in bus_cards(changing).items()
    }
    first, later = (None, LAST_DAY, None), (NEXT_YEAR, None)
    assert made == {
        "410000/bus-card": (None, (), *first),
        "410000/bus-card@2027-01-01": (None, (), *later, "410000/bus-card"),
        "410100/bus-card": ("410000/bus-card", ("fees", "benefits"), *first),
        "410100/bus-card@2027-01-01": ("410000/bus-card@2027-01-01", ("fees", "benefits"), *later, "410100/bus-card"),
        "410184/bus-card": ("410100/bus-card", ("limits",), *first),
        "410184/bus-card@2027-01-01": ("410100/bus-card@2027-01-01", ("limits",), *later, "410184/bus-card"),
    }
    assert [finding for finding in lint(changing) if finding.severity == "error"] == []


def test_a_field_of_an_override_replaces_the_parent_s_and_the_rest_is_the_parent_s(changing: Library) -> None:
    province, city, county = (bus_cards(changing)[f"{code}/bus-card"] for code in ("410000", "410100", "410184"))
    assert [str(fee.amount) for g in (province, city, county) for fee in g.fees] == ["20元/张", "0元", "0元"]
    assert [str(limit.within) for g in (province, city, county) for limit in g.limits] == [
        "10个工作日",
        "10个工作日",
        "5个工作日",
    ]
    assert city.conditions == county.conditions == province.conditions
    assert (city.name, city.sayings, city.certainty) == (province.name, province.sayings, province.certainty)
    assert [s.title for s in county.sources] == ["郑州市老年乘车优待规定", "河南省老年乘车卡办法"]
    assert (city.checked_on, county.checked_on) == (date(2026, 11, 20), date(2026, 11, 21))


def test_what_a_place_sets_itself_is_no_longer_left_to_the_place(changing: Library) -> None:
    left = {key: [rule.field for rule in g.local] for key, g in bus_cards(changing).items() if "@" not in key}
    assert left == {
        "410000/bus-card": [FieldName.BENEFITS, FieldName.CHANNELS],
        "410100/bus-card": [FieldName.CHANNELS],
        "410184/bus-card": [FieldName.CHANNELS],
    }


@pytest.mark.parametrize("field, origin", [
    (FieldName.LIMITS, "410184/bus-card"), (FieldName.FEES, "410100/bus-card"), (FieldName.CONDITIONS, "410000/bus-card"),
], ids=["县的", "市的", "省的"])  # fmt: skip
def test_each_field_knows_whose_it_is(places: Catalog, field: FieldName, origin: str) -> None:
    assert places.origin(places.guide("410184/bus-card"), field).guide_id == origin


@pytest.mark.parametrize("adcode, as_of, guide_id, own", [
    ("410000", TODAY, "410000/bus-card", True), ("410000", LAST_DAY, "410000/bus-card", True),
    ("410000", NEXT_YEAR, "410000/bus-card@2027-01-01", True), ("410100", TODAY, "410100/bus-card", True),
    ("410100", NEXT_YEAR, "410100/bus-card@2027-01-01", True), ("410171", TODAY, "410100/bus-card", False),
    ("419001", NEXT_YEAR, "410000/bus-card@2027-01-01", False),
])  # fmt: skip
def test_the_version_of_the_day_answers(places: Catalog, adcode: str, as_of: date, guide_id: str, own: bool) -> None:
    guide, is_own = places.resolve("bus-card", adcode, as_of)
    assert (guide.guide_id, is_own) == (guide_id, own)
    allowed = {key for key in answering(places, adcode, as_of) if item_of(key) == "bus-card"}
    assert allowed == {guide_id}


def test_without_a_day_the_newest_text_stands(places: Catalog) -> None:
    assert places.resolve("bus-card", "410100").guide.guide_id == "410100/bus-card@2027-01-01"
    assert {key for key in answering(places, "410100", None) if "bus" in key} == {"410100/bus-card@2027-01-01"}


@pytest.mark.parametrize("adcode, as_of, coming", [
    ("410000", TODAY, "410000/bus-card@2027-01-01"), ("410171", TODAY, "410100/bus-card@2027-01-01"),
    ("410000", NEXT_YEAR, None),
])  # fmt: skip
def test_the_next_version_is_known_before_it_applies(
    places: Catalog, adcode: str, as_of: date, coming: str | None
) -> None:
    found = places.coming("bus-card", adcode, as_of)
    assert (found and found.guide_id) == coming


def test_a_city_text_of_its_own_is_untouched_by_the_province_s_next_version(changing: Library) -> None:
    own = bus_cards(changing)["410100/bus-card"].model_copy(update={"parent_id": None, "effective_to": None})
    kept = tuple(g for g in changing.guides if g.jurisdiction not in {"410100", "410184"} or g.item_id != "bus-card")
    catalog = Catalog(changing.model_copy(update={"guides": (*kept, own)}))
    assert catalog.coming("bus-card", "410100", TODAY) is None
    assert catalog.coming("bus-card", "419001", TODAY) is not None


def test_an_expired_text_without_successor_answers_nothing_and_says_when(places: Catalog) -> None:
    assert places.resolve("elderly-permit", as_of=date(2025, 6, 1)).guide.guide_id == "410000/elderly-permit"
    with pytest.raises(GuideNotFound) as caught:
        places.resolve("elderly-permit", as_of=TODAY)
    assert (
        str(caught.value) == "指南库里没有事项 elderly-permit（地区 410000，日期 2026-11-22，各份指南都不在施行期间）"
    )
    assert "410000/elderly-permit" not in answering(places, None, TODAY)


def test_search_finds_one_version_for_a_day(changing: Library, embedder: Embedder, tmp_path: Path) -> None:
    store = GenerationStore(tmp_path)
    store.build(changing, embedder)
    store.publish()
    retriever = store.open(embedder)[0].retriever
    for as_of, key in ((TODAY, "410100/bus-card"), (NEXT_YEAR, "410100/bus-card@2027-01-01")):
        found = retriever.search("老人坐车不要钱", "410171", as_of, 10)
        assert [hit.key for hit in (*found.kept, *found.rejected) if "bus-card" in hit.key] == [key]
    assert store.catalog(1).guides == changing.guides


def test_show_marks_what_is_the_place_s_own_and_what_is_inherited(places: Catalog) -> None:
    lines = guide_text(places.resolve("bus-card", "410184", TODAY), places).splitlines()
    assert lines[:6] == [
        "老年乘车卡办理（410184/bus-card）",
        "适用：新郑市　主管：交通运输部门",
        "施行：未写起始日 至 2026-12-31",
        "没有单独规定的字段沿用 410100/bus-card",
        "其他版本：410184/bus-card@2027-01-01（2027-01-01 至 今）",
        "口语：老人坐车不要钱",
    ]
    assert [line for line in lines if line.startswith("【")] == [
        "【说明】（沿用全省）", "【受理条件】（沿用全省）", "【申请材料】（沿用全省）", "【办结时限】（本县区规定）",
        "【收费】（沿用郑州市）", "【待遇与标准】（沿用郑州市）", "【以当地公布为准】（沿用全省）",
    ]  # fmt: skip
    city = guide_text(places.resolve("bus-card", "410100", TODAY), places)
    assert "【收费】（本市规定）" in city
    assert "（沿用全省）" in city


OWN_FEE = "fees: [{name: 工本费, basis: [zhengzhou-bus#4]}]\nsources: [{title: 规定}]\nchecked_on: 2026-11-01\n"
HEAD = 'item_id: bus-card\njurisdiction: "419001"\n'


@pytest.mark.parametrize("file, text, said", [
    ("419001/bus-card.yaml", HEAD + 'overrides: "410000"\n' + OWN_FEE.replace("checked_on: 2026-11-01\n", ""),
     "419001/bus-card.yaml · checked_on：缺少这一项"),
    ("419001/bus-card.yaml", HEAD + 'overrides: "410100"\n' + OWN_FEE,
     '419001/bus-card.yaml · overrides：应写最近的、有这份指南的上级："410000"'),
    ("419001/moon.yaml", 'item_id: moon\njurisdiction: "419001"\noverrides: "410000"\n' + OWN_FEE,
     "419001/moon.yaml · overrides：上级地区没有可以沿用的 moon，或者那一份有错"),
    ("419001/bus-card.yaml", HEAD + 'overrides: "410000"\nsources: [{title: 规定}]\nchecked_on: 2026-11-01\n',
     "419001/bus-card.yaml · 整个文件：没有写与上级不同的内容，请补上，或删去这个文件"),
    ("419001/bus-card.yaml", HEAD + 'overrides: "410000"\nown_fields: [fees]\n' + OWN_FEE,
     "419001/bus-card.yaml · own_fields：由程序填写，不要手写"),
    ("419001/bus-card.yaml", HEAD + 'overrides: "410000"\nfee: 1\n' + OWN_FEE,
     "419001/bus-card.yaml · fee：不认识的字段名，请对照 knowledge/model.py"),
    ("419001/card.yaml", HEAD + 'overrides: "410000"\n' + OWN_FEE,
     "419001/card.yaml · 整个文件：文件位置与内容不符，应放在 guides/419001/bus-card.yaml"),
    ("419001/bus-card.yaml", HEAD + 'overrides: "410000"\neffective_to: 2026-01-01\neffective_from: 2026-02-01\n' + OWN_FEE,
     "419001/bus-card.yaml · 整个文件：effective_to 不能早于 effective_from"),
    ("419001/bus-card.yaml", HEAD + 'overrides: "410000"\nsupersedes: 419001/bus-card\n' + OWN_FEE,
     "419001/bus-card.yaml · 整个文件：接替别的版本时要写 effective_from：自哪一天起施行"),
    ("419001/bus-card@2027-06-01.yaml",
     HEAD + 'overrides: "410000"\neffective_from: 2027-06-01\nsupersedes: 419001/bus-card\n' + OWN_FEE,
     "419001/bus-card@2027-06-01.yaml · supersedes：指南库里没有它所接替的 419001/bus-card"),
    ("410100/bus-card@2027-06-01.yaml",
     HEAD.replace("419001", "410100") + 'overrides: "410000"\neffective_from: 2027-06-01\n' + OWN_FEE,
     "410100/bus-card@2027-06-01.yaml · supersedes：应写 410100/bus-card"),
], ids=["缺核对日期", "上级不对", "上级没有", "没有不同", "手写派生", "字段名错", "位置错", "日期颠倒", "接替无日期", "接替的不在", "没写接替"])  # fmt: skip
def test_a_wrong_override_is_told_by_file_and_field(broken: Edit, file: str, text: str, said: str) -> None:
    assert said in broken(file, text)


def test_versions_that_overlap_are_told(broken: Edit, changing_root: Path) -> None:
    text = (changing_root / "guides/410000/bus-card.yaml").read_text(encoding="utf-8")
    assert broken("410000/bus-card.yaml", text + "effective_to: 2027-01-01\n") == [
        "410000/bus-card.yaml · effective_to：与接替它的 410000/bus-card@2027-01-01 重叠，应早于 2027-01-01"
    ]


def test_a_city_s_next_rule_joins_the_province_s(changing_root: Path, tmp_path: Path) -> None:

    root = Path(shutil.copytree(changing_root, tmp_path / "library"))
    text = (root / "guides/410100/bus-card.yaml").read_text(encoding="utf-8").replace("0 元", "5 元/张")
    late = root / "guides/410100/bus-card@2027-06-01.yaml"
    late.write_text(text + "effective_from: 2027-06-01\nsupersedes: 410100/bus-card\n", encoding="utf-8")
    made = bus_cards(load_library(root))
    city = [(key, g.effective_from, g.effective_to, g.supersedes) for key, g in made.items() if key[:6] == "410100"]
    assert city == [
        ("410100/bus-card", None, LAST_DAY, None),
        ("410100/bus-card@2027-01-01", NEXT_YEAR, date(2027, 5, 31), "410100/bus-card"),
        ("410100/bus-card@2027-06-01", date(2027, 6, 1), None, "410100/bus-card@2027-01-01"),
    ]
    assert [str(fee.amount) for key in (c[0] for c in city) for fee in made[key].fees] == ["0元", "0元", "5元/张"]


def test_only_one_version_of_the_shipped_library_applies_today(library: Library) -> None:
    ids = [guide.guide_id for guide in library.guides]
    assert len(set(ids)) == len(ids)
    today = answering(Catalog(library), None, TODAY)
    assert len({item_of(key) for key in today}) == len(today)
