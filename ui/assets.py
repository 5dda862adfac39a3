"""Our own scripts, styles and pictures, by name; nothing else of the folder is served."""

from pathlib import Path

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, Response

STATIC = Path(__file__).parent / "static"
ASSETS = {  # name → media type
    "page.css": "text/css", "form.css": "text/css", "stream.js": "text/javascript", "form.js": "text/javascript",
    "form_values.js": "text/javascript", "icon.svg": "image/svg+xml",
}  # fmt: skip


def asset(request: Request) -> Response:
    """One of them, checked again for a newer one at each use; 404 for any other name."""
    name = request.path_params["name"]
    if name not in ASSETS:
        return HTMLResponse("没有这个文件。", 404)
    return FileResponse(STATIC / name, media_type=ASSETS[name], headers={"Cache-Control": "no-cache"})
