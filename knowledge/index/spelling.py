"""Slips of the pen in a question: whole words in pinyin, homophones (身份正, 互照), look-alike characters (许司证).

Only what is no word is mended, and only into a word of the library, so that 公正 never becomes 公证.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache

from pypinyin import lazy_pinyin
from pypinyin.constants import PINYIN_DICT

from knowledge.index.tokens import Tokens

LONGEST = 8
# What a citizen types around the name of a matter when she types pinyin.
ASKING = (
    "怎么 怎么办 咋办 如何 什么 材料 需要 多少钱 几天能拿 多久 哪里 在哪 可以 能不能 能办吗 丢了 过期 到期 快到期 换新 换证 补办 补证 办理 手续 "
    "申请 领取 提取 贷款 租房 买房 孩子 老人 外地 异地 网上 流程 条件 几天 新的 想办 退休 买车 结婚 离婚 上学 户口 房子"
).split()
_ASKS = re.compile(r"不[呀啊呢哩]?(?=[，,。！!？?\s]|$)")  # 上户口不: the last word asks and belongs to no name
OFTEN = 5  # a part of so many names (登记, 医保) is mended like a name
_FUNCTION = frozenset(
    "的了吗呢吧啊不没在有是我俺你他她它咱这那能会要想去来给家就也都又和跟与把被让到从里个人上下得着过一二两三几哪大小新省"
)
_PINYIN = re.compile(r"[a-z]+(?:[ '’]+[a-z]+)*", re.IGNORECASE)


@cache
def _syllables() -> frozenset[str]:
    return frozenset(lazy_pinyin(chr(code))[0] for code in PINYIN_DICT if 0x4E00 <= code <= 0x9FA5)


def split_syllables(letters: str) -> tuple[str, ...]:
    """A run of letters as pinyin syllables, longest first; empty when it is none (app, ETC). Time grows with its length."""
    rests: list[tuple[str, ...] | None] = [None] * len(letters) + [()]
    for start in reversed(range(len(letters))):
        for size in range(min(6, len(letters) - start), 0, -1):
            rest = rests[start + size]
            if rest is not None and letters[start : start + size] in _syllables():
                rests[start] = (letters[start : start + size], *rest)
                break
    return rests[0] or ()


def _sound(character: str) -> str:
    return lazy_pinyin(character)[0]


class Spelling:
    """Library words by their sound and by their look."""

    def __init__(self, words: Iterable[str], tokens: Tokens, lookalikes: Iterable[str] = ()) -> None:
        """`lookalikes`: groups of characters that are taken for each other, such as 菅营."""
        self._tokens = tokens
        self._look = {character: group[0] for group in lookalikes for character in group}
        first_wins = [word for word in words if 2 <= len(word) <= LONGEST][::-1]
        parts = sorted({part for word in first_wins for part in tokens.parts(word)})
        counts = Counter(part for word in first_wins for part in set(tokens.parts(word)))
        common = sorted((part for part in parts if counts[part] >= OFTEN), key=lambda part: counts[part])
        known = [*common, *first_wins]  # the last wins: a name before a part, a frequent part before a rare one
        self._words = frozenset(known)
        self._by_sound = {tuple(map(_sound, word)): word for word in known}
        self._by_look = {tuple(map(self._looks, word)): word for word in known}
        self._spoken = {tuple(lazy_pinyin(word)): word for word in (*ASKING, *parts, *first_wins)}

    def mend(self, text: str) -> str:
        """The text with its slips mended; every other character stays."""
        read = _PINYIN.sub(lambda run: self._read(run.group()), text)
        return self._replace(self._replace(read, _sound, self._by_sound), self._looks, self._by_look)

    def _looks(self, character: str) -> str:
        return self._look.get(character, character)

    def _read(self, run: str) -> str:
        """Pinyin → words, what fits no word left out; anything but pinyin of a word in the library as it was."""
        parts = [split_syllables(part) for part in re.split(r"[ '’]+", run.lower())]
        sounds = [sound for part in parts for sound in part]
        words, start = [], 0
        while start < len(sounds):
            sizes = range(min(LONGEST, len(sounds) - start), 1, -1)
            size = next((n for n in sizes if tuple(sounds[start : start + n]) in self._spoken), 0)
            if size:
                words.append(self._spoken[tuple(sounds[start : start + size])])
            start += size or 1
        meant = len(words) > 1 or any(word not in ASKING for word in words) or (bool(words) and len(parts) > 1)
        return "".join(words) if all(parts) and meant else run

    def _replace(self, text: str, key: Callable[[str], str], words: dict[tuple[str, ...], str]) -> str:
        """Replace each stretch that has the key of a library word and is no word itself, longest first.

        A stretch begins and ends where words do, so that 请假|照顾 never yields 驾照.
        """
        keys = [key(character) for character in text]
        edges = self._tokens.edges(text)
        for size in range(min(LONGEST, len(text)), 1, -1):
            for start in range(len(text) - size + 1):
                window = text[start : start + size]
                word = words.get(tuple(keys[start : start + size]))
                asks = bool(_ASKS.match(text, start + size - 1))
                if word and word != window and {start, start + size} <= edges and not (asks or self._is_word(window)):
                    text = text[:start] + word + text[start + size :]
        return text

    def _is_word(self, window: str) -> bool:
        """A stretch made of known words only is not a typo; half of it unknown is, unless a function word stands in it."""
        if len(window) == 2 and not _FUNCTION.isdisjoint(window):
            return True
        return window in self._words or self._tokens.knows(window) or self._tokens.all_known(window)
