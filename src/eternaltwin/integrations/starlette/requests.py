"""What the routes read of a request."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import NoMatchFound

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection, Request

#: The largest form that is read, in bytes, and the most fields in it.
MAX_FORM = 16_384
MAX_FIELDS = 20


async def read_form(request: Request) -> dict[str, str]:
    """The fields of a form that was posted; none if it is no form.

    Read here, since Starlette's own reader needs another package.

    Raises:
        HTTPException: it is too large.
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
    """The path below which the routes are, found from the path of one of them."""
    return request.url.path.removesuffix(suffix)


def root_of(connection: HTTPConnection) -> str:
    """The path at which a proxy has the whole application."""
    scope = connection.scope
    return str(scope.get("app_root_path", scope.get("root_path", "")))


def base_of(redirect_uri: str, prefix: str, root: str = "") -> str:
    """The path below which browsers find the routes.

    It is where the callback is: below what a proxy, a mount or a router's prefix adds, too.

    Args:
        redirect_uri: the connection's.
        prefix: what the routes' own paths start with.
        root: what a proxy adds, where `redirect_uri` does not tell.
    """
    path = urlsplit(redirect_uri).path
    return path.removesuffix("/callback") if path.endswith(f"{prefix}/callback") else f"{root}{prefix}"


def callback_places(app: object, prefix: str) -> list[str]:
    """The paths at which an application has the callback of a prefix; none if it cannot be found.

    It may be below the prefix of a router, or a mount, of which only the application knows.
    """
    places: list[str] = []
    for route in app.routes if isinstance(app, Starlette) else ():
        with suppress(NoMatchFound):
            places.append(str(route.url_path_for("eternaltwin:callback")))
    return [place for place in places if place.endswith(f"{prefix}/callback")]


def path_with_query(connection: HTTPConnection) -> str:
    """The path and the query that were asked for."""
    url = connection.url
    return f"{url.path}?{url.query}" if url.query else url.path
