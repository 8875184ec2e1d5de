"""Bodies and cookies of requests, and the paths of the routes behind proxies, mounts and routers.

No path is read from `request.url`, which is built from the header `Host`.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import NoMatchFound

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.shared.payloads import MAX_BODY, submitted_fields
from eternaltwin.integrations.shared.settings import check_callback
from eternaltwin.login import read_cookies

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection, Request


async def read_fields(request: Request) -> dict[str, str]:
    """Read the fields of a form or of a JSON object in the body of a request.

    Starlette's own reader of forms requires another package.

    Args:
        request: The request.

    Returns:
        The fields by name. Empty if the body is something else.

    Raises:
        HTTPException: The body is larger than 16,384 bytes (status 413).
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            raise HTTPException(413)
    return submitted_fields(request.headers.get("content-type", ""), bytes(body))


def cookies_of(connection: HTTPConnection) -> dict[str, str]:
    """Read the cookies of a request strictly. Starlette strips all white space of Unicode off their names.

    Args:
        connection: The request or the WebSocket.

    Returns:
        The values by name.
    """
    return read_cookies(connection.headers.getlist("cookie"))


def is_debug(connection: HTTPConnection) -> bool:
    """Return whether the application is in its debug mode.

    Args:
        connection: The request.

    Returns:
        The attribute `debug` of the application. False without an application.
    """
    return bool(getattr(connection.scope.get("app"), "debug", False))


def root_of(connection: HTTPConnection) -> str:
    """Return the path at which a proxy has the whole application.

    Args:
        connection: The request.

    Returns:
        The path, without a final `/`, or an empty string.
    """
    scope = connection.scope
    return str(scope.get("app_root_path", scope.get("root_path", "")))


def base_of(redirect_uri: str, prefix: str, root: str) -> str:
    """Return the path below which browsers find the routes.

    It is taken from the callback, so that it includes the path of a proxy, a mount or a router.

    Args:
        redirect_uri: Setting of the connection.
        prefix: Setting `prefix` of the sign-in.
        root: Path at which a proxy has the application, for a `redirect_uri` that is not the callback.

    Returns:
        The path, without a final `/`.
    """
    path = urlsplit(redirect_uri).path
    return path.removesuffix("/callback") if path.endswith(f"{prefix}/callback") else f"{root}{prefix}"


def callback_paths(app: object, prefix: str) -> list[str]:
    """Return the paths of the callback in an application, those of mounts and routers included.

    Args:
        app: The application. If it is not one of Starlette or FastAPI, its routes are unknown.
        prefix: Setting `prefix` of the sign-in.

    Returns:
        The paths. Empty if the callback cannot be found.
    """
    paths: list[str] = []
    for route in app.routes if isinstance(app, Starlette) else ():
        with suppress(NoMatchFound):
            paths.append(str(route.url_path_for("eternaltwin:callback")))
    return [path for path in paths if path.endswith(f"{prefix}/callback")]


def check_callback_paths(redirect_uri: str, prefix: str, paths: list[str]) -> None:
    """Check that `redirect_uri` is the URL of the callback, also if the routes are below a mount or a router.

    Args:
        redirect_uri: Setting of the connection.
        prefix: Setting `prefix` of the sign-in.
        paths: Paths of the callback in the application. Empty means the callback below `prefix`.

    Raises:
        ConfigurationError: `redirect_uri` is another URL.
    """
    direct = f"{prefix}/callback"
    if not paths or direct in paths:
        check_callback(redirect_uri, prefix)
        return
    if urlsplit(redirect_uri).path.endswith(tuple(paths)):
        return
    added = paths[0].removesuffix(direct)
    raise ConfigurationError(
        f"redirect_uri is {redirect_uri}, but the routes were added below {added!r}, so the callback is at"
        f" {paths[0]}: change redirect_uri, or add the routes without {added!r} and use"
        " EternaltwinLogin(prefix=...) instead",
        setting="prefix",
    )


def accept_language(connection: HTTPConnection) -> str:
    """Return the header `Accept-Language` of a request.

    Args:
        connection: The request.

    Returns:
        The header, or an empty string.
    """
    return connection.headers.get("accept-language", "")


def target_of(connection: HTTPConnection) -> str:
    """Return the path of a request, with its query.

    Args:
        connection: The request.

    Returns:
        The path, percent-encoded, and the query if there is one.
    """
    path = quote(connection.scope["path"], safe="/:@!$&'()*+,;=~")
    query = bytes(connection.scope["query_string"]).decode("latin-1")
    return f"{path}?{query}" if query else path
