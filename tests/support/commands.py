"""Runs commands of the command line in this process."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from click.testing import CliRunner

from eternaltwin.cli.commands import cli

if TYPE_CHECKING:
    from collections.abc import Mapping


class Done(NamedTuple):
    """What a command has done.

    Attributes:
        status: Its exit status.
        output: What it wrote to standard output.
        errors: What it wrote to standard error.
    """

    status: int
    output: str
    errors: str

    def json(self) -> Any:
        """Return the one JSON document on standard output."""
        return json.loads(self.output)


def run_command(*arguments: str, typed: str | bytes = "", environment: Mapping[str, str | None] | None = None) -> Done:
    """Run `eternaltwin` with arguments. Standard input is no terminal.

    Args:
        arguments: The arguments.
        typed: What standard input contains.
        environment: Variables to set; None removes one.

    Returns:
        What it did.
    """
    result = CliRunner().invoke(cli, arguments, input=typed, env=environment, prog_name="eternaltwin")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Done(result.exit_code, result.stdout, result.stderr)
