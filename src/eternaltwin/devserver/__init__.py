"""A server for development and tests that behaves like the official Eternaltwin server.

Needs the extra `server`: `pip install "eternaltwin[server]"`.

Example:
    ```python
    from eternaltwin.devserver import DevServer

    with DevServer() as server:
        zoe = server.add_user("zoe")
    ```
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from eternaltwin.exceptions import MissingExtraError

if TYPE_CHECKING:
    from eternaltwin.devserver.asgi.request_log import RecordedRequest as RecordedRequest
    from eternaltwin.devserver.config import ServerConfig as ServerConfig
    from eternaltwin.devserver.config import ServerConfigWarning as ServerConfigWarning
    from eternaltwin.devserver.config import default_config as default_config
    from eternaltwin.devserver.config import load_config as load_config
    from eternaltwin.devserver.domain.clock import VirtualClock as VirtualClock
    from eternaltwin.devserver.domain.records import ClientRecord as ClientRecord
    from eternaltwin.devserver.domain.records import UserRecord as UserRecord
    from eternaltwin.devserver.openapi.printing import printed_description as printed_description
    from eternaltwin.devserver.server import DevServer as DevServer

__all__ = [
    "ClientRecord",
    "DevServer",
    "RecordedRequest",
    "ServerConfig",
    "ServerConfigWarning",
    "UserRecord",
    "VirtualClock",
    "default_config",
    "load_config",
    "printed_description",
]

_HOMES = {
    "ClientRecord": "domain.records",
    "DevServer": "server",
    "RecordedRequest": "asgi.request_log",
    "ServerConfig": "config",
    "ServerConfigWarning": "config",
    "UserRecord": "domain.records",
    "VirtualClock": "domain.clock",
    "default_config": "config",
    "load_config": "config",
    "printed_description": "openapi.printing",
}

#: What the extra `server` installs.
_EXTRA = frozenset({"jinja2", "sqlalchemy", "starlette", "uvicorn"})


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        value: object = getattr(import_module(f"{__name__}.{home}"), name)
    except ModuleNotFoundError as exc:
        package = (exc.name or "").partition(".")[0]
        if package not in _EXTRA:
            raise
        raise MissingExtraError(
            f'the development server needs {package}: pip install "eternaltwin[server]"', name=package
        ) from None
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOMES})
