"""Responses: pages, redirects, and JSON for front ends in JavaScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from eternaltwin.integrations.shared.failures import FAILURES, failure_word
from eternaltwin.integrations.shared.pages import CHALLENGE, PAGE_HEADERS, REDIRECT_HEADERS, SIGN_IN_FIRST
from eternaltwin.integrations.shared.payloads import (
    expects_json,
    failure_payload,
    guest_payload,
    player_payload,
    url_payload,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from starlette.requests import Request

    from eternaltwin.exceptions import LoginError
    from eternaltwin.integrations.shared.pages import Page
    from eternaltwin.integrations.shared.players import Player
    from eternaltwin.login import Cookie


class SignInRequired(HTTPException):
    """No player is signed in (status 401)."""

    def __init__(self) -> None:
        super().__init__(401, SIGN_IN_FIRST, headers={"WWW-Authenticate": CHALLENGE})


def built_in_page(_request: Request, page: Page) -> Response:
    """Render a page with the built-in template.

    Args:
        _request: The request, which is not used.
        page: The page.

    Returns:
        The response.
    """
    return HTMLResponse(page.html())


def as_page(response: Response, status: int, headers: Mapping[str, str]) -> Response:
    """Add the status and the headers of a page to a response.

    Args:
        response: Response that shows the page, possibly of the game, whose own headers are kept.
        status: Status of the response.
        headers: Headers of its language.

    Returns:
        The same response.
    """
    response.status_code = status
    own = {name.lower() for name in response.headers} - {"vary"}
    added = {name: value for name, value in {**PAGE_HEADERS, **headers}.items() if name.lower() not in own}
    return with_headers(response, added)


def see_other(url: str, cookies: Iterable[Cookie] = ()) -> Response:
    """Redirect to a URL with GET (status 303), so that the URL of this response is not in the browser's history.

    Args:
        url: Target of the redirect.
        cookies: Cookies to set.

    Returns:
        The response.
    """
    return _with_cookies(RedirectResponse(url, 303, REDIRECT_HEADERS), cookies)


def lead_to(request: Request, url: str, cookies: Iterable[Cookie] = ()) -> Response:
    """Redirect to a URL, or return it as JSON to a script, which cannot follow a redirect to another site.

    Args:
        request: The request.
        url: Target of the redirect.
        cookies: Cookies to set.

    Returns:
        The response.
    """
    if expects_json(request.headers.get("accept", "")):
        return _with_cookies(JSONResponse(url_payload(url), headers=REDIRECT_HEADERS), cookies)
    return see_other(url, cookies)


def failure_as_json(exc: LoginError, language: str) -> Response:
    """Return a failed sign-in as JSON, for a script: the URL of its page would be below the script's own origin.

    Args:
        exc: The error of the sign-in.
        language: Language of the player.

    Returns:
        The response, with the status of the failure.
    """
    status = FAILURES[failure_word(exc)].status
    return JSONResponse(failure_payload(exc, language), status, {"Cache-Control": "no-store"})


def player_as_json(player: Player | None) -> Response:
    """Return the signed-in player as JSON.

    Args:
        player: The player, or None.

    Returns:
        The response, with the status 401 if nobody is signed in.
    """
    if player is None:
        return JSONResponse(guest_payload(), 401, {"WWW-Authenticate": CHALLENGE, "Cache-Control": "no-store"})
    return JSONResponse(player_payload(player), headers={"Cache-Control": "no-store"})


def guest_as_json(request: Request, refusal: HTTPException) -> Response:
    """Return the refusal of a guest as JSON.

    Args:
        request: The request of the guest.
        refusal: The refusal, with its status and headers.

    Returns:
        The response, whose key `detail` is FastAPI's. For a request that accepts JSON, it has that of all integrations.
    """
    shared = guest_payload() if expects_json(request.headers.get("accept", "")) else {}
    return JSONResponse({**shared, "detail": refusal.detail}, refusal.status_code, refusal.headers)


def with_headers(response: Response, headers: Mapping[str, str]) -> Response:
    """Add headers to a response. A header `Vary` is extended.

    Args:
        response: The response.
        headers: The headers.

    Returns:
        The same response.
    """
    for name, value in headers.items():
        if name == "Vary":
            response.headers.add_vary_header(value)
        else:
            response.headers[name] = value
    return response


def _with_cookies(response: Response, cookies: Iterable[Cookie]) -> Response:
    for cookie in cookies:
        response.headers.append("set-cookie", cookie.header())
    return response
