"""The commands `archive` and `links`: archived accounts of older games."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from eternaltwin.cli.connections import opened
from eternaltwin.cli.failures import CommandFailedError
from eternaltwin.cli.options import DocumentedCommand, connection_options, json_option
from eternaltwin.cli.output import print_fields, print_json, print_table
from eternaltwin.rules.archives import DINOPARC_SERVERS, SITES, TWINOID

if TYPE_CHECKING:
    import msgspec

    from eternaltwin.cli.connections import ChosenConnection
    from eternaltwin.clients.sync.clients import Eternaltwin


@click.command(cls=DocumentedCommand)
@click.argument("site", type=click.Choice(list(SITES)))
@click.argument("number", metavar="ID")
@click.option("--dinoz", "is_dinoz", is_flag=True, help="Show the dinoz with this ID, and not a user of Dinoparc.")
@connection_options
@json_option
def archive(connection: ChosenConnection, *, site: str, number: str, is_dinoz: bool, is_json: bool) -> None:
    """Show an archived account of an older game. ID is its number on SITE.

    Args:
        connection: The connection to use.
        site: Host name of the older game.
        number: Number of the account or of the dinoz.
        is_dinoz: Whether it is the number of a dinoz.
        is_json: Whether to print JSON.
    """
    if is_dinoz and site not in DINOPARC_SERVERS:
        raise click.UsageError(f"only {', '.join(DINOPARC_SERVERS)} have dinoz")
    with opened(connection) as client:
        found = _archived(client, site, number, is_dinoz=is_dinoz)
    if is_json:
        print_json(found)
        return
    from eternaltwin.cli.archive_views import archive_rows

    print_fields(archive_rows(found))


def _archived(client: Eternaltwin, site: str, number: str, *, is_dinoz: bool) -> msgspec.Struct:
    from eternaltwin.archives import DinoparcDinoz, DinoparcUser, HammerfestUser, TwinoidUser

    if site == TWINOID:
        return TwinoidUser.get(number, client)
    if site not in DINOPARC_SERVERS:
        return HammerfestUser.get(site, number, client)
    return (DinoparcDinoz if is_dinoz else DinoparcUser).get(site, number, client)


@click.command(cls=DocumentedCommand)
@click.argument("user", metavar="USER")
@connection_options
@json_option
def links(connection: ChosenConnection, *, user: str, is_json: bool) -> None:
    """List the archived accounts that a user has linked. USER is the id of the user.

    Args:
        connection: The connection to use.
        user: Id of the user.
        is_json: Whether to print JSON.
    """
    from eternaltwin.users import User

    with opened(connection) as client:
        found = User.get(user, client).links
    if found is None:
        raise CommandFailedError("the server does not show the links of this user")
    if is_json:
        print_json(found)
        return
    from eternaltwin.cli.archive_views import link_rows

    print_table(("site", "id", "name", "linked", "unlinked"), link_rows(found))
