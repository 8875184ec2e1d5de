"""What the server says of itself, as the description has it."""

from __future__ import annotations

from typing import Any

from eternaltwin import models
from eternaltwin.devserver.api import openapi, server
from eternaltwin.devserver.openapi.operations import TEXT, UNREADABLE, Operation

SERVER = (
    Operation(handler=server.get_server_info, answers={200: (models.ServerVersion,)}),
    Operation(handler=server.get_config, answers={200: (models.Config,)}),
    Operation(handler=server.get_clock, answers={200: (models.Clock,)}),
    Operation(
        handler=server.set_clock,
        answers=UNREADABLE | {200: (models.Clock,), 403: TEXT},
        body=models.Clock,
        about="The official server refuses it always, this one unless its clock is a virtual one.",
    ),
    Operation(handler=server.get_releases, answers={200: (models.Releases,)}),
    Operation(
        handler=openapi.get_description,
        answers={200: (dict[str, Any],)},
        in_released=False,
        about="Only the development server has it.",
    ),
)
