"""The same question as other people would type it: its answer must not change.

The tables are this file's own, not the assistant's: a slip or a synonym that it knows from its lexicon would prove nothing.
"""

import random
import re
from collections.abc import Callable, Iterator

from opencc import OpenCC

POLITE = (
    "您好，麻烦问一下，{}，谢谢您了",
    "同志你好，{}，辛苦了",
    "不好意思打扰下，{}，先谢过",
    "老师，{}，麻烦您给说说",
)
STORIES = (
    "我刚从外地回来，家里一大堆事，孩子也闹腾，一直没顾上。{}", "昨天跟邻居聊天说起这个，他也说不清楚，我上网看了半天越看越糊涂。{}",
    "俺今年五十多了，不会用电脑，手机也是闺女给买的，有个事想弄明白。{}", "上周去了一趟大厅人太多没排上号，今天又要上班，先在这问问。{}",
)  # fmt: skip
SPOKEN = ("嗯那个{}啊", "哎就是{}嘛", "那啥我想问{}呗")
# One slip in a word people use here: by sound, or by look.
SLIPS = {
    "身份证": "身份正", "护照": "护罩", "驾驶证": "驾驶正", "驾照": "架照", "户口": "户囗", "登记": "登计", "结婚": "结昏", "离婚": "离昏", "医保": "医宝", "社保": "社宝",
    "公积金": "公积全", "退休": "退修", "失业": "矢业", "居住证": "居住正", "营业执照": "营业执找", "许可": "许叮", "申请": "伸请", "材料": "材枓", "贷款": "代款", "低保": "底保",
    "残疾": "残集", "养老": "养佬", "生育": "生肓", "津贴": "津帖", "补贴": "补帖", "过户": "过护", "契税": "气税", "报销": "报消", "异地": "易地", "备案": "备按",
    "注销": "注消", "预约": "予约", "流程": "流呈", "多少": "多小", "办理": "办里", "期限": "其限", "怎么": "怎莫", "需要": "须要", "条件": "条建", "时间": "时问",
}  # fmt: skip
SYNONYMS = {
    "怎么": "如何", "多少钱": "花多少钱", "需要": "得要", "什么": "啥", "哪里": "哪儿", "材料": "资料", "多久": "多长时间", "丢了": "弄丢了", "办理": "办", "几天": "多少天",
    "可以": "能够", "申请": "申办", "老人": "老年人", "孩子": "小孩", "父亲": "爸爸", "母亲": "妈妈", "咋": "怎么", "啥": "什么", "俺": "我", "哪些": "什么",
}  # fmt: skip
_WIDE = {ord(c): ord(c) + 0xFEE0 for c in map(chr, range(0x21, 0x7F))}
_TRADITIONAL = OpenCC("s2t")


def _replaced(table: dict[str, str], all_of_them: bool) -> Callable[[str, random.Random], str]:
    def change(text: str, rng: random.Random) -> str:
        found = [word for word in table if word in text]
        if not all_of_them:
            found = rng.sample(found, min(1, len(found)))
        words = sorted(found, key=len, reverse=True)
        return re.sub("|".join(map(re.escape, words)), lambda m: table[m.group()], text) if words else text

    return change


def _within(frames: tuple[str, ...]) -> Callable[[str, random.Random], str]:
    return lambda text, rng: rng.choice(frames).format(re.sub(r"[。.]$", "", text))


REWORDED: dict[str, Callable[[str, random.Random], str]] = {
    "客气话": _within(POLITE),
    "先讲一段": _within(STORIES),
    "口头语": lambda text, rng: rng.choice(SPOKEN).format(re.sub(r"[，。？！?!,.]", "", text)),
    "没有标点": lambda text, rng: re.sub(r"[，。？！?!,.;；、：:]", "", text),
    "空格代标点": lambda text, rng: re.sub(r"[，。？！?!,.;；]+", " ", text),
    "繁体": lambda text, rng: str(_TRADITIONAL.convert(text)),
    "全角": lambda text, rng: text.translate(_WIDE),
    "一处错字": _replaced(SLIPS, all_of_them=False),
    "换个说法": _replaced(SYNONYMS, all_of_them=True),
    "连发问号": lambda text, rng: re.sub(r"[？?。.]*$", "？？？", text),
}


def variants(question: str, other: str, rng: random.Random) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(kind, turns) of every variant that differs from the question; the last turn asks it. `other` is another matter."""
    for kind, change in REWORDED.items():
        if (text := change(question, rng)) != question:
            yield kind, (text,)
    yield "重复问三遍", (question, question, question)
    yield "先问别的", (other, question)
    yield "问完别的再问一遍", (question, other, question)
