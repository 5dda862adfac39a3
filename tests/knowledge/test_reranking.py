"""The reranker port: what it may do to the order of hits, what happens when it fails, and the adapter on a real tiny model."""

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from knowledge.catalog import Catalog
from knowledge.errors import ModelMissing, RerankerUnavailable
from knowledge.index.embedding import Embedder
from knowledge.index.entries import Doc, card_of, distinct
from knowledge.index.fusion import Scores, with_relevance
from knowledge.index.reranking import LATE, STILL_BUSY, CrossEncoderReranker, Reranking
from knowledge.index.tokens import Tokens
from knowledge.retrieval import Everything, Index, RetrievalResult, Retriever

CARDS = {"id": "居民身份证丢失补领", "pass": "居住证丢失补领", "home": "身份证到期换领"}
QUERY = "身份证丢失补领"


class Scripted:
    """A reranker that finds relevant what a test says, and remembers what it read."""

    model_id = "scripted"

    def __init__(self, relevance: Callable[[str], float]) -> None:
        self._relevance = relevance
        self.read: list[str] = []

    def relevance(self, query: str, passages: Sequence[str]) -> Scores:
        self.read += passages
        return np.array([self._relevance(passage) for passage in passages], dtype=np.float32)


@pytest.fixture
def retriever(tokens: Tokens, embedder: Embedder) -> Retriever:
    """Search by words alone: every card that shares one is kept."""
    docs, which = distinct(Doc((), card) for card in CARDS.values())
    return Retriever(Index.build(docs, tokens, embedder), None, Everything(tuple(CARDS), which))


def order(found: RetrievalResult) -> list[tuple[str, float]]:
    return [(hit.key, hit.score) for hit in found.kept]


def reranking(relevance: Callable[[str], float], seconds: float = 5.0) -> Reranking:
    return Reranking(Scripted(relevance), CARDS.__getitem__, seconds)


def test_the_order_is_by_fused_score_and_relevance_both_by_half(retriever: Retriever) -> None:
    before = retriever.search(QUERY)
    assert len(before.kept) >= 2
    last = before.kept[-1].key
    after = retriever.reranked_by(reranking(lambda passage: float(passage == CARDS[last]))).search(QUERY)
    expected = {hit.key: with_relevance(hit.score, float(hit.key == last)) for hit in before.kept}
    assert {hit.key: hit.score for hit in after.kept} == pytest.approx(expected)
    assert [hit.key for hit in after.kept] == sorted(expected, key=lambda key: -expected[key])
    assert after.kept[0].key == last
    assert all(0 <= hit.score <= 1 for hit in after.kept)
    assert (after.not_reranked, "reranking" in after.timings, "reranking" in before.timings) == ("", True, False)


def test_only_the_kept_hits_are_read_with_their_passages(retriever: Retriever) -> None:
    scripted = Scripted(lambda passage: 0.5)
    found = retriever.reranked_by(Reranking(scripted, CARDS.__getitem__, 5.0)).search(QUERY, k=1)
    assert scripted.read == [CARDS[found.kept[0].key]]
    assert found.rejected


def test_nothing_found_is_not_sent_to_the_reranker(retriever: Retriever) -> None:
    scripted = Scripted(lambda passage: 0.5)
    assert retriever.reranked_by(Reranking(scripted, CARDS.__getitem__)).search("").kept == ()
    assert scripted.read == []


def broken(passage: str) -> float:
    raise RuntimeError("boom")


@pytest.mark.parametrize("relevance, reason", [
    (broken, "重排出错（RuntimeError）"), (lambda passage: 1.5, "重排给出的不是 0 到 1 的分数"), (lambda passage: float("nan"), "重排给出的不是 0 到 1 的分数"),
], ids=["出错", "大于一", "不是数"])  # fmt: skip
def test_a_failing_reranker_leaves_the_fused_order_and_says_so(
    relevance: Callable[[str], float], reason: str, retriever: Retriever
) -> None:
    found, before = retriever.reranked_by(reranking(relevance)).search(QUERY), retriever.search(QUERY)
    assert (order(found), found.not_reranked) == (order(before), reason)


def test_a_slow_reranker_is_not_waited_for_nor_asked_again_until_it_is_done(retriever: Retriever) -> None:
    done, asked = threading.Event(), []

    def slow(passage: str) -> float:
        asked.append(passage)
        assert done.wait(10)
        return 0.5

    one = retriever.reranked_by(reranking(slow, seconds=0.05))
    before = retriever.search(QUERY)
    first, second = one.search(QUERY), one.search(QUERY)
    assert (first.not_reranked, second.not_reranked) == (LATE, STILL_BUSY)
    assert order(first) == order(second) == order(before)
    assert len(asked) == 1
    done.set()


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A cross-encoder of random weights that reads single characters."""
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder = tmp_path_factory.mktemp("tiny")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted(set("".join(CARDS.values())))]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=64, num_labels=1,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(folder)
    BertTokenizerFast(str(folder / "vocab.txt")).save_pretrained(folder)
    CrossEncoder(str(folder), device="cpu").save_pretrained(str(folder))
    yield folder


def test_a_real_cross_encoder_gives_one_score_a_passage_between_0_and_1(tiny: Path) -> None:
    reranker = CrossEncoderReranker(str(tiny))
    scores = reranker.relevance(QUERY, list(CARDS.values()))
    assert (scores.shape, scores.dtype, reranker.model_id) == ((3,), np.float32, tiny.name)
    assert ((scores > 0) & (scores < 1)).all()
    assert scores == pytest.approx([reranker.relevance(QUERY, [card])[0] for card in CARDS.values()], abs=1e-5)


def test_a_real_cross_encoder_orders_the_hits(tiny: Path, retriever: Retriever) -> None:
    found = retriever.reranked_by(Reranking(CrossEncoderReranker(str(tiny)), CARDS.__getitem__, 30)).search(QUERY)
    assert found.not_reranked == ""
    assert [hit.score for hit in found.kept] == sorted((hit.score for hit in found.kept), reverse=True)


def test_a_folder_without_a_model_is_said(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="打不开重排模型"):
        CrossEncoderReranker(str(tmp_path))


def test_the_card_of_every_kind_of_key(catalog: Catalog) -> None:
    assert card_of("410000/card-reissue", catalog).startswith("居民身份证补领。")
    assert card_of("theme:newborn", catalog) == catalog.themes["newborn"].summary.text
    assert card_of("养犬登记", catalog) == "养犬登记"


def test_the_service_known_by_name_only_is_read_beside_the_hits(
    catalog: Catalog, tokens: Tokens, embedder: Embedder
) -> None:
    from tests.knowledge.test_retrieval import retriever_over

    plain = retriever_over(catalog, tokens, embedder)
    scripted = Scripted(lambda passage: float(passage == "养犬登记"))
    found = plain.reranked_by(Reranking(scripted, lambda key: card_of(key, catalog), 5.0)).search("狗证咋办")
    before = plain.search("狗证咋办")
    assert found.uncovered is not None and before.uncovered is not None
    assert found.uncovered.score == pytest.approx(with_relevance(before.uncovered.score, 1.0))


def test_an_unavailable_reranker_is_a_fault_of_this_room() -> None:
    with pytest.raises(RerankerUnavailable):
        reranking(broken).relevance(QUERY, ["id"])
