"""A language model behind any OpenAI-compatible address, through LangChain: Qwen, DeepSeek, vLLM, Ollama by base_url."""

from collections.abc import AsyncGenerator

from langchain_core.language_models import BaseChatModel
from langchain_openai import ChatOpenAI
from pydantic import SecretStr

from assistant.errors import ModelUnavailable

BUSY, TOO_MANY = 429, "请求太多"
CUT = "话没有说完就断了"


class LangChainEndpoint:
    """One address and model. No second tries and no clock of its own: `LanguageModel` decides on those.

    `seed` is sent where one is given; most servers then say the same again, none promises it.

    LangChain's timeout by chunk must stay off: it waits in a way that loses a cancellation now and then on Python 3.11.
    """

    def __init__(self, base_url: str, model: str, key: SecretStr, seconds: float, seed: int | None = None) -> None:
        self._chat: BaseChatModel = ChatOpenAI(
            base_url=base_url,
            model=model,
            api_key=key,
            timeout=seconds,
            stream_chunk_timeout=None,
            max_retries=0,
            temperature=0,
            seed=seed,
        )

    async def stream(self, prompt: str) -> AsyncGenerator[str]:
        """The answer piece by piece. Raises ModelUnavailable, also when it ends before the model said that it is done."""
        begun = done = False
        try:
            async for chunk in self._chat.astream(prompt):
                done = done or chunk.response_metadata.get("finish_reason") == "stop"
                if piece := str(chunk.text):
                    begun = True
                    yield piece
        except Exception as error:  # whatever the vendor raises means one thing here: no words
            raise _fault(error, begun) from error
        if not done:
            raise ModelUnavailable(CUT, transient=not begun)


def _fault(error: Exception, begun: bool) -> ModelUnavailable:
    """What an exception of the vendor means; its own text is left out, a server may repeat the key in it."""
    status = getattr(error, "status_code", None)
    if status == BUSY:
        return ModelUnavailable(TOO_MANY, rest=_seconds(error))
    reason = f"接口返回 {status}" if status else f"接口出错（{type(error).__name__}）"
    return ModelUnavailable(reason, transient=not begun and (status is None or status >= 500))


def _seconds(error: Exception) -> float:
    """For how long a busy server wants to be left alone; 0 when it does not say in seconds."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    given = headers.get("Retry-After", "")
    return float(given) if given.isdecimal() else 0.0
