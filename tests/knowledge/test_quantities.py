"""Reading Chinese quantities: one table of spellings, the near misses, and every integer."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evals.paraphrases import in_chinese
from knowledge.numerals import chinese_number
from knowledge.quantities import read_values

SPELLINGS = """
20个工作日 = 20 工作日
二十个工作日 = 20 工作日
２０个工作日 = 20 工作日
２０ 个工作日 = 20 工作日
20 工作日 = 20 工作日
20日 = 20 日
20天 = 20 日
二十天 = 20 日
20个自然日 = 20 日
二十日以内 = 20 日
六十日 = 60 日
半天 = 0.5 日
两个工作日 = 2 工作日
俩月 = 2 月
仨月 = 3 月
三个月 = 3 月
3个月 = 3 月
半年 = 6 月
半个月 = 0.5 月
一个半月 = 1.5 月
两个半小时 = 2.5 小时
一年半 = 1.5 年
一年 = 1 年
十年 = 10 年
10周年 = 10 年
一周 = 1 周
两星期 = 2 周
24小时 = 24 小时
二十四小时 = 24 小时
30分钟 = 30 分钟
一到三个月 = 1 月, 3 月
三至五日 = 3 日, 5 日
5-10年 = 5 年, 10 年
5～10年 = 5 年, 10 年
1－3年 = 1 年, 3 年
3 - 5个工作日 = 3 工作日, 5 工作日
16至25周岁 = 16 岁, 25 岁
16周岁至25周岁 = 16 岁, 25 岁
六个月以上一年以下 = 6 月, 1 年
十六周岁 = 16 岁
60岁以上 = 60 岁
13岁半 = 13.5 岁
第十年 = 10 第年
第3次 = 3 第次
第二孩 = 2 第孩
二孩 = 2 孩
40元 = 40 元
40块钱 = 40 元
40块 = 40 元
四十块 = 40 元
每证40 元 = 40 元
1,200元 = 1200 元
一千二百元 = 1200 元
一千零五十元 = 1050 元
1.5万元 = 15000 元
2万块 = 20000 元
两万元 = 20000 元
十万元以上 = 100000 元
一万二千元 = 12000 元
1亿元 = 100000000 元
0元 = 0 元
不收费 = 0 元
免费 = 0 元
免费办理 = 0 元
不收取任何费用 = 0 元
免收工本费 = 0 元
免工本费 = 0 元
不要钱 = 0 元
零收费 = 0 元
20% = 20 %
２０％ = 20 %
0.5 % = 0.5 %
百分之二十 = 20 %
百分之三点五 = 3.5 %
百分之零点三 = 0.3 %
百分之70 = 70 %
百分之百 = 100 %
千分之三 = 0.3 %
万分之五 = 0.05 %
三分之一 = 33.3333 %
三分之二以上 = 66.6667 %
三成 = 30 %
三成以上 = 30 %
七成五 = 75 %
1寸照片2张 = 1 寸, 2 张
一式两份 = 2 份
最多跑一次 = 1 次
90㎡ = 90 平方米
九十平方米 = 90 平方米
4.5吨 = 4.5 吨
零点五倍 = 0.5 倍
每年1月1日至6月30日 = 101 月日, 630 月日
2026年7月1日 = 20260701 日期
2026年12月100日 = 20261200 日期, 100 日
2026-07-01 = 20260701 日期
2026.7.1 = 20260701 日期
2026年7月 = 20260700 日期
①年满十六周岁 = 16 岁
自受理之日起20个工作日内办结，工本费每证40元 = 20 工作日, 40 元
"""
CASES = [tuple(part.strip() for part in line.split("=")) for line in SPELLINGS.strip().splitlines()]

NOT_VALUES = {
    "文号": "发改价格〔2003〕2322号",
    "条号": "第十二条第三款",
    "阿拉伯条号": "第21条",
    "几条并列": "第十二、十三条",
    "书名号里的数": "《关于20元工本费等3项收费的通知》",
    "一次性": "一次性告知",
    "十分": "十分方便",
    "多": "三十多天",
    "几": "十几天",
    "来": "二十来天",
    "约数": "两三天",
    "十位约数": "十五六天",
    "百位约数": "三四百元",
    "单位说明": "单位：万元",
    "电话": "拨打12345",
    "区号": "0371-12345",
    "证号": "C1驾照",
    "纸张": "A4纸",
    "成了": "一成不变、二成年",
    "没有数": "多少元，几个工作日",
    "减免费用": "减免费用",
    "避免费用": "避免费用过高",
    "不免费": "这项并不免费",
    "空": "",
}


def keys(text: str) -> list[tuple[Decimal, str]]:
    return [value.key for value in read_values(text)]


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[text for text, _ in CASES])
def test_a_spelling_is_read_as_its_value(text: str, expected: str) -> None:
    pairs = [pair.split() for pair in expected.split(",")]
    assert keys(text) == [(Decimal(amount), unit) for amount, unit in pairs]


@pytest.mark.parametrize("text", NOT_VALUES.values(), ids=NOT_VALUES)
def test_what_only_looks_like_a_value_is_not_read(text: str) -> None:
    assert keys(text) == []


def test_working_days_are_not_days() -> None:
    assert keys("二十个工作日") == keys("20个工作日") != keys("20日")


def test_a_value_remembers_its_spelling_and_its_place() -> None:
    (value,) = read_values("工本费四十元")
    assert (value.text, value.start) == ("四十元", 3)


def test_values_come_in_the_order_of_the_text() -> None:
    assert [v.text for v in read_values("免费，20日，百分之五，第3次，1月1日，3-5年")] == [
        "免费", "20日", "百分之五", "第3次", "1月1日", "3-5年", "3-5年",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "number, text", [(10, "十"), (15, "十五"), (105, "一百零五"), (1020, "一千零二十"), (9999, "九千九百九十九")]
)
def test_the_writer_of_these_tests_writes_as_people_do(number: int, text: str) -> None:
    assert in_chinese(number) == text


@given(st.integers(min_value=1, max_value=9999), st.sampled_from(["元", "个工作日", "日", "岁", "倍"]))
def test_any_integer_reads_alike_in_arabic_and_in_chinese(number: int, unit: str) -> None:
    chinese, arabic, fullwidth = (keys(f"{n}{unit}") for n in (in_chinese(number), number, str(number).translate(FULL)))
    assert chinese == arabic == fullwidth
    assert [amount for amount, _ in arabic] == [number]


FULL = {ord("0") + i: ord("０") + i for i in range(10)}


@given(
    st.text(max_size=40)
    | st.text(alphabet="零一二两三十百千万亿点半个工作日月年元岁%第条至-~ 0123456789.,多几", max_size=20)
)
def test_no_text_breaks_the_reader(text: str) -> None:
    assert all(value.text for value in read_values(text))


@pytest.mark.parametrize("text, number", [
    ("二十", 20), ("一百零五", 105), ("二〇二六", 2026), ("两万", 20000), ("一亿零三百", 100_000_300), ("三点五", "3.5"), ("三点一四", "3.14"),
])  # fmt: skip
def test_chinese_numerals_are_read(text: str, number: int | str) -> None:
    assert chinese_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "二十天", "abc"])
def test_what_is_no_numeral_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="数字"):
        chinese_number(text)
