"""`python -m knowledge lint [PATH]`: check a library, or a part of it, and write the report."""

import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Protocol

from knowledge.lint.page import as_html
from knowledge.lint.report import CheckUp, as_csv, as_sarif, as_text, check_up
from knowledge.lint.rules import RULES, lint
from knowledge.sources.library import load_library
from knowledge.terminal import DONE, FAILED, USAGE

FORMATS: dict[str, Callable[[CheckUp], str]] = {
    "text": as_text, "csv": as_csv, "sarif": as_sarif, "html": as_html,
}  # fmt: skip
ROOT_MARK = "jurisdictions.csv"


class LintArguments(Protocol):
    """What this command reads from the command line."""

    library: Path
    words: list[str]
    as_of: date | None
    format: str | None
    out: Path | None


def run(args: LintArguments) -> int:
    """Check, report, and fail if there is an error."""
    form = args.format or "text"
    if form not in FORMATS:
        return _usage(f"lint 的 --format 没有“{form}”，可选 {'、'.join(FORMATS)}")
    path = Path(args.words[0]) if args.words else args.library
    root = next((folder for folder in (path, *path.resolve().parents) if (folder / ROOT_MARK).is_file()), None)
    if args.words and not path.exists():
        return _usage(f"没有 {path}。写一个指南库文件夹，或者里面的一个文件夹、一份 YAML")
    if args.words and root is None:
        return _usage(f"{path} 不在一个指南库里（指南库文件夹里有 {ROOT_MARK}）")
    check = _checked(root or path, path, args.as_of or date.today())
    return _written(FORMATS[form](check), check, args.out, quiet=form == "text")


def _checked(root: Path, path: Path, day: date) -> CheckUp:
    library = load_library(root)
    findings = lint(library, day)
    guides = library.guides
    part = path.resolve().relative_to(root.resolve()).as_posix()
    if part != ".":
        findings = tuple(f for f in findings if f.file == part or f.file.startswith(f"{part}/"))
        named = {f"guides/{g.guide_id}.yaml": g for g in guides}
        guides = tuple(g for file, g in named.items() if file == part or file.startswith(f"{part}/"))
    return check_up(guides, findings, RULES, day)


def _written(text: str, check: CheckUp, out: Path | None, *, quiet: bool) -> int:
    if out is None:
        sys.stdout.write(text)
    else:
        try:
            out.write_text(text, encoding="utf-8")
        except OSError as error:
            return _usage(f"写不进 {out}：{error.strerror}")
        sys.stdout.write(f"报告写在 {out}\n")
    if out is not None or not quiet:
        sys.stderr.write(check.summary + "\n")
    return FAILED if check.count("error") else DONE


def _usage(message: str) -> int:
    sys.stderr.write(message + "\n")
    return USAGE
