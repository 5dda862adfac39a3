"""Our own scripts, styles and pictures, by name; nothing else of the folder is served."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

STATIC = Path(__file__).parent / "static"
SCRIPTS = ("stream", "look", "page", "typing", "reply", "tab", "idle", "form", "form_values", "sw")
ASSETS = {  # name → media type
    **{f"{name}.js": "text/javascript" for name in SCRIPTS}, **{f"{name}.css": "text/css" for name in ("page", "reply", "form")},
    "icon.svg": "image/svg+xml", "offline.html": "text/html",
}  # fmt: skip
HEADERS = {"Cache-Control": "max-age=60", "Service-Worker-Allowed": "/"}


def asset(request: Request) -> Response:
    """One of them, good for a minute: a page loads its styles twice; 404 for any other name."""
    name = request.path_params["name"]
    if name not in ASSETS:
        return HTMLResponse("没有这个文件。", 404)
    return FileResponse(STATIC / name, media_type=ASSETS[name], headers=HEADERS)
