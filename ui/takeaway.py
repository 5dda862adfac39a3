"""A plan to take away: the buttons under it, and the file that they fetch."""

import json
from urllib.parse import quote

from starlette.responses import Response

from assistant.model import PlanReply
from assistant.takeaway.sheet import Sheet
from assistant.takeaway.writing import KINDS, Extension, file_name
from ui.markup import text

BUTTONS: dict[Extension, str] = {"html": "打印", "pdf": "存成 PDF", "ics": "加到日历", "json": "数据文件"}


def buttons(reply: PlanReply) -> str:
    """A form that sends what the plan was made from in the request's body: nothing of it stands in an address."""
    plan = reply.plan
    request = {
        "answers": plan.answers, "have": [m.name for m in plan.materials if m.held], "jurisdiction": reply.jurisdiction,
        "as_of": str(reply.as_of),
    }  # fmt: skip
    rows = "".join(
        f'<button type="submit" formaction="api/v1/themes/{text(plan.theme_id)}/take.{extension}">{label}</button>'
        for extension, label in BUTTONS.items()
    )
    return (
        '<section class="bc-plan"><h2>带走这份计划</h2><form class="bc-take" method="post" target="_blank">'
        f'<input type="hidden" name="request" value="{text(json.dumps(request, ensure_ascii=False))}">{rows}</form>'
        '<p class="bc-note">打印单字大、能打勾；日历里有期限和提醒。文件当场生成，服务器上不留。</p></section>'
    )


def attachment(sheet: Sheet, extension: Extension) -> Response:
    """The file with its Chinese name (RFC 6266); a page opens, the others are saved; nobody keeps a copy on the way."""
    kind = KINDS[extension]
    opens = "inline" if extension == "html" else "attachment"
    name = quote(file_name(sheet, extension))
    headers = {
        "Content-Disposition": f"{opens}; filename=\"{sheet.plan.theme_id}.{extension}\"; filename*=UTF-8''{name}",
        "Cache-Control": "no-store",
    }
    return Response(kind.write(sheet), media_type=kind.media_type, headers=headers)
