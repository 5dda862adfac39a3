"""Look-ups by id, name, place and date over the small library."""

from datetime import date

import pytest

from knowledge.catalog import Catalog
from knowledge.errors import GuideNotFound, UnknownJurisdiction
from knowledge.model import Library

DURING, AFTER = date(2025, 6, 1), date(2026, 1, 1)


def answering(catalog: Catalog, adcode: str | None, as_of: date | None) -> set[str]:
    return {catalog.guide_id(row) for row in catalog.applying(adcode, as_of)}


@pytest.mark.parametrize("name, adcode", [
    ("郑州市", "410100"), ("郑州", "410100"), ("商都", "410100"), ("410100", "410100"), ("新郑", "410184"),
    ("郑州经开区", "410171"), ("河南", "410000"), ("济源", "419001"),
])  # fmt: skip
def test_a_place_is_found_by_name_alias_and_code(catalog: Catalog, name: str, adcode: str) -> None:
    assert catalog.place_named(name).adcode == adcode


@pytest.mark.parametrize("name", ["北京", "", "州", "999999"])
def test_an_unknown_place_is_told_how_to_write_one(catalog: Catalog, name: str) -> None:
    with pytest.raises(UnknownJurisdiction) as caught:
        catalog.place_named(name)
    assert str(caught.value) == f"不认识的地区“{name}”，请写河南的省辖市或县区名，例如“郑州”“新郑”"


def test_an_unknown_code_is_told(catalog: Catalog) -> None:
    with pytest.raises(UnknownJurisdiction, match="没有行政区划代码 110000"):
        catalog.place("110000")


@pytest.mark.parametrize("adcode, chain", [
    ("410184", ["410184", "410100", "410000"]), ("410171", ["410171", "410100", "410000"]), ("410100", ["410100", "410000"]),
    ("419001", ["419001", "410000"]), ("410000", ["410000"]),
], ids=["县级市", "功能区", "市", "济源", "省"])  # fmt: skip
def test_the_chain_climbs_to_the_province(catalog: Catalog, adcode: str, chain: list[str]) -> None:
    assert list(catalog.chain(adcode)) == chain


@pytest.mark.parametrize(
    "adcode, city",
    [("410184", "410100"), ("410171", "410100"), ("410100", "410100"), ("419001", "419001"), ("410000", "410000")],
)
def test_a_place_belongs_to_a_city(catalog: Catalog, adcode: str, city: str) -> None:
    assert catalog.city(adcode).adcode == city


@pytest.mark.parametrize("adcode, guide_id, own", [
    ("410000", "410000/card-reissue", True), ("410100", "410100/card-reissue", True), ("410184", "410100/card-reissue", False),
    ("410171", "410100/card-reissue", False), ("419001", "410000/card-reissue", False),
], ids=["省自己的", "市自己的", "县用市的", "功能区用市的", "济源用省的"])  # fmt: skip
def test_the_nearest_text_wins_and_says_whose_it_is(catalog: Catalog, adcode: str, guide_id: str, own: bool) -> None:
    guide, is_own = catalog.resolve("card-reissue", adcode)
    assert (guide.guide_id, is_own) == (guide_id, own)


def test_without_a_place_the_province_answers(catalog: Catalog) -> None:
    assert catalog.resolve("card-reissue").guide.guide_id == "410000/card-reissue"


def test_an_unknown_item_is_told(catalog: Catalog) -> None:
    with pytest.raises(GuideNotFound, match="指南库里没有事项 moon-walk（地区 410100）"):
        catalog.resolve("moon-walk", "410100")


@pytest.mark.parametrize("as_of, found", [
    (None, True), (date(2024, 12, 31), False), (date(2025, 1, 1), True), (DURING, True), (date(2025, 12, 31), True), (AFTER, False),
], ids=str)  # fmt: skip
def test_a_text_applies_from_its_first_to_its_last_day(catalog: Catalog, as_of: date | None, found: bool) -> None:
    assert ("410000/elderly-permit" in answering(catalog, None, as_of)) is found
    if found:
        assert catalog.resolve("elderly-permit", as_of=as_of).own
    else:
        with pytest.raises(GuideNotFound):
            catalog.resolve("elderly-permit", as_of=as_of)


def test_an_expired_text_of_the_city_gives_way_to_the_province(small: Library) -> None:
    guides = tuple(
        g.model_copy(update={"effective_to": DURING}) if g.jurisdiction == "410100" else g for g in small.guides
    )
    catalog = Catalog(small.model_copy(update={"guides": guides}))
    assert catalog.resolve("card-reissue", "410100", DURING).guide.guide_id == "410100/card-reissue"
    assert catalog.resolve("card-reissue", "410100", AFTER).guide.guide_id == "410000/card-reissue"
    assert "410000/card-reissue" in answering(catalog, "410100", AFTER)


def test_one_text_of_each_item_may_answer_for_a_place(catalog: Catalog) -> None:
    common = {"410000/card-renew", "410000/birth-certificate", "410000/birth-hukou"}
    assert answering(catalog, "410184", AFTER) == common | {"410100/card-reissue"}
    assert answering(catalog, None, AFTER) == answering(catalog, "419001", AFTER) == common | {"410000/card-reissue"}


def test_a_guide_is_found_by_its_id_only(catalog: Catalog) -> None:
    assert catalog.guide("410100/card-reissue").authority == "郑州市公安局"
    with pytest.raises(GuideNotFound, match="指南库里没有 419001/card-reissue"):
        catalog.guide("419001/card-reissue")


@pytest.mark.parametrize("ref, label, text", [
    ("card-law#12", "《居民身份证法》（主席令第51号）第12条", "自收到登记表之日起六十日内发证。"),
    ("card-law#main", "《居民身份证法》（主席令第51号）", "丢失补领每证40元，有效期十年。"),
    ("card-law", "《居民身份证法》（主席令第51号）", None),
], ids=["条", "正文", "整部"])  # fmt: skip
def test_a_clause_shows_its_title_and_text(catalog: Catalog, ref: str, label: str, text: str | None) -> None:
    clause = catalog.clause(ref)
    assert (clause.label, clause.text) == (label, text)


def test_items_depend_on_the_items_that_issue_their_papers(catalog: Catalog) -> None:
    guides = [catalog.resolve(item).guide for item in ("birth-certificate", "birth-hukou", "card-reissue")]
    assert catalog.dependencies(guides) == {
        "birth-certificate": {"card-reissue"}, "birth-hukou": {"birth-certificate"}, "card-reissue": {"birth-hukou"},
    }  # fmt: skip
    assert catalog.dependencies(guides[:2]) == {"birth-certificate": set(), "birth-hukou": {"birth-certificate"}}


def test_every_place_of_the_shipped_library_climbs_to_the_province(library: Library) -> None:
    catalog = Catalog(library)
    for place in library.jurisdictions:
        assert list(catalog.chain(place.adcode))[-1] == "410000"
        assert catalog.place_named(place.adcode) == catalog.place_named(place.name) == place


def test_every_clause_of_the_shipped_library_has_a_label(library: Library) -> None:
    catalog = Catalog(library)
    refs = [
        ref for g in library.guides for field in (g.fees, g.limits, g.validity) for item in field for ref in item.basis
    ]
    assert len(refs) > 100
    assert all(catalog.clause(ref).label.startswith("《") for ref in refs)
