"""`python -m knowledge stale`: what each authority should check again."""

from datetime import date
from itertools import groupby
from pathlib import Path

from knowledge.catalog import Catalog
from knowledge.sources.library import load_library
from knowledge.staleness import stale

DAYS = 180


def stale_text(folder: Path, today: date, days: int = DAYS) -> str:
    """Guides and life events to check again, by authority, each with the reasons."""
    catalog = Catalog(load_library(folder))
    found = stale(catalog, today, days)
    lines: list[str] = []
    for authority, group in groupby(found, key=lambda one: one.authority):
        members = list(group)
        lines.append(f"{authority}（{len(members)}份）")
        lines += [f"  {one.name}（{one.key}）：{'；'.join(one.reasons)}" for one in members]
    total = len(catalog.guides) + len(catalog.library.themes)
    lines.append(f"合计：{len(found)}份要复核，共{total}份（按 {today}，超过{days}天未核对算旧）。")
    return "\n".join(lines)
