"""Places in a text: Henan's by name and everyday name, and places outside that the library does not cover."""

import re
from functools import lru_cache
from typing import NamedTuple

from knowledge.catalog import Catalog

# 去香港、到北京看病: a destination of the matter, not the place whose rules are asked.
_DESTINATION = re.compile(r"(?:去|到|往|飞|来|转(?:到|去|往)?|迁(?:到|去|往)?|调(?:到|去)?|嫁(?:到|去)?)$")
# 在上海住院、人在广东打工: she is away; her matter may still be Henan's.
_AWAY = re.compile(r"(?:人在|现在在|住在|在)$")
HOME = re.compile(
    r"河南(?!.{0,2}(?:以外|之外))|老家|户口在(?!外)|户籍(?:在|是)|我们(?:这|省)|咱(?:这|们这|省)|本省|省内"
)


class Places(NamedTuple):
    """What a text says of places: a Henan adcode, places elsewhere whose rules are asked, the text without Henan's."""

    adcode: str | None
    elsewhere: tuple[str, ...]
    rest: str


@lru_cache(maxsize=4)
def _names(catalog: Catalog) -> tuple[tuple[str, str], ...]:
    pairs = {(name, j.adcode) for j in catalog.library.jurisdictions for name in (j.name, *j.aliases)}
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


def find_places(text: str, catalog: Catalog) -> Places:
    """Read the places of a text, longest name first; the last Henan place named wins (郑州呢？洛阳呢？)."""
    found: list[tuple[int, str]] = []
    rest = text
    for name, code in _names(catalog):
        at = rest.rfind(name)
        if at >= 0:
            found.append((at, code))
            rest = rest.replace(name, "　" * len(name))
    specific = [(at, code) for at, code in found if code != "410000"]
    adcode = max(specific or found)[1] if found else None
    there = re.compile(rf"({'|'.join(catalog.library.lexicon.elsewhere)}).{{0,8}}(?:那边|那里|当地)")
    home = adcode is not None or (bool(HOME.search(text)) and not there.search(text))
    asked = [name for name in catalog.library.lexicon.elsewhere if not home and _asks_for(name, rest)]
    return Places(adcode, tuple(asked), re.sub(r"　+", " ", rest))


def _asks_for(name: str, text: str) -> bool:
    """Whether any mention of a place outside is neither a destination nor a mere stay."""
    return any(
        not _DESTINATION.search(text[: m.start()]) and not _is_stay(text[: m.start()], text[m.end() :])
        for m in re.finditer(re.escape(name), text)
    )


def _is_stay(before: str, after: str) -> bool:
    """在上海住院/打工/上学 tells where she is; 在上海办居住证 asks for Shanghai's rules."""
    return bool(_AWAY.search(before)) and bool(
        re.match(r"市?(?:住院|看病|就医|生病|打工|上班|工作|上学|做手术|治病|干活|带孙|带娃|养老)", after)
    )
