"""What the command `eternaltwin` can do. Everything but click is imported when it is needed."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar, cast

import click

from eternaltwin.exceptions import EternalTwinError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from eternaltwin.devserver import DevServer, ServerConfig
    from eternaltwin.devserver.domain.versions import ApiVersion

Result = TypeVar("Result")


class Failure(click.ClickException):
    """A failure that is told in one sentence."""

    exit_code = 2

    def show(self, file: object = None) -> None:
        """Tell it."""
        del file
        click.echo(f"eternaltwin: {self.format_message()}", err=True)


def _version() -> str:
    from eternaltwin import __version__

    return __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(_version(), message="%(prog)s %(version)s")
def cli() -> None:
    """Sign in with Eternaltwin: tools for those who make games."""


@cli.command()
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="The configuration file.  [default: the nearest eternaltwin.toml]",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen.")
@click.option("--port", type=click.IntRange(0, 65535), help="Where to listen.  [default: backend.port, or 50320]")
@click.option(
    "--profile",
    type=click.Choice(["latest", "0.16.4"]),
    default="latest",
    show_default=True,
    help="Which version of the official server to stand in for.",
)
@click.option("--quiet", is_flag=True, help="Do not show the requests.")
def serve(config: Path | None, host: str, port: int | None, profile: str, quiet: bool) -> None:
    """Run the development server until it is stopped with Ctrl+C.

    Which configuration files are looked for depends on the variable ETERNALTWIN_PROFILE, "dev" by default.
    """
    server = _told(lambda: _server(config, host, port, cast("ApiVersion", profile), quiet))
    _told(lambda: server.serve_forever(_announce(server)))


def _told(action: Callable[[], Result]) -> Result:
    """Do something whose failures are told in one sentence."""
    try:
        return action()
    except EternalTwinError as exc:
        raise Failure(" ".join(str(exc).split())) from None


def _server(config: Path | None, host: str, port: int | None, api_version: ApiVersion, quiet: bool) -> DevServer:
    from eternaltwin.cli.request_log import RequestLog
    from eternaltwin.devserver import DevServer

    settings = _settings(config)
    return DevServer(
        settings,
        host=host,
        port=settings.backend.port if port is None else port,
        api_version=api_version,
        on_answer=None if quiet else RequestLog(sys.stderr),
    )


def _settings(config: Path | None) -> ServerConfig:
    """The configuration; what it warns of is told, each in a line."""
    import os

    from eternaltwin.devserver import load_config

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        settings = load_config(config, profile=os.environ.get("ETERNALTWIN_PROFILE") or "dev")
    for warning in told:
        click.echo(f"eternaltwin: {warning.message}", err=True)
    return settings


def _announce(server: DevServer) -> Callable[[socket.socket], None]:
    from eternaltwin.devserver.asgi.listening import is_loopback

    def announce(listener: socket.socket) -> None:
        if not is_loopback(listener):
            click.echo(
                "eternaltwin: other machines can reach this server, and anybody can log in on it as anybody", err=True
            )
        click.echo(f"Eternaltwin development server ready at {server.url}")

    return announce
