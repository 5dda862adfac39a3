"""What a language model may do to an answer: make its sentences easier to read, with tokens where the facts stand.

It is given the sentences that state something the verifier can check, ⟦F3⟧ for each such fact, and must give back as many
lines. A line may differ from its sentence by the words of two closed lists and by commas, in nothing else: whatever else
a model could add, drop, exchange or turn round (a number, a place, 不, a condition) makes the two differ.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from assistant.answering.segments import Reader
from assistant.errors import ModelUnavailable
from assistant.model import Statement
from knowledge.quantities import normalize

# What may come and go: it connects or addresses, and says nothing.
CONNECTING = (
    "的话 那么 那 这样 也就是说 也就是 就是 具体来说 具体 另外 此外 您的 您 请您 请 记得 注意 说明一下 这里 这项 这个 "
    "这件事 办事 情况下 的 了 是 就 也 呢 啊 哦 啦 好的"
).split()
# What may be said for one another. Whole words: a single character is part of too many others.
PLAIN = (
    ("应当", "应该", "必须"), ("可以", "能够"), ("不得", "不可以", "不可"), ("无需", "无须", "不需要", "不必", "不用"), ("或者", "或"),
    ("以及", "及", "和", "与"), ("办理", "办"), ("申领", "领取"), ("缴纳", "交纳"), ("携带", "带上", "带着"), ("告知", "告诉"), ("提供", "拿出"),
    ("递交", "提交"), ("遗失", "丢失"), ("之日起", "那天起"), ("方可", "才可以"), ("如有", "如果有"), ("若", "如果", "如"), ("并且", "并"),
)  # fmt: skip
# Words that only look as if they held one of those.
WHOLE = (
    "申请 请求 邀请 聘请 请示 请假 是否 不是 但是 于是 还是 只是 要是 凡是 总是 目的 有的 的确 了解 为了 除了 就业 就医 就诊 就读 就近 成就 那里 "
    "及时 涉及 普及 参与 授予 赋予 和解 调和 办法 办公 办税 主办 承办 举办 协办 经办 督办 或许 合并 并非 并入 例如 假如 比如 具体化"
).split()
MOST_ADDED = 12  # characters a line
_TOKEN = re.compile(r"⟦F\d+⟧")
_THOUGHT = re.compile(r"^\s*<think>.*?</think>", re.DOTALL)  # what some models say to themselves first
_BULLET = re.compile(r"^\s*[-•]\s*")
_SAME = {word: f"〈{group[0]}〉" for group in PLAIN for word in group} | dict.fromkeys((*CONNECTING, "，"), "")
_SAME |= {word: word for word in WHOLE}
_SAYABLE = re.compile("|".join(sorted(map(re.escape, _SAME), key=len, reverse=True)))
LINES, CHANGED, LONG = "改写的行数不对", "改写动了原句的事实、词或者次序", "改写比原句长太多"


class Protected(NamedTuple):
    """A sentence as the model sees it, and what its tokens stand for, in order."""

    sentence: str
    text: str
    facts: dict[str, str]


def protect(statements: Sequence[Statement], reader: Reader) -> tuple[Protected, ...]:
    """The sentences that may be reworded: those with facts. The others are kept as they are, since nothing could check them."""
    found, number = [], 0
    for sentence in dict.fromkeys(statement.text for statement in statements):
        plain = normalize(sentence)
        if len(plain) != len(sentence) or "\n" in sentence:
            continue
        parts, facts, at = [], dict[str, str](), 0
        for claim in reader.claims(plain):
            number += 1
            token = f"⟦F{number}⟧"
            parts += [sentence[at : claim.start], token]
            facts[token], at = sentence[claim.start : claim.end], claim.end
        if facts:
            found.append(Protected(sentence, "".join(parts) + sentence[at:], facts))
    return tuple(found)


def restore(said: str, protected: Sequence[Protected]) -> dict[str, str]:
    """Each sentence in its new words, the facts put back. Raises ModelUnavailable when a line says more, less or otherwise."""
    lines = [_BULLET.sub("", line).strip() for line in _THOUGHT.sub("", said).splitlines() if line.strip()]
    if len(lines) != len(protected):
        raise ModelUnavailable(LINES)
    if any(_essence(line) != _essence(given.text) for line, given in zip(lines, protected, strict=True)):
        raise ModelUnavailable(CHANGED)
    if any(len(line) > len(given.text) + MOST_ADDED for line, given in zip(lines, protected, strict=True)):
        raise ModelUnavailable(LONG)
    facts = {token: fact for given in protected for token, fact in given.facts.items()}
    return {
        given.sentence: _TOKEN.sub(lambda m: facts[m.group()], line)
        for line, given in zip(lines, protected, strict=True)
    }


def _essence(text: str) -> str:
    """A sentence less what may come and go, each group of words that may stand for one another under its first."""
    return _SAYABLE.sub(lambda m: _SAME[m.group()], text)
