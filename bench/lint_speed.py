"""`python -m bench.lint_speed [COUNT…]`: how long 体检 takes on a library of so many guides, and how it grows."""

import resource
import sys
import time
from datetime import date

from knowledge.lint.rules import lint
from knowledge.model import Guide, Library
from knowledge.sources.library import load_library

DAY = date(2026, 11, 22)


def replicated(library: Library, count: int) -> Library:
    """The shipped guides again and again: every place of the province, then under new names."""
    places = [place.adcode for place in library.jurisdictions]
    originals = library.guides
    guides = []
    for index in range(count):
        guide = originals[index % len(originals)]
        turn, place = divmod(index // len(originals), len(places))
        guides.append(_again(guide, places[place], turn))
    return library.model_copy(update={"guides": tuple(guides)})


def _again(guide: Guide, adcode: str, turn: int) -> Guide:
    if not turn:
        return guide.model_copy(update={"jurisdiction": adcode})
    mark = f"（第{turn}类）"
    named = {
        "item_id": f"{guide.item_id}-{turn}", "name": guide.name + mark, "jurisdiction": adcode, "family": None,
        "aliases": tuple(a + mark for a in guide.aliases), "sayings": tuple(s + mark for s in guide.sayings),
        "steps": (guide.steps[0].model_copy(update={"text": guide.steps[0].text + mark}), *guide.steps[1:]),
    }  # fmt: skip
    return guide.model_copy(update=named)


def main(counts: list[int]) -> int:
    """Print one line a size."""
    library = load_library()
    sys.stdout.write("指南份数      秒  CPU秒  CPU毫秒/份  错误    提醒  内存峰值MB\n")
    for count in counts:
        large = replicated(library, count)
        start, cpu = time.perf_counter(), time.process_time()
        found = lint(large, DAY)
        seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
        errors = sum(f.severity == "error" for f in found)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        line = f"{count:>8}{seconds:>8.1f}{cpu:>7.1f}{cpu / count * 1000:>10.3f}{errors:>8}{len(found) - errors:>8}{memory:>10}\n"
        sys.stdout.write(line)
    return 0


if __name__ == "__main__":
    raise SystemExit(main([int(word) for word in sys.argv[1:]] or [2262, 200_000]))
