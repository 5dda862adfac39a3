"""A sheet → a file: which kinds there are, and what each is called and declared as."""

from collections.abc import Callable
from typing import Literal, NamedTuple

from assistant.takeaway.ics import ics_bytes
from assistant.takeaway.pdf import pdf_bytes
from assistant.takeaway.print_page import print_page
from assistant.takeaway.sheet import Sheet

Extension = Literal["html", "pdf", "ics", "json"]


class Kind(NamedTuple):
    """How a sheet is written, and the media type of what comes out."""

    media_type: str
    write: Callable[[Sheet], bytes]


def _json(sheet: Sheet) -> bytes:
    return (sheet.model_dump_json(indent=2) + "\n").encode()


KINDS: dict[Extension, Kind] = {
    "html": Kind("text/html; charset=utf-8", lambda sheet: print_page(sheet).encode()),
    "pdf": Kind("application/pdf", pdf_bytes),
    "ics": Kind("text/calendar; charset=utf-8", ics_bytes),
    "json": Kind("application/json", _json),
}


def file_name(sheet: Sheet, extension: Extension) -> str:
    """新生儿出生一件事·办事计划·2026-11-22.pdf."""
    return f"{sheet.title}·办事计划·{sheet.as_of}.{extension}"
