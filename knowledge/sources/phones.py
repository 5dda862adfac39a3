"""Free text → phone numbers that can be dialled; a cell with anything else in it is not understood."""

import re

from knowledge.quantities import normalize
from knowledge.sources.draft import DraftPhone

_DASH = re.compile(r"\s*[-–—−－‐]\s*")
_BRACKETED_AREA = re.compile(r"\((0\d{2,3})\)\s*-?")
_PART = re.compile(r"[,，、;；/\n]+|或者?(?:拨打)?")
_LABEL = re.compile(r"(?P<label>[一-鿿]{1,14}):")
_WORDS = re.compile("(?:请)?(?:拨打)?(?:业务|窗口|监督|咨询|投诉|举报|联系|服务|查询)*(?:电话|热线|号码|电话号码)?:?")
_AREA = "0(?:10|2\\d|[3-9]\\d{2})"
_NUMBER = re.compile(
    rf"(?P<number>(?P<area>{_AREA})-(?:1[12]\d{{3}}|9[56]\d{{3,4}})"  # a hotline with its area code: 020-12345
    r"|(?:1(?:10|19|20|22)|1[12]\d{3}|9[56]\d{3,4})"
    r"|(?P<big>0(?:10|2\d))-?[2-8]\d{7}|(?P<small>0[3-9]\d{2})-?[2-8]\d{6,7}"
    r"|1[3-9]\d{9}|[48]00-?\d{3}-?\d{4}|[48]00-\d{4}-\d{3}|(?P<local>[2-8]\d{6,7}))"
    r"(?:(?:-|转|\s*转\s*)(?P<extension>\d{1,5}(?:-\d{1,2}){0,2}))?"
)


def read_phones(text: str) -> tuple[DraftPhone, ...] | None:
    """`020-12345`, `省厅：020-86351219、86351130`, `12333转9` → phones; a local number inherits the area code before it."""
    folded = _BRACKETED_AREA.sub(r"\1-", _DASH.sub("-", normalize(text)).strip("。. "))
    phones: list[DraftPhone] = []
    area = ""
    for part in filter(None, (p.strip(" 。.") for p in _PART.split(folded))):
        label = _LABEL.match(part)
        match = _NUMBER.fullmatch(_WORDS.sub("", part[label.end() :] if label else part, count=1).strip())
        if not match or (match["local"] and len(match["local"]) != _length(area)):
            return None
        area = match["area"] or match["big"] or match["small"] or area
        number = f"{area}-{match['local']}" if match["local"] else match["number"]
        named = _WORDS.sub("", label["label"], count=1) if label else ""
        phones.append(DraftPhone(number=number, extension=match["extension"], label=named))
    return tuple(phones) or None


def _length(area: str) -> int:
    """How many digits a local number has under an area code; 0 without one."""
    return 0 if not area else 8 if re.fullmatch("0(?:10|2\\d)", area) else 7
