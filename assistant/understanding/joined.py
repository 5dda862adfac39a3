"""Two things in one message: two matters asked side by side, or compared; two places compared."""

import re
from typing import NamedTuple

from knowledge.catalog import Catalog

_COMPARES = re.compile(
    r"区别|差别|有(?:啥|什么|哪些)不(?:同|一样)|一样[吗不么没]|是不是一(?:样|回事|码事)|一回事[吗不么]|哪个(?:更|好|快|划算|便宜|简单|省)|选哪个"
)
_AND = r"(?:和|跟|与|、|以及|还有)"
_PAIR = re.compile(
    rf"(?P<a>[^，,。？?！!；;\s和跟与、]{{2,12}}){_AND}(?P<b>[^，,。？?！!；;\s]{{2,14}}?)"
    r"(?P<rest>(?:都|分别|各自?|两个|俩|一起|一块|同时|这两|哪个|有啥|有什么|有哪些|的?区别|的?差别|是不是|一样|一回事)"
    r".*)$"
)
_THREE = re.compile(rf"{_AND}[^，,。]{{1,12}}{_AND}")
_ALSO = re.compile(r"[，,。？?；;]\s*(?:还有|另外|顺便(?:问(?:一下|下)?)?|再问(?:一下|下)?|对了)[，,]?")
_AT_ONCE = re.compile(
    r"(?:能不能|可不可以|能|可以)(?:一起|一块|同时|都)"
)  # 养老金和失业金能一起领吗: one question on both
_TOGETHER = re.compile(r"都|分别|各自?|两个|俩|一起|一块|同时|这两[个样]?")


class Joined(NamedTuple):
    """The two parts, each a question of its own, and whether they are compared."""

    first: str
    second: str
    compared: bool


def joined(text: str) -> Joined | None:
    """Two matters in one message; None when it holds one, or too much to cut in two."""
    if len(text) > 60 or _THREE.search(text):
        return None
    if (found := _PAIR.search(text)) and not _AT_ONCE.search(text):
        rest = _TOGETHER.sub("", found["rest"])
        if _COMPARES.search(found["rest"]):
            return Joined(found["a"], found["b"], True)
        before = text[: found.start()]
        return Joined(f"{before}{found['a']}{rest}", f"{before}{found['b']}{rest}", False)
    first, *others = _ALSO.split(text)
    return Joined(first, others[0], False) if len(others) == 1 else None


def elsewhere_compared(text: str, catalog: Catalog) -> str | None:
    """The place outside the province that a message compares with one inside (郑州和上海落户一样吗)."""
    if not _COMPARES.search(text):
        return None
    names = "|".join(map(re.escape, catalog.library.lexicon.elsewhere))
    beside = re.search(rf"(?P<a>{names})[市省]?{_AND}|{_AND}(?P<b>{names})", text) if names else None
    return (beside["a"] or beside["b"]) if beside else None


def places_compared(text: str, catalog: Catalog) -> tuple[str, ...]:
    """The adcodes of the two places of Henan that a message compares (郑州和洛阳一样吗); else none."""
    if not _COMPARES.search(text):
        return ()
    named: dict[int, str] = {}
    places = ((name, place.adcode) for place in catalog.library.jurisdictions for name in (place.name, *place.aliases))
    for name, adcode in sorted(places, key=lambda pair: -len(pair[0])):
        at = text.find(name)
        if at >= 0 and not any(at <= other < at + len(name) for other in named) and adcode not in named.values():
            named[at] = adcode
            text = text.replace(name, "　" * len(name))
    return tuple(named[at] for at in sorted(named)) if len(named) == 2 else ()
