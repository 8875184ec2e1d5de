"""Responses: pages and redirects."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app, make_response, redirect, render_template

from eternaltwin.integrations.shared.pages import PAGE_HEADERS, REDIRECT_HEADERS, STYLE
from eternaltwin.integrations.shared.rendering import PAGE_TEMPLATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from flask.typing import ResponseReturnValue

    from eternaltwin.integrations.shared.pages import Page
    from eternaltwin.login import Cookie


def page_response(page: Page, status: int | None = None) -> ResponseReturnValue:
    """Render a page with the template `eternaltwin/page.html`, which an application may replace.

    The built-in template is that of all frameworks.

    Args:
        page: Content of the page.
        status: Status of the response. None means that of the page.

    Returns:
        The response.
    """
    response = make_response(render_template(PAGE_TEMPLATE, page=page, style=STYLE))
    response.status_code = page.status if status is None else status
    for name, value in PAGE_HEADERS.items():
        response.headers.setdefault(name, value)
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


def csrf_fields() -> dict[str, str]:
    """Return the hidden field that Flask-WTF requires in every form, if the application has Flask-WTF.

    Returns:
        The field and its value, or an empty dictionary.
    """
    csrf_token = cast("Callable[[], str] | None", current_app.jinja_env.globals.get("csrf_token"))
    return {} if csrf_token is None else {"csrf_token": csrf_token()}
