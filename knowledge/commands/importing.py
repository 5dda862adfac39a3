"""`python -m knowledge import`: bring tables and documents in as drafts, and account for every row."""

import re
import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Protocol

from knowledge.errors import KnowledgeError
from knowledge.sources.importer import ImportOptions, import_files
from knowledge.sources.mapping import load_mapping
from knowledge.sources.report import report_text
from knowledge.terminal import DONE, FAILED, ChineseParser, progress_bars

GO_ON = "用同样的文件和选项再导入一次，就从停下的地方接着做"


class ImportArguments(Protocol):
    """What the command reads from the command line."""

    words: list[str]
    mapping: str | None
    jurisdiction: str | None
    out: Path | None
    data_dir: Path


def adcode(text: str) -> str:
    """Six digits, as an option's type."""
    if not re.fullmatch(r"[1-9]\d{5}", text):
        raise ArgumentTypeError(f"地区代码是六位数字，例如 410100，不是“{text}”")
    return text


def add_import_options(parser: ChineseParser) -> None:
    """The options that only `import` reads."""
    group = parser.add_argument_group("import 的选项")
    group.add_argument("--mapping", help="对照表：gb39554、gd-catalogue 或自己写的 YAML 文件；不写就按表头挑")
    group.add_argument("--jurisdiction", type=adcode, help="行里没写地区时用的六位地区代码")


def import_command(args: ImportArguments) -> int:
    """Import the files named; 1 when no row became a draft."""
    options = ImportOptions(
        out=args.out or args.data_dir / "drafts",
        mapping=load_mapping(args.mapping) if args.mapping else None,
        adcode=args.jurisdiction,
    )
    bar, (reading, writing) = progress_bars("读取", "写草稿")
    try:
        with bar:
            report = import_files([Path(word) for word in args.words], options, reading, writing)
    except OSError as error:
        raise KnowledgeError(f"读写文件时出错：{error.strerror or error}；{GO_ON}") from error
    except KeyboardInterrupt:
        sys.stderr.write(f"\n已停下；{GO_ON}。\n")
        return FAILED
    sys.stdout.write(report_text(report) + f"\n草稿和报告在 {options.out}\n")
    return DONE if report.made else FAILED
