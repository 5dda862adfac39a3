"""`assistant gaps`, `retention`, `forget`, `backup`, `restore`: what is kept, for how long, and a copy of it."""

import getpass
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.audit import Action
from assistant.build import PATIENT, open_stores
from assistant.config import read_settings
from assistant.gaps import now
from assistant.kept import Stores
from assistant.stores.backup import faults_of
from knowledge.terminal import DONE, FAILED, Command

KINDS = {
    "sessions": "会话",
    "gaps": "没有答上来的问题",
    "feedback": "评价",
    "worklist": "办完的待办",
    "audit": "审计记录",
}


@contextmanager
def patient_stores() -> Iterator[Stores]:
    """The stores, for a command that can wait."""
    stores = open_stores(read_settings(), PATIENT)
    try:
        yield stores
    finally:
        stores.keeper.close()


def operator() -> str:
    """Who runs the command, as the audit names them."""
    return f"运维:{getpass.getuser()}"


def _counted(counts: dict[str, int]) -> str:
    return "，".join(f"{KINDS[kind]} {count} 条" for kind, count in counts.items())


def _gaps(args: Namespace) -> int:
    """The questions without an answer, most frequent first; no generation is needed to read them."""
    with patient_stores() as stores:
        gaps = stores.gaps.all()
    for gap in gaps:
        near = f"；最接近：{'、'.join(gap.nearest)}" if gap.nearest else ""
        line = f"{gap.times} 次｜{gap.reason}｜{gap.place}｜{gap.question}{near}｜最近 {gap.last_seen:%Y-%m-%d}，版本 {gap.generation}"
        sys.stdout.write((gap.model_dump_json() if args.json else line) + "\n")
    sys.stderr.write(f"共 {len(gaps)} 个没有答上来的问题\n")
    return DONE


def _retention(args: Namespace) -> int:
    with patient_stores() as stores:
        counts = stores.keeper.overdue() if args.dry_run else stores.keeper.retain(operator())
    sys.stdout.write(f"{'到期该删' if args.dry_run else '已删'}：{_counted(counts)}\n")
    return DONE


def _forget(args: Namespace) -> int:
    with patient_stores() as stores:
        stores.audit.append(Action(at=now(), actor=operator(), verb="forget_session", subject=args.session[:8]))
        found = stores.keeper.forget(args.session)
    sys.stdout.write("已删掉这个会话\n" if found else "没有这个会话，可能已经到期删掉了\n")
    return DONE if found else FAILED


def _backup(args: Namespace) -> int:
    with patient_stores() as stores:
        counts = stores.keeper.back_up(args.file)
    sys.stdout.write(f"已备份到 {args.file}：{_counted(counts)}。旁边的 .sha256 文件要一起留着；会话不进备份\n")
    return DONE


def _restore(args: Namespace) -> int:
    if args.verify:
        faults = faults_of(args.file)
        sys.stdout.write("".join(f"{fault}\n" for fault in faults) or "备份完好，可以恢复\n")
        return FAILED if faults else DONE
    with patient_stores() as stores:
        counts = stores.keeper.restore(args.file, operator())
    sys.stdout.write(f"已恢复并逐条核对：{_counted(counts)}\n")
    return DONE


def _json(parser: ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="输出 JSON")


def _dry_run(parser: ArgumentParser) -> None:
    parser.add_argument("--dry-run", action="store_true", help="只数，不删")


def _session(parser: ArgumentParser) -> None:
    parser.add_argument("session", help="会话编号，就是接口返回的 session_id")


def _file(parser: ArgumentParser) -> None:
    parser.add_argument("file", type=Path, help="备份文件")


def _file_to_verify(parser: ArgumentParser) -> None:
    _file(parser)
    parser.add_argument("--verify", action="store_true", help="只检查备份，不恢复")


COMMANDS = (
    Command("gaps", "没有答上来的问题和次数", _json, _gaps),
    Command("retention", "删掉保留期已满的记录", _dry_run, _retention),
    Command("forget", "应要求立即删掉一个会话", _session, _forget),
    Command("backup", "备份数据库，服务开着也能做", _file, _backup),
    Command("restore", "把备份恢复到空的数据库", _file_to_verify, _restore),
)
