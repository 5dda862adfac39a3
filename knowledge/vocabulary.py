"""Names of papers as agencies and people write them → document kinds. Look-alikes stay apart: a name must be known."""

from collections import defaultdict
from collections.abc import Sequence

from knowledge.model import DocumentKind
from knowledge.paper_names import (
    abbreviates,
    canonical,
    either,
    exact,
    forms,
    named_in_brackets,
    owner,
    plain,
    qualifies,
)

OWN, ALIAS = 4, 6  # names at least so long mean their paper behind other words; 卫生许可证 may be of anything


class Vocabulary:
    """The document kinds by every name they go by."""

    def __init__(self, documents: Sequence[DocumentKind]) -> None:
        named = [(name, document.kind_id) for document in documents for name in (document.name, *document.aliases)]
        self._kinds: dict[str, str] = {}
        for spelling in (exact, plain):
            for name, kind in named:
                self._kinds.setdefault(spelling(name), kind)
        meant: dict[str, set[str]] = defaultdict(set)
        for name, kind in named:
            for form in either(exact(name)):
                meant[canonical(form)].add(kind)
                meant[canonical(plain(form))].add(kind)
        self._owners = {document.kind_id: owner(document.name) for document in documents}
        own = {(document.name, document.kind_id) for document in documents}
        self._behind = {
            spelled: kind
            for name, kind in named
            if len(spelled := canonical(name)) >= (OWN if (name, kind) in own else ALIAS)
        }
        self._canonical = {form: kinds.pop() for form, kinds in meant.items() if len(kinds) == 1}

    def kind_named(self, name: str) -> str | None:
        """The kind that a name means, or None when it means none, more than is said, or another owner's (单位银行账户)."""
        kind = self._nearest(name)
        whose = {owner(exact(name)), self._owners.get(kind or "")} - {None}
        return kind if len(whose) < 2 else None

    def _nearest(self, name: str) -> str | None:
        written = list(forms(name))
        for form in written:
            if kind := self._kinds.get(form) or self._canonical.get(canonical(form)):
                return kind
        spelled = [canonical(form) for form in (written[0], written[1], written[-1])]
        if kind := self._abbreviated(spelled[-1]) or next(filter(None, map(self._qualified, spelled)), None):
            return kind
        inner = named_in_brackets(name)
        return self._kinds.get(plain(inner)) if inner else None

    def _abbreviated(self, short: str) -> str | None:
        kinds = {kind for full, kind in self._canonical.items() if abbreviates(short, full)}
        return kinds.pop() if len(kinds) == 1 else None

    def _qualified(self, long: str) -> str | None:
        names = [name for name in self._behind if qualifies(long, name)]
        return self._behind[max(names, key=len)] if names else None

    def kinds_in(self, text: str) -> list[str]:
        """The kinds that a sentence names, in order; the longest name at each place counts."""
        found, rest = [], exact(text)
        names = sorted((n for n in self._kinds if len(n) > 1), key=len, reverse=True)
        while rest:
            name = next((n for n in names if rest.startswith(n)), None)
            if name:
                found.append(self._kinds[name])
            rest = rest[len(name) if name else 1 :]
        return list(dict.fromkeys(found))
