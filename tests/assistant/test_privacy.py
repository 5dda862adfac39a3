"""What is personal never gets past the door; what only looks like it does."""

import re
import string
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from assistant.safety.privacy import fold, mask
from knowledge.model import Library

PERSONAL = [
    ("身份证号", "我的身份证是410105199003074512", "我的身份证是【身份证号已隐去】"),
    ("身份证号", "41010519900307451X丢了", "【身份证号已隐去】丢了"),
    ("身份证号", "41010519900307451x丢了", "【身份证号已隐去】丢了"),
    ("身份证号", "ID410105199003074512", "ID【身份证号已隐去】"),
    ("身份证号", "410105 19900307 4512", "【身份证号已隐去】"),
    ("身份证号", "410105-1990-0307-4512", "【身份证号已隐去】"),
    ("身份证号", "410105  19900307  4512", "【身份证号已隐去】"),
    ("身份证号", "４１０１０５１９９００３０７４５１２", "【身份证号已隐去】"),
    ("身份证号", "4101051990\u200b03074512", "【身份证号已隐去】"),
    ("身份证号", "号码410105900307452", "号码【身份证号已隐去】"),
    ("身份证号", "四一零一零五一九九零零三零七四五一二", "【身份证号已隐去】"),
    ("手机号", "打13838123456找我", "打【手机号已隐去】找我"),
    ("手机号", "+86 138-3812-3456", "【手机号已隐去】"),
    ("手机号", "１３８ ３８１２ ３４５６", "【手机号已隐去】"),
    ("手机号", "幺三八三八幺二三四五六", "【手机号已隐去】"),
    ("手机号", "一三八三八一二三四五六", "【手机号已隐去】"),
    ("银行卡号", "卡号6222 0212 3456 7890 128", "卡号【银行卡号已隐去】"),
    ("银行卡号", "4111111111111111", "【银行卡号已隐去】"),
    ("护照号", "护照E12345678过期了", "护照【护照号已隐去】过期了"),
    ("护照号", "护照EA1234567过期了", "护照【护照号已隐去】过期了"),
    ("车牌号", "豫A12345要年检", "【车牌号已隐去】要年检"),
    ("车牌号", "豫A·D12345要年检", "【车牌号已隐去】要年检"),
    ("邮箱", "发到zhang.san@163.com", "发到【邮箱已隐去】"),
    ("住址", "花园路10号院3号楼2单元501室", "【住址已隐去】"),
    ("姓名", "我叫张小伟，户口怎么迁", "我叫【姓名已隐去】,户口怎么迁"),
    ("姓名", "姓名：李明", "姓名:【姓名已隐去】"),
    ("姓名", "我叫张小伟！", "我叫【姓名已隐去】!"),
    ("姓名", "我叫欧阳娜娜，", "我叫【姓名已隐去】,"),
    ("姓名", "本人王芳，身份证丢了", "本人【姓名已隐去】,身份证丢了"),
    ("姓名", "我妈李桂兰去世了", "我妈【姓名已隐去】去世了"),
    ("姓名", "我叫张伟想问下失业金", "我叫【姓名已隐去】想问下失业金"),
    ("姓名", "户主是欧 阳 娜", "户主是【姓名已隐去】"),
    ("信用代码", "91410100MA45ABCD12", "【信用代码已隐去】"),
    ("信用代码", "执照91 410100 MA45ABCD12", "执照【信用代码已隐去】"),
    ("电话号码", "家里0371-65901234", "家里【电话号码已隐去】"),
    ("电话号码", "零三七一六五九零一二三四", "【电话号码已隐去】"),
    ("身份证号", "4 1 0 1 0 5 9 0 0 3 0 7 4 5 2", "【身份证号已隐去】"),
    ("身份证号", "USA410178010101的永居证", "【身份证号已隐去】的永居证"),
    ("手机号", "138.3812.3456", "【手机号已隐去】"),
    ("手机号", "1三8三8一2三4五6", "【手机号已隐去】"),
    ("银行卡号", "卡号6222021234567890123对吗", "卡号【银行卡号已隐去】对吗"),
    ("护照号", "E 1234 5678", "【护照号已隐去】"),
    ("车牌号", "豫 A D 1 2 3 4 5", "【车牌号已隐去】"),
    ("车牌号", "豫a12345", "【车牌号已隐去】"),
    ("邮箱", "li.na艾特163点com", "【邮箱已隐去】"),
    ("住址", "我住郑州市金水区花园路10号院", "我住郑州市金水区【住址已隐去】"),
    ("住址", "张庄村三组", "【住址已隐去】"),
]
HARMLESS = [
    "拨打12345问一下", "豫政办〔2026〕15号", "国办发〔2022〕32号", "工本费40元/证", "贷款额度1000000元", "20261122前办完",
    "1141000000518460300411303200001", "11410000MB1912692X4000113001000", "GB7258-2017标准", "YS0223874708",
    "户口本姓名变更", "我妈高血压慢病卡", "我爸马上退休", "我是许昌人", "我叫不到号", "法人章丢了", "5号楼大厅", "地铁2号线", "打400-650-1234", "1、2、3、4、5、6、7、8、9、10、11",
    "2016.05.12-2036.05.12", "房价1,380,012,345元", "身份证丢了怎么补", "要本人去吗", "必须本人办理吗", "带本人身份证、户口本吗", "需要本人到场,还是可以代办", "文化路派出所在哪",
    "去3号窗口", "第二十一条第三款", "二〇二六年十一月二十二日", "6222021234567890123", "410105199013014512", "豫事办App怎么用",
]  # fmt: skip


@pytest.mark.parametrize(("kind", "said", "stored"), PERSONAL, ids=[f"{k}-{t}" for k, t, _ in PERSONAL])
def test_personal_data_is_replaced_by_its_kind(kind: str, said: str, stored: str) -> None:
    assert mask(said) == (stored, (kind,))


@pytest.mark.parametrize("said", HARMLESS)
def test_what_only_looks_personal_stays(said: str) -> None:
    assert mask(said) == (said, ())


@pytest.mark.parametrize("said", [s for _, s, _ in PERSONAL] + HARMLESS)
def test_masking_twice_changes_nothing_more(said: str) -> None:
    once = mask(said).text
    assert mask(once) == (once, ())


def test_every_kind_in_one_message_is_masked_and_named_once() -> None:
    masked = mask("我叫张伟，电话13838123456，身份证410105199003074512，再打13938123456")
    assert masked.text == "我叫【姓名已隐去】,电话【手机号已隐去】,身份证【身份证号已隐去】,再打【手机号已隐去】"
    assert sorted(masked.kinds) == ["姓名", "手机号", "身份证号"]


def test_folding_drops_what_cannot_be_seen_and_keeps_lines() -> None:
    assert fold("身\u200b份\ufeff证\x00\x1b１\n２\u202e") == "身份证  1\n2"


SPACES = ["", " ", "-", "·", "　", "\u00a0", "\u200b", "  "]
WORDS = st.text("我的身份证号是请问怎么补办丢了电话在郑州谢谢，。？！ \n", max_size=30)


def _spelled(digits: str, gaps: list[str], wide: bool) -> str:
    text = "".join(c + gap for c, gap in zip(digits, [*gaps, ""], strict=True))
    return text.translate(str.maketrans(string.digits, "０１２３４５６７８９")) if wide else text


def _compact(text: str) -> str:
    return re.sub(r"[^0-9X]", "", fold(text).upper())


@st.composite
def identities(draw: st.DrawFn) -> str:
    area = draw(st.sampled_from(["410105", "410184", "110101", "440305", "650102"]))
    born = draw(st.dates(date(1920, 1, 1), date(2026, 1, 1)))
    body = area + born.strftime("%Y%m%d") + f"{draw(st.integers(0, 999)):03d}"
    return body + ric.calc_check_digit(body + "0")


@given(identities(), st.lists(st.sampled_from(SPACES), min_size=17, max_size=17), st.booleans(), WORDS, WORDS)
def test_no_valid_identity_number_survives_in_any_spelling(
    number: str, gaps: list[str], wide: bool, before: str, after: str
) -> None:
    masked = mask(f"{before}{_spelled(number, gaps, wide)}{after}")
    assert _compact(masked.text) == ""
    assert masked.kinds[0] == "身份证号"


@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.lists(st.sampled_from(SPACES), min_size=10, max_size=10),
    st.booleans(), WORDS, WORDS,
)  # fmt: skip
def test_no_mobile_number_survives_in_any_spelling(
    number: str, gaps: list[str], wide: bool, before: str, after: str
) -> None:
    masked = mask(f"{before}{_spelled(number, gaps, wide)}{after}")
    assert _compact(masked.text) == ""
    assert masked.kinds[0] == "手机号"


@given(st.text(max_size=200))
def test_masking_is_idempotent_on_any_text(said: str) -> None:
    once = mask(said).text
    assert mask(once).text == once


def texts_of(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ():
        yield from texts_of(part)


def test_nothing_that_the_library_says_looks_personal(library: Library) -> None:
    said = {text for part in (*library.guides, *library.themes) for text in texts_of(part.model_dump())}
    assert len(said) > 10_000
    assert [text for text in said if mask(text).kinds] == []
