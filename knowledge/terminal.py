"""Command-line manners shared by every command here: Chinese help, Chinese errors, progress with remaining time."""

import argparse
import sys
from collections.abc import Callable
from typing import NamedTuple, NoReturn

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeRemainingColumn

DONE, FAILED, USAGE, TOO_LITTLE = 0, 1, 2, 3


class Command(NamedTuple):
    """One sub-command: its name, one line of help, its arguments, and what it does (→ exit code)."""

    name: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]


class ChineseParser(argparse.ArgumentParser):
    """argparse that speaks Chinese and leaves with exit code 2 on wrong usage."""

    def __init__(self, prog: str, description: str, epilog: str | None = None) -> None:
        super().__init__(
            prog=prog, description=description, epilog=epilog, add_help=False,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )  # fmt: skip
        self._positionals.title, self._optionals.title = "命令和参数", "选项"
        self.add_argument("-h", "--help", action="help", help="显示这段说明")

    def format_usage(self) -> str:
        """The usage line, in Chinese."""
        return super().format_usage().replace("usage:", "用法：")

    def format_help(self) -> str:
        """The help page, in Chinese."""
        return super().format_help().replace("usage:", "用法：")

    def error(self, message: str) -> NoReturn:
        """Say what is wrong and how to see the help."""
        self.print_usage(sys.stderr)
        self.exit(USAGE, f"命令写得不对：{_chinese(message)}。运行 {self.prog} --help 看说明。\n")


def _chinese(message: str) -> str:
    for english, chinese in (
        ("the following arguments are required:", "缺少参数"), ("unrecognized arguments:", "不认识的参数"),
        ("invalid choice:", "没有这个选择"), ("choose from", "可选"), ("expected one argument", "后面要跟一个值"),
        ("argument", "参数"), ("invalid int value:", "应为整数"), ("invalid", "不合要求"), ("value:", "值"),
    ):  # fmt: skip
        message = message.replace(english, chinese)
    return message


def progress_bar(title: str) -> tuple[Progress, Callable[[int, int], None]]:
    """A bar on stderr, silent where that is no terminal, and the function that moves it to (done, total)."""
    bar, (move,) = progress_bars(title)
    return bar, move


def progress_bars(*titles: str) -> tuple[Progress, list[Callable[[int, int], None]]]:
    """The same for steps that follow each other: each shows once it has begun."""
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("剩余"), TimeRemainingColumn(),
        console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty(),
    )  # fmt: skip

    def mover(task: TaskID) -> Callable[[int, int], None]:
        return lambda done, total: bar.update(task, completed=done, total=total, visible=True)

    return bar, [mover(bar.add_task(title, total=None, visible=title == titles[0])) for title in titles]
