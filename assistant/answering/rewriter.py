"""Answers in a language model's words: tokens out, tokens in, the rules, then the gate; the composed answer if any of it fails."""

from pathlib import Path
from typing import NamedTuple

from assistant.answering.gate import Gate
from assistant.answering.proposing import Speaker
from assistant.answering.rewording import CONNECTING, PLAIN, Protected, protect, restore
from assistant.errors import ModelUnavailable
from assistant.model import Answer

PROMPT = (Path(__file__).parent / "prompts" / "rewrite.md").read_text(encoding="utf-8")
UNVERIFIED = "改写没有通过核对"


class Draft(NamedTuple):
    """What the model is asked for one answer, and what its lines are held against."""

    prompt: str
    protected: tuple[Protected, ...]


class Rewriter:
    """Has a model reword answers; the gate of their library has the last word."""

    def __init__(self, model: Speaker, gate: Gate) -> None:
        self._model, self._gate = model, gate

    def rewrite(self, answer: Answer, question: str, heard: tuple[str, ...] = ()) -> Answer:
        """The answer in the model's words, marked as such, or unchanged when it says the same. Raises ModelUnavailable."""
        draft = self.draft(answer, question)
        return self.worded(answer, draft, self._model.say(draft.prompt), heard) if draft.protected else answer

    def draft(self, answer: Answer, question: str) -> Draft:
        """What to ask the model; it sees no value of the answer."""
        protected = protect(answer.statements, self._gate.reader)
        field_of = {statement.text: statement.field.label for statement in answer.statements}
        points = "\n".join(f"- {field_of[p.sentence]}：{p.text}" for p in protected)
        words = {"connecting": "、".join(CONNECTING), "plain": "；".join("＝".join(group) for group in PLAIN)}
        return Draft(PROMPT.format(question=question, points=points, **words), protected)

    def worded(self, answer: Answer, draft: Draft, said: str, heard: tuple[str, ...] = ()) -> Answer:
        """The answer with what the model said in place of its sentences. Raises ModelUnavailable if any of it may not be shown."""
        anew = {old: new for old, new in restore(said, draft.protected).items() if new != old}
        if not anew:
            return answer
        text = answer.text
        for old, new in sorted(anew.items(), key=lambda pair: -len(pair[0])):
            text = text.replace(old, new)
        statements = tuple(s.model_copy(update={"text": anew.get(s.text, s.text)}) for s in answer.statements)
        worded = answer.model_copy(update={"text": text, "statements": statements, "ai_generated": True})
        if self._gate.check(worded, heard).dropped:
            raise ModelUnavailable(UNVERIFIED)
        return worded
