"""Homophone typos in a question (身份正 → 身份证, 互照 → 护照), mended only where no real word stood."""

from collections.abc import Iterable

from pypinyin import lazy_pinyin

from knowledge.index.tokens import Tokens

LONGEST = 8


class Homophones:
    """Library words by their sound."""

    def __init__(self, words: Iterable[str], tokens: Tokens) -> None:
        self._tokens = tokens
        self._by_sound: dict[tuple[str, ...], str] = {}
        for word in words:
            if 2 <= len(word) <= LONGEST:
                self._by_sound.setdefault(tuple(lazy_pinyin(word)), word)
        self._words = frozenset(self._by_sound.values())

    def mend(self, text: str) -> str:
        """Replace each stretch that sounds like a library word and is no word itself, longest first.

        A stretch begins and ends where words do, so that 请假|照顾 never yields 驾照.
        """
        sounds = [lazy_pinyin(c)[0] for c in text]
        edges = self._tokens.edges(text)
        for size in range(min(LONGEST, len(text)), 1, -1):
            for start in range(len(text) - size + 1):
                window = text[start : start + size]
                word = self._by_sound.get(tuple(sounds[start : start + size]))
                if word and word != window and {start, start + size} <= edges and not self._is_word(window):
                    text = text[:start] + word + text[start + size :]
        return text

    def _is_word(self, window: str) -> bool:
        """A stretch made of known words only is not a typo; half of it unknown is."""
        return window in self._words or self._tokens.knows(window) or self._tokens.all_known(window)
