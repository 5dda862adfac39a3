"""The parts of search on their own: tokens, words, vectors, fusion, sounds."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.catalog import Catalog
from knowledge.index.dense import DenseIndex
from knowledge.index.entries import Doc, Spans, entries_of, library_docs
from knowledge.index.fusion import LEXICAL_WEIGHT, fuse, fuse_names, standardise, unit_peak
from knowledge.index.lexical import LexicalIndex
from knowledge.index.names import NameIndex, characters, index_names
from knowledge.index.spelling import Spelling, split_syllables
from knowledge.index.tokens import Tokens
from knowledge.model import Library


def column(*numbers: float) -> np.ndarray:
    return np.array(numbers, dtype=np.float32)


# ---- tokens ---------------------------------------------------------------------------------------------------------


def test_words_come_first_and_bigrams_after(tokens: Tokens) -> None:
    assert tokens("居民身份证补办") == ["居民身份证", "补办", "_居民", "_民身", "_身份", "_份证", "_证补", "_补办"]


def test_a_word_of_ours_is_kept_whole(tokens: Tokens) -> None:
    assert "豫事办" in tokens("用豫事办")
    assert "豫事办" not in Tokens()("用豫事办")


def test_stop_words_say_nothing(tokens: Tokens) -> None:
    assert tokens("怎么办理") == ["_么办"]
    assert tokens("请问在哪里") == ["_问在", "_在哪"]


@pytest.mark.parametrize("text", ["ＡＰＰ登录", "APP登录", "app登录"])
def test_width_and_case_do_not_matter(tokens: Tokens, text: str) -> None:
    assert tokens(text) == ["app", "登录", "_登录"]


@pytest.mark.parametrize("text", ["", "  ", "？！，。", "😀"])
def test_no_words_no_tokens(tokens: Tokens, text: str) -> None:
    assert tokens(text) == []


def test_one_tokenizer_does_not_teach_another() -> None:
    Tokens(["甲乙丙丁戊"])
    assert not Tokens().knows("甲乙丙丁戊")


def test_the_dictionary_knows_words(tokens: Tokens) -> None:
    assert [tokens.knows(w) for w in ("身份证", "居民身份证", "份身")] == [True, True, False]
    assert [tokens.all_known(w) for w in ("身份证", "户口登记", "身份正")] == [True, True, False]


# ---- words ----------------------------------------------------------------------------------------------------------

TOKEN_LISTS = [["甲", "乙"], ["乙", "丙"], ["乙", "丁", "丁"]]


@pytest.fixture(params=["built", "loaded"])
def lexical(request: pytest.FixtureRequest, tmp_path: Path) -> LexicalIndex:
    index = LexicalIndex.build(TOKEN_LISTS)
    if request.param == "built":
        return index
    index.save(tmp_path / "lexical")
    return LexicalIndex.load(tmp_path / "lexical")


def test_only_documents_with_a_shared_word_score(lexical: LexicalIndex) -> None:
    assert (lexical.scores(["甲"]) > 0).tolist() == [True, False, False]
    assert (lexical.scores(["乙"]) > 0).tolist() == [True, True, True]
    assert lexical.scores(["戊"]).tolist() == lexical.scores([]).tolist() == [0, 0, 0]


def test_a_rare_word_weighs_more_than_a_common_one(lexical: LexicalIndex) -> None:
    assert np.argmax(lexical.scores(["甲", "乙"])) == 0
    assert lexical.scores(["丁"])[2] > lexical.scores(["乙"])[2]


def test_information_is_the_idf_mass_of_distinct_words_and_unknown_ones_count_as_rarest(lexical: LexicalIndex) -> None:
    rare, common, unknown = np.log1p(2.5 / 1.5), np.log1p(0.5 / 3.5), np.log1p(3.5 / 0.5)
    assert lexical.information(["甲", "乙", "乙"]) == pytest.approx(rare + common)
    assert lexical.information(["戊"]) == pytest.approx(unknown)
    assert lexical.information([]) == 0


# ---- names ----------------------------------------------------------------------------------------------------------


@pytest.fixture(params=["built", "loaded"])
def names(request: pytest.FixtureRequest, tmp_path: Path) -> NameIndex:
    index = index_names(["护照", "普通护照换发", "身份证"])
    if request.param == "built":
        return NameIndex(index)
    index.save(tmp_path / "names")
    return NameIndex(LexicalIndex.load(tmp_path / "names"))


def test_characters_are_single_ones_and_pairs_each_once() -> None:
    assert characters("ＡＢ，护照 护") == ["a", "b", "护", "照", "ab", "b护", "护照", "照护"]


def test_a_name_is_shared_in_full_or_in_part(names: NameIndex) -> None:
    whole, part, nothing = names.overlap("护照").tolist()
    assert whole == pytest.approx(1)
    assert 0.75 < part < 0.75 + 0.25 / 2
    assert nothing == 0
    assert names.overlap("").tolist() == names.overlap("？").tolist() == [0, 0, 0]


def test_what_no_name_says_lowers_the_share_of_the_query(names: NameIndex) -> None:
    assert names.overlap("护照龘")[0] < names.overlap("护照换")[0] < 1


def test_a_short_query_is_scored_by_names_first() -> None:
    assert fuse_names(column(0.2, 0.1), column(0.5, 0.5), column(0.5, 0.5)).tolist() == pytest.approx([0.6, 0.3])
    assert fuse_names(column(0, 0), column(0.9, 0.1), column(0.8, 0.2)).tolist() == pytest.approx([0.4, 0])


# ---- vectors --------------------------------------------------------------------------------------------------------


def test_cosines_come_in_the_order_asked(tmp_path: Path) -> None:
    vectors = np.array([[0, 1], [1, 0], [-1, 0], [0.6, 0.8]], dtype=np.float32)
    built = DenseIndex.build(vectors)
    built.save(tmp_path / "dense.faiss")
    for index in (built, DenseIndex.load(tmp_path / "dense.faiss")):
        assert index.size == 4
        for asked in ([0, 1, 2, 3], [3, 0], [2, 2], []):
            cosines = index.scores(column(1, 0), np.array(asked, dtype=np.int32))
            np.testing.assert_allclose(cosines, np.array([0, 1, -1, 0.6])[asked] if asked else [], atol=1e-6)


# ---- fusion ---------------------------------------------------------------------------------------------------------


def test_standard_scores_have_mean_0_and_spread_1() -> None:
    np.testing.assert_allclose(standardise(column(1, 2, 3)), [-1.2247449, 0, 1.2247449], rtol=1e-5)
    assert standardise(column(5, 5)).tolist() == [0, 0]
    assert standardise(column()).tolist() == []


def test_the_best_becomes_one_and_nothing_becomes_negative() -> None:
    assert unit_peak(column(4, 1, -2)).tolist() == [1, 0.25, 0]
    assert unit_peak(column(-1, 0)).tolist() == unit_peak(column(0, 0)).tolist() == [0, 0]
    assert unit_peak(column()).tolist() == []


def test_fusion_is_the_weighted_sum_of_both_sides() -> None:
    fused = fuse(column(0, 8, 4), column(0.9, 0.8, 0.7), column(0.9, 0.8, 0.7), lexical_weight=0.25)
    np.testing.assert_allclose(fused, [0.75, 0.25, 0.125], atol=1e-5)


def test_the_best_on_both_sides_scores_one() -> None:
    assert fuse(column(2, 1), column(0.9, 0.1), column(0.8, 0.2))[0] == pytest.approx(1)
    assert fuse(column(2, 1), column(0.5, 0.5), column(0.5, 0.5)).tolist() == pytest.approx(
        [LEXICAL_WEIGHT, LEXICAL_WEIGHT / 2]
    )


SCORES = st.lists(st.floats(-1, 1, width=32), min_size=6, max_size=6)


@given(SCORES, SCORES, SCORES)
def test_a_fused_score_lies_between_0_and_1(lexical: list[float], name: list[float], card: list[float]) -> None:
    fused = fuse(np.abs(column(*lexical)), column(*name), column(*card))
    assert (fused >= 0).all()
    assert (fused <= 1 + 1e-6).all()


# ---- entries --------------------------------------------------------------------------------------------------------


def test_a_guide_becomes_one_document_with_its_names_its_card_and_the_rest_of_what_it_says(catalog: Catalog) -> None:
    docs = list(library_docs(catalog))
    assert len(docs) == len(catalog.guides) + len(catalog.library.themes) + len(catalog.library.uncovered)
    assert (
        Doc(
            ("居民身份证补领", "身份证补办", "身份证丢了", "身份证不见了"),
            "居民身份证补领。居民身份证丢失的，应当申请补领新证。居民身份证丢失。材料：居民户口簿。结果：居民身份证。户籍身份",
            "到派出所窗口申请。有效期10年。补领工本费。各派出所的上班时间",
        )
        in docs
    )
    assert docs[-2:] == [
        Doc(("新生儿出生一件事", "刚生了娃要办啥"), "孩子出生后的事项一起办。"),
        Doc(("养犬登记", "狗证咋办", "养狗办证"), "养犬登记"),
    ]


def test_every_text_is_embedded_once_and_each_document_knows_its_own() -> None:
    texts, (names, cards) = entries_of([Doc(("甲", "乙"), "丙"), Doc((), "丙"), Doc(("乙",), "丁")])
    assert texts == ("甲", "乙", "丙", "丁")
    assert (names.starts.tolist(), names.texts.tolist()) == ([0, 2, 3, 4], [0, 1, 2, 1])
    assert (cards.starts.tolist(), cards.texts.tolist()) == ([0, 1, 2, 3], [2, 2, 3])


def test_the_best_of_a_document_s_texts_counts() -> None:
    names = Spans(np.array([0, 2, 3, 4]), np.array([0, 1, 2, 1])).of(np.array([2, 0]))
    assert (names.starts.tolist(), names.texts.tolist()) == ([0, 1, 3], [1, 0, 1])
    assert names.best(column(0.5, 0.9, 0.2)).tolist() == column(0.5, 0.9).tolist()
    nothing = names.of(np.array([], dtype=np.int32))
    assert nothing.best(column()).tolist() == []


# ---- sounds ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def spelling(tokens: Tokens) -> Spelling:
    words = ["身份证", "居民身份证", "护照", "居住证", "结婚登记", "公积金", "公证"]
    return Spelling(words, tokens, ["证讧", "住往", "金全"])


@pytest.mark.parametrize("text, mended", [
    ("身份正丢了", "身份证丢了"), ("办互照", "办护照"), ("居民身份正", "居民身份证"), ("公基金提取", "公积金提取"),
])  # fmt: skip
def test_a_typo_that_sounds_right_is_mended(spelling: Spelling, text: str, mended: str) -> None:
    assert spelling.mend(text) == mended


@pytest.mark.parametrize("text, mended", [
    ("居往证到期", "居住证到期"), ("居民身份讧", "居民身份证"), ("提取公积全", "提取公积金"), ("huzhao 丢了", "护照 丢了"),
    ("jumin shenfenzheng guoqi le zenme ban", "居民身份证过期怎么办"), ("neng ban ma", "能办吗"), ("gongjijin tiqu", "公积金提取"),
])  # fmt: skip
def test_a_typo_that_looks_right_and_pinyin_are_mended(spelling: Spelling, text: str, mended: str) -> None:
    assert spelling.mend(text) == mended


@pytest.mark.parametrize("text", ["下载app", "ETC", "hello", "wifi 密码", "结业证", "往来"])
def test_what_only_resembles_a_word_stays(spelling: Spelling, text: str) -> None:
    assert spelling.mend(text) == text


def test_letters_are_split_into_syllables_or_not_at_all() -> None:
    assert split_syllables("shenfenzheng") == ("shen", "fen", "zheng")
    assert split_syllables("app") == split_syllables("") == ()
    assert split_syllables("xian" * 300 + "q") == split_syllables("x" * 300) == ()
    assert split_syllables("fangan") == ("fang", "an")


@pytest.mark.parametrize("text", ["身份证丢了", "护照", "你好", "", "abc 123", "证", "今天天气不错", "处理得很公正"])
def test_what_is_right_is_left_alone(spelling: Spelling, text: str) -> None:
    assert spelling.mend(text) == text


@given(st.text(max_size=20) | st.text(alphabet="身份正证互护照居主住公基金a1 ", max_size=12))
def test_mending_keeps_the_length_and_settles(spelling: Spelling, text: str) -> None:
    mended = spelling.mend(text)
    assert len(mended) == len(text)
    assert spelling.mend(mended) == mended


def test_every_name_of_the_shipped_library_is_left_alone(library: Library) -> None:
    names = [n for g in library.guides for n in (g.name, *g.aliases) if 2 <= len(n) <= 8]
    spelling = Spelling(names, Tokens(names))
    assert [n for n in names if spelling.mend(n) != n] == []


def test_a_part_of_many_names_is_mended_like_a_name_and_a_function_word_never() -> None:
    names = [f"{thing}登记" for thing in ("结婚", "离婚", "抵押", "车辆", "失业", "备案")]
    spelling = Spelling(names, Tokens(names), ["登澄"])
    assert [spelling.mend(text) for text in ("登计要多久", "澄记", "等机上")] == ["登记要多久", "登记", "等机上"]
    assert Spelling(names[:2], Tokens(names[:2])).mend("登计要多久") == "登计要多久"
