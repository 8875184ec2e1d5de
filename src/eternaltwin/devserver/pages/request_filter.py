"""The filter of the list of requests."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from eternaltwin.devserver.asgi.request_log import RecordedRequest

#: The methods that the filter offers.
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class RequestFilter(msgspec.Struct, frozen=True):
    """Which requests are shown. Empty strings match everything.

    Attributes:
        method: The method.
        path: Part of the path, in which `*` matches any characters.
        status: The status of the response, or its beginning: `404`, or `4` or `4xx` for all of these.
        game: Key of the game that has sent the request.
    """

    method: str = ""
    path: str = ""
    status: str = ""
    game: str = ""

    @property
    def is_active(self) -> bool:
        """Whether the filter may leave requests out."""
        return any(msgspec.structs.astuple(self))

    def matches(self, request: RecordedRequest) -> bool:
        """Return whether a request has the method, the path and the status.

        Args:
            request: The request.

        Returns:
            False if the request is left out. The game is not compared.
        """
        status = self.status.lower().rstrip("x")
        return (
            self.method in ("", request.method)
            and (not status or str(request.status or "").startswith(status))
            and (not self.path or fnmatchcase(request.path, f"*{self.path}*"))
        )


def filter_of(fields: dict[str, str]) -> RequestFilter:
    """Read a filter from the query of a page.

    Args:
        fields: The fields of the query.

    Returns:
        The filter.
    """
    names = RequestFilter.__struct_fields__
    return RequestFilter(**{name: fields.get(name, "").strip() for name in names})
