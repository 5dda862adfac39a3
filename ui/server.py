"""The one application: HTTP contract at /api/v1, health and metrics, and the citizens' page at /."""

from fastapi import FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse

from assistant.config import Settings
from assistant.serving import Serving
from ui.api import create_api
from ui.citizen import create_page, mount
from ui.guards import Gate, SecurityHeaders
from ui.limits import Buckets
from ui.metrics import Metrics


def create_app(serving: Serving, settings: Settings) -> FastAPI:
    """Everything that one process serves."""
    app = FastAPI(title="办成 Bancheng", openapi_url=None, docs_url=None, redoc_url=None)
    metrics, buckets = Metrics(), Buckets()
    _add_health(app, serving, metrics)
    app.mount("/api/v1", create_api(serving, metrics, buckets))
    mount(app, create_page(serving, settings, metrics, buckets))
    app.add_middleware(Gate)
    app.add_middleware(SecurityHeaders)
    return app


def _add_health(app: FastAPI, serving: Serving, metrics: Metrics) -> None:
    @app.get("/healthz")
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/readyz")
    def readyz() -> JSONResponse:
        body = {
            "status": "ready", "generation": serving.assistant.generation_number, "problems": list(serving.problems),
        }  # fmt: skip
        return JSONResponse(body)

    @app.get("/metrics")
    def metrics_text() -> PlainTextResponse:
        return PlainTextResponse(
            metrics.text(serving.assistant.generation_number, len(serving.problems)),
            media_type="text/plain; version=0.0.4",
        )
