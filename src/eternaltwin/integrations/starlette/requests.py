"""What the routes read of a request."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from starlette.exceptions import HTTPException

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


def taken_query(request: Request) -> bytes:
    """The callback's query, taken out of the request: no report and no log can show it any more.

    Servers write their access logs from the same mapping, once the answer is there.
    """
    query: bytes = request.scope["query_string"]
    request.scope["query_string"] = b""
    return query


def own_base(request: Request, suffix: str) -> str:
    """The path below which the routes are, found from the path of one of them."""
    return request.url.path.removesuffix(suffix)


def path_with_query(connection: HTTPConnection) -> str:
    """The path and the query that were asked for."""
    url = connection.url
    return f"{url.path}?{url.query}" if url.query else url.path
