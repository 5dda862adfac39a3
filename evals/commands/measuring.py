"""`evals retrieval`, `bench`, `mutate`: measurements that are not suites of cases."""

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from subprocess import CalledProcessError

from assistant.build import build_assistant
from assistant.config import read_settings
from evals import mutation
from evals.beir import measure
from evals.bench_retrieval import SIZES, as_markdown, bench_retrieval
from evals.report import as_json
from evals.sample import AS_OF, SuiteError
from knowledge.index.embedding import open_embedder
from knowledge.index.reranking import CrossEncoderReranker
from knowledge.terminal import DONE, FAILED, Command, progress_bar


def _retrieval_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, help="BEIR 格式的文件夹：corpus.jsonl、queries.jsonl、qrels.tsv")
    parser.add_argument("--json", action="store_true", help="输出 JSON")


def _retrieval(args: Namespace) -> int:
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


def _bench_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("what", nargs="*", help="retrieval")
    parser.add_argument("--data", type=Path, help="事项目录，每行一个事项的 JSON")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="指南份数")
    parser.add_argument("--out", type=Path, help="结果放到哪个文件夹")
    parser.add_argument("--json", action="store_true", help="输出 JSON")


def _bench(args: Namespace) -> int:
    if args.what != ["retrieval"] or args.data is None or not args.data.is_file():
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


def _mutate_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--limit", type=int, help="最多几份答复")
    parser.add_argument("--seed", type=int, default=7, help="随机种子")
    parser.add_argument("--out", type=Path, help="报告写到哪个文件夹")
    parser.add_argument("--json", action="store_true", help="输出 JSON")


def _mutate(args: Namespace) -> int:
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


COMMANDS = (
    Command("retrieval", "在 BEIR 格式的数据上测检索", _retrieval_arguments, _retrieval),
    Command("bench", "一个省的指南：生成、占用、启动、检索各要多少", _bench_arguments, _bench),
    Command("mutate", "把答复改错一处，看核对关拦不拦", _mutate_arguments, _mutate),
)
