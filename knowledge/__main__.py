"""`python -m knowledge`: prepare the model, check, build, publish and read the guide library."""

import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from knowledge.catalog import ResolvedGuide
from knowledge.commands.diff import diff_text
from knowledge.commands.draft import draft_text
from knowledge.commands.export import export
from knowledge.commands.importing import add_import_options, import_command
from knowledge.commands.lint import run as lint_command
from knowledge.commands.serve_embedding import ADDRESS, address_of, serve_embedding
from knowledge.commands.stale import DAYS, stale_text
from knowledge.errors import KnowledgeError
from knowledge.index.embedding import open_embedder
from knowledge.index.generation import GenerationStore
from knowledge.index.opening import Generation
from knowledge.index.places import open_place
from knowledge.index.prepare import prepare_model
from knowledge.index.vector_store import VECTORS_FILE, StoredEmbedder
from knowledge.lint.rules import lint
from knowledge.show import guide_text
from knowledge.sources.library import LIBRARY, load_library, source_digests
from knowledge.terminal import DONE, FAILED, USAGE, ChineseParser, progress_bar

EXAMPLES = """例子：
  python -m knowledge prepare-model          解开内置的向量模型（只做一次）
  python -m knowledge lint                   检查指南库，列出每一处问题
  python -m knowledge lint --format html --out 体检报告.html
  python -m knowledge build && python -m knowledge publish
  python -m knowledge search 身份证丢了 --city 郑州
  python -m knowledge show id-card-reissue   看一份指南的全部字段和依据
  python -m knowledge diff 1 library         指南库与版本 1 比，改了什么
  python -m knowledge stale --days 180       哪些指南要复核，按主管部门列出
  python -m knowledge export --format jsonl --out dataset   导出数据集和问答对
  python -m knowledge import 目录.xlsx --jurisdiction 410100   把表格、文档读成草稿，报告每一行
  python -m knowledge draft var/drafts/410100/….json 事项编号   看过的草稿变成指南文件，再用 lint 看缺什么
"""


def _parser() -> ChineseParser:
    parser = ChineseParser("python -m knowledge", "办成的指南库：准备模型、体检、生成、发布、查阅。", EXAMPLES)
    data = os.environ.get("BANCHENG_DATA_DIR", "var")
    parser.add_argument(
        "--data-dir", type=Path, default=Path(data), help="数据文件夹（默认 var，或环境变量 BANCHENG_DATA_DIR）"
    )
    parser.add_argument("--library", type=Path, default=LIBRARY, help="指南库文件夹")
    parser.add_argument(
        "--embedding",
        default=os.environ.get("BANCHENG_EMBEDDING", "embedded"),
        help="embedded、向量服务的地址（http://…），或 sentence-transformers 模型",
    )
    parser.add_argument(
        "--index-url", default=os.environ.get("BANCHENG_INDEX_URL"),
        help="发布到、读自哪个 PostgreSQL（postgresql://…，要有 pgvector）；不写就用数据文件夹",
    )  # fmt: skip
    parser.add_argument("command", choices=sorted(COMMANDS), help="要做的事")
    parser.add_argument(
        "words",
        nargs="*",
        default=[],
        help="search 的问题；show 的事项编号；publish 的版本号；serve-embedding 的主机:端口；diff 的两边；import 的文件；draft 的草稿和事项编号；lint 的文件夹",
    )
    parser.add_argument("--city", help="地区，例如 郑州")
    parser.add_argument("--as-of", type=date.fromisoformat, help="按哪一天的规定（2026-11-22）")
    parser.add_argument("-k", type=int, default=5, help="search 最多列几条")
    parser.add_argument("--days", type=int, default=DAYS, help="stale：超过多少天没有核对算旧")
    parser.add_argument("--format", help="lint 报告：text、csv、sarif、html；export：jsonl、csv、parquet")
    parser.add_argument("--out", type=Path, help="lint 报告写到哪个文件；export、import 写到哪个文件夹")
    add_import_options(parser)
    return parser


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")


def _prepare(args: "Arguments") -> int:
    prepare_model(args.data_dir / "model", _say)
    return DONE


def _build(args: "Arguments") -> int:
    library = load_library(args.library)
    if errors := [f for f in lint(library) if f.severity == "error"]:
        _say("\n".join(map(str, errors)))
        _say(f"有 {len(errors)} 处错误，没有生成。改正后再运行 build。")
        return FAILED
    embedder = StoredEmbedder(open_embedder(args.embedding, args.data_dir / "model"), args.data_dir / VECTORS_FILE)
    bar, move = progress_bar("计算向量")
    with bar:
        manifest = GenerationStore(args.data_dir).build(library, embedder, move, source_digests(args.library))
    _say(f"生成了版本 {manifest.number}：指南 {manifest.guides} 份，一件事 {manifest.themes} 个。运行 publish 发布。")
    return DONE


def _publish(args: "Arguments") -> int:
    if args.words and not args.words[0].isdecimal():
        sys.stderr.write(f"版本号应为整数，不是“{args.words[0]}”，例如：python -m knowledge publish 3\n")
        return USAGE
    manifest = open_place(args.data_dir, args.index_url).publish(int(args.words[0]) if args.words else None)
    _say(f"已发布版本 {manifest.number}")
    return DONE


def _serve_embedding(args: "Arguments") -> int:
    if not (address := address_of(args.words)):
        sys.stderr.write(f"监听的地址应写成“主机:端口”，例如：python -m knowledge serve-embedding {ADDRESS}\n")
        return USAGE
    serve_embedding(args.embedding, args.data_dir / "model", *address)
    return DONE


def _rollback(args: "Arguments") -> int:
    _say(f"已退回版本 {open_place(args.data_dir, args.index_url).rollback().number}")
    return DONE


def _opened(args: "Arguments") -> Generation:
    place = open_place(args.data_dir, args.index_url)
    generation, problems = place.open(open_embedder(args.embedding, args.data_dir / "model"))
    for problem in problems:
        sys.stderr.write(f"注意：{problem}\n")
    return generation


def _search(args: "Arguments") -> int:
    generation = _opened(args)
    adcode = generation.catalog.place_named(args.city).adcode if args.city else None
    found = generation.retriever.search(" ".join(args.words), adcode, args.as_of or date.today(), args.k)
    for hit in found.kept:
        theme = hit.key.removeprefix("theme:")
        name = generation.catalog.themes[theme].name if theme != hit.key else generation.catalog.guide(hit.key).name
        _say(f"{hit.score:.3f}  {name}  {hit.key}（余弦 {hit.cosine:.3f}，词语 {hit.lexical:.0%}）")
    if not found.kept:
        _say("没有找到。换个说法试试，或用 lint 看看指南库是否完整。")
    return DONE


def _show(args: "Arguments") -> int:
    catalog = _opened(args).catalog
    adcode = catalog.place_named(args.city).adcode if args.city else "410000"
    for name in args.words:
        found = (
            ResolvedGuide(catalog.guide(name), own=True)
            if "/" in name
            else catalog.resolve(name, adcode, args.as_of or date.today())
        )
        _say(guide_text(found, catalog))
    return DONE


def _diff(args: "Arguments") -> int:
    if len(args.words) != 2:
        sys.stderr.write("diff 后面要写两边：两个版本号（library 指指南库文件夹），或两个指南编号\n")
        return USAGE
    _say(diff_text(args.words[0], args.words[1], args.data_dir, args.library))
    return DONE


def _draft(args: "Arguments") -> int:
    if len(args.words) != 2:
        sys.stderr.write("draft 后面要写草稿文件和事项编号，例如：python -m knowledge draft 草稿.json passport\n")
        return USAGE
    _say(draft_text(Path(args.words[0]), args.words[1], args.library, args.as_of or date.today()))
    return DONE


def _stale(args: "Arguments") -> int:
    _say(stale_text(args.library, args.as_of or date.today(), args.days))
    return DONE


def _export(args: "Arguments") -> int:
    if args.out is None:
        sys.stderr.write("export 要写文件夹，例如：python -m knowledge export --format jsonl --out dataset\n")
        return USAGE
    _say(export(args.library, args.format or "jsonl", args.out))
    return DONE


class Arguments:
    """The parsed command line."""

    data_dir: Path
    library: Path
    embedding: str
    index_url: str | None
    command: str
    words: list[str]
    city: str | None
    as_of: date | None
    k: int
    days: int
    format: str | None
    mapping: str | None
    jurisdiction: str | None
    out: Path | None


COMMANDS: dict[str, Callable[[Arguments], int]] = {
    "prepare-model": _prepare, "lint": lint_command, "build": _build, "publish": _publish, "rollback": _rollback,
    "serve-embedding": _serve_embedding, "search": _search, "show": _show, "diff": _diff, "stale": _stale, "draft": _draft, "export": _export, "import": import_command,
}  # fmt: skip
NEEDS_WORDS = {
    "search": ("要查的话", "身份证丢了"),
    "show": ("事项编号", "id-card-reissue"),
    "import": ("要导入的文件", "目录.xlsx"),
}


def main(argv: list[str] | None = None) -> int:
    """Run one command; the outermost edge, where our own faults become one Chinese message."""
    args = _parser().parse_args(argv, Arguments())
    if args.command in NEEDS_WORDS and not args.words:
        what, example = NEEDS_WORDS[args.command]
        sys.stderr.write(f"{args.command} 后面要写{what}，例如：python -m knowledge {args.command} {example}\n")
        return USAGE
    try:
        return COMMANDS[args.command](args)
    except KnowledgeError as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    except KeyboardInterrupt:
        sys.stderr.write("\n已停下，没有改动已发布的内容。\n")
        return FAILED


if __name__ == "__main__":
    raise SystemExit(main())
