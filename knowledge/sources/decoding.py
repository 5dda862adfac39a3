"""Bytes → text for files of unknown encoding, and the removal of characters that nobody can see."""

import codecs
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from knowledge.errors import SourceRefused

CHUNK = 1 << 20
SAMPLE = 4 << 20
# Of the double-byte characters of real GB text nearly all are punctuation or the 3,755 common Hanzi.
LIKELY_GB = 0.7
_GB_PAIR = re.compile(rb"[\x81-\xfe][\x30-\x39\x40-\x7e\x80-\xfe]")
_GB_COMMON = re.compile(rb"[\xa1-\xa3\xb0-\xd7][\xa1-\xfe]")
# Controls, zero-width and direction marks, tag and variation characters, lone surrogates.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
_BLANKS = re.compile("[\t\x0b\x0c\x85\xa0\u2000-\u200a\u3000 ]+")
_LINES = re.compile(r" ?\n[ \n]*")


class Decoding(NamedTuple):
    """The encoding that a whole file was proved to be in, and how many line ends it has."""

    encoding: str
    lines: int


def visible(text: str) -> str:
    """The text as a reader sees it: no control or zero-width characters, single blanks, no empty lines."""
    text = _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n"))
    return _LINES.sub("\n", _BLANKS.sub(" ", text)).strip()


def detect(path: Path) -> Decoding:
    """Read the file once and prove its encoding: UTF-8, UTF-16 with a mark, or GB18030. Raises SourceRefused."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    elif b"\0" in head:
        raise SourceRefused(path.name, "内容不是文字，或是没有标记的 UTF-16；请另存为 UTF-8 文本")
    else:
        candidates = ["utf-8-sig", "gb18030"]
    for encoding in candidates:
        lines = _decodes(path, encoding)
        if lines is not None and (encoding != "gb18030" or _looks_like_gb(path)):
            return Decoding(encoding, lines)
    raise SourceRefused(path.name, "既不是 UTF-8 也不是 GB18030（GBK）编码，或者在中途损坏；请另存为 UTF-8")


def open_text(path: Path, encoding: str) -> io.TextIOWrapper:
    """The file as a stream of text with its line ends untouched."""
    return path.open(encoding=encoding, newline="")


def chunks(path: Path) -> Iterator[bytes]:
    """The bytes of a file, a mebibyte at a time."""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _decodes(path: Path, encoding: str) -> int | None:
    decoder, lines = codecs.getincrementaldecoder(encoding)("strict"), 0
    try:
        for chunk in chunks(path):
            lines += decoder.decode(chunk).count("\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return None
    return lines


def _looks_like_gb(path: Path) -> bool:
    with path.open("rb") as file:
        pairs = _GB_PAIR.findall(file.read(SAMPLE))
    return bool(pairs) and sum(bool(_GB_COMMON.fullmatch(p)) for p in pairs) / len(pairs) >= LIKELY_GB
