"""What every page of the server has around it, and the pieces that pages are made of: HTML without scripts."""

from __future__ import annotations

import base64
import hashlib
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from eternaltwin.devserver.pages.style import STYLE

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest

_STYLE_HASH = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()

#: Nothing is loaded from anywhere and nothing runs. `form-action` is left out on purpose: browsers
#: apply it to the redirects after a form too, and those lead to the game and on from there.
POLICY = f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; base-uri 'none'; frame-ancestors 'none'"

_ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Ccircle cx='12' cy='16' r='9'"
    " fill='%236d4ae8'/%3E%3Ccircle cx='20' cy='16' r='9' fill='%23f08a3c' fill-opacity='.85'/%3E%3C/svg%3E"
)

_LOGO = (
    '<svg viewBox="0 0 32 32" width="36" height="36" aria-hidden="true" focusable="false">'
    '<circle class="left" cx="12" cy="16" r="9"/><circle class="right" cx="20" cy="16" r="9"/></svg>'
)

#: The header fields of a page.
PAGE_FIELDS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"content-security-policy", POLICY.encode()),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
)


def document(title: str, main: str, footer: str) -> str:
    """A page: `title` is a text, `main` and `footer` are HTML."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f"<title>{escape(title)} · Eternaltwin development server</title>\n"
        f'<link rel="icon" href="{_ICON}">\n<style>{STYLE}</style>\n</head>\n<body>\n'
        f'<header>{_LOGO}<span class="brand">Eternaltwin</span><span class="badge">development server</span></header>\n'
        f"<main>\n{main}</main>\n<footer>{footer}</footer>\n</body>\n</html>\n"
    )


def bidi(text: str) -> str:
    """A name that may be in any script, and must not turn the text around it."""
    return f"<bdi>{escape(text)}</bdi>"


def hidden(name: str, value: str) -> str:
    """A field of a form that is not shown."""
    return f'<input type="hidden" name="{name}" value="{escape(value)}">'


def button(name: str, value: str, inner: str, kind: str) -> str:
    """A button that sends its form; `inner` is HTML."""
    return f'<button type="submit" name="{name}" value="{escape(value)}" class="{kind}">{inner}</button>'


def submit(inner: str, kind: str = "quiet") -> str:
    """A button that sends its form, and nothing of its own; `inner` is HTML."""
    return f'<button type="submit" class="{kind}">{inner}</button>'


def is_from_here(call: ApiRequest) -> bool:
    """Whether a form was sent by a page of this server: another site must not press buttons for its visitors."""
    site = call.header(b"sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = call.header(b"origin")
    return origin is None or urlsplit(origin).netloc == call.header(b"host")
