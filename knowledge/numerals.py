"""Numbers written in Chinese numerals: 二十, 一百零五, 二〇二六, 两万, 三点五, 俩, 仨."""

from decimal import Decimal

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "仨": 3}
SCALES = {"十": 10, "百": 100, "千": 1000}
GROUPS = {"万": 10_000, "亿": 100_000_000}
CHINESE_NUMBER = "[零〇一二两俩仨三四五六七八九十百千万亿]+(?:点[零〇一二三四五六七八九]+)?"


def chinese_number(text: str) -> Decimal:
    """Read a number written in Chinese numerals (二十 → 20, 一百零五 → 105, 二〇二六 → 2026, 两万 → 20000, 三点五 → 3.5).

    Raises ValueError if a character is not a numeral.
    """
    if not text:
        raise ValueError("空的数字")
    whole, point, decimals = text.partition("点")
    if point:
        return chinese_number(whole) + chinese_number(decimals).scaleb(-len(decimals))
    if all(c in DIGITS for c in text):
        return Decimal("".join(str(DIGITS[c]) for c in text))
    total = section = digit = 0
    for c in text:
        if c in DIGITS:
            digit = DIGITS[c]
        elif c in SCALES:
            section += (digit or 1) * SCALES[c]
            digit = 0
        elif c in GROUPS:
            total += (section + digit or 1) * GROUPS[c]
            section = digit = 0
        else:
            raise ValueError(f"不是数字：{c}")
    return Decimal(total + section + digit)


def read_number(text: str) -> Decimal:
    """Read a number in Arabic digits (1,200; 1.5万) or in Chinese numerals. Raises ValueError."""
    plain = text.replace(",", "").strip()
    if plain[-1:] in GROUPS and plain[:1].isdigit():
        return Decimal(plain[:-1]) * GROUPS[plain[-1]]
    return Decimal(plain) if plain[:1].isdigit() else chinese_number(plain)
