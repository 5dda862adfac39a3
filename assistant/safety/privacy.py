"""Masks personal data on arrival: what is stored, logged, traced or sent on never holds it.

A message is read twice, as it stands and with Chinese numerals as digits, by the rules of `personal.py`. The mask keeps
the kind only; nothing can be restored from it.
"""

import unicodedata
from typing import NamedTuple

from assistant.safety.personal import NUMBERS, WORDS, Rule

_INVISIBLE = dict.fromkeys(
    [
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2065),
        0xFEFF,
        0xAD,
        *range(0xFE00, 0xFE10),
        *range(0xE0000, 0xE0200),
    ]
)
_AS_DIGITS = str.maketrans("零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖洞拐", "000123456789112345678907")


class Masked(NamedTuple):
    """The text without personal data, and which kinds were in it."""

    text: str
    kinds: tuple[str, ...]


def fold(text: str) -> str:
    """NFKC, without invisible and control characters: what every later step reads."""
    folded = unicodedata.normalize("NFKC", text).translate(_INVISIBLE)
    return "".join(c if c == "\n" or unicodedata.category(c) != "Cc" else " " for c in folded)


def mask(text: str) -> Masked:
    """Fold the text and replace every piece of personal data by its kind in brackets."""
    kinds: list[str] = []
    result = fold(text)
    for rule in NUMBERS:
        result = _hide(rule, result, result, kinds)
    for rule in NUMBERS:
        result = _hide(rule, result, result.translate(_AS_DIGITS), kinds)
    for rule in WORDS:
        result = _hide(rule, result, result, kinds)
    return Masked(result, tuple(dict.fromkeys(kinds)))


def _hide(rule: Rule, text: str, read: str, kinds: list[str]) -> str:
    """The text with each match of a rule in its reading (of the same length) replaced by the rule's kind."""
    parts, done = [], 0
    for match in rule.pattern.finditer(read):
        if rule.holds(match):
            start, end = rule.span(match)
            parts += [text[done:start], f"【{rule.kind}已隐去】"]
            done = end
            kinds.append(rule.kind)
    return "".join((*parts, text[done:]))
