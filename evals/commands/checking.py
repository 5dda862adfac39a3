"""`evals lint-data`, `import`: whether the cases still fit the library; cases from other benchmarks."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from evals.commands.running import suites_named
from evals.importing import FORMATS, Mix, imported
from evals.lint_data import findings, renewed
from evals.sample import NAMES, SUITES
from knowledge.sources.library import load_library
from knowledge.terminal import DONE, FAILED, Command


def _lint_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("suites", nargs="*", help=f"题集，默认全部：{'、'.join(NAMES)}")
    parser.add_argument("--renew", nargs="*", metavar="题号", help="看过了，这些题仍然对：照现在的指南重记摘要")


def _lint(args: Namespace) -> int:
    suites, library = suites_named(args.suites), load_library()
    if args.renew is not None:
        for suite in suites:
            path = SUITES / f"{suite.name}.jsonl"
            path.write_text(renewed(path.read_text(encoding="utf-8"), set(args.renew), library), encoding="utf-8")
        suites = suites_named(args.suites)
    problems = findings(suites, library)
    for problem in problems:
        sys.stdout.write(problem + "\n")
    sys.stdout.write(f"题目检查完成：{len(problems)} 处问题\n")
    return FAILED if problems else DONE


def _import_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("format", choices=sorted(FORMATS), help="文件的格式")
    parser.add_argument("file", type=Path, help="下载好的数据文件")
    parser.add_argument("--out", type=Path, required=True, help="写到哪个 .jsonl 文件（文件名就是题集名）")
    parser.add_argument("--noise", type=float, default=0.0, help="RGB：无关段落占多少，1 就是全无关、应当拒答")
    parser.add_argument("--passages", type=int, default=5, help="RGB：每题给几段")
    parser.add_argument("--seed", type=int, default=7, help="段落次序的随机种子")


def _import(args: Namespace) -> int:
    mix = Mix(args.noise, args.passages, args.seed)
    cases = imported(args.format, args.file, args.out.stem, mix)
    args.out.write_text("".join(case.model_dump_json(exclude_defaults=True) + "\n" for case in cases), encoding="utf-8")
    sys.stderr.write(f"{len(cases)} 题写在 {args.out}\n")
    return DONE


COMMANDS = (
    Command("lint-data", "查题目是否还与指南一致", _lint_arguments, _lint),
    Command("import", "把 RGB、CRUD-RAG 格式的数据变成题集", _import_arguments, _import),
)
