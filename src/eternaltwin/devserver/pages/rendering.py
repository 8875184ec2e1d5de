"""Pages as HTML: the templates, and the headers that pages are sent with."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from eternaltwin.devserver.api.responses import ApiResponse

if TYPE_CHECKING:
    from jinja2 import Environment

    from eternaltwin.devserver.pages.views import HomeView, LoginView, TermsView

_PACKAGE = "eternaltwin.devserver.pages"

#: The style sheet is part of every page, framed by line ends. The policy below allows exactly this text.
_STYLE = "\n" + files(_PACKAGE).joinpath("templates", "style.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

#: Pages load no resources and run no scripts. `form-action` is left out on purpose: browsers also apply it to the
#: redirects after a form, which lead to the game and on from there.
CONTENT_SECURITY_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; img-src data:; base-uri 'none'; frame-ancestors 'none'"
)

#: The headers of a page.
PAGE_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"content-type", b"text/html; charset=utf-8"),
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
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


def render(template: str, view: HomeView | LoginView | TermsView) -> str:
    """Return a page as HTML.

    Args:
        template: Name of a file in the folder `templates`, such as `home.html`.
        view: What the page shows. Its text is escaped.

    Returns:
        The HTML document.
    """
    return _environment().get_template(template).render(view=view, style=_STYLE)


def page_response(template: str, view: HomeView | LoginView | TermsView, status: int = 200) -> ApiResponse:
    """Return a page as a response.

    Args:
        template: Name of a file in the folder `templates`, such as `home.html`.
        view: What the page shows. Its text is escaped.
        status: Status of the response.

    Returns:
        The response, whose headers forbid browsers to cache it and to load other resources.
    """
    return ApiResponse(status, render(template, view).encode("utf-8", "replace"), PAGE_HEADERS)
