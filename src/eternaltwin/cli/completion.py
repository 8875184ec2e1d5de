"""The command `completion`: what a shell runs to complete the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import click

from eternaltwin.cli.options import DocumentedCommand

if TYPE_CHECKING:
    from click.shell_completion import ShellComplete

#: How to use the script, by shell.
_USE = {
    "bash": 'add to ~/.bashrc: eval "$(eternaltwin completion bash)"',
    "zsh": 'add to ~/.zshrc: eval "$(eternaltwin completion zsh)"',
    "fish": "run: eternaltwin completion fish > ~/.config/fish/completions/eternaltwin.fish",
}


@click.command(cls=DocumentedCommand)
@click.argument("shell", type=click.Choice(list(_USE)))
def completion(shell: str) -> None:
    """Print the script that completes commands, options and names in a shell.

    Args:
        shell: The shell.
    """
    from click.shell_completion import get_completion_class

    from eternaltwin.cli.commands import cli

    kind = cast("type[ShellComplete]", get_completion_class(shell))
    click.echo(f"# {_USE[shell]}")
    click.echo(kind(cli, {}, "eternaltwin", "_ETERNALTWIN_COMPLETE").source())
