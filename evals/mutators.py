"""Ways to make a true sentence false in exactly one place, found by patterns of their own, not by the reader under test.

A mutator takes a sentence, what it may borrow from and a seeded generator, and gives every false sentence it can make.
"""

import random
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from evals.paraphrases import in_chinese

NUMERALS = "一二三四五六七八九十"
_UNIT = r"(?=\s?(?:个?(?:工作日|自然日|月|年度)|日|天|年|周?岁|小时|万?元|份|次|张|倍|%|吨|人|名|寸|级|分(?!之)|辆|千克|座|项|样|步))"
_DIGITS = re.compile(rf"(?<![\d〔第.])\d+(?:\.\d+)?{_UNIT}")
_CHINESE = re.compile(rf"(?<![第点百千万{NUMERALS}零两])[二两三四五六七八九十][二三四五六七八九十百千]{{0,3}}{_UNIT}")
_HOTLINE = re.compile(r"(?<![\d.])(?:0\d{2,3}-?\d{7,8}|1[12]\d{3}|9[56]\d{3})(?![\d.])")
_LINK = re.compile(r"(?:https?://|www\.)[\w./-]+|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:cn|com)[\w/.-]*")
_NUMBER = re.compile(r"〔\d{4}〕\d+号|令第?\d+号")
_TITLE = re.compile(r"《[^《》]+(?:《[^》]+》)?[^《》]*》")
_ARTICLE = re.compile(r"第\d+条")
INVENTED = (  # no names of the library
    "原单位离职证明信",
    "邻里无异议书",
    "居委会意见函",
    "公安备案表",
    "租赁备案证",
    "健康自查单",
    "无违法犯罪保证函",
    "街道盖章同意书",
    "家庭财产公证书",
    "社区评议证明",
    "银行资信证明书",
    "祖父母身份关系证明",
    "税收完结凭证",
    "宗族关系证明书",
)
_N = rf"(?<=[\d{NUMERALS}两])"  # only behind a number
_AMOUNT = (
    rf"(?:\d|[{NUMERALS}两])+\s?(?:个?(?:工作日|月|年度)|日|天|年|周?岁|小时|万?元|份|次|张|倍|%|吨|人|名|趟|平方米)"
)
SWAPS: dict[str, tuple[tuple[str, str], ...]] = {
    "数值·单位": ((f"{_N}个工作日", "日"), (f"{_N}日(?=以?内|[（，。；）])", "个工作日"), (f"{_N}个月", "年"), (f"{_N}年(?!\\d|[{NUMERALS}]{{1,2}}月)", "个月"), (f"{_N}小时", "日"), (f"{_N}周岁", "个月"), ("(?<=[1-9])(?<!\\d{3})元|(?<=[1-9]0)元|(?<=[1-9]00)元", "万元")),
    "数值·以上以下": (
        ("以上", "以下"), ("(?<!以)以下", "以上"), ("(?<=[日月年时])以?内", "以上"), ("不超过", "超过"), ("(?<!不)(?<!不得)超过", "不超过"), ("不满|未满|不足", "年满"),
        ("年满|(?<![不未期届])满", "不满"), ("至少|不少于|不低于", "最多"), ("(?:最多|最长|最高)(?!不|可以延长|期限)", "至少"),
    ),
    "时限·法定承诺": (("法定(?=时限)", "承诺"), ("承诺(?=时限)", "法定")),
    "材料·原件复印件": (("原件和复印件", "复印件"), ("(?<!和)原件(?!和)", "复印件"), ("(?<!和)复印件", "原件")),
}  # fmt: skip


class Lender(NamedTuple):
    """What a mutator may borrow: true elsewhere, false here."""

    fees: tuple[str, ...]  # amounts of sibling guides: 20元
    papers: dict[str, str]  # name → kind
    places: tuple[str, ...]
    offices: tuple[str, ...]
    titles: tuple[str, ...]


Mutator = Callable[[str, Lender, random.Random], Iterator[str]]


def _replaced(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]


def _other_digit(number: str, rng: random.Random) -> str:
    """The number with one digit changed; never the same number, no leading zero."""
    at = rng.choice([i for i, c in enumerate(number) if c.isdigit()])
    low = 1 if at == 0 and len(number) > 1 else 0
    digit = rng.choice([d for d in map(str, range(low, 10)) if d != number[at]])
    return number[:at] + digit + number[at + 1 :]


def _each(pattern: re.Pattern[str], change: Callable[[str, random.Random], str]) -> Mutator:
    def mutate(text: str, lender: Lender, rng: random.Random) -> Iterator[str]:
        for m in pattern.finditer(text):
            yield _replaced(text, m.start(), m.end(), change(m.group(), rng))

    return mutate


def _swapped(pairs: tuple[tuple[str, str], ...], bounds: bool) -> Mutator:
    behind, before = re.compile(rf"{_AMOUNT}(?:/[一-鿿])?及?$"), re.compile(rf"(?:得|不|有效期|跑|再延长)*{_AMOUNT}")

    def mutate(text: str, lender: Lender, rng: random.Random) -> Iterator[str]:
        for old, new in pairs:
            for m in re.finditer(old, text):
                beside = behind.search(text[: m.start()]) or before.match(text, m.end())
                if beside or not bounds:
                    yield _replaced(text, m.start(), m.end(), new)

    return mutate


def _decimal(number: str, rng: random.Random) -> str:
    if not float(number):
        return "0.5"
    return (
        number.replace(".", "")
        if "." in number
        else f"{number[:-1] or '0'}.{number[-1]}"
        if number[-1] != "0"
        else number + "0"
    )


def _in_chinese(number: str, rng: random.Random) -> str:
    said = in_chinese(int(number)) if number.isdigit() and int(number) < 10_000 else number
    return rng.choice([n for n in ("三", "六", "七", "十二", "四十五", "九十") if n != said])


def _hotline(number: str, rng: random.Random) -> str:
    return rng.choice([_other_digit(number, rng), *(h for h in ("12333", "12366", "12388", "12329") if h != number)])


def _domain(link: str, rng: random.Random) -> str:
    return (
        rng.choice([link.replace(".gov.cn", ".com.cn"), re.sub(r"(\w)(?=\.)", r"\1x", link, count=1), link + "/pay"])
        if ".gov" in link
        else link + "x"
    )


def _borrowed(names: Callable[[Lender], tuple[str, ...]], instead: Callable[[Lender], tuple[str, ...]]) -> Mutator:
    """Exchange each known name in the sentence for another."""

    def mutate(text: str, lender: Lender, rng: random.Random) -> Iterator[str]:
        at = 0
        while at < len(text):
            name = next((n for n in names(lender) if text.startswith(n, at)), None)
            if name and not text.startswith("明", at + len(name)):
                others = [
                    n for n in instead(lender) if n not in name and name not in n and not _same_paper(n, name, lender)
                ]
                yield _replaced(text, at, at + len(name), rng.choice(others))
            at += len(name) if name else 1

    return mutate


def _same_paper(a: str, b: str, lender: Lender) -> bool:
    return a in lender.papers and lender.papers[a] == lender.papers.get(b)


def _fee(pattern: str, amounts: Callable[[Lender], tuple[str, ...]]) -> Mutator:
    def mutate(text: str, lender: Lender, rng: random.Random) -> Iterator[str]:
        for m in re.finditer(pattern, text):
            if others := [a for a in amounts(lender) if a not in m.group()]:
                yield _replaced(text, m.start(), m.end(), rng.choice(others))

    return mutate


def _title(text: str, lender: Lender, rng: random.Random) -> Iterator[str]:
    for m in _TITLE.finditer(text):
        yield _replaced(
            text,
            m.start(),
            m.end(),
            f"《{rng.choice([t for t in lender.titles if t.removeprefix('中华人民共和国') not in m.group()])}》",
        )


MUTATORS: dict[str, Mutator] = {
    "数值·改一位": _each(_DIGITS, _other_digit),
    "数值·小数点": _each(_DIGITS, _decimal),
    "数值·中文数字": _each(_CHINESE, _in_chinese),
    "数值·换成中文数字": _each(_DIGITS, _in_chinese),
    **{name: _swapped(pairs, name == "数值·以上以下") for name, pairs in SWAPS.items()},
    "收费·别的事项的数": _fee(r"(?<![\d.])\d+(?:\.\d+)?元", lambda lender: lender.fees),
    "收费·改成免费": _fee(r"(?<![\d.])[1-9]\d*(?:\.\d+)?元(?:/[一-鿿])?", lambda lender: ("免费",)),
    "收费·免费改收费": _fee("不收费|免费|免收工本费", lambda lender: tuple(f"收{fee}" for fee in lender.fees)),
    "电话": _each(_HOTLINE, _hotline),
    "链接": _each(_LINK, _domain),
    "材料·换一种": _borrowed(lambda lender: tuple(lender.papers), lambda lender: tuple(lender.papers)),
    "材料·编造": _borrowed(lambda lender: tuple(lender.papers), lambda lender: INVENTED),
    "地点·地区": _borrowed(lambda lender: lender.places, lambda lender: lender.places),
    "地点·部门": _borrowed(lambda lender: lender.offices, lambda lender: lender.offices),
    "法律·题名": _title,
    "法律·条号": _each(_ARTICLE, lambda text, rng: f"第{_other_digit(text[1:-1], rng)}条"),
    "文号": _each(_NUMBER, lambda text, rng: _other_number(text, rng)),
}  # fmt: skip


def _other_number(text: str, rng: random.Random) -> str:
    m = rng.choice(list(re.finditer(r"\d+", text)))
    return _replaced(text, m.start(), m.end(), _other_digit(m.group(), rng))
