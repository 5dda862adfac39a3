"""The only place where text becomes HTML: everything is escaped, links and phone numbers are checked."""

import re
from datetime import date
from html import escape
from urllib.parse import urlsplit

_PHONE = re.compile(r"\+?\d[\d-]{1,18}\d")


def text(value: str) -> str:
    """Escaped text on one line; line breaks become `<br>` so that no markdown can start a new block."""
    lines = (escape(line.strip(), quote=True) for line in value.splitlines())
    return "<br>".join(line for line in lines if line)


def paragraphs(value: str) -> str:
    """One `<p>` a line."""
    return "".join(f"<p>{text(line)}</p>" for line in value.splitlines() if line.strip())


def link(url: str | None, label: str) -> str:
    """A link that opens apart, or nothing: only http and https addresses with a host are ever linked."""
    if not url:
        return ""
    parts = urlsplit(url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        return ""
    return f'<a href="{escape(url.strip())}" target="_blank" rel="noopener noreferrer">{text(label)}</a>'


def phone(number: str) -> str:
    """A number to tap; anything that is not a phone number stays plain text."""
    plain = re.sub(r"[\s()（）—–]", "", number)
    return f'<a class="bc-tel" href="tel:{plain}">{text(number)}</a>' if _PHONE.fullmatch(plain) else text(number)


def ask_button(label: str, question: str) -> str:
    """A button that asks; its `value` survives the page's cleaning, other attributes do not."""
    return f'<button type="button" class="bc-asks" value="{text(question)}">{text(label)}</button>'


def day(value: date) -> str:
    """2026年3月1日."""
    return f"{value.year}年{value.month}月{value.day}日"
