"""The options that commands have in common, as decorators."""

from __future__ import annotations

from functools import wraps
from inspect import cleandoc
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

import click

from eternaltwin.cli.config import read_config
from eternaltwin.cli.connections import ChosenConnection
from eternaltwin.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

P = ParamSpec("P")
Result = TypeVar("Result")


class DocumentedCommand(click.Command):
    """A command whose help is the docstring of its function, without the sections for developers.

    Args:
        name: Name of the command.
        **settings: What click's own class takes.
    """

    def __init__(self, name: str | None, **settings: Any) -> None:
        super().__init__(name, **_without_sections(settings))


class DocumentedGroup(click.Group):
    """A group whose help, and that of its commands, is the docstring of their functions.

    Args:
        name: Name of the group.
        **settings: What click's own class takes.
    """

    command_class = DocumentedCommand

    def __init__(self, name: str | None = None, **settings: Any) -> None:
        super().__init__(name, **_without_sections(settings))


def _without_sections(settings: dict[str, Any]) -> dict[str, Any]:
    return {**settings, "help": cleandoc(settings.get("help") or "").partition("\nArgs:\n")[0].rstrip()}


def connection_options(command: Callable[Concatenate[ChosenConnection, P], Result]) -> Callable[..., Result]:
    """Add the options that choose a connection. The command gets the choice as its first argument.

    Args:
        command: The function of the command.

    Returns:
        The function, to be decorated as a command.
    """

    @click.option("--url", metavar="URL", help="Address of the server.  [default: https://eternaltwin.org/]")
    @click.option(
        "--profile",
        metavar="NAME",
        shell_complete=complete_profiles,
        help="A connection of ~/.config/eternaltwin/config.toml.",
    )
    @click.option(
        "--timeout",
        metavar="SECONDS",
        type=click.FloatRange(0, 1e9, min_open=True),
        help="Seconds that a call may take.  [default: 5]",
    )
    @wraps(command)
    def with_connection(
        url: str | None, profile: str | None, timeout: float | None, *args: P.args, **names: P.kwargs
    ) -> Result:
        return command(ChosenConnection(url, profile, timeout), *args, **names)

    return with_connection


def json_option(command: Callable[P, Result]) -> Callable[P, Result]:
    """Add the option `--json`. The command gets it as `is_json`. Failures are then printed as JSON, too.

    Args:
        command: The function of the command.

    Returns:
        The function, to be decorated as a command.
    """
    return click.option("--json", "is_json", is_flag=True, help="Print JSON, for programs.")(command)


def complete_profiles(ctx: click.Context | None, parameter: click.Parameter | None, incomplete: str) -> list[str]:
    """Complete the name of a profile.

    Args:
        ctx: Unused.
        parameter: Unused.
        incomplete: How the name begins.

    Returns:
        The names that begin so. Empty if the file with the profiles is wrong.
    """
    del ctx, parameter
    try:
        return [name for name in read_config().profiles if name.startswith(incomplete)]
    except ConfigurationError:
        return []
