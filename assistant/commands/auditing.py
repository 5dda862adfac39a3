"""`assistant audit`: who did what, and whether anybody has rewritten it."""

import sys
from argparse import ArgumentParser, Namespace

from assistant.commands.keeping import patient_stores
from knowledge.terminal import DONE, FAILED, Command


def _audit(args: Namespace) -> int:
    with patient_stores() as stores:
        if args.what == "verify":
            fault = stores.keeper.audit_fault()
            sys.stdout.write(f"{fault}\n" if fault else "审计记录完整，没有被改过\n")
            return FAILED if fault else DONE
        actions = stores.audit.all()
    for action in actions:
        detail = f"｜{action.detail}" if action.detail else ""
        line = f"{action.at.astimezone():%Y-%m-%d %H:%M:%S}｜{action.actor}｜{action.verb}｜{action.subject}{detail}"
        sys.stdout.write((action.model_dump_json() if args.json else line) + "\n")
    sys.stderr.write(f"共 {len(actions)} 条\n")
    return DONE


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("what", choices=["list", "verify"], help="list 列出来；verify 查有没有被改、删、换过次序")
    parser.add_argument("--json", action="store_true", help="list 输出 JSON")


COMMANDS = (Command("audit", "看审计记录，查它有没有被改过", _arguments, _audit),)
