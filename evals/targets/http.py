"""Any system behind HTTP: an adapter file says what to send for a question and where in the reply the answer stands."""

import os
import time
from pathlib import Path
from typing import Any

import httpx
from pydantic import Field

from assistant.model import AnyReply
from evals.sample import AS_OF, Case
from evals.targets.foreign import REFUSING, UNSEEN, at, own_reply, reply_of, turn_of, untold
from evals.targets.target import Played, TargetError
from knowledge.catalog import Catalog
from knowledge.model import Frozen
from knowledge.sources.library import load_model


class Adapter(Frozen):
    """One HTTP system: what is sent, with `$name` for what the case gives, and where the reply's parts stand.

    `$question`, `$city`, `$as_of`, `$documents`, `$history` (OpenAI messages so far) and the names in `carry` may be used; a
    value that is nothing but `$name` keeps its type. `${NAME}` in a header is an environment variable.
    """

    name: str
    url: str
    headers: dict[str, str] = Field(default_factory=dict)
    request: dict[str, Any]
    reply: dict[str, str]  # text, kind, reason, items, place → path; or own: "" when it speaks this project's JSON
    carry: dict[str, str] = Field(default_factory=dict)  # name → path: taken from a reply, sent with the next question
    refusing: str = REFUSING
    timeout_seconds: float = Field(default=30, gt=0)


def read_adapter(path: Path) -> Adapter:
    """Read an adapter file. Raises LibraryError naming what is wrong."""
    return load_model(path, Adapter, "适配文件")


def chat_adapter(url: str, model: str) -> Adapter:
    """The adapter of an OpenAI-compatible chat endpoint, asked without any guides: a language model's own knowledge."""
    return Adapter(
        name=f"chat:{model}", url=f"{url.rstrip('/')}/chat/completions",
        headers={"Authorization": "Bearer ${OPENAI_API_KEY}"},
        request={"model": model, "temperature": 0, "seed": 7, "messages": "$history"},
        reply={"text": "choices.0.message.content"},
    )  # fmt: skip


SYSTEM = "你是河南省政务服务助手。今天是{as_of}，市民在{city}。简短回答；不知道就说不知道。"
WITH_DOCUMENTS = "请只根据以下资料回答；资料里没有答案就回答“信息不足”。\n{documents}\n问题：{question}"


class HttpTarget:
    """Plays each case as one conversation with a system behind HTTP."""

    def __init__(self, adapter: Adapter, catalog: Catalog) -> None:
        self.name = adapter.name
        self._adapter, self._catalog = adapter, catalog
        self.untold = UNSEEN if "own" in adapter.reply else untold(list(adapter.reply))
        headers = {name: os.path.expandvars(value) for name, value in adapter.headers.items()}
        told = {name: value for name, value in headers.items() if "${" not in value}
        self._client = httpx.Client(timeout=adapter.timeout_seconds, headers=told)

    def play(self, case: Case) -> Played:
        """Ask turn after turn. Raises TargetError when it cannot be reached or says nothing."""
        if case.facts:
            raise TargetError("一件事的题要看清在问哪个情况，只能在本进程里跑")
        day = str(case.as_of or AS_OF)
        told = {"city": case.city or "", "as_of": day, "documents": "\n".join(case.documents)}
        history = [{"role": "system", "content": SYSTEM.format(as_of=day, city=case.city or "河南")}]
        for text in case.turns:
            content = WITH_DOCUMENTS.format(documents=told["documents"], question=text) if case.documents else text
            history.append({"role": "user", "content": content})
            started = time.perf_counter()
            data = self._post(_filled(self._adapter.request, {**told, "question": text, "history": history}))
            seconds = time.perf_counter() - started
            reply = self._reply(data, case)
            history.append({"role": "assistant", "content": reply.text})
            told |= {name: at(path, data) for name, path in self._adapter.carry.items()}
        return Played(turn_of(text, reply, self.name), seconds)

    def _reply(self, data: Any, case: Case) -> AnyReply:
        if "own" in self._adapter.reply and (own := own_reply(at(self._adapter.reply["own"], data))):
            return own
        found = {name: at(path, data) for name, path in self._adapter.reply.items()}
        return reply_of(found, case, self._catalog, self._adapter.refusing)

    def _post(self, body: Any) -> Any:
        try:
            response = self._client.post(self._adapter.url, json=body)
            response.raise_for_status()
            return response.json()
        except httpx.HTTPStatusError as error:
            raise TargetError(f"{self._adapter.url} 返回 {error.response.status_code}") from error
        except httpx.TimeoutException as error:
            raise TargetError(f"{self._adapter.url} 过了 {self._adapter.timeout_seconds:g} 秒没有回话") from error
        except httpx.HTTPError as error:
            raise TargetError(f"{self._adapter.url} 连不上或断了（{type(error).__name__}）") from error
        except ValueError as error:
            raise TargetError(f"{self._adapter.url} 回的不是 JSON：{response.text[:60]!r}") from error

    def describe(self) -> dict[str, Any]:
        """The adapter; header values stay as written in its file, so no secrets."""
        return {"name": self.name, "adapter": self._adapter.model_dump(mode="json")}


def _filled(template: Any, told: dict[str, Any]) -> Any:
    """The request with every `$name` replaced; a name not told yet is left out."""
    if isinstance(template, dict):
        return {key: value for key, part in template.items() if (value := _filled(part, told)) is not None}
    if isinstance(template, list):
        return [_filled(part, told) for part in template]
    if isinstance(template, str) and template.startswith("$"):
        return told.get(template[1:]) or None
    if isinstance(template, str):
        for name, value in told.items():
            template = template.replace(f"${name}", str(value))
    return template
