"""The command `serve`: the development server."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, Unpack, cast

import click

from eternaltwin.cli.served_config import ServedConfig
from eternaltwin.cli.start_report import start_report
from eternaltwin.exceptions import ConfigurationError, MissingExtraError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.config.types import StoreKind
    from eternaltwin.devserver.domain.versions import ApiVersion

#: What starts the server without an installation, as it ends a message.
_ONE_LINE = ', or start it without an installation: uvx --from "eternaltwin[server,cli]" eternaltwin serve'

#: What `--profile` chose once, and `--api-version` chooses now.
_API_VERSIONS = ("latest", "0.16.4")


class ServeOptions(TypedDict):
    """The options of `serve`.

    Attributes:
        config: The configuration file. None means the nearest `eternaltwin.toml`.
        profile: The profile of the configuration. What was a version of the API once still is one.
        store: Where to keep data, in lower case. None means `backend.store` of the configuration.
        host: The address to listen on.
        port: The port to listen on, 0 to 65535. 0 means any free one, None the one of the configuration.
        allowed_hosts: Further names by which clients reach the server.
        control_token_file: A file with the token of the control API. None means the variable `ETERNALTWIN_DEV_TOKEN`.
        api_version: The version of the official server to stand in for. None means the next one.
        quiet: Whether to print no line for each request.
    """

    config: Path | None
    profile: str
    store: str | None
    host: str
    port: int | None
    allowed_hosts: tuple[str, ...]
    control_token_file: Path | None
    api_version: str | None
    quiet: bool


@click.command(
    help="""Run the development server until it is stopped with Ctrl+C.

    The configuration is read again when it changes, and on SIGHUP.
    """
)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="The configuration file.  [default: the nearest eternaltwin.toml]",
)
@click.option(
    "--profile",
    envvar="ETERNALTWIN_PROFILE",
    default="dev",
    show_default=True,
    help="The profile of the configuration, which decides which files are searched: dev, production, test, sdk, or a"
    " name of your own. The variable ETERNALTWIN_PROFILE sets it as well.",
)
@click.option(
    "--store",
    type=click.Choice(["memory", "sqlite", "postgres"]),
    help="Where to keep data.  [default: backend.store of the configuration]",
)
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(0, 65535), help="The port to listen on.  [default: backend.port, or 50320]")
@click.option(
    "--allowed-host",
    "allowed_hosts",
    multiple=True,
    metavar="NAME",
    help="A further name by which clients reach it, such as that of its container, or *.mygame.test. May be repeated."
    "  [default: --host, localhost, *.localhost, loopback addresses]",
)
@click.option(
    "--control-token-file",
    type=click.Path(path_type=Path),
    help="A file with the token of the control API, with which other machines may use it, too. The variable"
    " ETERNALTWIN_DEV_TOKEN may contain the token instead.",
)
@click.option(
    "--api-version",
    type=click.Choice(_API_VERSIONS),
    help="The version of the official server to stand in for.  [default: latest]",
)
@click.option("--quiet", is_flag=True, help="Do not log the requests.")
def serve(**options: Unpack[ServeOptions]) -> None:
    """Run the development server until it is stopped with Ctrl+C.

    Args:
        **options: The options.
    """
    profile, version = _profile_and_version(options["profile"], options["api_version"])
    store = options["store"]
    served = ServedConfig(options["config"], profile, cast("StoreKind | None", store and store.title()), _note)
    try:
        server = _server(served, options, version)
    except MissingExtraError as exc:
        # What an environment lacks for PostgreSQL is no reason to leave it: the message names another store.
        raise MissingExtraError(f"{exc}{_ONE_LINE if exc.name else ''}", name=exc.name) from None
    with served.watched(server):
        server.serve_forever(_announce(server, version))


def _profile_and_version(profile: str, api_version: str | None) -> tuple[str, ApiVersion]:
    """Return the profile and the version; `--profile` was the option for the version once."""
    if profile in _API_VERSIONS:
        _note(f"--profile {profile} is called --api-version {profile} now, and --profile is that of the configuration")
        profile, api_version = "dev", api_version or profile
    return profile, cast("ApiVersion", api_version or "latest")


def _note(message: str) -> None:
    click.echo(f"eternaltwin: {message}", err=True)


def _server(served: ServedConfig, options: ServeOptions, api_version: ApiVersion) -> DevServer:
    from eternaltwin.cli.request_printer import RequestPrinter
    from eternaltwin.devserver import DevServer

    settings = served.load()
    port = options["port"]
    if "*" in options["allowed_hosts"]:
        _note("--allowed-host '*' lets any web page that you have open use this server (DNS rebinding)")
    return DevServer(
        settings,
        host=options["host"],
        port=settings.backend.port if port is None else port,
        api_version=api_version,
        on_response=None if options["quiet"] else RequestPrinter(sys.stderr),
        allowed_hosts=options["allowed_hosts"],
        control_token=_control_token(options),
    )


def _control_token(options: ServeOptions) -> str | None:
    file = options["control_token_file"]
    if file is None:
        return os.environ.get("ETERNALTWIN_DEV_TOKEN") or None
    try:
        return file.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigurationError(f"the token cannot be read from {file}: {exc}") from None


def _announce(server: DevServer, api_version: ApiVersion) -> Callable[[socket.socket], None]:
    from eternaltwin.devserver.asgi.listening import is_loopback

    def announce(listener: socket.socket) -> None:
        if not is_loopback(listener):
            _note("other machines can reach this server, and anybody can log in on it as anybody")
        for line in start_report(server, api_version):
            click.echo(line)

    return announce
