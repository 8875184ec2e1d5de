"""The root command. A command's module is imported when the command is used, so that each starts fast."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from eternaltwin.cli.failures import INTERRUPTED, IS_JSON, report
from eternaltwin.exceptions import EternalTwinError
from eternaltwin.version import __version__

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The commands by name, each with the module and the object that define it, as `module:object`.
COMMANDS = {
    "doctor": "eternaltwin.cli.doctor:doctor",
    "login": "eternaltwin.cli.sessions:login",
    "logout": "eternaltwin.cli.sessions:logout",
    "whoami": "eternaltwin.cli.sessions:whoami",
    "accounts": "eternaltwin.cli.accounts:accounts",
    "users": "eternaltwin.cli.users:users",
    "serve": "eternaltwin.cli.serve:serve",
    "forum": "eternaltwin.cli.forum:forum",
    "archive": "eternaltwin.cli.archives:archive",
    "links": "eternaltwin.cli.archives:links",
    "init": "eternaltwin.cli.init:init",
    "keygen": "eternaltwin.cli.keygen:keygen",
    "openapi": "eternaltwin.cli.openapi:openapi",
    "completion": "eternaltwin.cli.completion:completion",
}


class LazyGroup(click.Group):
    """A group whose commands are imported when they are used. Failures end with an exit status and a next step.

    Args:
        name: Name of the group.
        sources: The commands by name, as `module:object`.
        context_settings: Settings of click's context.
        explanation: What its help says.
    """

    def __init__(
        self,
        name: str | None,
        sources: Mapping[str, str],
        *,
        context_settings: dict[str, object] | None = None,
        explanation: str,
    ) -> None:
        super().__init__(name, context_settings=context_settings, help=explanation)
        self._sources = sources

    def list_commands(self, ctx: click.Context) -> list[str]:
        """List the names of the commands.

        Args:
            ctx: Unused.

        Returns:
            The names, in the order of the sources.
        """
        del ctx
        return list(self._sources)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command.

        Args:
            ctx: Unused.
            cmd_name: Name of the command.

        Returns:
            The command, or None if there is none of this name.
        """
        del ctx
        source = self._sources.get(cmd_name)
        if source is None:
            return None
        from importlib import import_module

        module, _, attribute = source.partition(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command


class RootGroup(LazyGroup):
    """The root command, which reports the failures of all others."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Remember whether the failure of a command is to be JSON, also if its options are wrong.

        Args:
            ctx: The context of the root command.
            args: The arguments of the program.

        Returns:
            The arguments of the command.
        """
        ctx.meta[IS_JSON] = "--json" in args
        try:
            return super().parse_args(ctx, args)
        except click.UsageError as exc:
            ctx.exit(report(exc, is_json=ctx.meta[IS_JSON]))

    def invoke(self, ctx: click.Context) -> object:
        """Run the command that was asked for.

        Args:
            ctx: The context of the root command.

        Returns:
            What the command returns.
        """
        try:
            result: object = super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            click.echo(err=True)  # the terminal shows ^C
            ctx.exit(INTERRUPTED)
        except (EternalTwinError, click.UsageError) as exc:
            ctx.exit(report(exc, is_json=ctx.meta[IS_JSON]))
        return result


cli = RootGroup(
    "eternaltwin",
    COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
    explanation="Sign in with Eternaltwin: tools for game developers.",
)
click.version_option(__version__, message="%(prog)s %(version)s")(cli)
