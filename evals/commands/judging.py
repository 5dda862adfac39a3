"""`evals judge`: the replies of a finished run put to a language model, beside what people say of them; never part of a gate."""

import hashlib
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import SecretStr

from assistant.answering.llm import LangChainEndpoint
from assistant.answering.upstream import Deadlines, LanguageModel
from assistant.config import read_settings
from evals.judge.agreement import Label, paired, read_labels
from evals.judge.asking import Answers, Panel, ballots
from evals.judge.rubric import CRITERIA, Question, questions
from evals.judge.telling import Session, findings, report
from evals.outcome import Outcome
from evals.report import as_json
from evals.runs import read_outcomes
from evals.sample import SuiteError
from evals.scorers.replies import reply_text
from knowledge.terminal import DONE, FAILED, Command, progress_bar

KEY = "OPENAI_API_KEY"
HELP = f"评判模型，写 模型@接口地址（OpenAI 兼容，例如 qwen3@http://127.0.0.1:8000/v1），密钥放环境变量 {KEY}"


def _arguments(parser: ArgumentParser) -> None:
    parser.add_argument("run", type=Path, help="一次评测的文件夹；判的是里面每题最后一个答复（追问和拒答不判）")
    parser.add_argument("--model", help=HELP)
    parser.add_argument(
        "--labels", type=Path, help="人工标注的 .jsonl：照 --sheet 写出的填好 label，报告里写一致多少、Cohen κ"
    )
    parser.add_argument("--sheet", type=Path, help="不问模型，抽一批答复写成待人填写的标注单（label 填 true 或 false）")
    parser.add_argument("--criteria", nargs="+", choices=list(CRITERIA), default=list(CRITERIA), help="判哪几条，默认全部：" + "、".join(f"{name} {c.title}" for name, c in CRITERIA.items()))  # fmt: skip
    parser.add_argument("--limit", type=int, help="最多几个答复；按种子抽，抽到的不随别的题变")
    parser.add_argument("--seed", type=int, default=7, help="第一遍的种子，以后每遍加一；也定抽哪些")
    parser.add_argument("--repeat", type=int, default=3, help="每问几遍，取多数")
    parser.add_argument("--jobs", type=int, default=4, help="同时问几个")
    parser.add_argument("--seconds", type=float, default=60.0, help="一次最多等几秒")
    parser.add_argument("--json", action="store_true", help="输出 JSON")


def _judge(args: Namespace) -> int:
    chosen = drawn([o for o in read_outcomes(args.run) if o.repeat == 0], args.limit, args.seed)
    asked = [question for outcome in chosen for question in questions(outcome, tuple(args.criteria))]
    if not asked:
        raise SuiteError(f"{args.run} 里没有可判的答复")
    if args.sheet:
        return _sheet(args.sheet, chosen, asked)
    name, _, url = (args.model or "").partition("@")
    if not name or not url.startswith(("http://", "https://")):
        raise SuiteError(f"请用 --model 写明{HELP}；只要标注单，用 --sheet")
    labels = read_labels(args.labels) if args.labels else []
    session = Session(args.run.name, name, urlsplit(url).netloc, args.seed, args.repeat)
    answers = Answers(read_settings().data_dir / "evals" / "judge" / "answers.jsonl")
    panel = Panel(f"{name}@{url}", _models(name, url, args), answers)
    bar, move = progress_bar("评判")
    with bar:
        found = list(ballots(panel, asked, args.jobs, move))
    pairs = paired(found, labels)
    figures, text = findings(session, found, pairs, answers.hits), report(session, found, pairs, answers.hits)
    if unused := len(labels) - sum(map(len, pairs.values())):
        text += f"\n{unused} 个人工标注没有用上：不是这次的题，答复后来变了，或者模型没有多数。\n"
    (args.run / "judge.json").write_text(as_json(figures), encoding="utf-8")
    (args.run / "judge.md").write_text(text, encoding="utf-8")
    sys.stdout.write(as_json(figures) + "\n" if args.json else text)
    return FAILED if any(ballot.silent for ballot in found) else DONE


def drawn(outcomes: Sequence[Outcome], count: int | None, seed: int) -> list[Outcome]:
    """At most `count`, in an order fixed by the seed and each case's own id."""
    return sorted(outcomes, key=lambda o: hashlib.sha256(f"{seed}:{o.case_id}".encode()).digest())[:count]


def _models(name: str, url: str, args: Namespace) -> dict[int, LanguageModel]:
    """One client for each repetition, by its seed."""
    key, deadlines = SecretStr(os.environ.get(KEY, "none")), Deadlines(args.seconds, args.seconds)
    return {
        seed: LanguageModel([LangChainEndpoint(url, name, key, args.seconds, seed)], deadlines)
        for seed in range(args.seed, args.seed + args.repeat)
    }


def _sheet(path: Path, chosen: Sequence[Outcome], asked: Sequence[Question]) -> int:
    """Write what people are to label: the question, the reply, and nothing of what any machine thinks of it."""
    replies = {o.case_id: (" → ".join(o.turns), reply_text(o.reply)) for o in chosen if o.reply}
    lines = [
        Label(case_id=q.case_id, criterion=q.criterion, reply=q.reply, label=None, question=replies[q.case_id][0], text=replies[q.case_id][1])
        for q in asked
    ]  # fmt: skip
    path.write_text("".join(line.model_dump_json() + "\n" for line in lines), encoding="utf-8")
    sys.stderr.write(f"{len(lines)} 行待标注写在 {path}：把 label 的 null 改成 true（是）或 false（否），再用 --labels {path}\n")  # fmt: skip
    return DONE


COMMANDS = (Command("judge", "请一个语言模型评判答复（可选，不进关），并与人工标注核对", _arguments, _judge),)
