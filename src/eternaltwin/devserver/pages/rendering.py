"""Pages as HTML: the templates, and the headers that pages are sent with."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from eternaltwin.devserver.api.responses import ApiResponse

if TYPE_CHECKING:
    import msgspec
    from jinja2 import Environment

    from eternaltwin.devserver.api.responses import HeaderFields

_PACKAGE = "eternaltwin.devserver.pages"

#: The style sheet is part of every page, framed by line ends. The policy below allows exactly this text.
_STYLE = "\n" + files(_PACKAGE).joinpath("templates", "style.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

#: Pages load no resources and run no scripts, except for those to which `page_response` gives a nonce. `form-action` is
#: left out on purpose: browsers also apply it to the redirects after a form, which lead to the game and on from there.
CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; base-uri 'none'; frame-ancestors 'none'"
)

#: The headers of every page.
_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"same-origin"),
    (b"x-content-type-options", b"nosniff"),
)


@cache
def _environment() -> Environment:
    """Return the templates. Jinja is imported with the first page, so that the server starts without it."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader(_PACKAGE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def render(template: str, view: msgspec.Struct) -> str:
    """Return a page as HTML.

    Args:
        template: Name of a file in the folder `templates`, such as `home.html`.
        view: What the page shows. Its text is escaped.

    Returns:
        The HTML document.
    """
    return _environment().get_template(template).render(view=view, style=_STYLE)


def page_response(template: str, view: msgspec.Struct, status: int = 200, nonce: str | None = None) -> ApiResponse:
    """Return a page as a response.

    Args:
        template: Name of a file in the folder `templates`, such as `home.html`.
        view: What the page shows. Its text is escaped.
        status: Status of the response.
        nonce: The nonce of the scripts of the page, which may then also send requests to this server. None means that
            it has no scripts.

    Returns:
        The response, whose headers forbid browsers to cache it and to load other resources.
    """
    return ApiResponse(status, render(template, view).encode("utf-8", "replace"), _headers(nonce))


def _headers(nonce: str | None) -> HeaderFields:
    scripts = "" if nonce is None else f"; script-src 'nonce-{nonce}'; connect-src 'self'"
    return ((b"content-security-policy", f"{CONTENT_SECURITY_POLICY}{scripts}".encode()), *_HEADERS)
