"""One row of cells → one draft, and for every field whether it was understood, kept as text or empty."""

import hashlib
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Literal, NamedTuple

from knowledge.quantities import normalize
from knowledge.sources import reading
from knowledge.sources.decoding import visible
from knowledge.sources.draft import Draft, DraftLimit, Origin
from knowledge.sources.html_text import looks_like_html, visible_lines
from knowledge.sources.mapping import Column, Columns, Mapping
from knowledge.sources.phones import read_phones

Outcome = Literal["understood", "kept", "empty"]
Reader = Callable[[str], Any]

# A catalogue says the same short things again and again; long texts are not worth the memory.
REMEMBERED, SHORT = 20_000, 80

NOTHING = frozenset("无 暂无 没有 / \\ - -- — —— 无。 空 null none nan n/a 无要求 无相关信息 暂无信息".split())
NO_WINDOW = frozenset({"无线下办理窗口", "不设窗口", "无窗口"})
_BARE_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{5,63}")
_ADCODE = re.compile(r"(\d{6})(?:\d{3}|\d{6})?")
_PLACE_LABEL = re.compile("^(?:办理地点|办理地址|地址|窗口地址) ?[:：] ?")
_PLACE = re.compile("[号室楼座层街路道院栋区]|窗口|中心|大厅|派出所|村委|社区")
_SEVERAL = re.compile("[\n,，、;；]+")


def _several(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part for part in map(str.strip, _SEVERAL.split(text)) if part and part not in NOTHING))


def _place(text: str) -> str | None:
    if text in NO_WINDOW:
        return text
    bare = _PLACE_LABEL.sub("", text)
    return bare if _PLACE.search(bare) else None


def _adcode(text: str) -> str | None:
    match = _ADCODE.fullmatch(normalize(text))
    return match[1] if match else None


# Fields whose text is read into a value; None from a reader means: not understood.
TYPED: dict[str, Reader] = {
    "jurisdiction": _adcode,
    "statutory_limit": lambda text: reading.read_limits(text, "statutory"),
    "promised_limit": lambda text: reading.read_limits(text, "promised"),
    "stated_limits": reading.read_limits,
    "charged": reading.read_flag, "bookable": reading.read_flag, "courier": reading.read_flag,
    "fees": reading.read_fees, "visits": reading.read_visits, "forms": reading.read_forms,
    "url": reading.read_url, "booking_url": reading.read_url, "location": _place,
    "consult_phones": read_phones, "complaint_phones": read_phones,
}  # fmt: skip
# Fields that are copied, some of them as lists.
COPIED: dict[str, Reader] = {
    "aliases": _several, "sayings": _several, "audience": _several, "results": _several,
    "materials": reading.read_materials,
} | dict.fromkeys(
    "code basic_code name item_type category authority partners conditions steps validity basis faq platform hours".split(),
    str,
)  # fmt: skip
LIMITS = ("statutory_limit", "promised_limit", "stated_limits")


class Made(NamedTuple):
    """What a row became: a draft, or the reason why not; and what happened to each field."""

    draft: Draft | None
    reason: str
    outcomes: dict[str, tuple[Outcome, str]]


@lru_cache(maxsize=REMEMBERED)
def _clean_short(cell: str) -> str:
    return _clean_any(cell)


def _clean_any(cell: str) -> str:
    text = "\n".join(" ".join(line) for line in visible_lines(cell)) if looks_like_html(cell) else cell
    return visible(text)


@lru_cache(maxsize=REMEMBERED)
def _read_short(field: str, text: str) -> Any:
    return _reader(field)(text)


def _reader(field: str) -> Reader:
    return TYPED.get(field) or COPIED[field]


def _clean(cell: str) -> str:
    return _clean_short(cell) if len(cell) <= SHORT else _clean_any(cell)


def _read(field: str, text: str) -> Any:
    return _read_short(field, text) if len(text) <= SHORT else _reader(field)(text)


def _value(cells: dict[str, str], columns: tuple[Column, ...], nothing: frozenset[str]) -> str:
    parts = []
    for column in columns:
        text = _clean(cells.get(column.header, ""))
        if text and text.casefold() not in nothing:
            parts.append(text + column.unit if column.unit and _BARE_NUMBER.fullmatch(text) else text)
    glue = "" if parts and _BARE_NUMBER.fullmatch(parts[0]) else "\n"
    return glue.join(parts)


def make_draft(cells: dict[str, str], columns: Columns, mapping: Mapping, origin: Origin, adcode: str | None) -> Made:
    """Read one row. `adcode` stands in where the row names no place."""
    nothing = NOTHING | frozenset(mapping.empty)
    texts = {
        field: next((text for option in options if (text := _value(cells, option, nothing))), "")
        for field, options in columns.fields.items()
    }
    if not any(texts.values()):
        return Made(None, "空行", {})
    if not texts.get("name"):
        return Made(None, "没有事项名称", {})
    values: dict[str, Any] = {}
    outcomes: dict[str, tuple[Outcome, str]] = {}
    unread = {}
    for field, text in texts.items():
        value = _read(field, text) if text else None
        outcomes[field] = ("empty" if not text else "understood" if value is not None else "kept", text)
        if value is not None:
            values[field] = value
        elif text:
            unread[field] = text
    place = values.pop("jurisdiction", None) or adcode
    if place is None:
        return Made(None, "没有地区代码，用 --jurisdiction 指定一个", {})
    limits: tuple[DraftLimit, ...] = tuple(limit for field in LIMITS for limit in values.pop(field, ()))
    if limits:
        values["limits"] = limits
    if unread:
        values["unread"] = unread
    draft = Draft(
        draft_id=_identity(values, place), jurisdiction=place, system=mapping.mapping_id, origins=(origin,), **values
    )
    return Made(draft, "", outcomes)


def _identity(values: dict[str, Any], place: str) -> str:
    """The official code when it is one; else a digest of name, authority and place, equal for equal items."""
    code = values.get("code", "")
    if _CODE.fullmatch(code):
        return str(code)
    named = "\x1f".join([place, values["name"], values.get("authority", ""), code])
    return "d" + hashlib.sha256(named.encode()).hexdigest()[:20]
