"""Checks the case files against the library: a changed guide makes its cases stale, loudly."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Sequence

from evals.sample import Case, Suite
from knowledge.model import Library
from knowledge.quantities import read_values


def _guide_values(library: Library, item_id: str) -> set[object]:
    guides = [g for g in library.guides if g.item_id == item_id]
    text = " ".join(g.model_dump_json() for g in guides)
    typed = " ".join(
        str(x) for g in guides for x in [*(f.amount for f in g.fees), *(limit.within for limit in g.limits)]
    )
    free = "免费" if any(f.amount is not None and f.amount.amount == 0 for g in guides for f in g.fees) else ""
    refs = {ref for g in guides for item in _cited(g.model_dump()) for ref in item}
    clauses = " ".join(t for b in library.bases for key, t in b.articles.items() if f"{b.basis_id}#{key}" in refs)
    return {v.key for v in read_values(f"{text} {typed} {free} {clauses}")}


def _cited(value: object) -> Iterator[tuple[str, ...]]:
    if isinstance(value, dict):
        if isinstance(value.get("basis"), tuple | list):
            yield tuple(value["basis"])
        for part in value.values():
            yield from _cited(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _cited(part)


class Shelf:
    """The library as gold pointers name it."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.items = {g.item_id for g in library.guides}
        self.themes = {t.theme_id: t for t in library.themes}
        self.places = {j.adcode for j in library.jurisdictions}
        self._guides = {g.guide_id: g for g in library.guides}

    def digest(self, pointer: str) -> str | None:
        """The digest of what `adcode/item#field` or `theme:id` points at; None when there is no such thing."""
        if pointer.startswith("theme:"):
            theme = self.themes.get(pointer.removeprefix("theme:"))
            return (
                _digest([item.model_dump(mode="json", exclude_defaults=True) for item in theme.items])
                if theme
                else None
            )
        guide_id, _, field = pointer.partition("#")
        guide = self._guides.get(guide_id)
        if guide is None or field not in type(guide).model_fields:
            return None
        return _digest(guide.model_dump(mode="json", include={field}, exclude_defaults=True))


def _digest(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def _case_findings(case: Case, shelf: Shelf) -> Iterator[str]:
    for item_id in {*case.expect.items, *case.expect.planned} - shelf.items:
        yield f"{case.case_id}：事项 {item_id} 不在指南库里"
    if case.expect.theme and case.expect.theme not in shelf.themes:
        yield f"{case.case_id}：一件事 {case.expect.theme} 不在指南库里"
    if case.expect.place and case.expect.place not in shelf.places:
        yield f"{case.case_id}：没有地区 {case.expect.place}"
    for pointer, digest in case.gold.items():
        now = shelf.digest(pointer)
        if now is None:
            yield f"{case.case_id}：指南库里没有 {pointer}"
        elif now != digest:
            yield f"{case.case_id}：{pointer} 已经改过，请看题目还对不对（对就 evals lint-data --renew {case.case_id}）"
    known = set().union(*(_guide_values(shelf.library, i) for i in case.expect.items)) if case.expect.values else set()
    for text in case.expect.values:
        values = read_values(text)
        if not values:
            yield f"{case.case_id}：“{text}”读不出数值"
        elif case.expect.items and (missing := [v.text for v in values if v.key not in known]):
            yield f"{case.case_id}：指南里已没有{'、'.join(missing)}（{'、'.join(case.expect.items)}），题目过时或指南漏写"


def findings(suites: Sequence[Suite], library: Library) -> list[str]:
    """Every case that names what does not exist, expects a value that no guide field holds, or was written for another text."""
    shelf = Shelf(library)
    cases = [case for suite in suites for case in suite.cases]
    counts = Counter(case.case_id for case in cases)
    found = [f"{case_id}：编号重复" for case_id, count in counts.items() if count > 1]
    texts: dict[tuple[str, ...], str] = {}
    for case in cases:
        if texts.setdefault(case.turns, case.split) != case.split:
            found.append(f"{case.case_id}：同一问题同时出现在 dev 和 test")
        found += _case_findings(case, shelf)
    return found


def renewed(text: str, case_ids: set[str], library: Library) -> str:
    """A suite file with the digests of these cases (all, without any) as the library is now; the rest byte for byte."""
    shelf = Shelf(library)
    lines = []
    for line in text.splitlines(keepends=True):
        row = json.loads(line)
        if row.get("gold") and (not case_ids or row["case_id"] in case_ids):
            row["gold"] = {pointer: shelf.digest(pointer) or digest for pointer, digest in row["gold"].items()}
            line = json.dumps(row, ensure_ascii=False) + "\n"
        lines.append(line)
    return "".join(lines)
