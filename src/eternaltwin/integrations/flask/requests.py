"""What a request contains: its cookies, the fields of its form or JSON, and the secrets in its query."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import abort, request

from eternaltwin.hidden import hide
from eternaltwin.integrations.shared.logs import remove_wsgi_query
from eternaltwin.integrations.shared.payloads import MAX_BODY, submitted_fields
from eternaltwin.login import strict_header

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask


class StrictCookies:
    """WSGI middleware that removes the cookies which Werkzeug would take for others, such as the session's.

    Args:
        app: The application.
    """

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Call the application.

        Args:
            environ: WSGI environment of the request, which is changed.
            start_response: Function that starts the response.

        Returns:
            The body of the response.
        """
        if "HTTP_COOKIE" in environ:
            environ["HTTP_COOKIE"] = strict_header(environ["HTTP_COOKIE"])
        return self._app(environ, start_response)


def read_cookies_strictly(app: Flask) -> None:
    """Let an application read the names of cookies as strictly as browsers do, those of its session included.

    Args:
        app: The application. Its `wsgi_app` is replaced, once.
    """
    if not isinstance(app.wsgi_app, StrictCookies):
        vars(app)["wsgi_app"] = StrictCookies(app.wsgi_app)


def cookie_header() -> str:
    """Return the `Cookie` header of the current request.

    Returns:
        The header, or an empty string.
    """
    return hide(request.headers.get("Cookie", ""))


def accept_language() -> str:
    """Return the `Accept-Language` header of the current request.

    Returns:
        The header, or an empty string.
    """
    return request.headers.get("Accept-Language", "")


def submitted_form() -> dict[str, str]:
    """Return the fields of the form, or of the JSON object, in the current request.

    Returns:
        The fields by name; of fields with the same name, the first of a form.
    """
    if request.mimetype != "application/json":
        return request.form.to_dict()
    body = request.stream.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        abort(413)
    return submitted_fields(request.mimetype, body)


def take_query() -> bytes:
    """Remove the query from the current request, so that no error report and no log can show it.

    Returns:
        The query string as it was sent, still encoded.
    """
    remove_wsgi_query(request.environ, f"{request.script_root}{request.path}")
    query = hide(request.query_string)
    request.query_string = b""
    for name in ("args", "full_path", "url", "values"):
        vars(request).pop(name, None)
    return query
