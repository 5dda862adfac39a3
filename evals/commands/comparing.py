"""`evals compare`, `gate`, `baseline`: two runs side by side, and whether a release may go out."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from evals.compare import compared, comparison_text, read_record
from evals.gate import baseline_text, gate, invalid
from evals.sample import SuiteError
from knowledge.terminal import DONE, Command

ENOUGH = 0.15
WORDS = {0: "通过", 1: "不通过", 2: "无效", 3: "数据不够"}


def _compare_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("before", type=Path, help="先前的一次：文件夹或基线文件")
    parser.add_argument("after", type=Path, help="后来的一次")
    parser.add_argument("--out", type=Path, help="另存为 Markdown 文件")


def _compare(args: Namespace) -> int:
    before, after = read_record(args.before), read_record(args.after)
    text = comparison_text(before, after, compared(before, after))
    sys.stdout.write(text)
    if args.out:
        args.out.write_text(text, encoding="utf-8")
    return DONE


def _gate_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("run", type=Path, help="要判的一次：文件夹")
    parser.add_argument("--baseline", type=Path, help="基线：文件夹或基线文件；不写就只看零容忍")
    parser.add_argument("--enough", type=float, default=ENOUGH, help="每个指标至少要看得出多大的差，否则算数据不够")


def _gate(args: Namespace) -> int:
    run, baseline = read_record(args.run), read_record(args.baseline) if args.baseline else None
    verdict = gate(run, baseline, args.enough)
    for line in (*verdict.lines, f"{WORDS[verdict.code]}（{len(run.cases)} 题）"):
        sys.stdout.write(line + "\n")
    return verdict.code


def _baseline_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("run", type=Path, help="拿哪一次当基线：文件夹")
    parser.add_argument("--out", type=Path, required=True, help="写到哪个文件，例如 evals/baseline/ci.json")


def _baseline(args: Namespace) -> int:
    run = read_record(args.run)
    if why := invalid(run):
        raise SuiteError(f"不能当基线：{why}")
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(baseline_text(run), encoding="utf-8")
    sys.stderr.write(f"{len(run.cases)} 题的结果写在 {args.out}\n")
    return DONE


COMMANDS = (
    Command("compare", "两次评测逐题相比", _compare_arguments, _compare),
    Command("gate", "能不能发布：零容忍，和比基线变差", _gate_arguments, _gate),
    Command("baseline", "把一次评测存成基线文件", _baseline_arguments, _baseline),
)
