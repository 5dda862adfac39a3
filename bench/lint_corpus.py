"""`python -m bench.lint_corpus`: what share of planted defects each rule finds, and how often it fires on the library."""

import sys
from collections import Counter
from datetime import date
from typing import NamedTuple

from bench.planting import plant, seeds
from knowledge.lint.rules import RULES, lint
from knowledge.model import Library
from knowledge.sources.library import load_library

DAY = date(2026, 11, 22)


class Row(NamedTuple):
    """One rule: how many defects were planted, how many found, and how often it fires on the library as it is."""

    rule: str
    severity: str
    planted: int
    found: int
    missed: tuple[str, ...]
    on_library: int

    @property
    def recall(self) -> float:
        """The share of the planted defects that were found."""
        return self.found / self.planted if self.planted else 0.0


def table(library: Library) -> list[Row]:
    """Plant each seed alone and see whether its rule says something new, in the right file."""
    clean = lint(library, DAY)
    before = {(f.rule, f.file, f.field, f.problem) for f in clean}
    fires = Counter(f.rule for f in clean)
    planted = seeds()
    rows = []
    for name, severity in {rule.card.name: rule.card.severity for rule in RULES}.items():
        rules = [rule for rule in RULES if rule.card.name == name]
        missed = []
        for seed in planted.get(name, []):
            broken, file = plant(library, seed)
            new = {f.file for f in lint(broken, DAY, rules) if (name, f.file, f.field, f.problem) not in before}
            if not (file in new if file else new):
                missed.append(str(seed))
        count = len(planted.get(name, []))
        rows.append(Row(name, severity, count, count - len(missed), tuple(missed), fires[name]))
    return rows


def main() -> int:
    """Print the table; fail if a rule misses more than one defect in twenty or calls an error in the library."""
    rows, planted_beyond = table(load_library()), seeds()["beyond"]
    out = [f"{'规则':<24}{'级别':<9}植入  找到  召回率  本库处数"]
    out += [f"{r.rule:<25}{r.severity:<10}{r.planted:>4}{r.found:>6}{r.recall:>8.0%}{r.on_library:>8}" for r in rows]
    out += [f"  漏掉 {r.rule}：{seed}" for r in rows for seed in r.missed]
    out += [f"  测不出：{seed['why']}（{seed['guide']}）" for seed in planted_beyond]
    errors = sum(r.on_library for r in rows if r.severity == "error")
    total = sum(r.planted for r in rows)
    out.append(f"规则 {len(rows)} 条，植入 {total} 处，找到 {sum(r.found for r in rows)} 处；本库误报错误 {errors} 处")
    sys.stdout.write("\n".join(out) + "\n")
    return 0 if errors == 0 and all(r.recall >= 0.95 for r in rows) else 1


if __name__ == "__main__":
    raise SystemExit(main())
