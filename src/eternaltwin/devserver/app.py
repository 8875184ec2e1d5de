"""The development server as an ASGI application."""

from __future__ import annotations

from typing import TYPE_CHECKING

from litestar import Litestar
from litestar.datastructures import State

from eternaltwin.devserver.login_page import route_handlers as login_handlers

if TYPE_CHECKING:
    from eternaltwin.devserver.world import World


def create_app(world: World) -> Litestar:
    """The application that serves ``world``; handlers find it as ``request.app.state.world``.

    No handler ever suspends, so the application can be stepped without an event loop.
    """
    return Litestar(route_handlers=[*login_handlers], state=State({"world": world}))
