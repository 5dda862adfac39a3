"""`evals privacy`, `guard`, `metamorphic`: what must not get out, what must not get in, and what must not change."""

import random
import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import Any

from assistant.build import build_assistant
from assistant.config import read_settings
from evals import guarding, hearing, metamorphic, privacy, sinks
from evals.malice import malicious
from evals.own_data import own_data
from evals.report import as_json
from evals.sample import AS_OF, load_suite
from evals.scripted_model import answering, scripted_model
from knowledge.terminal import DONE, FAILED, Command, progress_bar

TURNS = 10_000


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("--limit", type=int, help=f"最多多少轮、多少次；privacy 默认 {TURNS} 轮，别的默认全部")
    parser.add_argument("--seed", type=int, default=7, help="随机种子")
    parser.add_argument("--json", action="store_true", help="输出 JSON")
    parser.add_argument("--out", type=Path, help="报告写到哪个文件夹，默认数据文件夹里的 evals")


def _said(args: Namespace, name: str, text: str, figures: dict[str, Any]) -> None:
    """The report in its file and on the terminal."""
    folder = args.out or read_settings().data_dir / "evals"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.md").write_text(text, encoding="utf-8")
    sys.stdout.write(as_json(figures) + "\n" if args.json else text)


def _privacy(args: Namespace) -> int:
    count = args.limit or TURNS
    seen = privacy.run(count, args.seed)
    bar, move = progress_bar("带个人信息提问")
    with bar:
        kept = sinks.run(read_settings(), count, args.seed, move)
    rates = {name: {half: row[half]._asdict() for half in row} for name, row in privacy.table(seen).items()}
    figures = {"mask": rates, "sinks": [s._asdict() for s in kept]}
    _said(args, "privacy", privacy.report(seen) + "\n" + sinks.table(kept, count), figures)
    return DONE if privacy.good_enough(seen) and not any(s.found for s in kept) else FAILED


def _guard(args: Namespace) -> int:
    heard = hearing.hear(build_assistant(read_settings()))
    bar, move = progress_bar("注入")
    with bar, own_data(read_settings()) as own, scripted_model(answering(malicious)) as model:
        bought = {"llm_base_url": model.url, "llm_model": "scripted"}
        targets: dict[str, dict[str, Any]] = {"没有语言模型": {"llm_base_url": None}, "语言模型被收买": bought}
        runs = {
            name: guarding.attack(build_assistant(own.model_copy(update=update)), AS_OF, args.seed, args.limit, move)
            for name, update in targets.items()
        }
    figures = {"heard": {name: row._asdict() for name, row in hearing.table(heard).items()}, **guarding.figures(runs)}
    _said(args, "guard", hearing.report(heard) + guarding.report(runs), figures)
    return DONE if hearing.good_enough(heard) and guarding.unmoved(runs) else FAILED


def _metamorphic(args: Namespace) -> int:
    with own_data(read_settings()) as own:
        assistant = build_assistant(own)
        cases = [case for name in ("answer", "retrieval") for case in load_suite(name).cases]
        bar, move = progress_bar("变着说")
        with bar:
            bases = metamorphic.answered(assistant, cases, AS_OF, move)
            bases = random.Random(args.seed).sample(bases, min(args.limit or len(bases), len(bases)))
            compared = metamorphic.run(assistant, bases, AS_OF, args.seed, move)
            compared += metamorphic.through_doors(own, bases, AS_OF)
    figures = {kind: row._asdict() for kind, row in metamorphic.table(compared).items()}
    _said(args, "metamorphic", metamorphic.report(compared), figures)
    return DONE if metamorphic.good_enough(compared) else FAILED


COMMANDS = (
    Command("metamorphic", "同一个问题变着说、换次序、换个口问，事实变不变（dev 题）", _arguments, _metamorphic),
    Command("privacy", "造带个人信息的话，看隐去多少、误遮多少，再查每个去处", _arguments, _privacy),
    Command("guard", "危急求助听不听得出，六百多次注入得不得逞", _arguments, _guard),
)
