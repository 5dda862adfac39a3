"""Checks the case files against the library: a changed guide makes its cases stale, loudly."""

from collections import Counter
from collections.abc import Iterator, Sequence

from evals.sample import Case, Suite
from knowledge.model import Library
from knowledge.quantities import read_values
from knowledge.sources.library import load_library


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


def _case_findings(case: Case, library: Library, items: set[str], themes: set[str]) -> Iterator[str]:
    for item_id in set(case.expect.items) - items:
        yield f"{case.case_id}：事项 {item_id} 不在指南库里"
    if case.expect.theme and case.expect.theme not in themes:
        yield f"{case.case_id}：一件事 {case.expect.theme} 不在指南库里"
    known = set().union(*(_guide_values(library, i) for i in case.expect.items)) if case.expect.items else set()
    for text in case.expect.values:
        values = read_values(text)
        if not values:
            yield f"{case.case_id}：“{text}”读不出数值"
        elif missing := [v.text for v in values if v.key not in known]:
            yield f"{case.case_id}：指南里已没有{'、'.join(missing)}（{'、'.join(case.expect.items)}），题目过时或指南漏写"


def findings(suites: Sequence[Suite]) -> list[str]:
    """Every case that names what does not exist, or expects a value that no guide field holds."""
    library = load_library()
    items, themes = {g.item_id for g in library.guides}, {t.theme_id for t in library.themes}
    cases = [case for suite in suites for case in suite.cases]
    counts = Counter(case.case_id for case in cases)
    found = [f"{case_id}：编号重复" for case_id, count in counts.items() if count > 1]
    texts: dict[tuple[str, ...], str] = {}
    for case in cases:
        if texts.setdefault(case.turns, case.split) != case.split:
            found.append(f"{case.case_id}：同一问题同时出现在 dev 和 test")
        found += _case_findings(case, library, items, themes)
    return found
