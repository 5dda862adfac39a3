"""The document around Gradio's page: ours from the first byte, nothing of its makers', and a policy by digest."""

import re
from base64 import b64encode
from hashlib import sha256

import httpx

from ui.shell import document, policy

PAGE = (
    '<!doctype html><html lang="en"><head><meta property="og:title" content="Gradio" /><meta name="twitter:image" content="http://x" />'
    '<link rel="manifest" href="/manifest.json" /><script>let a = 1;</script><script>x = "iframeResizer.min.js";</script>'
    '<script type="module" src="./a.js"></script></head><body><gradio-app></gradio-app></body></html>'
)


def test_the_document_is_chinese_and_ours() -> None:
    page = document(PAGE, "<title>办成</title>")
    assert page.startswith('<!doctype html><html lang="zh-CN"><head><title>办成</title><script>let a = 1;</script>')
    assert not re.search("og:|twitter|manifest|iframeResizer", page)
    assert page.index("正在打开") < page.index("<gradio-app")


def test_the_policy_names_each_inline_script_and_allows_no_other() -> None:
    digest = b64encode(sha256(b"let a = 1;").digest()).decode()
    assert f"script-src 'self' 'sha256-{digest}'; style-src" in policy(document(PAGE, ""))


def test_the_served_page_keeps_to_it(page_url: str) -> None:
    for encoding in ("identity", "gzip, br"):
        answer = httpx.get(page_url, headers={"Accept-Encoding": encoding})
        script = re.search("script-src ([^;]*)", answer.headers["content-security-policy"])
        assert script and "unsafe" not in script[1] and script[1].count("sha256-") >= 3
        assert '<html\n\tlang="zh-CN"' in answer.text and 'content="0"' in answer.text
        head = answer.text.split("window.gradio_config")[0]
        assert re.findall(r"https?://[^\"' ]+", head) == []
