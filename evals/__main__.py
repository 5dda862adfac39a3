"""`python -m evals`: run the suites, measure the retriever on a folder, check the case files."""

import sys
from collections.abc import Callable
from pathlib import Path
from subprocess import CalledProcessError

from assistant.build import build_assistant
from assistant.config import read_settings
from assistant.errors import AssistantError
from evals import mutation
from evals.beir import measure
from evals.bench_retrieval import SIZES, as_markdown, bench_retrieval
from evals.lint_data import findings
from evals.report import as_json, failures, markdown, summary
from evals.runner import AS_OF, environment, run
from evals.sample import NAMES, SuiteError, load_suite
from knowledge.errors import KnowledgeError
from knowledge.index.embedding import open_embedder
from knowledge.index.reranking import CrossEncoderReranker
from knowledge.terminal import DONE, FAILED, USAGE, ChineseParser, progress_bar

EXAMPLES = """例子：
  python -m evals run                                  跑全部题集的 test 部分，报告写到 var/evals
  python -m evals run answer refusal --split dev
  python -m evals retrieval --data 文件夹 --json        在 BEIR 格式的数据上测检索
  python -m evals lint-data                            检查题目与指南是否一致
  python -m evals bench retrieval --data 目录.jsonl     一个省的指南：生成、占用、启动、检索各要多少
"""


class Arguments:
    """The parsed command line."""

    command: str
    suites: list[str]
    split: str
    limit: int | None
    data: Path | None
    json: bool
    out: Path | None
    sizes: list[int]
    seed: int


def _parser() -> ChineseParser:
    parser = ChineseParser("python -m evals", "办成的评测：像市民一样提问，按指南字段判分。", EXAMPLES)
    parser.add_argument("command", choices=sorted(COMMANDS), help="要做的事")
    parser.add_argument("suites", nargs="*", default=[], help=f"题集，默认全部：{'、'.join(NAMES)}")
    parser.add_argument("--split", choices=["dev", "test"], default="test", help="调参用 dev，报告用 test")
    parser.add_argument("--limit", type=int, help="每个题集最多几题；mutate 最多几份答复")
    parser.add_argument("--seed", type=int, default=7, help="mutate 的随机种子")
    parser.add_argument("--data", type=Path, help="retrieval 的数据文件夹（BEIR 格式）；bench 的目录文件")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.add_argument("--out", type=Path, help="报告写到哪个文件夹")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="bench 的指南份数")
    return parser


def _run(args: Arguments) -> int:
    if unknown := [name for name in args.suites if name not in NAMES]:
        raise SuiteError(f"没有题集 {'、'.join(unknown)}，可选：{'、'.join(NAMES)}")
    settings = read_settings()
    assistant = build_assistant(settings.model_copy(update={"keep_gaps": False}))
    suites = [load_suite(name) for name in args.suites or NAMES]
    cases = [c for s in suites for c in [c for c in s.cases if c.split == args.split][: args.limit]]
    bar, move = progress_bar("评测")
    with bar:
        results = run(assistant, cases, move)
    report = {
        "split": args.split, "suites": {s.name: s.digest for s in suites}, "environment": environment(assistant),
        **summary(results), "failures": failures(results),
    }  # fmt: skip
    folder = args.out or settings.data_dir / "evals"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{args.split}.json").write_text(as_json(report), encoding="utf-8")
    (folder / f"{args.split}.md").write_text(markdown(report), encoding="utf-8")
    sys.stdout.write(as_json(report) + "\n" if args.json else markdown(report))
    sys.stderr.write(f"报告写在 {folder}\n")
    return FAILED if report["errors"] else DONE


def _retrieval(args: Arguments) -> int:
    if args.data is None or not args.data.is_dir():
        raise SuiteError("请用 --data 指明一个文件夹，里面有 corpus.jsonl、queries.jsonl、qrels.tsv")
    settings = read_settings()
    embedder = open_embedder(settings.embedding, settings.model_dir)
    reranker = CrossEncoderReranker(settings.reranker) if settings.reranker else None
    bar, move = progress_bar("计算向量")
    try:
        with bar:
            result = measure(args.data, embedder, move, reranker)
    except (OSError, ValueError, KeyError) as error:
        raise SuiteError(f"{args.data} 不是合格的数据：{type(error).__name__} {error}") from error
    text = as_json(result) if args.json else "\n".join(f"{k}：{v}" for k, v in result.items())
    sys.stdout.write(text + "\n")
    return DONE


def _lint_data(args: Arguments) -> int:
    problems = findings([load_suite(name) for name in args.suites or NAMES])
    for problem in problems:
        sys.stdout.write(problem + "\n")
    sys.stdout.write(f"题目检查完成：{len(problems)} 处问题\n")
    return FAILED if problems else DONE


def _bench(args: Arguments) -> int:
    if args.suites != ["retrieval"] or args.data is None or not args.data.is_file():
        raise SuiteError("请写 bench retrieval，并用 --data 指明一份事项目录（每行一个事项的 JSON）")
    settings = read_settings()
    out = args.out or settings.data_dir / "bench"
    try:
        for figures in bench_retrieval(args.data, settings.model_dir, out, args.sizes):
            (out / "retrieval.json").write_text(as_json(figures), encoding="utf-8")
            (out / "retrieval.md").write_text(as_markdown(figures), encoding="utf-8")
    except CalledProcessError as error:
        raise SuiteError(f"测量没有做完：{error}") from error
    sys.stdout.write((out / ("retrieval.json" if args.json else "retrieval.md")).read_text(encoding="utf-8") + "\n")
    return DONE


def _mutate(args: Arguments) -> int:
    settings = read_settings()
    catalog = build_assistant(settings).catalog
    bar, move = progress_bar("篡改")
    with bar:
        trials = mutation.run(catalog, AS_OF, args.seed, args.limit, move)
    rows = mutation.table(trials)
    text = mutation.report(rows, trials)
    folder = args.out or settings.data_dir / "evals"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mutate.md").write_text(text, encoding="utf-8")
    sys.stdout.write(as_json({kind: row._asdict() for kind, row in rows.items()}) + "\n" if args.json else text)
    return DONE if mutation.good_enough(rows) else FAILED


COMMANDS: dict[str, Callable[[Arguments], int]] = {
    "run": _run, "retrieval": _retrieval, "lint-data": _lint_data, "bench": _bench, "mutate": _mutate,
}  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    """Run one command; the outermost edge."""
    args = _parser().parse_args(argv, Arguments())
    try:
        return COMMANDS[args.command](args)
    except (SuiteError, AssistantError, KnowledgeError) as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    except KeyboardInterrupt:
        sys.stderr.write("\n已停下。\n")
        return FAILED


if __name__ == "__main__":
    raise SystemExit(main())
