"""Compares the routes of the official server with those of the recordings and of the development server."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from conformance.exchanges import load
from conformance.runs import recording
from conformance.scenario import SCENARIOS
from conformance.servers import VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_FILE = Path(__file__).parent / "routes.toml"


class Route(NamedTuple):
    """A method and a path with names of parameters in braces."""

    method: str
    path: str


def official(file: Path = _FILE) -> Mapping[str, Sequence[str]]:
    """Return the methods of every path of the official server.

    Raises:
        ValueError: The list is that of another version.
    """
    content = tomllib.loads(file.read_text("utf-8"))
    if content["version"] != VERSION:
        raise ValueError(f"{file.name} lists the routes of {content['version']}, not of {VERSION}")
    listed: dict[str, list[str]] = content["routes"]
    return listed


def _served() -> Iterator[Route]:
    """Yield the routes of the development server as the released version."""
    from eternaltwin.devserver.api.routes import API_ENDPOINTS
    from eternaltwin.devserver.domain.versions import behaviour_of

    for endpoint in API_ENDPOINTS:
        operation = endpoint.operation
        if endpoint.is_available(behaviour_of(VERSION)) and operation is not None and operation.is_in_released:
            yield Route(endpoint.method, endpoint.path)


def _recorded(paths: Mapping[str, object]) -> Iterator[tuple[Route, str | None]]:
    """Yield the route of every recorded request to one of the paths, with the header `allow` of the response."""
    patterns = {path: re.compile(re.sub(r"\{\w+\}", "[^/]+", path)) for path in paths}
    for scenario in SCENARIOS:
        for exchange in load(recording(scenario)):
            request, response = exchange.request, exchange.response
            sent = request.path.partition("?")[0]
            for path in (path for path, pattern in patterns.items() if pattern.fullmatch(sent)):
                yield Route(request.method, path), response.headers.get("allow")


def _allow(methods: Sequence[str]) -> str:
    """Return the header `allow` of a path with these methods."""
    return ",".join("GET,HEAD" if method == "GET" else method for method in methods)


def problems(listed: Mapping[str, Sequence[str]]) -> list[str]:
    """Return which routes are listed but neither recorded nor served, and which are served but not listed.

    Args:
        listed: The methods of every path of the official server.

    Returns:
        One sentence for each problem.
    """
    routes = {Route(method, path) for path, methods in listed.items() for method in methods}
    served, recorded = set(_served()), list(_recorded(listed))
    requested = {route for route, allow in recorded if allow is None}
    allowed = {(route.path, allow) for route, allow in recorded if allow is not None}
    return [
        *(f"{route.method} {route.path} is not served" for route in sorted(routes - served)),
        *(f"{route.method} {route.path} is not a route of the official server" for route in sorted(served - routes)),
        *(f"{route.method} {route.path} is in no recording" for route in sorted(routes - requested)),
        *(
            f"the official server allows {_allow(methods)} at {path} according to the list, but not to the recordings"
            for path, methods in listed.items()
            if (path, _allow(methods)) not in allowed
        ),
    ]
