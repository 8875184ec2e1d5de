"""`/api/v1/openapi.json`: the API, described for programs. It is an addition of the development server."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar import HttpMethod

from eternaltwin.devserver.api.requests import endpoint
from eternaltwin.devserver.api.responses import json_answer

if TYPE_CHECKING:
    from eternaltwin.devserver.api.requests import Call
    from eternaltwin.devserver.api.responses import Answer


@endpoint("/api/v1/openapi.json", HttpMethod.GET)
def get_description(_: Call) -> Answer:
    """This description."""
    from eternaltwin.devserver.openapi import description  # made of the handlers, of which this is one

    return json_answer(description())


route_handlers = [get_description]
