"""Which requests change what the front page shows, and which may listen to changes. Its script is served here, too."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from eternaltwin.devserver.api.endpoints import endpoint
from eternaltwin.devserver.api.forms import is_from_own_page
from eternaltwin.devserver.api.responses import ApiResponse
from eternaltwin.devserver.control.access import CONTROL_PREFIX
from eternaltwin.devserver.pages.paths import HOME, OWN_PATHS, SCRIPT

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest
    from eternaltwin.devserver.asgi.protocol import Scope

_READING = ("GET", "HEAD")

#: The header field of requests of the script.
_UPDATE = (b"eternaltwin-update", b"1")

_SCRIPT_HEADERS = (
    (b"content-type", b"text/javascript; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


def may_change(scope: Scope) -> bool:
    """Return whether a request may change what the front page shows, which includes requests.

    Args:
        scope: The ASGI scope of the request.

    Returns:
        False for requests that only read the page or the control API.
    """
    path: str = scope["path"]
    return scope["method"] not in _READING or not (path in OWN_PATHS or path.startswith(CONTROL_PREFIX))


def is_update(scope: Scope) -> bool:
    """Return whether the script of the front page sends a request to update the page.

    Such requests follow every change, and would hide all others in the log.

    Args:
        scope: The ASGI scope of the request.

    Returns:
        True for a request that only reads the page, with the header field of the script.
    """
    return scope["path"] == HOME and scope["method"] == "GET" and _UPDATE in scope["headers"]


def may_listen(scope: Scope) -> bool:
    """Return whether a request may have the stream of events: not if a page of another site sends it.

    Args:
        scope: The ASGI scope of the request.

    Returns:
        False if the browser reports another site.
    """
    fields = {name: value.decode("latin-1") for name, value in scope["headers"]}
    return is_from_own_page(*(fields.get(name) for name in (b"sec-fetch-site", b"origin", b"host")))


@cache
def _script() -> bytes:
    return files("eternaltwin.devserver.pages").joinpath("templates", "overview.js").read_bytes()


@endpoint("GET", SCRIPT)
def show_script(_: ApiRequest) -> ApiResponse:
    """Send the script.

    Returns:
        The script of the front page.
    """
    return ApiResponse(200, _script(), _SCRIPT_HEADERS)


ENDPOINTS = (show_script,)
