"""Names of papers as agencies and people write them → document kinds. Look-alikes stay apart: a name must be known."""

import re
import unicodedata
from collections.abc import Iterable, Iterator

from knowledge.model import DocumentKind

_BRACKETS = re.compile(r"[（(【\[][^（）()【】\[\]]*[）)】\]]$")
_TITLE = re.compile(r"[《》“”\"\s]")
_WHOSE = re.compile(r"^(?:本人|双方|夫妻双方|夫妻|全家|家庭|父母双方|申请人|当事人|办事人|参保人|中华人民共和国|居民|有效的?|单位|企业|个人|婴儿|儿童|新生儿|近期|一寸|二寸|两寸|彩色)的?")  # fmt: skip
_HOW = re.compile(
    r"(?:原件(?:[及和、]?复印件)?|复印件|正副本|正本|副本|正反面|首页|本人页|扫描件|电子[件版]|纸质件|凭证|书|[一二三两\d]+[份张])$"
)


def plain(name: str) -> str:
    """A name without marks, and without what says only how it is handed in."""
    name = _TITLE.sub("", unicodedata.normalize("NFKC", name))
    while (shorter := _HOW.sub("", _BRACKETS.sub("", name))) != name and len(shorter) > 1:
        name = shorter
    return name


class Vocabulary:
    """The document kinds by every name they go by."""

    def __init__(self, documents: Iterable[DocumentKind]) -> None:
        self._kinds: dict[str, str] = {}
        for document in documents:
            for name in (document.name, *document.aliases):
                self._kinds.setdefault(_exact(name), document.kind_id)
        for document in documents:
            for name in (document.name, *document.aliases):
                self._kinds.setdefault(plain(name), document.kind_id)

    def kind_named(self, name: str) -> str | None:
        """The kind that a name means, or None when it means none or more than is said."""
        return next((self._kinds[form] for form in _forms(name) if form in self._kinds), None)

    def kinds_in(self, text: str) -> list[str]:
        """The kinds that a sentence names, in order; the longest name at each place counts."""
        found, rest = [], _exact(text)
        names = sorted((n for n in self._kinds if len(n) > 1), key=len, reverse=True)
        while rest:
            name = next((n for n in names if rest.startswith(n)), None)
            if name:
                found.append(self._kinds[name])
            rest = rest[len(name) if name else 1 :]
        return list(dict.fromkeys(found))


def _exact(name: str) -> str:
    return _TITLE.sub("", unicodedata.normalize("NFKC", name))


def _forms(name: str) -> Iterator[str]:
    """The name as written, then without how it is handed in, then without whose it is."""
    yield _exact(name)
    short = plain(name)
    yield short
    while (shorter := _WHOSE.sub("", short)) != short and len(shorter) > 1:
        short = shorter
        yield short
