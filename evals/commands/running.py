"""`evals run`, `report`, `questions`: play suites on a target, keep everything, write the reports."""

import json
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path

from assistant.build import build_assistant
from assistant.config import read_settings
from evals.report import markdown
from evals.reports import write_reports
from evals.runner import Judge, Task, run
from evals.runs import Config, Run, append, begin, environment, new_folder, read_outcomes, read_run, without_errors
from evals.sample import NAMES, Case, Suite, SuiteError, drawn, load_suite, read_suite
from evals.targets.opening import HELP, open_target
from knowledge.terminal import DONE, FAILED, Command, progress_bar


def suites_named(names: Sequence[str]) -> list[Suite]:
    """The suites of these names or files, all of them without any. Raises SuiteError."""
    if unknown := [name for name in names if name not in NAMES and not name.endswith(".jsonl")]:
        raise SuiteError(f"没有题集 {'、'.join(unknown)}，可选：{'、'.join(NAMES)}，或者 .jsonl 文件")
    return [read_suite(Path(name)) if name.endswith(".jsonl") else load_suite(name) for name in names or NAMES]


def cases_of(suites: Sequence[Suite], config: Config) -> list[Case]:
    """The cases to play: one split, at most `limit` of each suite, at most `sample` in all shared out among the suites."""
    pools = [[case for case in suite.cases if case.split == config.split] for suite in suites]
    quotas = [config.limit] * len(pools) if config.sample is None else shares([len(pool) for pool in pools], config.sample)  # fmt: skip
    return [case for pool, quota in zip(pools, quotas, strict=True) for case in drawn(pool, quota, config.seed)]


def shares(sizes: Sequence[int], total: int) -> list[int]:
    """Equal shares of a total; what a small suite leaves goes to the others."""
    found, left = [0] * len(sizes), total
    for rank, place in enumerate(sorted(range(len(sizes)), key=sizes.__getitem__)):
        found[place] = min(sizes[place], left // (len(sizes) - rank))
        left -= found[place]
    return found


def _run_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("suites", nargs="*", help=f"题集，默认全部：{'、'.join(NAMES)}；或者自己的 .jsonl 文件")
    parser.add_argument("--target", default="assistant", help=HELP)
    parser.add_argument("--split", choices=["dev", "test"], default="test", help="调参用 dev，报告用 test")
    parser.add_argument("--tag", default="", help="给这次评测起个名，写进文件夹名")
    parser.add_argument("--limit", type=int, help="每个题集最多几题，各种问法轮着取")
    parser.add_argument("--sample", type=int, help="一共最多几题，各题集均分，各种问法轮着取")
    parser.add_argument("--seed", type=int, default=7, help="抽题的随机种子")
    parser.add_argument("--jobs", type=int, default=1, help="同时问几题（HTTP 系统用）")
    parser.add_argument("--repeat", type=int, default=1, help="每题问几遍，看结果稳不稳")
    parser.add_argument("--resume", type=Path, help="接着跑这个文件夹里没跑完的和出错的，别的参数照它记下的")
    parser.add_argument("--baseline", type=Path, help="报告里与这一次（文件夹或基线文件）比较")
    parser.add_argument("--out", type=Path, help="结果放到哪个文件夹，默认 var/evals/runs/<时间-名>")
    parser.add_argument("--json", action="store_true", help="输出 JSON")


def _run(args: Namespace) -> int:
    kept = read_run(args.resume) if args.resume else None
    config = kept.config if kept else Config(
        suites=tuple(args.suites), split=args.split, target=args.target, tag=args.tag, limit=args.limit,
        sample=args.sample, seed=args.seed, jobs=args.jobs, repeat=args.repeat,
    )  # fmt: skip
    suites = suites_named(config.suites)
    settings = read_settings()
    assistant = build_assistant(settings.model_copy(update={"keep_gaps": False}))
    target = open_target(config.target, assistant)
    tasks = [Task(case, repeat) for repeat in range(config.repeat) for case in cases_of(suites, config)]
    now = Run(
        config=config, suites={s.name: s.digest for s in suites}, target=target.describe(),
        environment=environment(), planned=len(tasks),
    )  # fmt: skip
    folder = args.resume or args.out or new_folder(settings.data_dir / "evals" / "runs", config.tag)
    outcomes = []
    if kept:
        unchanged(kept, now)
        outcomes = without_errors(folder)
    else:
        begin(folder, now)
    done = {outcome.key for outcome in outcomes}
    todo = [task for task in tasks if task.key not in done]
    bar, move = progress_bar("评测")
    try:
        with bar:
            for outcome in append(folder, run(target, todo, Judge(assistant.catalog), move, config.jobs)):
                outcomes.append(outcome)
    except KeyboardInterrupt:
        sys.stderr.write(
            f"\n已停下，做完 {len(outcomes)}/{len(tasks)} 题。接着跑：python -m evals run --resume {folder}\n"
        )
        return FAILED
    report = write_reports(folder, kept or now, outcomes, args.baseline)
    sys.stdout.write((folder / "report.json").read_text(encoding="utf-8") + "\n" if args.json else markdown(report))
    sys.stderr.write(f"报告写在 {folder}\n")
    if report["errors"]:
        sys.stderr.write(
            f"{report['errors']} 题出错，没有判分；修好以后只重问这些：python -m evals run --resume {folder}\n"
        )
    return FAILED if report["errors"] else DONE


def unchanged(kept: Run, now: Run) -> None:
    """Raises SuiteError when what is under test or the questions have changed since the run was begun."""
    parts = {
        "题集": (kept.suites, now.suites), "被测系统": (kept.target, now.target),
        "代码": (kept.environment.get("commit"), now.environment.get("commit")), "题数": (kept.planned, now.planned),
    }  # fmt: skip
    if changed := [what for what, (before, after) in parts.items() if before != after]:
        raise SuiteError(f"开始以后{'、'.join(changed)}变了，不能接着跑，请重新跑")


def _report_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, help="一次评测的文件夹")
    parser.add_argument("--baseline", type=Path, help="与这一次（文件夹或基线文件）比较")


def _report(args: Namespace) -> int:
    report = write_reports(args.folder, read_run(args.folder), read_outcomes(args.folder), args.baseline)
    sys.stdout.write(markdown(report))
    return DONE


def _questions_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("suites", nargs="*", help=f"题集，默认全部：{'、'.join(NAMES)}")
    parser.add_argument("--split", choices=["dev", "test"], default="test", help="dev 或 test")
    parser.add_argument("--out", type=Path, required=True, help="写到哪个 .jsonl 文件")


def _questions(args: Namespace) -> int:
    config = Config(suites=tuple(args.suites), split=args.split)
    cases = cases_of(suites_named(config.suites), config)
    lines = (
        {"id": c.case_id, "turns": c.turns, "city": c.city, "as_of": str(c.as_of) if c.as_of else None} for c in cases
    )
    args.out.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), encoding="utf-8")
    sys.stderr.write(f"{len(cases)} 题写在 {args.out}，别的系统答完后用 --target recorded:文件 判分\n")
    return DONE


COMMANDS = (
    Command("run", "跑题集，判分，写报告", _run_arguments, _run),
    Command("report", "把跑完的一次重新写成报告", _report_arguments, _report),
    Command("questions", "只导出问题，给别的系统离线回答", _questions_arguments, _questions),
)
