"""From what stands behind `--target` to a system under test and the library that its replies are judged by."""

from pathlib import Path

from assistant.assistant import Assistant
from evals.targets.baselines import NAMES, Baseline
from evals.targets.http import HttpTarget, chat_adapter, read_adapter
from evals.targets.in_process import InProcess
from evals.targets.recorded import Recorded
from evals.targets.target import Target, TargetError

HELP = "assistant 本助手；bm25、dense 两条对照；适配文件.yaml；recorded:记录.jsonl；chat:模型@接口地址"


def open_target(spec: str, assistant: Assistant) -> Target:
    """The target that a specification names. Raises TargetError or LibraryError."""
    kind, _, rest = spec.partition(":")
    if spec == InProcess.name:
        return InProcess(assistant)
    if part := next((part for part, name in NAMES.items() if name == spec), None):
        return Baseline(assistant.generation, part)
    if kind == "recorded" and rest:
        return Recorded(Path(rest), assistant.catalog)
    if kind == "chat" and "@" in rest:
        model, _, url = rest.partition("@")
        return HttpTarget(chat_adapter(url, model), assistant.catalog)
    if spec.endswith((".yaml", ".yml")):
        return HttpTarget(read_adapter(Path(spec)), assistant.catalog)
    raise TargetError(f"不认识的被测系统“{spec}”，可写：{HELP}")
