"""`assistant plan`: the plan of a life event, as text, JSON or a file to take away; or a check of its filled form."""

import sys
from argparse import ArgumentParser, Namespace
from datetime import date
from pathlib import Path

from assistant import filled_form
from assistant.assistant import Assistant
from assistant.commands.asking import add_place_and_day, opened, parse_date
from assistant.errors import BadInput
from assistant.onething.form_values import check
from assistant.onething.questions import told
from assistant.onething.telling import plan_text
from assistant.takeaway.writing import KINDS
from knowledge.terminal import DONE, Command


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("text", nargs="*", help="一件事的编号")
    add_place_and_day(parser)
    parser.add_argument("--out", type=Path, help="写成 .html、.pdf、.ics 或 .json")
    parser.add_argument("--answer", action="append", default=[], help="情况，写成 问题编号=值，可多次")
    parser.add_argument("--have", action="append", default=[], help="手里已有的材料，例如 身份证，可多次")
    parser.add_argument("--form", type=Path, help="填好以后存成的表：只检查，不出计划")


def _plan(args: Namespace) -> int:
    assistant = opened()
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


def _take_away(assistant: Assistant, args: Namespace, answers: dict[str, str], out: Path) -> int:
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


COMMANDS = (Command("plan", "一件事的方案", _arguments, _plan),)
