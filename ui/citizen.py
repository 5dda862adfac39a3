"""The citizens' page: Gradio wiring only. What is shown comes from `render`, what is known from the stored session."""

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

from assistant.config import Settings
from assistant.serving import Serving
from ui.assets import STATIC
from ui.desk import SLOTS, Desk, Screen
from ui.limits import Buckets
from ui.metrics import Metrics
from ui.shell import Shell
from ui.wording import HEADER, LOOKS, status

Handler = Callable[..., Iterator[list[Any]]]
Desks = Callable[[], Desk]  # a desk for one event, over whoever answers now
PRIVATE: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
QUICK: dict[str, Any] = {**PRIVATE, "concurrency_limit": 32}  # queued as well: the direct doors are shut (guards.py)
SKIP: Any = gr.skip()
STYLES = "".join(f'<link rel="stylesheet" href="/page/{name}.css">' for name in ("page", "reply"))


def create_page(serving: Serving, settings: Settings, metrics: Metrics, buckets: Buckets) -> gr.Blocks:
    """The page over whoever answers."""

    def desk() -> Desk:
        return Desk(serving.assistant, metrics, buckets)

    page = gr.Blocks(title="办成 · 河南政务服务问答", analytics_enabled=False)
    with page:
        session_id = gr.State(None)
        city, county, clear = _header(desk())
        home = _html(desk().home(settings.session_hours), "bc-welcome")
        chat = gr.Chatbot(
            elem_id="bc-chat", show_label=False, container=False, visible=False, height=None, autoscroll=False,
            buttons=[], feedback_options=None, allow_tags=False, sanitize_html=True, latex_delimiters=[],
            line_breaks=False, layout="panel", group_consecutive_messages=False, label="对话记录",
        )  # fmt: skip
        options, line, box, send = _composer(settings)
        told, known, resume = _tab()
        outputs = [session_id, told, chat, home, line, box, city, county, *options]
        inputs = [session_id, city, county]
        for trigger in (box.submit, send.click):
            _wire(trigger, _typed(desk), [box, *inputs], outputs)
        for slot, button in enumerate(options):
            _wire(button.click, _tap(desk, slot), inputs, outputs)
        _wire(page.load, _opened(desk, settings, outputs.index(home), len(outputs)), [city, county], outputs)
        city.input(lambda chosen: gr.Dropdown(choices=desk().counties_of(chosen), value=""), city, county, **QUICK)
        clear.click(lambda known: _outputs(desk().clear(known)), session_id, outputs, **QUICK)
        resume.click(_resumed(desk, len(outputs)), known, outputs, **QUICK)
    page.queue(max_size=64, default_concurrency_limit=8, api_open=False)
    return page


def mount(app: Any, page: gr.Blocks, settings: Settings) -> None:
    """Put the page at / of a FastAPI app, without anything of Gradio's own."""
    font = ["PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "WenQuanYi Micro Hei", "sans-serif"]
    gr.mount_gradio_app(
        app, page, path="/", footer_links=[], run_history=False, show_error=False, enable_monitoring=False,
        mcp_server=False, pwa=False, ssr_mode=False, max_file_size="1kb",
        theme=gr.themes.Base(font=font, font_mono=["monospace"], text_size="lg"), favicon_path=str(STATIC / "icon.svg"),
        head=STYLES,  # once more: Gradio puts it behind its own styles, and the later rule wins
    )  # fmt: skip
    head = (STATIC / "head.html").read_text(encoding="utf-8")
    head = head.format(title=page.title, idle=settings.idle_seconds, styles=STYLES)
    app.add_middleware(Shell, path="/", head=head)


def _html(html: str, elem_id: str) -> gr.Markdown:
    """Our own HTML, already escaped. Not gr.HTML and no `js=`: both evaluate text as code, which the CSP forbids."""
    return gr.Markdown(html, elem_id=elem_id, sanitize_html=False, latex_delimiters=[], container=False)


def _header(desk: Desk) -> tuple[gr.Dropdown, gr.Dropdown, gr.Button]:
    with gr.Row(elem_id="bc-header"):
        _html(HEADER, "bc-brand")
        with gr.Row(elem_id="bc-tools"):
            look: dict[str, Any] = {"filterable": False, "container": False}
            city = gr.Dropdown(desk.cities, value=desk.root, label="城市", elem_id="bc-city", **look)
            county = gr.Dropdown(desk.counties_of(desk.root), value="", label="县区", elem_id="bc-county", **look)
            _html(LOOKS, "bc-looks")
            clear = gr.Button("清除对话", elem_id="bc-clear", size="lg")
    return city, county, clear


def _composer(settings: Settings) -> tuple[list[gr.Button], gr.Markdown, gr.Textbox, gr.Button]:
    with gr.Row(elem_id="bc-options"):
        options = [gr.Button("", visible=False, elem_classes="bc-option", size="lg") for _ in range(SLOTS)]
    with gr.Column(elem_id="bc-composer"):
        line = _html(status(""), "bc-status")
        with gr.Row(elem_id="bc-ask"):
            box = gr.Textbox(
                label="请写下您要办的事", show_label=False, container=False, lines=1, max_lines=4,
                elem_id="bc-box", scale=8, placeholder="写下您要办的事", max_length=settings.max_chars,
                html_attributes=gr.InputHTMLAttributes(autocomplete="off", enterkeyhint="send", lang="zh-CN"),
            )  # fmt: skip
            send = gr.Button("发送", variant="primary", elem_id="bc-send", size="lg", scale=1)
    return options, line, box, send


def _tab() -> tuple[gr.Markdown, gr.Textbox, gr.Button]:
    """How a tab learns the id of its conversation, and asks for it again after it was reloaded (static/tab.js)."""
    with gr.Row(elem_id="bc-tab"):
        told = _html("", "bc-told-id")
        known = gr.Textbox(elem_id="bc-known", label="对话编号", max_length=100)
        resume = gr.Button("接着刚才的对话", elem_id="bc-resume")
    return told, known, resume


def _wire(trigger: Callable[..., Any], fn: Handler, inputs: list[Any], outputs: list[Any]) -> None:
    trigger(fn, inputs, outputs, concurrency_limit=8, concurrency_id="ask", **PRIVATE)


def _outputs(screen: Screen) -> list[Any]:
    """One screen as updates of the components, in the order of `outputs`."""
    messages: list[Any] = list(screen.messages)
    labels = [option.label for option in screen.options[:SLOTS]]
    slots = [gr.Button(label, visible=True) for label in labels]
    slots += [gr.Button("", visible=False)] * (SLOTS - len(slots))
    return [
        screen.session_id, f"<i>{screen.session_id or ''}</i>", gr.Chatbot(messages, visible=bool(messages)),
        gr.Markdown(visible=not messages), status(screen.status, screen.fault),
        gr.Textbox(screen.draft), *_places(screen), *slots,
    ]  # fmt: skip


def _places(screen: Screen) -> list[Any]:
    return [gr.Dropdown(value=screen.city), gr.Dropdown(choices=screen.counties, value=screen.county)]


def _typed(desk: Desks) -> Handler:
    def handle(text: str, session_id: str | None, city: str, county: str, request: gr.Request) -> Iterator[list[Any]]:
        yield from map(_outputs, desk().ask(session_id, text, county or city, _address(request)))

    return handle


def _tap(desk: Desks, slot: int) -> Handler:
    def handle(session_id: str | None, city: str, county: str, request: gr.Request) -> Iterator[list[Any]]:
        yield from map(_outputs, desk().tap(session_id, slot, county or city, _address(request)))

    return handle


def _opened(desk: Desks, settings: Settings, home: int, outputs: int) -> Handler:
    """What the page shows first: a life event if its address names one (?theme=newborn), else today's first screen."""

    def handle(city: str, county: str, request: gr.Request) -> Iterator[list[Any]]:
        screens = desk().open(request.query_params.get("theme", ""), county or city, _address(request))
        if screens:
            yield from map(_outputs, screens)
        else:
            yield [desk().home(settings.session_hours) if i == home else SKIP for i in range(outputs)]

    return handle


def _resumed(desk: Desks, outputs: int) -> Callable[[str], list[Any]]:
    def handle(session_id: str) -> list[Any]:
        screen = desk().resume(session_id)
        return _outputs(screen) if screen else [SKIP] * outputs

    return handle


def _address(request: gr.Request) -> str:
    return request.client.host if request.client else ""
