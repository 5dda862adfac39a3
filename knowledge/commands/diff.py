"""`python -m knowledge diff A B`: what changed, for the person who must know before publishing."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from knowledge.catalog import Catalog
from knowledge.comparing import Change, Difference, compare_guides, compare_libraries
from knowledge.errors import GuideNotFound
from knowledge.index.generation import GenerationStore
from knowledge.sources.library import load_library

WORKING = "library"  # names the library folder, as opposed to a numbered generation


def diff_text(first: str, second: str, data: Path, folder: Path) -> str:
    """The differences between two generations (numbers, or `library` for the folder) or between two guide ids."""
    guides = ["/" in word for word in (first, second)]
    if all(guides):
        return _guides_text(first, second, Catalog(load_library(folder)))
    if any(guides):
        raise GuideNotFound("diff 的两边要同是版本号（或 library），或同是指南编号，例如 410000/id-card-reissue")
    before, after = (_catalog(word, data, folder) for word in (first, second))
    return _libraries_text(tuple(compare_libraries(before, after)))


def _catalog(word: str, data: Path, folder: Path) -> Catalog:
    if word == WORKING:
        return Catalog(load_library(folder))
    if not word.isdecimal():
        raise GuideNotFound(f"“{word}”不是版本号，也不是 library 或指南编号（例如 410000/id-card-reissue）")
    return GenerationStore(data).catalog(int(word))


def _guides_text(first: str, second: str, catalog: Catalog) -> str:
    old, new = catalog.guide(first), catalog.guide(second)
    changes = compare_guides(old, new, catalog, catalog)
    title = f"{old.name}（{first}）→ {new.name}（{second}）"
    return "\n".join([title, *_change_lines(changes), f"合计：{len(changes)}处不同。" if changes else "没有不同。"])


def _libraries_text(differences: tuple[Difference, ...]) -> str:
    lines = [line for difference in differences for line in _difference_lines(difference)]
    counts = Counter(difference.kind for difference in differences)
    touched = sum(len(difference.changes) for difference in differences if difference.kind == "改动")
    total = f"合计：新增{counts['新增']}份，删去{counts['删去']}份，改动{counts['改动']}份（{touched}处）。"
    return "\n".join([*lines, total]) if differences else "没有不同。"


def _difference_lines(difference: Difference) -> Iterator[str]:
    what = {"theme": "一件事", "basis": "依据"}.get(difference.key.partition(":")[0], "指南")
    version = f"，接替 {difference.successor_of}，与它相比" if difference.successor_of else ""
    yield f"{difference.kind}{what} {difference.title}（{difference.key}）{version}"
    yield from _change_lines(difference.changes)


def _change_lines(changes: tuple[Change, ...]) -> Iterator[str]:
    for change in changes:
        said = f"{change.old} → {change.new}" if change.kind == "改动" else change.old or change.new
        yield f"  {change.kind}【{change.heading}】{said}"
