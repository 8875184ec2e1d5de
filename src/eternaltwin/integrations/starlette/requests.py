"""Reading requests: forms, and the paths at which proxies, mounts and routers have the routes."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import NoMatchFound

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection, Request

#: The largest form that is read, in bytes, and the largest number of fields in it.
MAX_FORM = 16_384
MAX_FIELDS = 20


async def read_form(request: Request) -> dict[str, str]:
    """Read the fields of a form that was posted. Starlette's own reader would need another package.

    Args:
        request: The request.

    Returns:
        The fields, none if the body is not a form.

    Raises:
        HTTPException: The body is too large (status 413).
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_FORM:
            raise HTTPException(413)
    try:
        return dict(parse_qsl(body.decode("latin-1"), max_num_fields=MAX_FIELDS))
    except ValueError:
        return {}


def own_base(request: Request, suffix: str) -> str:
    """Return the path below which the routes are, from the path of a request to one of them.

    Args:
        request: The request.
        suffix: Path of its route, without the prefix.

    Returns:
        The path, without a final `/`.
    """
    return request.url.path.removesuffix(suffix)


def root_of(connection: HTTPConnection) -> str:
    """Return the path at which a proxy has the whole application.

    Args:
        connection: The request.

    Returns:
        The path, without a final `/`.
    """
    scope = connection.scope
    return str(scope.get("app_root_path", scope.get("root_path", "")))


def base_of(redirect_uri: str, prefix: str, root: str = "") -> str:
    """Return the path below which browsers find the routes.

    The callback is there, including what a proxy, a mount or a router's prefix adds.

    Args:
        redirect_uri: Setting of the connection.
        prefix: Start of the routes' own paths.
        root: What a proxy adds, used if `redirect_uri` is not the callback.

    Returns:
        The path, without a final `/`.
    """
    path = urlsplit(redirect_uri).path
    return path.removesuffix("/callback") if path.endswith(f"{prefix}/callback") else f"{root}{prefix}"


def callback_places(app: object, prefix: str) -> list[str]:
    """Return the paths at which an application has the callback of a prefix.

    It may be below the prefix of a router, or below a mount, which only the application knows.

    Args:
        app: The application.
        prefix: Start of the routes' own paths.

    Returns:
        The paths, none if the callback cannot be found.
    """
    places: list[str] = []
    for route in app.routes if isinstance(app, Starlette) else ():
        with suppress(NoMatchFound):
            places.append(str(route.url_path_for("eternaltwin:callback")))
    return [place for place in places if place.endswith(f"{prefix}/callback")]


def path_with_query(connection: HTTPConnection) -> str:
    """Return the path of a request, with its query.

    Args:
        connection: The request.

    Returns:
        The path, and the query if there is one.
    """
    url = connection.url
    return f"{url.path}?{url.query}" if url.query else url.path
