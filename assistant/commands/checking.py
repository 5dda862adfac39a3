"""`assistant doctor`, `config check`: is this installation whole, and what are its settings."""

import os
import sys
from argparse import ArgumentParser, Namespace

from assistant.build import PATIENT, half_named, open_stores
from assistant.config import PREFIX, Settings, read_settings
from assistant.errors import SettingsError
from assistant.health import findings
from knowledge.terminal import DONE, FAILED, Command

MARKS = {"ok": "好　", "warning": "注意", "error": "不行"}


def _doctor(args: Namespace) -> int:
    found = list(findings(read_settings(), PATIENT))
    for finding in found:
        sys.stdout.write(f"{MARKS[finding.level]}　{finding.name}：{finding.told}\n")
    return FAILED if any(finding.level == "error" for finding in found) else DONE


def _config(args: Namespace) -> int:
    try:
        settings = read_settings()
        open_stores(settings).keeper.close()
    except SettingsError as error:
        sys.stdout.write(f"{error}\n")
        return FAILED
    width = max(map(len, Settings.model_fields)) + len(PREFIX)
    for name, field in Settings.model_fields.items():
        given = "　（默认）" if name not in settings.model_fields_set else ""
        shown = "" if (value := getattr(settings, name)) is None else value
        sys.stdout.write(f"{PREFIX + name.upper():<{width}} = {shown}{given}　# {field.description}\n")
    faults = [*half_named(settings), *_unknown()]
    sys.stdout.write("".join(f"有误：{fault}\n" for fault in faults))
    return FAILED if faults else DONE


def _unknown() -> list[str]:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    return [
        f"不认识 {name}，请核对拼写" for name in sorted(os.environ) if name.startswith(PREFIX) and name not in known
    ]


def _nothing(parser: ArgumentParser) -> None:
    """No arguments."""


def _what(parser: ArgumentParser) -> None:
    parser.add_argument("what", choices=["check"], help="check 列出生效的设置，密钥遮住")


COMMANDS = (
    Command("doctor", "从头到尾检查一遍：数据、版本、数据库、审计、时钟", _nothing, _doctor),
    Command("config", "列出并检查现在生效的设置", _what, _config),
)
