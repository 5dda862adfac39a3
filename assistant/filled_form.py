"""A form that somebody filled in and stored as a file: read it, and say what is wrong in it. Nothing of it is kept."""

import json
from pathlib import Path

from pydantic import Field, ValidationError

from assistant.errors import BadInput
from assistant.onething.form_values import Checked
from knowledge.model import Frozen, Slug
from knowledge.terminal import DONE, FAILED, TOO_LITTLE


class FilledForm(Frozen):
    """What the form page exports: field key (`child.name`) → what is written there."""

    theme: Slug
    name: str = ""
    values: dict[str, str] = Field(default_factory=dict)


def read_filled(path: Path, theme_id: str) -> dict[str, str]:
    """The values of a stored form of this life event. Raises BadInput; no value is ever repeated in a message."""
    try:
        filled = FilledForm.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BadInput(f"读不了 {path}：{type(error).__name__}") from error
    except ValidationError as error:
        raise BadInput(f'{path} 不是填好的表，应写成 {{"theme": …, "values": {{栏目: 内容}}}}') from error
    if filled.theme != theme_id:
        raise BadInput(f"{path} 是“{filled.theme}”的表，不是“{theme_id}”的")
    return filled.values


def told(checked: Checked, as_json: bool) -> str:
    """What is wrong and what is still empty, for the terminal."""
    if as_json:
        content = {"faults": [fault._asdict() for fault in checked.faults], "missing": checked.missing}
        return json.dumps(content, ensure_ascii=False)
    lines = [f"{fault.label}：{fault.why}" for fault in checked.faults]
    if checked.missing:
        lines.append(f"还有 {len(checked.missing)} 栏没填：{'、'.join(checked.missing)}")
    return "\n".join(lines or ["填好了，没有看出错。"])


def exit_code(checked: Checked) -> int:
    """1 when a value cannot be right, 3 when some are still to be written, 0 when it is complete."""
    return FAILED if checked.faults else TOO_LITTLE if checked.missing else DONE
