"""Text → tokens for the lexical index: jieba words with our own dictionary, plus character bigrams as a net."""

import logging
import re
import unicodedata
import warnings
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # jieba 0.42.1 has invalid escapes and imports pkg_resources
    import jieba

TOKENIZER_VERSION = "jieba-0.42.1+bigrams-1"
STOP_WORDS = frozenset(
    "的 了 吗 呢 啊 呀 吧 嘛 我 你 您 俺 恁 咱 他 她 它 是 在 有 和 与 及 或 就 都 也 还 又 要 会 能 可以 请问 请 问 怎么 如何 "
    "怎样 咋 咋着 啥 什么 哪 哪里 哪儿 多少 几 这 那 这个 那个 一下 一个 想 需要 办 办理 去 到 把 被 给 让 用 得 着 过 吧 呗 "
    "谢谢 你好 您好 麻烦 现在 应该 怎么办 怎么样 想问 问问 知道 告诉".split()
)
_RUN = re.compile(r"[\u4e00-\u9fff]+|[a-z0-9]+")
_CHINESE = re.compile(r"[\u4e00-\u9fff]+")


class Tokens:
    """A tokenizer of our own: `jieba.load_userdict` would change a process-wide global."""

    def __init__(self, words: Iterable[str] = ()) -> None:
        jieba.setLogLevel(logging.WARNING)
        self._jieba = jieba.Tokenizer()
        for word in words:
            self._jieba.add_word(word)
        self._cut = lru_cache(maxsize=50_000)(self._jieba.lcut)  # places repeat most of their parent's sentences
        self.words = lru_cache(maxsize=50_000)(self._words)

    def __call__(self, text: str) -> list[str]:
        """Words (stop words dropped) and the character bigrams of each Chinese run, lower-cased and NFKC-folded."""
        folded = unicodedata.normalize("NFKC", text).lower()
        words = [w for run in _RUN.findall(folded) for w in self._cut(run) if w not in STOP_WORDS]
        bigrams = [
            run[i : i + 2]
            for run in _CHINESE.findall(folded)
            for i in range(len(run) - 1)
            if run[i : i + 2] not in STOP_WORDS
        ]
        return words + [f"_{b}" for b in bigrams]

    def _words(self, text: str) -> frozenset[str]:
        """The distinct words of two characters and more; remembered, since a guide's sentences come again and again."""
        return frozenset(token for token in self(text) if len(token) >= 2 and not token.startswith("_"))

    def parts(self, word: str) -> list[str]:
        """Every dictionary word of two characters and more that stands in a word."""
        return [part for part in self._jieba.lcut(word, cut_all=True) if len(part) >= 2]

    def knows(self, word: str) -> bool:
        """Whether the dictionary (or our lexicon) holds the word."""
        return bool(self._jieba.FREQ.get(word)) if self._jieba.initialized else bool(self._jieba.lcut(word) == [word])

    def all_known(self, text: str) -> bool:
        """Whether the text is made of dictionary words of two characters and more."""
        return all(len(word) >= 2 for word in self._jieba.lcut(text, HMM=False))

    def edges(self, text: str) -> set[int]:
        """The positions where dictionary words begin or end."""
        return {0, *accumulate(len(word) for word in self._jieba.lcut(text, HMM=False))}
