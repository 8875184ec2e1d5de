"""Responses: pages and redirects."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app, jsonify, make_response, redirect, render_template, request

from eternaltwin.integrations.shared.pages import CHALLENGE, PAGE_HEADERS, REDIRECT_HEADERS, STYLE
from eternaltwin.integrations.shared.payloads import expects_json, guest_payload, url_payload
from eternaltwin.integrations.shared.rendering import PAGE_TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from flask import Response
    from flask.typing import ResponseReturnValue

    from eternaltwin.integrations.shared.pages import Page
    from eternaltwin.login import Cookie


def page_response(page: Page, headers: Mapping[str, str], status: int | None = None) -> ResponseReturnValue:
    """Render a page with the template `eternaltwin/page.html`, which an application may replace.

    The built-in template is that of all frameworks.

    Args:
        page: Content of the page.
        headers: Headers of the language.
        status: Status of the response. None means that of the page.

    Returns:
        The response.
    """
    response = make_response(render_template(PAGE_TEMPLATE, page=page, style=STYLE))
    response.status_code = page.status if status is None else status
    for name, value in PAGE_HEADERS.items():
        response.headers.setdefault(name, value)
    add_headers(response, headers)
    return response


def see_other(url: str, cookies: Iterable[Cookie] = ()) -> ResponseReturnValue:
    """Redirect to a URL with GET (status 303), so that the URL of this response is not in the browser's history.

    Args:
        url: Target of the redirect.
        cookies: Cookies to set.

    Returns:
        The response.
    """
    response = redirect(url, 303)
    response.headers.extend(REDIRECT_HEADERS)
    for cookie in cookies:
        response.headers.add("Set-Cookie", cookie.header())
    return response


def lead_to(url: str, cookies: Iterable[Cookie] = ()) -> ResponseReturnValue:
    """Redirect to a URL, or return it as JSON to a script, which cannot follow a redirect to another site.

    Args:
        url: Target of the redirect.
        cookies: Cookies to set.

    Returns:
        The response.
    """
    if expects_json(request.headers.get("Accept", "")):
        return json_response(url_payload(url), cookies=cookies)
    return see_other(url, cookies)


def json_response(content: Mapping[str, str | bool], status: int = 200, cookies: Iterable[Cookie] = ()) -> Response:
    """Respond with a JSON object, which is not cached.

    Args:
        content: The object.
        status: Status of the response.
        cookies: Cookies to set.

    Returns:
        The response.
    """
    response = jsonify(content)
    response.status_code = status
    response.headers.extend(REDIRECT_HEADERS)
    for cookie in cookies:
        response.headers.add("Set-Cookie", cookie.header())
    return response


def guest_response() -> Response:
    """Respond with JSON that nobody is signed in.

    Returns:
        The response, with the status 401.
    """
    response = json_response(guest_payload(), 401)
    response.headers["WWW-Authenticate"] = CHALLENGE
    return response


def add_headers(response: Response, headers: Mapping[str, str]) -> None:
    """Add headers to a response. What it has in `Vary` already is kept.

    Args:
        response: The response, which is changed.
        headers: The headers by name.
    """
    for name, value in headers.items():
        if name == "Vary":
            response.vary.add(value)
        else:
            response.headers[name] = value


def csrf_fields() -> dict[str, str]:
    """Return the hidden field that Flask-WTF requires in every form, if the application has Flask-WTF.

    Returns:
        The field and its value, or an empty dictionary.
    """
    csrf_token = cast("Callable[[], str] | None", current_app.jinja_env.globals.get("csrf_token"))
    return {} if csrf_token is None else {"csrf_token": csrf_token()}
