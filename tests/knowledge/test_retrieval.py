"""Search with real words and real vectors' arithmetic; only the model behind the vectors is a fake."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pytest

from knowledge.catalog import Catalog
from knowledge.index.embedding import Embedder
from knowledge.index.entries import Doc, distinct, library_docs
from knowledge.index.tokens import Tokens
from knowledge.langchain import GuideRetriever
from knowledge.model import Library
from knowledge.retrieval import SUPPORT_GAP, Everything, Index, Published, Retriever

NOW = date(2026, 11, 22)


def retriever_of(docs: Mapping[str, Doc], tokens: Tokens, embedder: Embedder, dense: bool = True) -> Retriever:
    made, which = distinct(docs.values())
    return Retriever(Index.build(made, tokens, embedder), embedder if dense else None, Everything(tuple(docs), which))


def retriever_over(catalog: Catalog, tokens: Tokens, embedder: Embedder, dense: bool = True) -> Retriever:
    made, which = distinct(library_docs(catalog))
    return Retriever(Index.build(made, tokens, embedder), embedder if dense else None, Published(catalog, which))


def doc(*names: str) -> Doc:
    return Doc(names, f"{names[0]}的办理。")


DOCS = {
    "id": doc("身份证丢失补办", "身份证丢了怎么补"), "bus": doc("公交卡补办"), "house": doc("不动产登记"), "baby": doc("出生医学证明签发"),
    "tax": doc("契税申报"),
}  # fmt: skip


@pytest.fixture(scope="module")
def retriever(tokens: Tokens, embedder: Embedder) -> Retriever:
    return retriever_of(DOCS, tokens, embedder)


@pytest.fixture(scope="module")
def over_library(small: Library, catalog: Catalog, tokens: Tokens, embedder: Embedder) -> Retriever:
    return retriever_over(catalog, tokens, embedder)


def keys(retriever: Retriever, query: str, *rest: object, **named: object) -> list[str]:
    return [hit.key for hit in retriever.search(query, *rest, **named).kept]  # type: ignore[arg-type]


def test_a_document_is_found_by_each_of_its_names(retriever: Retriever) -> None:
    for key, document in DOCS.items():
        for name in document.names:
            assert keys(retriever, name)[0] == key


def test_the_best_hit_explains_itself(retriever: Retriever) -> None:
    best = retriever.search("身份证丢了怎么补").kept[0]
    assert (best.key, best.lexical) == ("id", 1)
    assert best.cosine == pytest.approx(1, abs=1e-5)
    assert best.score == pytest.approx(1, abs=1e-5)


def test_hits_come_best_first_and_no_more_than_asked(retriever: Retriever) -> None:
    found = retriever.search("身份证补办", k=2)
    scores = [hit.score for hit in (*found.kept, *found.rejected)]
    assert len(found.kept) <= 2
    assert len(scores) > 1
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 + 1e-6 for score in scores)


def test_a_hit_that_only_shares_a_word_is_rejected(retriever: Retriever) -> None:
    found = retriever.search("身份证丢失补办")
    (bus,) = [hit for hit in found.rejected if hit.key == "bus"]
    assert [hit.key for hit in found.kept] == ["id"]
    assert bus.lexical > 0
    assert bus.cosine < found.kept[0].cosine - SUPPORT_GAP


def test_without_vectors_words_still_answer_and_it_is_said(tokens: Tokens, embedder: Embedder) -> None:
    found = retriever_of(DOCS, tokens, embedder, dense=False).search("身份证丢失补办")
    assert [hit.key for hit in found.kept] == ["id", "bus"]
    assert (found.dense_used, found.rejected) == (False, ())
    assert all(np.isnan(hit.cosine) for hit in found.kept)
    assert [hit.score for hit in found.kept] == pytest.approx([hit.lexical for hit in found.kept])


def test_with_vectors_it_is_said_too(retriever: Retriever) -> None:
    found = retriever.search("契税")
    assert found.dense_used
    assert set(found.timings) == {"lexical", "embedding", "fusion"}
    assert all(seconds >= 0 for seconds in found.timings.values())


@pytest.mark.parametrize("query", ["", "   ", "\n"], ids=["空", "空格", "换行"])
def test_an_empty_question_finds_nothing(retriever: Retriever, query: str) -> None:
    found = retriever.search(query)
    assert (found.kept, found.rejected, found.dense_used) == ((), (), False)


def test_what_is_not_allowed_does_not_push_out_what_is(tokens: Tokens, embedder: Embedder) -> None:
    docs = {
        **{f"other-{i}": doc(f"居住证办理{i}") for i in range(30)},
        "mine": doc("居住证签注"),
        "far": doc("契税申报"),
    }
    made, which = distinct(docs.values())
    index = Index.build(made, tokens, embedder)
    assert keys(Retriever(index, embedder, Everything(tuple(docs), which)), "居住证办理", k=1) != ["mine"]
    only = Retriever(index, embedder, Everything(("mine", "far"), which[-2:]))
    (hit,) = only.search("居住证办理", k=1).kept
    assert (hit.key, hit.lexical) == ("mine", 1)
    assert hit.score == pytest.approx(1), "scores are relative to what is allowed"


def test_equal_documents_are_indexed_once_and_found_under_every_key(tokens: Tokens, embedder: Embedder) -> None:
    made, which = distinct([*DOCS.values(), DOCS["id"]])
    assert (made, which.tolist()) == (tuple(DOCS.values()), [0, 1, 2, 3, 4, 0])
    found = Retriever(Index.build(made, tokens, embedder), embedder, Everything((*DOCS, "again"), which)).search(
        "身份证丢了"
    )
    assert [hit.key for hit in found.kept[:2]] == ["id", "again"]
    assert found.kept[0] == found.kept[1]._replace(key="id")


def test_a_document_without_names_is_found_by_its_card(tokens: Tokens, embedder: Embedder) -> None:
    docs = {**DOCS, "row": Doc((), "居住证签注的期限")}
    best = retriever_of(docs, tokens, embedder).search("居住证签注的期限").kept[0]
    assert (best.key, best.score) == ("row", pytest.approx(1, abs=1e-5))


@pytest.mark.parametrize("adcode, guide_id", [
    (None, "410000/card-reissue"), ("410100", "410100/card-reissue"), ("410184", "410100/card-reissue"), ("419001", "410000/card-reissue"),
], ids=["没说地区", "郑州", "新郑", "济源"])  # fmt: skip
def test_each_place_gets_its_own_text_and_only_that(over_library: Retriever, adcode: str | None, guide_id: str) -> None:
    found = over_library.search("身份证丢了", adcode, NOW)
    everywhere = [hit.key for hit in (*found.kept, *found.rejected) if hit.key.endswith("/card-reissue")]
    assert everywhere == [guide_id] == [found.kept[0].key]


def test_a_text_out_of_force_is_not_found(over_library: Retriever) -> None:
    assert keys(over_library, "办老年证", None, date(2025, 6, 1))[0] == "410000/elderly-permit"
    later = over_library.search("办老年证", None, NOW)
    assert "410000/elderly-permit" not in {hit.key for hit in (*later.kept, *later.rejected)}


def test_a_theme_is_found_everywhere(over_library: Retriever) -> None:
    assert keys(over_library, "刚生了娃要办啥", "419001", NOW)[0] == "theme:newborn"


@pytest.mark.parametrize("dense", [True, False], ids=["有向量", "无向量"])
def test_when_nothing_is_in_force_nothing_is_found(
    small: Library, tokens: Tokens, embedder: Embedder, dense: bool
) -> None:
    guides = tuple(guide for guide in small.guides if guide.item_id == "elderly-permit")
    catalog = Catalog(small.model_copy(update={"guides": guides, "themes": ()}))
    assert keys(retriever_over(catalog, tokens, embedder, dense), "办老年证") == ["410000/elderly-permit"]
    found = retriever_over(catalog, tokens, embedder, dense).search("办老年证", None, NOW)
    assert (found.kept, found.rejected) == ((), ())


def test_langchain_gets_documents_of_guides_but_not_of_themes(over_library: Retriever, catalog: Catalog) -> None:
    chain = GuideRetriever(retriever=over_library, catalog=catalog, jurisdiction="410184", as_of=NOW)
    best = chain.invoke("身份证丢了")[0]
    assert best.page_content == "郑州市的身份证丢失补领。"
    assert best.metadata == {
        "guide_id": "410100/card-reissue", "name": "居民身份证补领", "score": over_library.search("身份证丢了", "410184", NOW).kept[0].score,
    }  # fmt: skip
    assert keys(over_library, "刚生了娃要办啥", k=1) == ["theme:newborn"]
    assert GuideRetriever(retriever=over_library, catalog=catalog, k=1).invoke("刚生了娃要办啥") == []


def test_every_saying_of_the_shipped_library_finds_its_guide(library: Library, embedder: Embedder) -> None:
    catalog = Catalog(library)
    retriever = retriever_over(catalog, Tokens(), embedder)
    asked = [(g.guide_id, g.jurisdiction, saying) for g in library.guides for saying in g.sayings[:1]]
    assert len(asked) >= 36
    missed = [(key, said) for key, place, said in asked if keys(retriever, said, place, None, 1) != [key]]
    assert missed == []


def test_a_service_without_a_guide_is_never_an_answer_and_is_named_beside_them(over_library: Retriever) -> None:
    found = over_library.search("狗证咋办")
    assert found.uncovered is not None
    assert found.uncovered.key == "养犬登记"
    assert "养犬登记" not in {hit.key for hit in (*found.kept, *found.rejected)}
    far = over_library.search("身份证丢了")
    assert far.uncovered is not None
    assert far.uncovered.score < far.kept[0].score
