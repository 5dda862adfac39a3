"""When the rules would ask which item is meant, a language model may propose one of those they offer; never anything else."""

import string
from pathlib import Path
from typing import NamedTuple, Protocol

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.errors import ModelUnavailable
from assistant.model import Option
from knowledge.model import FieldName

PROMPT = (Path(__file__).parent / "prompts" / "propose.md").read_text(encoding="utf-8")
NO_PROPOSAL = "没有给出合格的判断"


class Speaker(Protocol):
    """What says something to a prompt."""

    def say(self, prompt: str) -> str:
        """The answer, whole. Raises ModelUnavailable."""
        ...


class Proposal(NamedTuple):
    """One of the offered items, and the fields asked for."""

    option: Option
    fields: tuple[FieldName, ...]


class _Said(BaseModel):
    """The only shape in which a proposal is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    item: str | None
    fields: tuple[FieldName, ...] = ()


def propose(question: str, options: tuple[Option, ...], model: Speaker) -> Proposal | None:
    """The offered item that the model takes a masked question to mean; None when it is not sure.

    Raises ModelUnavailable when it does not answer, or answers in any other shape.
    """
    lettered = dict(zip(string.ascii_uppercase, options, strict=False))
    said = model.say(PROMPT.format(
        question=question, options="\n".join(f"{letter}. {option.label}" for letter, option in lettered.items()),
        fields="、".join(f"{field.value}（{field.label}）" for field in FieldName),
    ))  # fmt: skip
    try:
        read = _Said.model_validate_json(said.strip())
    except ValidationError as error:
        raise ModelUnavailable(NO_PROPOSAL) from error
    if read.item is None:
        return None
    if read.item not in lettered:
        raise ModelUnavailable(NO_PROPOSAL)
    return Proposal(lettered[read.item], tuple(dict.fromkeys(read.fields)))
