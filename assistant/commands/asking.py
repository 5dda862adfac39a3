"""`assistant ask`, `chat`: one question, a batch of them, or a conversation in the terminal."""

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from assistant.assistant import Assistant
from assistant.build import build_assistant
from assistant.config import read_settings
from assistant.errors import BadInput
from assistant.model import FlowStep, Reply, Session
from assistant.safety.privacy import mask
from assistant.sessions import new_session_id
from knowledge.terminal import DONE, USAGE, Command, progress_bar


def add_place_and_day(parser: ArgumentParser) -> None:
    """The options that every question has."""
    parser.add_argument("--city", help="地区，例如 郑州、新郑")
    parser.add_argument("--as-of", help="按哪一天的规定，例如 2026-11-22")
    parser.add_argument("--json", action="store_true", help="输出 JSON")


def opened() -> Assistant:
    """The assistant, after telling what it has to do without."""
    assistant = build_assistant(read_settings())
    for warning in assistant.warnings:
        sys.stderr.write(f"注意：{warning}\n")
    return assistant


def parse_date(text: str | None) -> date | None:
    """A date written 2026-11-22, or None. Raises BadInput."""
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise BadInput(f"日期“{mask(text or '').text}”写法不对，请写成 2026-11-22") from None


def reply_text(reply: Reply) -> str:
    """A reply for the terminal: text, options, then the clauses it rests on."""
    lines = [reply.text]
    lines += [f"可以照着念给 12345：\n  {reply.handover}"] if reply.handover else []
    listed = isinstance(reply, FlowStep) and reply.ticks  # the numbers are those of the statements
    lines += [f"  {'·' if listed else f'{i})'} {option.label}" for i, option in enumerate(reply.options, 1)]
    lines += [
        f"  [{c.n}] {c.title}｜{c.basis or '办事指南'}｜{c.certainty}｜核对于 {c.updated_on}" for c in reply.citations
    ]
    return "\n".join(lines)


def _show(reply: Reply, as_json: bool) -> None:
    sys.stdout.write((reply.model_dump_json() if as_json else reply_text(reply)) + "\n")
    sys.stdout.flush()


def _ask_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("text", nargs="*", help="问题")
    add_place_and_day(parser)
    parser.add_argument("--batch", type=Path, help="批量提问的 JSONL 文件")
    parser.add_argument("--out", type=Path, help="批量回答写到哪个文件")


def _ask(args: Namespace) -> int:
    assistant = opened()
    if args.batch:
        return _batch(assistant, args.batch, args.out)
    text = " ".join(args.text)
    turn = assistant.ask(Session(session_id=new_session_id()), text, args.city, parse_date(args.as_of))
    _show(turn.reply, args.json)
    return DONE


def replies(assistant: Assistant, case: dict[str, object]) -> Iterator[Reply]:
    """The replies to the turns of one batch line, in one session."""
    turns, city, as_of = case.get("turns"), case.get("city"), case.get("as_of")
    if not isinstance(turns, list) or not turns or not all(isinstance(t, str) for t in turns):
        raise BadInput("turns 应是一串文字")
    if not isinstance(city, str | None) or not isinstance(as_of, str | None):
        raise BadInput("city 和 as_of 应是文字或 null")
    session = Session(session_id=new_session_id())
    for index, text in enumerate(turns):
        turn = assistant.ask(session, text, city if index == 0 else None, parse_date(as_of))
        session = session.add(turn)
        yield turn.reply


def _batch(assistant: Assistant, source: Path, out: Path | None) -> int:
    if out is None:
        raise BadInput("批量提问要用 --out 写明输出文件")
    try:
        lines = [line for line in source.read_text(encoding="utf-8").splitlines() if line.strip()]
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"读不了 {source}：{type(error).__name__}") from error
    bad = 0
    bar, move = progress_bar("提问")
    partial = out.with_name(out.name + ".partial")
    with bar, partial.open("w", encoding="utf-8") as file:
        for number, line in enumerate(lines, 1):
            record = _answered(assistant, line, number)
            bad += "error" in record
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
            move(number, len(lines))
    os.replace(partial, out)
    sys.stderr.write(f"共 {len(lines)} 例，答完 {len(lines) - bad} 例，有误 {bad} 例，写在 {out}\n")
    return USAGE if bad else DONE


def _answered(assistant: Assistant, line: str, number: int) -> dict[str, object]:
    try:
        case = json.loads(line)
        if not isinstance(case, dict):
            raise BadInput("应是一个 JSON 对象")
    except (json.JSONDecodeError, BadInput) as error:
        return {"id": None, "error": f"第 {number} 行不是合格的 JSON：{error}"}
    try:
        return {"id": case.get("id"), "replies": [r.model_dump(mode="json") for r in replies(assistant, case)]}
    except BadInput as error:
        return {"id": case.get("id"), "error": f"第 {number} 行：{error}"}


def _chat(args: Namespace) -> int:
    assistant = opened()
    session = Session(session_id=new_session_id())
    sys.stdout.write("我是办成，河南政务服务问答。直接说要办的事；输入“退出”结束。\n")
    city = args.city
    while True:
        try:
            text = input("您问：").strip()
        except (EOFError, KeyboardInterrupt):
            text = "退出"
        if text in {"退出", "exit", "quit"}:
            sys.stdout.write("再见。\n")
            return DONE
        try:
            turn = assistant.ask(session, text, city, parse_date(args.as_of))
            city = None
            session = session.add(turn)
            _show(turn.reply, args.json)
        except BadInput as error:
            sys.stdout.write(f"{error}\n")


COMMANDS = (
    Command("ask", "问一句，或批量提问", _ask_arguments, _ask),
    Command("chat", "连续问", add_place_and_day, _chat),
)
