"""The command `serve`: the development server."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, cast

import click

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from eternaltwin.devserver import DevServer, ServerConfig
    from eternaltwin.devserver.domain.versions import ApiVersion


@click.command(
    help="""Run the development server until it is stopped with Ctrl+C.

    The variable ETERNALTWIN_PROFILE, "dev" by default, decides which configuration files are searched.
    """
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="The configuration file.  [default: the nearest eternaltwin.toml]",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port to listen on.  [default: backend.port, or 50320]")
@click.option(
    "--profile",
    type=click.Choice(["latest", "0.16.4"]),
    default="latest",
    show_default=True,
    help="The version of the official server to stand in for.",
)
@click.option("--quiet", is_flag=True, help="Do not log the requests.")
def serve(config: Path | None, host: str, port: int | None, profile: str, quiet: bool) -> None:
    """Run the development server until it is stopped with Ctrl+C.

    Args:
        config: The configuration file. None means the nearest `eternaltwin.toml`.
        host: The address to listen on.
        port: The port to listen on, 0 to 65535. 0 means any free one, None the one of the configuration.
        profile: The version of the official server to stand in for.
        quiet: Whether to print no line for each request.
    """
    server = _server(config, host, port, cast("ApiVersion", profile), quiet)
    server.serve_forever(_announce(server, cast("ApiVersion", profile)))


def _server(config: Path | None, host: str, port: int | None, api_version: ApiVersion, quiet: bool) -> DevServer:
    from eternaltwin.cli.request_printer import RequestPrinter
    from eternaltwin.devserver import DevServer

    settings = _settings(config)
    return DevServer(
        settings,
        host=host,
        port=settings.backend.port if port is None else port,
        api_version=api_version,
        on_response=None if quiet else RequestPrinter(sys.stderr),
    )


def _settings(config: Path | None) -> ServerConfig:
    """Load the configuration, and print its warnings, one per line."""
    import os

    from eternaltwin.devserver import load_config

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        settings = load_config(config, profile=os.environ.get("ETERNALTWIN_PROFILE") or "dev")
    for warning in caught:
        click.echo(f"eternaltwin: {warning.message}", err=True)
    return settings


def _announce(server: DevServer, api_version: ApiVersion) -> Callable[[socket.socket], None]:
    from eternaltwin.devserver.asgi.listening import is_loopback

    def announce(listener: socket.socket) -> None:
        if not is_loopback(listener):
            click.echo(
                "eternaltwin: other machines can reach this server, and anybody can log in on it as anybody", err=True
            )
        click.echo(f"Eternaltwin development server ready at {server.url}")
        click.echo(_played_version(api_version))

    return announce


def _played_version(api_version: ApiVersion) -> str:
    """Return which version the server behaves like, and what a game must not expect of eternaltwin.org for it."""
    from eternaltwin.devserver.domain.versions import behaviour_of

    behaviour = behaviour_of(api_version)
    calls = "User.search, find, count and iterate"
    if behaviour.lists_users:
        return (
            f"It plays the next version, {behaviour.version}. No released server can search users yet ({calls}):"
            " --profile 0.16.4 plays the newest of them"
        )
    return f"It plays {behaviour.version}, the newest release, which cannot search users ({calls})"
