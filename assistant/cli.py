"""`python -m assistant`: ask and plan; list and look after what is kept; check an installation."""

import sys

from assistant.commands import asking, auditing, checking, keeping, planning
from assistant.errors import AssistantError
from knowledge.errors import KnowledgeError
from knowledge.terminal import FAILED, USAGE, ChineseParser, Command

EXAMPLES = """例子：
  python -m assistant ask 身份证丢了咋补，要多少钱 --city 郑州
  python -m assistant ask 失业金能领多久 --json
  python -m assistant ask --batch 问题.jsonl --out 回答.jsonl
  python -m assistant chat
  python -m assistant plan newborn --answer child-hukou-henan=true
  python -m assistant plan newborn --answer child-hukou-henan=true --out 计划.pdf
  python -m assistant plan newborn --answer child-hukou-henan=true --form 一张表.json
  python -m assistant gaps --json                     没有答上来的问题和次数
  python -m assistant retention --dry-run             到期该删的各有多少，先不删
  python -m assistant forget 会话编号                  应要求立即删掉一个人的对话
  python -m assistant backup 备份.sqlite3             服务开着也能备份
  python -m assistant restore 备份.sqlite3 --verify   只检查备份能不能用
  python -m assistant audit verify                    查审计记录有没有被改过
  python -m assistant doctor                          从头到尾检查一遍，哪里不对怎么办
  python -m assistant config check                    现在生效的设置

批量文件一行一例：{"id":"1","turns":["身份证丢了咋补","多少钱"],"city":null,"as_of":null}
每个命令有自己的 --help。退出码：0 完成，1 检查没通过，2 用法或输入有误，3 数据不够。
"""
COMMANDS = {c.name: c for group in (asking, planning, keeping, auditing, checking) for c in group.COMMANDS}


def _parser() -> ChineseParser:
    parser = ChineseParser("python -m assistant", "办成：问河南的政务服务怎么办。", EXAMPLES)
    commands = parser.add_subparsers(dest="command", required=True, metavar="命令", title="命令")
    for command in COMMANDS.values():
        command.arguments(commands.add_parser(command.name, help=command.help, description=command.help))
    return parser


def main(argv: list[str] | None = None) -> int:
    """Run one command; the outermost edge, where faults become one Chinese message."""
    args = _parser().parse_args(argv)
    try:
        command: Command = COMMANDS[args.command]
        return command.run(args)
    except (AssistantError, KnowledgeError) as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    except KeyboardInterrupt:
        sys.stderr.write("\n已停下。\n")
        return FAILED
