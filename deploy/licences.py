"""What pip-licenses found → one page by family, and a fault for a licence that nobody has looked at.

`pip-licenses --format=json … | python deploy/licences.py docs/licences.md`; exit code 1 when a package has none we know.
"""

import json
import re
import sys
from collections import defaultdict
from pathlib import Path

# family → what its licences say of themselves (lower case), and what it asks of whoever passes the program on
FAMILIES = {
    "LGPL": (("lgpl", "lesser general public"), "原样引用、没有改动；换用自己的版本只要重装这个包"),
    "MPL-2.0": (("mpl", "mozilla"), "没有改动它的文件；改了才要公开那几个文件"),
    "Apache-2.0": (("apache",), "随附许可文本和 NOTICE"),
    "BSD": (("bsd",), "随附许可文本"),
    "MIT、ISC、PSF": (("mit", "isc", "psf"), "随附许可文本"),
}
HEAD = """# 许可清单

运行所需的 {count} 个包（`requirements.lock`），由 `make licences` 从各包自带的说明生成。本程序：Apache-2.0；内置模型 multilingual-e5-small：MIT。

| 许可 | 要做什么 | 包 |
|---|---|---|
"""


def family_of(licence: str) -> str | None:
    """The strictest family that a licence names; None for one that is not known."""
    said = licence.lower()
    return next((name for name, (marks, _) in FAMILIES.items() if re.search(rf"\b({'|'.join(marks)})", said)), None)


def page(found: list[dict[str, str]]) -> str:
    """The page. Raises ValueError naming the packages whose licence is not known."""
    if unknown := [f"{row['Name']}（{row['License'][:40]}）" for row in found if not family_of(row["License"])]:
        raise ValueError(f"没有见过的许可：{'、'.join(unknown)}")
    packages: dict[str, list[str]] = defaultdict(list)
    for row in found:
        packages[family_of(row["License"]) or ""].append(f"{row['Name']} {row['Version']}")
    rows = (
        f"| {name} | {todo} | {'，'.join(sorted(packages[name], key=str.lower))} |"
        for name, (_, todo) in FAMILIES.items()
    )
    return HEAD.format(count=len(found)) + "\n".join(rows) + "\n"


if __name__ == "__main__":
    try:
        Path(sys.argv[1]).write_text(page(json.load(sys.stdin)), encoding="utf-8")
    except ValueError as error:
        sys.exit(str(error))
