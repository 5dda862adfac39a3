"""Free text of catalogue cells: what is read into a value, and the near misses that must stay text."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.model import Quantity
from knowledge.sources import reading
from knowledge.sources.draft import DraftLimit, DraftMaterial, DraftPhone
from knowledge.sources.phones import read_phones

LIMITS = """
20个工作日 = unstated 20个工作日
20(工作日) = unstated 20个工作日
30（自然日） = unstated 30日
２０ 个工作日 = unstated 20个工作日
二十个工作日 = unstated 20个工作日
自受理之日起20个工作日内 = unstated 20个工作日
收到申请材料之日起5日内办结 = unstated 5日
即办 = unstated 当场
即时办结 = unstated 当场
当场办结。 = unstated 当场
立等可取 = unstated 当场
当日办结 = unstated 当日
承诺即办 = promised 当场
法定30日，承诺5日 = statutory 30日, promised 5日
法定办结时限：60个工作日；承诺办结时限：即办 = statutory 60个工作日, promised 当场
3个月以内 = unstated 3个月
半年 = unstated 6个月
24小时 = unstated 24小时
20个工作日（不含公示） =
1-3个工作日 =
约20个工作日 =
20个工作日以上 =
小于20日 =
0个工作日 =
-5个工作日 =
20 =
材料齐全的20日，需核查的30日 =
1年5个月 =
法定承诺5日 =
法定20日，法定30日 =
按规定办理 =
30分钟 =
"""
FEES = """
不收费 = ：0元
免费 = ：0元
本事项不收费。 = ：0元
工本费10元/证 = 工本费：10元/证
每证40元 = ：40元/证
工本费：人民币10元/本 = 工本费：10元/本
1,200元 = ：1200元
1.5万元 = ：15000元
首次申领免费，补领40元/证 = 首次申领：0元, 补领：40元/证
10-20元 =
10元起 =
10元以上 =
押金100元 =
减免10元 =
对低保户免费 =
不足1万元的20元 =
按发改价格〔2003〕2322号执行 =
10元/证（首次免费） =
"""
PHONES = """
12345 = 12345
020-12345 = 020-12345
(0662)3681111 = 0662-3681111
0371—65901234转2 = 0371-65901234 转2
12333-9-0 = 12333 转9-0
拨打12348或020-86350683 = 12348, 020-86350683
省厅：020-86351219、86351130 = 省厅 020-86351219, 020-86351130
咨询电话：020-37886901 、020-37886909。 = 020-37886901, 020-37886909
400-7000-690 = 400-7000-690
13812345678 = 13812345678
020-3607290 =
87686011 =
020-123456 =
0000swjw =
020-83133642，受理时间：周一至周五 =
见政务大厅公告 =
"""


def cases(table: str) -> list[tuple[str, str]]:
    """The lines of a table as (text, what is read); nothing after = means not understood."""
    lines = (line.split(" =", 1) for line in table.strip().splitlines())
    return [(text, wanted.strip()) for text, wanted in lines]


@pytest.mark.parametrize("text, wanted", cases(LIMITS))
def test_limits(text: str, wanted: str) -> None:
    assert ", ".join(f"{limit.kind} {limit.within}" for limit in reading.read_limits(text) or ()) == wanted


@pytest.mark.parametrize("text, wanted", cases(FEES))
def test_fees(text: str, wanted: str) -> None:
    assert ", ".join(f"{fee.name}：{fee.amount}" for fee in reading.read_fees(text) or ()) == wanted


def _dial(phone: DraftPhone) -> str:
    return f"{phone.label} {phone.number}{f' 转{phone.extension}' if phone.extension else ''}".strip()


@pytest.mark.parametrize("text, wanted", cases(PHONES))
def test_phones(text: str, wanted: str) -> None:
    assert ", ".join(map(_dial, read_phones(text) or ())) == wanted


def test_the_column_says_which_limit_it_is() -> None:
    assert reading.read_limits("20(工作日)", "promised") == (
        DraftLimit(kind="promised", within=Quantity(amount=Decimal(20), unit="工作日")),
    )


@pytest.mark.parametrize("text, wanted", [("0", 0), ("1次", 1), ("最多跑一次", 1), ("零跑动", 0), ("多次", None)])
def test_visits(text: str, wanted: int | None) -> None:
    assert reading.read_visits(text) == wanted


@pytest.mark.parametrize(
    "text, wanted", [("是", True), ("不支持", False), ("收费", True), ("不收费", False), ("看情况", None)]
)
def test_flags(text: str, wanted: bool | None) -> None:
    assert reading.read_flag(text) is wanted


@pytest.mark.parametrize("text, wanted", [
    ("https://www.hnzwfw.gov.cn/a?b=1#/c", "https://www.hnzwfw.gov.cn/a?b=1#/c"),
    ("http://a.gov.cn/x?c=二级", "http://a.gov.cn/x?c=%E4%BA%8C%E7%BA%A7"),
    ("javascript:alert(1)", None), ("www.gov.cn", None), ("https://", None), ("见 https://a.gov.cn", None), ("http://[", None),
])  # fmt: skip
def test_urls(text: str, wanted: str | None) -> None:
    assert reading.read_url(text) == wanted


def test_forms_are_read_only_when_all_are_known() -> None:
    assert reading.read_forms("窗口办理、网上办理，快递申请") == ("window", "online", "courier")
    assert reading.read_forms("窗口办理、骑手代送") is None


def test_materials_lose_their_list_marks() -> None:
    assert reading.read_materials("1.居民户口簿（原件1份）；2.结婚证复印件\n（三）近期照片2张") == (
        DraftMaterial(name="居民户口簿", form="original", count=1),
        DraftMaterial(name="结婚证", form="copy"),
        DraftMaterial(name="近期照片2张"),
    )


SPELLINGS = {
    "个工作日": "工作日",
    "工作日": "工作日",
    "日": "日",
    "天": "日",
    "(工作日)": "工作日",
    "个月": "月",
    "小时": "小时",
}


@settings(deadline=None)
@given(
    st.integers(1, reading.LONGEST), st.sampled_from(sorted(SPELLINGS)), st.sampled_from(["", "自受理之日起", "不超过"])
)
def test_every_plain_limit_is_read_as_written(amount: int, unit: str, before: str) -> None:
    wanted = Quantity.model_validate({"amount": amount, "unit": SPELLINGS[unit]})
    assert reading.read_limits(f"{before}{amount}{unit}") == (DraftLimit(kind="unstated", within=wanted),)


@settings(deadline=None)
@given(st.integers(0, 10**7), st.sampled_from(["", "/证", "/本", "/人次"]), st.sampled_from(["", "工本费", "证照费："]))
def test_every_plain_fee_is_read_as_written(amount: int, per: str, name: str) -> None:
    (fee,) = reading.read_fees(f"{name}{amount}元{per}") or ()
    assert (fee.name, str(fee.amount)) == (name.rstrip("："), f"{amount}元{per}")


CHINESE = st.text(
    st.sampled_from(
        "法定承诺即办自受理之日起不超过内个工作日天月年元证/每收费免０1５9０.-~,，；。（）() 十二万以上约起"
    ),
    max_size=24,
)


@settings(deadline=None)
@given(CHINESE)
def test_whatever_is_read_stands_in_the_text(text: str) -> None:
    """A limit or fee that is read has an amount that the plain reader of quantities finds in the same words."""
    folded = reading._BRACKETED_UNIT.sub(r"\1\2", reading.normalize(text))
    plain = {(value.amount, value.unit) for value in reading.read_values(folded)}
    for limit in reading.read_limits(text) or ():
        if isinstance(limit.within, Quantity):
            assert (limit.within.amount, limit.within.unit) in plain
    for fee in reading.read_fees(text) or ():
        if fee.amount.amount:
            assert (fee.amount.amount, "元") in plain


@settings(deadline=None)
@given(st.text(max_size=40))
def test_no_text_breaks_a_reader_and_each_reads_the_same_twice(text: str) -> None:
    for read in (reading.read_limits, reading.read_fees, reading.read_visits, reading.read_flag, reading.read_url,
                 reading.read_forms, reading.read_materials, read_phones):  # fmt: skip
        assert read(text) == read(text)


@settings(deadline=None)
@given(st.sampled_from(["20个工作日", "工本费10元/证", "不收费"]), st.sampled_from("甲乙丙约近以另含除"), st.booleans())
def test_one_more_character_that_says_something_keeps_a_limit_as_text(text: str, more: str, before: bool) -> None:
    assert reading.read_limits(more + text if before else text + more) is None
