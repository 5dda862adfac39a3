"""What an operator may change while the service runs; kept in a file of the data folder that every process watches."""

import logging
import os
from pathlib import Path

from pydantic import Field, ValidationError

from assistant.answering.proposing import Speaker
from assistant.confidence import REFUSE_BELOW
from assistant.errors import ModelUnavailable
from knowledge.model import Frozen

FILE = "controls.json"
OFF = "语言模型已由管理员关掉"
log = logging.getLogger(__name__)


class Controls(Frozen):
    """The switches: a notice closes the door; the confidence below which nothing is answered; the language model."""

    notice: str = Field(default="", max_length=200)
    refuse_below: float = Field(default=REFUSE_BELOW, ge=0.2, le=0.99)
    language_model: bool = True


class LiveControls:
    """The controls as they stand now; without a path they never change."""

    def __init__(self, path: Path | None = None) -> None:
        self._path, self._seen = path, ""
        self.current = Controls()
        self.problem: str | None = None
        self.refresh()

    def refresh(self) -> None:
        """Take up what the file says; a file that is no controls changes nothing and is told."""
        try:
            found = self._path.read_text(encoding="utf-8") if self._path else ""
        except FileNotFoundError:
            found = ""
        except (OSError, UnicodeDecodeError) as error:
            self._tell(f"读不了 {self._path}（{type(error).__name__}），开关没有变")
            return
        if found == self._seen:
            self._tell(None)
            return
        try:
            self.current, self._seen = Controls.model_validate_json(found or "{}"), found
        except ValidationError:
            self._tell(f"{self._path} 里写的不是开关，开关没有变；请改好或删掉这个文件")
            return
        self._tell(None)
        log.warning("开关已改：%s", self.current.model_dump())

    def change(self, controls: Controls) -> None:
        """Set the controls for every process of this data folder. Raises OSError."""
        written = controls.model_dump_json()
        if self._path:
            partial = self._path.with_suffix(".partial")
            partial.write_text(written, encoding="utf-8")
            os.replace(partial, self._path)
        self.current, self._seen = controls, written

    def _tell(self, problem: str | None) -> None:
        if problem and problem != self.problem:
            log.error(problem)
        self.problem = problem


class Switched:
    """A language model that can be switched off."""

    def __init__(self, model: Speaker, controls: LiveControls) -> None:
        self._model, self._controls = model, controls

    def say(self, prompt: str) -> str:
        """What it says. Raises ModelUnavailable, also while it is off."""
        if not self._controls.current.language_model:
            raise ModelUnavailable(OFF)
        return self._model.say(prompt)
