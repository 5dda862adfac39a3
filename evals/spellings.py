"""The ways people write a number: full-width, spaced, in Chinese numerals, with characters in between that nobody sees."""

import random
from collections.abc import Callable

Spell = Callable[[str, random.Random], str]
_WIDE = {ord(c): ord(c) + 0xFEE0 for c in map(chr, range(0x21, 0x7F))}
_CHINESE = dict(zip("0123456789", "零一二三四五六七八九", strict=True))
_BY_PHONE = {**_CHINESE, "0": "〇", "1": "幺"}
HIDDEN = "\u200b\u200c\u200d\u2060\ufeff\u00ad"


def _grouped(gap: str) -> Spell:
    def spell(value: str, rng: random.Random) -> str:
        size = {11: (3, 4, 4), 18: (6, 8, 4), 15: (6, 6, 3)}.get(len(value), (4,) * 8)
        parts, at = [], 0
        for n in size:
            parts.append(value[at : at + n])
            at += n
        return gap.join(part for part in parts if part)

    return spell


def _by_character(table: dict[str, str]) -> Spell:
    return lambda value, rng: "".join(table.get(c, c) for c in value)


def _mixed(value: str, rng: random.Random) -> str:
    return "".join(rng.choice((c, _CHINESE.get(c, c), c.translate(_WIDE))) for c in value)


def _hidden(value: str, rng: random.Random) -> str:
    return "".join(c + (rng.choice(HIDDEN) if rng.random() < 0.4 else "") for c in value)


SPELLINGS: dict[str, Spell] = {
    "照写": lambda value, rng: value, "全角": lambda value, rng: value.translate(_WIDE), "零宽字符": _hidden,
    "分组空格": _grouped(" "), "分组短横": _grouped("-"), "逐字空格": lambda value, rng: " ".join(value),
    "中文数字": _by_character(_CHINESE), "幺〇": _by_character(_BY_PHONE), "混写": _mixed,
}  # fmt: skip
_NUMBERS = tuple(SPELLINGS)
_WORDS = ("照写", "全角", "零宽字符", "中文数字")


def spellings_of(kind: str) -> tuple[str, ...]:
    """The spellings in which people write a kind."""
    if kind == "姓名":
        return ("照写", "零宽字符", "逐字空格")
    if kind == "邮箱":
        return ("照写", "全角", "零宽字符")
    return _WORDS if kind == "住址" else _NUMBERS
