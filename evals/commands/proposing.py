"""`evals propose`: one gap or complaint from the desk's queue as a case for somebody to look at, in no suite yet."""

import sys
from argparse import ArgumentParser, Namespace
from datetime import date
from typing import get_args

from assistant.build import PATIENT, build_assistant, open_stores
from assistant.casework.matters import matters
from assistant.casework.proposing import SUITE, Expected, Right, proposed_case
from assistant.config import read_settings
from assistant.errors import BadInput
from evals.lint_data import Shelf
from evals.proposed import Proposed
from knowledge.model import FieldName
from knowledge.terminal import DONE, Command


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("kind", choices=["gap", "feedback"], help="没有答上来的（gap），或者说没帮助的（feedback）")
    parser.add_argument("key", help="工作台“待办”里这一件的编号")
    parser.add_argument("--right", choices=get_args(Right), default="answer", help="应当怎样答")
    parser.add_argument("--item", action="append", default=[], help="说的是哪个事项，可以写几个")
    parser.add_argument("--field", action="append", default=[], choices=[f.value for f in FieldName], help="问的字段")


def _propose(args: Namespace) -> int:
    settings = read_settings()
    stores = open_stores(settings, PATIENT)
    found = matters(stores.gaps.all(), stores.feedback.all(), (), ())
    matter = next((matter for matter in found if (matter.kind, matter.key) == (args.kind, args.key)), None)
    if matter is None:
        raise BadInput(f"待办里没有 {args.kind} {args.key}，请从工作台的页面上照抄编号")
    expected = Expected(kind=args.right, items=tuple(args.item), fields=tuple(FieldName(name) for name in args.field))
    assistant = build_assistant(settings)
    made = proposed_case(matter, expected, assistant.catalog, assistant.generation_number, date.today())
    shelf = Shelf(assistant.catalog.library.model_copy(update={"guides": tuple(assistant.catalog.guides)}))
    case = Proposed.model_validate(made).pinned(shelf)
    path = settings.data_dir / "evals" / f"{SUITE}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(case.model_dump_json(exclude_defaults=True) + "\n")
    sys.stdout.write(f"写在 {path}。看过以后去掉 proposed，改好 case_id、suite、split，再放进题集。\n")
    return DONE


COMMANDS = (Command("propose", "把工作台待办里的一件写成评测题草稿", _arguments, _propose),)
