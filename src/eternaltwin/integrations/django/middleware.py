"""The middleware that reads cookies strictly."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.core.handlers.asgi import ASGIRequest
from django.http import parse_cookie
from django.utils.deprecation import MiddlewareMixin

from eternaltwin.hidden import hide
from eternaltwin.login import read_cookies
from eternaltwin.login.cookies import may_be_ticket

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from django.http import HttpRequest
    from django.http.response import HttpResponseBase

    SiteResponse = HttpResponseBase | Awaitable[HttpResponseBase]

__all__ = ["StrictCookiesMiddleware", "cookie_headers"]


class StrictCookiesMiddleware(MiddlewareMixin):
    """Reads the names of cookies exactly as the browser sent them, for the whole site.

    Django strips all white space of Unicode off the names of cookies, and takes the last of two cookies with one name.
    Browsers let any host below yours set a cookie for your whole domain whose name is, for example, an em quad (U+2001)
    before `sessionid`, and so sign your player in to the session of somebody else: see RFC 6265, section 8.6. Here,
    only spaces and tabs are stripped, and a cookie whose name occurs twice is left out. Error reports, such as Django's
    mail to administrators, do not show the values of our own cookies.

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

    def __call__(self, request: HttpRequest) -> SiteResponse:
        """Handle a request.

        Args:
            request: The request, whose attribute `COOKIES` is set.

        Returns:
            The response of the site.
        """
        request.COOKIES = _strict_cookies(_texts(request))
        return self.get_response(request)


def cookie_headers(request: HttpRequest) -> list[str]:
    """Return the raw headers `Cookie` of a request.

    Args:
        request: The request.

    Returns:
        The headers, each byte as a character: one, or several of a request over HTTP/2. Django joins those with commas.
    """
    if isinstance(request, ASGIRequest):
        headers = cast("list[tuple[bytes, bytes]]", cast("dict[str, object]", request.scope)["headers"])
        return [value.decode("latin-1") for name, value in headers if name == b"cookie"]
    return [str(request.META.get("HTTP_COOKIE", ""))]


def _texts(request: HttpRequest) -> list[str]:
    """Return the headers as Django decodes them: as UTF-8 under WSGI, not at all under ASGI."""
    headers = cookie_headers(request)
    if isinstance(request, ASGIRequest):
        return headers
    return [header.encode("latin-1", "replace").decode("utf-8", "replace") for header in headers]


def _strict_cookies(headers: list[str]) -> dict[str, str]:
    """Return the cookies by exact name, with the values as Django unquotes them. Error reports show no ticket."""
    cookies: dict[str, str] = {}
    for name, value in read_cookies(headers).items():
        parsed = parse_cookie(f"{name}={value}")
        if name in parsed:  # Django has stripped nothing off the name
            cookies[name] = hide(parsed[name]) if may_be_ticket(name) else parsed[name]
    return cookies
