"""Who may use the control API: programs on this machine or with the token, but never a page of another site.

A page can send requests to a server on its visitor's machine. It cannot add a header field to them, unless the server
allows it in response to a preflight (Fetch, section 4.8), which this one never does.
"""

from __future__ import annotations

import hmac
import re
from typing import TYPE_CHECKING

from eternaltwin.devserver.api.responses import ApiError
from eternaltwin.devserver.asgi.hosts import address_in, host_fields, host_name, is_loopback_host
from eternaltwin.devserver.control.problems import control_error
from eternaltwin.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.devserver.asgi.protocol import Scope

#: The header field of every request, in lower case, and its value.
HEADER, HEADER_VALUE = "eternaltwin-dev", "1"

#: Paths below this one belong to the control API.
CONTROL_PREFIX = "/_dev/"

#: The version of the server, for programs that wait for its start.
HEALTH = f"{CONTROL_PREFIX}health"

#: The description of the control API, which contains nothing of the server's state.
DESCRIPTION = f"{CONTROL_PREFIX}openapi.json"

#: Paths that need neither the field nor the token.
_OPEN_PATHS = frozenset({HEALTH, DESCRIPTION})

#: Fields that proxies add to the requests of others.
_PROXY_FIELDS = frozenset({b"forwarded", b"via", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip"})

_TOKEN = re.compile(r"[\x21-\x7e]+")

_HOW_TO_ENABLE = (
    "start the server with a token, and send it as Authorization: Bearer TOKEN: ETERNALTWIN_DEV_TOKEN,"
    " eternaltwin serve --control-token-file FILE, or DevServer(control_token=...)"
)


def is_from_this_machine(scope: Scope) -> bool:
    """Return whether a program on this machine sent a request to it, without a proxy.

    Args:
        scope: The ASGI scope.

    Returns:
        True if the peer is a loopback address, and so is the host.
    """
    peer = address_in(scope["client"][0])
    host = host_name(host_fields(scope)[0])
    is_forwarded = any(name in _PROXY_FIELDS for name, _ in scope["headers"])
    return peer is not None and peer.is_loopback and host is not None and is_loopback_host(host) and not is_forwarded


def is_from_anybody(_: Scope) -> bool:
    """Return that a request may use the control API, as nobody but this process can send one.

    Returns:
        Always True.
    """
    return True


def is_from_nobody(_: Scope) -> bool:
    """Return that a request may not use the control API, as other machines can send one.

    Returns:
        Always False.
    """
    return False


class ControlAccess:
    """Decides which requests may use the control API.

    Args:
        token: The token. None means that there is none, so that the origin of a request decides.
        is_trusted: Takes the scope of a request, and returns whether it needs no token where there is none.

    Raises:
        ConfigurationError: The token is empty, or contains other characters than visible ones of ASCII.
    """

    def __init__(self, token: str | None, is_trusted: Callable[[Scope], bool]) -> None:
        if token is not None and _TOKEN.fullmatch(token) is None:
            raise ConfigurationError(
                "control_token must be one or more visible characters of ASCII; make one with: openssl rand -hex 32",
                setting="control_token",
            )
        self._token = None if token is None else token.encode()
        self._is_trusted = is_trusted

    def problem(self, scope: Scope) -> ApiError | None:
        """Return why a request is refused.

        Args:
            scope: The ASGI scope, with a valid host.

        Returns:
            The error, or None if the request may use the control API.
        """
        if scope["path"] in _OPEN_PATHS:
            return None
        fields: dict[bytes, bytes] = dict(scope["headers"])
        if fields.get(HEADER.encode()) != HEADER_VALUE.encode():
            message = "this request lacks the header field Eternaltwin-Dev: 1, which no page of another site can send"
            return control_error(403, "header_missing", message, "send Eternaltwin-Dev: 1 with each request")
        if self._token is not None:
            return _token_problem(self._token, fields.get(b"authorization", b""))
        if self._is_trusted(scope):
            return None
        message = "the control API is off for this request, which may have come from another machine"
        return control_error(403, "control_off", message, _HOW_TO_ENABLE)


def _token_problem(token: bytes, authorization: bytes) -> ApiError | None:
    scheme, _, given = authorization.partition(b" ")
    if scheme.lower() == b"bearer" and hmac.compare_digest(given.strip(), token):
        return None
    message = "this request has another token than the server" if given else "this request has no token"
    error = control_error(401, "token_wrong" if given else "token_missing", message, "send Authorization: Bearer TOKEN")
    return ApiError(error.response.with_field("www-authenticate", "Bearer"))
