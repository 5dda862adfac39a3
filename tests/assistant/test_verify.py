"""The verifier: each claim of a text against sentences that say so, with their clauses."""

import pytest

from assistant.answering.claims import Kind, Vocabulary, read_claims
from assistant.answering.segments import Reader
from assistant.answering.verify import Evidence, Passage, Verdict, verify
from knowledge.catalog import Catalog
from knowledge.quantities import normalize

S, C, N = Verdict.SUPPORTED, Verdict.CONTRADICTED, Verdict.NOT_IN_SOURCE
PASSAGES = (
    Passage("丢失补领工本费40元/证（丢失补领）。", ("price#main",)),
    Passage("换领工本费20元/证。", ("price#main",)),
    Passage("法定时限20个工作日（材料齐全），承诺时限5个工作日。", ("card-law#12",)),
    Passage("未满16周岁的，有效期5年。", ("card-law#5",)),
    Passage("16周岁至25周岁的，有效期10年。", ("card-law#5",)),
    Passage("60周岁以上的老人每月发200元以上，最多再延长6个月。", ("old-law#3",)),
    Passage("城市低保居民首次申领不收费。", ("card-law#21",)),
    Passage("居民户口簿（原件和复印件2份）。", ("card-law#8",)),
    Passage("一寸照片2张，当场办结。", ("card-law#9",)),
    Passage("每年1月1日至6月30日报送，逾期按日加收万分之五。", ("report#8",)),
    Passage("《居民身份证法》（主席令第51号）第21条：按发改价格〔2003〕2322号收取。", ("card-law#21",)),
    Passage("由郑州市的税务机关受理，电话 0371-65901234，网址 https://www.gov.cn/a。", ("guide",)),
    Passage("12345 政务服务便民热线 12345", ("wording",)),
)  # fmt: skip


@pytest.fixture(scope="module")
def reader(shipped: Catalog) -> Reader:
    return Reader(Vocabulary(shipped))


@pytest.fixture(scope="module")
def evidence(reader: Reader) -> Evidence:
    return Evidence(PASSAGES, reader)


TRUE = """
丢失补领工本费四十元/证 | price#main
丢失补领，每证收40块钱 | price#main
补领的话交４０元 | price#main
法定时限二十个工作日 | card-law#12
承诺 5 个工作日 | card-law#12
20工作日内办结 | card-law#12
不满十六周岁的，有效期5年 | card-law#5
16岁到25岁的，有效期十年 | card-law#5
16周岁至25周岁的，有效期120个月 | card-law#5
年满60周岁的老人每月发200元以上 | old-law#3
最多再延长半年 | old-law#3
低保居民首次申领免费 | card-law#21
户口本（原件和复印件两份） | card-law#8
1寸照片两张 | card-law#9
每年1月1日到6月30日报送 | report#8
逾期按日加收0.05% | report#8
《中华人民共和国居民身份证法》第二十一条 | card-law#21
发改价格[2003]2322号 | card-law#21
打037165901234问 | guide
找郑州的税务机关 | guide
"""


@pytest.mark.parametrize("line", TRUE.strip().splitlines())
def test_a_true_text_in_other_words_is_supported_by_its_clause(line: str, evidence: Evidence) -> None:
    text, ref = line.split(" | ")
    checked = verify(text, evidence).claims
    assert checked and {(c.verdict, *c.refs) for c in checked} == {(S, ref)}


FALSE = """
丢失补领工本费20元/证 | contradicted 40元
丢失补领工本费40元/本 | contradicted 40元
丢失补领免费 | contradicted 40元
换领工本费40元/证 | contradicted 20元
法定时限20日（材料齐全） | contradicted 20个工作日
承诺时限20个工作日 | contradicted 20个工作日
未满16周岁的，有效期10年 | contradicted 5年
年满16周岁的，有效期5年 | contradicted 16周岁
16周岁至25周岁的，有效期20年 | contradicted 10年
16周岁至26周岁的，有效期10年 | contradicted 25周岁
60周岁以下的老人每月发200元以上 | contradicted 60周岁
60周岁以上的老人每月发200元以下 | contradicted 200元
城市低保居民首次申领收费10元 | contradicted 不收费
居民户口簿（原件和复印件3份） | contradicted 2份
居民户口簿（原件2份） | contradicted 原件和复印件
居民身份证（原件和复印件2份） | contradicted 居民户口簿
二寸照片2张 | contradicted 一寸
每年1月1日至7月30日报送 | contradicted 6月30日
逾期按日加收千分之五 | contradicted 万分之五
《居民身份证法》（主席令第51号）第12条 | contradicted 第21条
按发改价格〔2004〕2322号收取 | contradicted 发改价格〔2003〕2322号
由洛阳市的税务机关受理 | contradicted 郑州市
由郑州市的税务机关受理，电话 0371-65901235 | contradicted 0371-65901234
由郑州市的税务机关受理，网址 https://www.gov.cn.evil.cn/a | contradicted https://www.gov.cn/a
打13812345678 | not_in_source
婚姻状况公证书（原件） | not_in_source
"""


@pytest.mark.parametrize("line", FALSE.strip().splitlines())
def test_a_false_text_is_refused_with_what_the_source_gives(line: str, evidence: Evidence) -> None:
    text, expected = line.split(" | ")
    found = [f"{c.verdict} {c.given}".strip() for c in verify(text, evidence).unsupported]
    assert expected in found


def test_claims_are_typed_and_do_not_overlap(reader: Reader, shipped: Catalog) -> None:
    text = normalize(
        "按《身份证法》第4条和发改价格〔2003〕2322号，郑州市收40元，带户口簿原件，电话12345，见www.gov.cn/a"
    )
    assert [(c.kind, c.text) for c in read_claims(text, Vocabulary(shipped))] == [
        (Kind.LAW, "《身份证法》"), (Kind.LAW, "第4条"), (Kind.NUMBER, "发改价格〔2003〕2322号"), (Kind.PLACE, "郑州市"),
        (Kind.VALUE, "40元"), (Kind.DOCUMENT, "户口簿"), (Kind.FORM, "原件"), (Kind.PHONE, "12345"), (Kind.LINK, "www.gov.cn/a"),
    ]  # fmt: skip


def test_a_digit_that_nothing_else_reads_is_a_claim_too(evidence: Evidence) -> None:
    assert [(c.claim.text, c.verdict) for c in verify("需要7匹马", evidence).claims] == [("7匹", N)]


def test_a_text_without_claims_holds(evidence: Evidence) -> None:
    assert verify("请到窗口问清楚。", evidence).claims == ()


def test_evidence_put_together_is_searched_whole(reader: Reader) -> None:
    both = Evidence((PASSAGES[0],), reader, (Evidence((PASSAGES[1],), reader),))
    assert [verify(text, both).supported for text in ("换领工本费20元/证", "丢失补领工本费40元/证", "换领工本费21元/证")] == [True, True, False]  # fmt: skip
