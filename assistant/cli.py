"""`python -m assistant`: ask one question, chat, run a batch, make a plan, or list what got no answer; plain text or JSON."""

import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from assistant import filled_form
from assistant.assistant import Assistant
from assistant.build import PATIENT, build_assistant, open_stores
from assistant.config import Settings, read_settings
from assistant.errors import AssistantError, BadInput
from assistant.model import Reply, Session
from assistant.onething.form_values import check
from assistant.onething.questions import told
from assistant.onething.telling import plan_text
from assistant.safety.privacy import mask
from assistant.sessions import new_session_id
from assistant.takeaway.writing import KINDS
from knowledge.errors import KnowledgeError
from knowledge.terminal import DONE, FAILED, USAGE, ChineseParser, progress_bar

EXAMPLES = """例子：
  python -m assistant ask 身份证丢了咋补，要多少钱 --city 郑州
  python -m assistant ask 失业金能领多久 --json
  python -m assistant ask --batch 问题.jsonl --out 回答.jsonl
  python -m assistant chat
  python -m assistant plan newborn --answer child-hukou-henan=true
  python -m assistant plan newborn --answer child-hukou-henan=true --out 计划.pdf
  python -m assistant plan newborn --answer child-hukou-henan=true --form 一张表.json
  python -m assistant gaps --json

批量文件一行一例：{"id":"1","turns":["身份证丢了咋补","多少钱"],"city":null,"as_of":null}
"""


class Arguments:
    """The parsed command line."""

    command: str
    text: list[str]
    city: str | None
    as_of: str | None
    json: bool
    batch: Path | None
    out: Path | None
    answer: list[str]
    have: list[str]
    form: Path | None


def _parser() -> ChineseParser:
    parser = ChineseParser("python -m assistant", "办成：问河南的政务服务怎么办。", EXAMPLES)
    parser.add_argument(
        "command", choices=["ask", "chat", "plan", "gaps"],
        help="ask 问一句；chat 连续问；plan 一件事的方案；gaps 没有答上来的问题和次数",
    )  # fmt: skip
    parser.add_argument("text", nargs="*", help="问题，或一件事的编号")
    parser.add_argument("--city", help="地区，例如 郑州、新郑")
    parser.add_argument("--as-of", help="按哪一天的规定，例如 2026-11-22")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.add_argument("--batch", type=Path, help="批量提问的 JSONL 文件")
    parser.add_argument("--out", type=Path, help="批量回答写到哪个文件；plan 写成 .html、.pdf、.ics 或 .json")
    parser.add_argument("--answer", action="append", default=[], help="plan 的情况，写成 问题编号=值，可多次")
    parser.add_argument("--have", action="append", default=[], help="plan 时手里已有的材料，例如 身份证，可多次")
    parser.add_argument("--form", type=Path, help="plan 的表填好以后存成的文件：只检查，不出计划")
    return parser


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
    lines += [f"  {i}) {option.label}" for i, option in enumerate(reply.options, 1)]
    lines += [
        f"  [{c.n}] {c.title}｜{c.basis or '办事指南'}｜{c.certainty}｜核对于 {c.updated_on}" for c in reply.citations
    ]
    return "\n".join(lines)


def _show(reply: Reply, as_json: bool) -> None:
    sys.stdout.write((reply.model_dump_json() if as_json else reply_text(reply)) + "\n")
    sys.stdout.flush()


def _ask(assistant: Assistant, args: Arguments) -> int:
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


def _chat(assistant: Assistant, args: Arguments) -> int:
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


def _plan(assistant: Assistant, args: Arguments) -> int:
    if len(args.text) != 1:
        names = "、".join(f"{t.theme_id}（{t.name}）" for t in assistant.catalog.themes.values())
        raise BadInput(f"plan 后面写一件事的编号，现有：{names}")
    pairs = [pair.partition("=") for pair in args.answer]
    answers = {key: value for key, _, value in pairs}
    if args.out:
        return _take_away(assistant, args, answers, args.out)
    plan = assistant.plan(args.text[0], answers, args.city, parse_date(args.as_of), args.have)
    if args.form:
        checked = check(plan.form, filled_form.read_filled(args.form, plan.theme_id), date.today())
        sys.stdout.write(f"{filled_form.told(checked, args.json)}\n")
        return filled_form.exit_code(checked)
    sys.stdout.write(
        (plan.model_dump_json() if args.json else plan_text(plan, told(assistant.catalog, plan.answers))) + "\n"
    )
    return DONE


def _take_away(assistant: Assistant, args: Arguments, answers: dict[str, str], out: Path) -> int:
    kind = next((kind for extension, kind in KINDS.items() if out.suffix.lower() == f".{extension}"), None)
    if kind is None:
        kinds = "、".join(f".{extension}" for extension in KINDS)
        raise BadInput(f"不会写“{out.suffix or out.name}”这种文件，可以写：{kinds}")
    sheet = assistant.sheet(args.text[0], answers, args.city, parse_date(args.as_of), args.have)
    try:
        out.write_bytes(kind.write(sheet))
    except OSError as error:
        raise BadInput(f"写不了 {out}：{type(error).__name__}") from error
    sys.stdout.write(f"已写到 {out}\n")
    return DONE


def _gaps(settings: Settings, as_json: bool) -> int:
    """The questions without an answer, most frequent first; no generation is needed to read them."""
    try:
        gaps = open_stores(settings, PATIENT).gaps.all()
    except OSError as error:
        raise BadInput(str(error)) from error
    for gap in gaps:
        near = f"；最接近：{'、'.join(gap.nearest)}" if gap.nearest else ""
        line = f"{gap.times} 次｜{gap.reason}｜{gap.place}｜{gap.question}{near}｜最近 {gap.last_seen:%Y-%m-%d}，版本 {gap.generation}"
        sys.stdout.write((gap.model_dump_json() if as_json else line) + "\n")
    sys.stderr.write(f"共 {len(gaps)} 个没有答上来的问题\n")
    return DONE


def main(argv: list[str] | None = None) -> int:
    """Run one command; the outermost edge, where faults become one Chinese message."""
    args = _parser().parse_args(argv, Arguments())
    try:
        settings = read_settings()
        if args.command == "gaps":
            return _gaps(settings, args.json)
        assistant = build_assistant(settings)
        for warning in assistant.warnings:
            sys.stderr.write(f"注意：{warning}\n")
        return {"ask": _ask, "chat": _chat, "plan": _plan}[args.command](assistant, args)
    except (AssistantError, KnowledgeError) as error:
        sys.stderr.write(f"{error}\n")
        return USAGE
    except KeyboardInterrupt:
        sys.stderr.write("\n已停下。\n")
        return FAILED
