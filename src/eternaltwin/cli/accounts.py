"""The command `accounts`: who has signed in, and whom commands use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import msgspec

from eternaltwin.cli.connections import opened
from eternaltwin.cli.failures import CommandFailedError
from eternaltwin.cli.known_accounts import KnownAccount, known_accounts, remember
from eternaltwin.cli.options import DocumentedGroup, connection_options, json_option
from eternaltwin.cli.output import print_json, print_table
from eternaltwin.cli.visible_text import visible
from eternaltwin.exceptions import ConfigurationError

if TYPE_CHECKING:
    from eternaltwin.cli.connections import ChosenConnection


def complete_accounts(ctx: click.Context | None, parameter: click.Parameter | None, incomplete: str) -> list[str]:
    """Complete the display name of an account that has signed in.

    Args:
        ctx: Unused.
        parameter: Unused.
        incomplete: How the name begins.

    Returns:
        The names that begin so. Empty if the file with the accounts cannot be read.
    """
    del ctx, parameter
    try:
        return [known.username for known in known_accounts() if known.username.startswith(incomplete)]
    except ConfigurationError:
        return []


def find_account(server: str, name: str) -> KnownAccount:
    """Return the account of a server with a name.

    Args:
        server: Address of the server.
        name: Display name or id.

    Returns:
        The account.

    Raises:
        CommandFailedError: There is none.
    """
    for known in known_accounts():
        if known.server == server and name in (known.username, known.identifier):
            return known
    raise CommandFailedError(
        f"{name!r} has not signed in to {server}", "list who has with: eternaltwin accounts, or add --url"
    )


@click.group(cls=DocumentedGroup, invoke_without_command=True)
@json_option
@click.pass_context
def accounts(ctx: click.Context, is_json: bool) -> None:
    """List who has signed in on this machine, without a network. `*` marks whom commands use, for each server.

    Args:
        ctx: The context of the command.
        is_json: Whether to print JSON.
    """
    if ctx.invoked_subcommand is not None:
        return
    known = known_accounts()
    if is_json:
        print_json({"items": known, "count": len(known)})
    elif known:
        print_table(("", "server", "username", "identifier", "method", "storage"), map(_row, known))


def _row(account: KnownAccount) -> tuple[str, ...]:
    mark = "*" if account.is_current else ""
    return mark, account.server, account.username, account.identifier, account.method, account.storage


@accounts.command()
@connection_options
@click.argument("name", shell_complete=complete_accounts)
@json_option
def use(connection: ChosenConnection, name: str, is_json: bool) -> None:
    """Make the account NAME, a display name or an id, the one that commands use on its server.

    Args:
        connection: The options of the connection.
        name: Display name or id of the account.
        is_json: Whether to print JSON.
    """
    with opened(connection) as client:
        account = msgspec.structs.replace(find_account(client.url, name), is_current=True)
    remember(account)
    if is_json:
        print_json(account)
    else:
        click.echo(f"Commands use {visible(account.username)} on {account.server}.")
