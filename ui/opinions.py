"""The door through which a page says whether a reply helped; what is kept is the server's own masked turn."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from assistant.assistant import Assistant
from assistant.feedback import Complaint, Feedback, FeedbackStore, Verdict
from assistant.serving import Serving
from ui.limits import Buckets
from ui.problems import MEDIA_TYPE, problem

Short = Annotated[str, Field(max_length=100)]
UNREAD, UNKNOWN, UNKEPT = "没有读懂，请重新点一次。", "这段对话已经清除，不能再评价。", "暂时记不下来，请稍后再试。"


class Opinion(BaseModel):
    """What a page sends: which reply of which conversation, and what she chose."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    session: Short
    trace: Short
    verdict: Verdict
    complaints: Annotated[tuple[Complaint, ...], Field(max_length=len(Complaint))] = ()


def opinion_door(
    serving: Serving, feedback: FeedbackStore, buckets: Buckets
) -> Callable[[Request], Awaitable[Response]]:
    """POST an opinion: 200 kept, 404 no such reply here, 422 not an opinion, 429 too many, 503 not kept."""

    async def take(request: Request) -> Response:
        if not buckets.take(request.client.host if request.client else ""):
            return _told(request, 429)
        try:
            said = Opinion.model_validate_json(await request.body())
        except ValidationError:
            return _told(request, 422, UNREAD)
        found = await run_in_threadpool(feedback_of, said, serving.assistant, datetime.now(UTC))
        if found is None:
            return _told(request, 404, UNKNOWN)
        if not await run_in_threadpool(feedback.record, found):
            return _told(request, 503, UNKEPT)
        return JSONResponse({"kept": True}, headers={"Cache-Control": "no-store"})

    return take


def feedback_of(said: Opinion, assistant: Assistant, at: datetime) -> Feedback | None:
    """The stored turn that an opinion is about, as feedback; None when this server holds no such turn."""
    session = assistant.sessions.get(said.session)
    turn = next((turn for turn in session.turns if turn.reply.trace_id == said.trace), None) if session else None
    if turn is None:
        return None
    return Feedback(
        trace_id=said.trace, verdict=said.verdict, question=turn.question, reply=turn.reply.text,
        complaints=tuple(dict.fromkeys(said.complaints)) if said.verdict is Verdict.DID_NOT else (),
        guides=tuple(item.guide_id for item in turn.reply.items), place=turn.reply.jurisdiction,
        generation=turn.reply.generation, at=at,
    )  # fmt: skip


def _told(request: Request, status: int, detail: str | None = None) -> JSONResponse:
    return JSONResponse(problem(status, request.url.path, detail), status, media_type=MEDIA_TYPE)
