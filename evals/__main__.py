"""`python -m evals`: run suites on a target, compare and gate runs, check and import cases, measure parts."""

import sys

from assistant.errors import AssistantError
from evals.commands import checking, comparing, judging, measuring, proposing, running, safety
from evals.sample import SuiteError
from evals.targets.target import TargetError
from knowledge.errors import KnowledgeError
from knowledge.terminal import FAILED, USAGE, ChineseParser, Command

EXAMPLES = """例子：
  python -m evals run                                  跑全部题集的 test 部分，报告写到 var/evals/runs
  python -m evals run answer refusal --split dev --tag 改前
  python -m evals run --target bm25                    同样的题，问只按词语检索的对照
  python -m evals run --target 适配文件.yaml            问任何一个 HTTP 系统
  python -m evals run --resume var/evals/runs/…        接着跑没跑完的
  python -m evals compare 前一次 后一次                 逐题相比
  python -m evals gate 这一次 --baseline evals/baseline/ci.json
  python -m evals judge 这一次 --model 模型@http://…/v1 --labels 标注.jsonl   请语言模型评判，与人工标注核对
  python -m evals lint-data                            检查题目与指南是否一致
  python -m evals propose gap 编号 --item 事项         把工作台待办里的一件写成题的草稿
  python -m evals privacy --limit 1000                 造带个人信息的话，看隐去多少、误遮多少，再查每个去处
  python -m evals guard                                危急求助听不听得出，七百多次注入得不得逞
  python -m evals metamorphic                          同一个问题变着说，事实变不变

每个命令有自己的 --help。退出码：0 完成或通过，1 没通过，2 用法有误或评测无效，3 数据不够。
"""
COMMANDS = {
    c.name: c for group in (running, comparing, judging, checking, measuring, safety, proposing) for c in group.COMMANDS
}


def _parser() -> ChineseParser:
    parser = ChineseParser("python -m evals", "办成的评测：像市民一样提问，按指南字段判分。", EXAMPLES)
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令", title="命令")
    for command in COMMANDS.values():
        command.arguments(commands.add_parser(command.name, help=command.help, description=command.help))
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one command; the outermost edge."""
    args = _parser().parse_args(argv)
    try:
        command: Command = COMMANDS[args.command]
        return command.run(args)
    except (SuiteError, TargetError, AssistantError, KnowledgeError) as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    except KeyboardInterrupt:
        sys.stderr.write("\n已停下。\n")
        return FAILED


if __name__ == "__main__":
    raise SystemExit(main())
