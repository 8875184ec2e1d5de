"""The key of internal tools of the server, which is the setting `backend.secret` (0.16.4)."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from eternaltwin.devserver.api.operations import Parameter
from eternaltwin.devserver.api.responses import json_error

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import ApiRequest

_NAME = "etwin-internal-auth"

#: The declaration of the header field with the key.
INTERNAL_KEY = Parameter(
    name=_NAME,
    schema={"type": "string"},
    description="The key of internal tools: the setting `backend.secret`.",
    is_required=True,
)


def check_internal_key(request: ApiRequest) -> None:
    """Refuse a request without the internal key. The comparison takes constant time.

    Args:
        request: A request to an endpoint that declares `INTERNAL_KEY`.

    Raises:
        ApiError: The key is missing or wrong.
    """
    key = request.header(_NAME.encode())
    if key is None:
        raise json_error(401, "missing internal authentication header")
    if not hmac.compare_digest(key.encode("latin-1"), request.world.config.backend.secret.encode()):
        raise json_error(403, "invalid internal authentication key")
