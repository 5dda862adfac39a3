"""The optional language model, through LangChain: it sees tokens instead of values and may only improve wording.

Any violation (a token lost or invented, a digit of its own, a link) raises ModelUnavailable, and the composed answer
is served as it is.
"""

import re
from pathlib import Path

from langchain_core.language_models import BaseChatModel
from langchain_core.prompts import PromptTemplate
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from assistant.errors import ModelUnavailable
from assistant.model import Answer

PROMPT = PromptTemplate.from_template((Path(__file__).parent / "prompts" / "rewrite.md").read_text(encoding="utf-8"))
_TOKEN = re.compile(r"⟦F\d+⟧")
_OWN_VALUE = re.compile(r"[0-9０-９〇零一二三四五六七八九十百千万亿两半]|https?:|www\.|[@⟦⟧]|!\[|\]\(")


def protect(answer: Answer) -> tuple[str, dict[str, str]]:
    """The statements as numbered tokens, and what each token stands for."""
    tokens = {f"⟦F{i}⟧": statement.text.rstrip("。") for i, statement in enumerate(answer.statements, 1)}
    points = "\n".join(f"- {s.field.label}：{t}" for t, s in zip(tokens, answer.statements, strict=True))
    return points, tokens


def restore(text: str, tokens: dict[str, str]) -> str:
    """Put the values back. Raises ModelUnavailable unless each token stands exactly once and nothing else is a value."""
    if sorted(_TOKEN.findall(text)) != sorted(tokens):
        raise ModelUnavailable("语言模型丢失或增加了事实记号")
    if _OWN_VALUE.search(_TOKEN.sub("", text)):
        raise ModelUnavailable("语言模型写了自己的数字或链接")
    for token, value in tokens.items():
        text = text.replace(token, value)
    return text.strip()


class LangChainRewriter:
    """Rewrites the text of an answer through an OpenAI-compatible endpoint; falls back to the composed text."""

    def __init__(
        self, base_url: str, model: str, api_key: str, timeout: float, chat: BaseChatModel | None = None
    ) -> None:
        self._chat = chat or ChatOpenAI(
            base_url=base_url, model=model, api_key=SecretStr(api_key), timeout=timeout, max_retries=1, temperature=0
        )

    def rewrite(self, answer: Answer, question: str) -> Answer:
        """The answer in better words, or unchanged when the model is down or breaks a rule."""
        points, tokens = protect(answer)
        if not tokens:
            return answer
        try:
            said = self._say(PROMPT.format(question=question, points=points))
            return answer.model_copy(update={"text": restore(said, tokens), "ai_generated": True})
        except ModelUnavailable:
            return answer

    def _say(self, prompt: str) -> str:
        try:
            return str(self._chat.invoke(prompt).content)
        except Exception as error:  # whatever the vendor raises means one thing here: no rewrite
            raise ModelUnavailable(f"语言模型不可用：{type(error).__name__}") from error
