"""The middleware that reads cookies strictly."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.core.handlers.wsgi import WSGIRequest
from django.http import parse_cookie

from eternaltwin.login import read_cookies

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from django.http import HttpRequest, HttpResponse

    Response = HttpResponse | Awaitable[HttpResponse]

__all__ = ["StrictCookiesMiddleware", "cookie_header"]


class StrictCookiesMiddleware:
    """Reads the names of cookies exactly as the browser sent them, for the whole site.

    Django strips all white space of Unicode off the names of cookies, and takes the last of two cookies with one name.
    Browsers let any host below yours set a cookie for your whole domain whose name is, for example, an em quad (U+2001)
    before `sessionid`, and so sign your player in to the session of somebody else: see RFC 6265, section 8.6. Here,
    only spaces and tabs are stripped, and a cookie whose name occurs twice is left out.

    It must be before the middleware that reads cookies, best at the top.

    Example:
        ```python
        MIDDLEWARE = [
            "eternaltwin.integrations.django.middleware.StrictCookiesMiddleware",
            "django.middleware.security.SecurityMiddleware",
            "django.contrib.sessions.middleware.SessionMiddleware",
            ...,
        ]
        ```
    """

    sync_capable = True
    async_capable = True

    def __init__(self, get_response: Callable[[HttpRequest], Response]) -> None:
        self._get_response = get_response
        if iscoroutinefunction(get_response):
            markcoroutinefunction(self)

    def __call__(self, request: HttpRequest) -> Response:
        """Handle a request.

        Args:
            request: The request, whose attribute `COOKIES` is set.

        Returns:
            The response of the site.
        """
        request.COOKIES = _strict_cookies(_text(request))
        return self._get_response(request)


def cookie_header(request: HttpRequest) -> str:
    """Return the raw header `Cookie` of a request.

    Args:
        request: The request.

    Returns:
        The header, each byte as a character. Empty if there is none.
    """
    return str(request.META.get("HTTP_COOKIE", ""))


def _text(request: HttpRequest) -> str:
    """Return the header as Django decodes it: as UTF-8 under WSGI, not at all under ASGI."""
    header = cookie_header(request)
    is_wsgi = isinstance(request, WSGIRequest)
    return header.encode("latin-1", "replace").decode("utf-8", "replace") if is_wsgi else header


def _strict_cookies(header: str) -> dict[str, str]:
    """Return the cookies by exact name, with the values as Django unquotes them."""
    cookies: dict[str, str] = {}
    for name, value in read_cookies(header).items():
        parsed = parse_cookie(f"{name}={value}")
        if name in parsed:  # Django has stripped nothing off the name
            cookies[name] = parsed[name]
    return cookies
