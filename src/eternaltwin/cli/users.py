"""The command `users`: read, search, list and count them."""

from __future__ import annotations

import sys
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from eternaltwin.cli.connections import opened
from eternaltwin.cli.failures import FAILED, CommandFailedError
from eternaltwin.cli.options import connection_options, json_option
from eternaltwin.cli.output import print_json
from eternaltwin.cli.user_formats import UserCsv, UserJson, UserLines
from eternaltwin.cli.user_listings import PlaceType, pages, pages_of, print_pages

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.cli.connections import ChosenConnection
    from eternaltwin.cli.user_formats import UserFormat
    from eternaltwin.cli.user_listings import Place

P = ParamSpec("P")
Result = TypeVar("Result")


@click.group()
def users() -> None:
    """Read, search, list and count users."""


def _list_options(command: Callable[P, Result]) -> Callable[..., Result]:
    """Add the options of a list: `--resume`, `--csv` and `--json`. The command gets the place and the format."""

    @click.option(
        "--resume",
        metavar="PLACE",
        type=PlaceType(),
        default="0",
        help="Go on where a list was interrupted: what it has printed as the place.",
    )
    @click.option("--csv", "is_csv", is_flag=True, help="Print CSV, without its heading after --resume.")
    @json_option
    @wraps(command)
    def with_format(*args: P.args, **names: P.kwargs) -> Result:
        is_csv, is_json = names.pop("is_csv"), names.pop("is_json")
        if is_csv and is_json:
            raise click.UsageError("give either --csv or --json, not both")
        names["form"] = UserCsv() if is_csv else UserJson() if is_json else UserLines()
        return command(*args, **names)

    return with_format


@users.command()
@connection_options
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@_list_options
def get(connection: ChosenConnection, ids: tuple[str, ...], resume: Place, form: UserFormat) -> None:
    """Read users by id, or those of standard input for `-`. Exits with 1 if the server does not know one.

    Args:
        connection: The options of the connection.
        ids: The ids, or `-`.
        resume: Where to go on.
        form: How to print them.
    """
    from eternaltwin.clients.validation.accounts import check_user_ids

    names = list(check_user_ids(sys.stdin.read().split() if ids == ("-",) else ids))
    missing: list[str] = []
    with opened(connection) as client:
        print_pages(pages_of(client, names, resume, missing), form, resume, {"missing": missing})
    if not missing:
        return
    if isinstance(form, UserJson):
        raise click.exceptions.Exit(FAILED)
    raise CommandFailedError(f"the server does not know {', '.join(missing)}")


@users.command()
@connection_options
@click.argument("query")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True, help="The most users to print.")
@_list_options
def search(connection: ChosenConnection, query: str, limit: int, resume: Place, form: UserFormat) -> None:
    """Search users whose display name contains QUERY, in any case. No released server can do this.

    Args:
        connection: The options of the connection.
        query: Part of a display name.
        limit: Maximum number of users.
        resume: Where to go on.
        form: How to print them.
    """
    with opened(connection) as client:
        print_pages(pages(client, query, resume, limit), form, resume, {})


@users.command("list")
@connection_options
@click.option("--limit", type=click.IntRange(1), help="The most users to print.  [default: all]")
@_list_options
def list_users(connection: ChosenConnection, limit: int | None, resume: Place, form: UserFormat) -> None:
    """List all users, in the order of their registration. No released server can do this.

    Args:
        connection: The options of the connection.
        limit: Maximum number of users.
        resume: Where to go on.
        form: How to print them.
    """
    with opened(connection) as client:
        print_pages(pages(client, None, resume, limit), form, resume, {})


@users.command()
@connection_options
@click.argument("query", required=False)
@json_option
def count(connection: ChosenConnection, query: str | None, is_json: bool) -> None:
    """Count users, or those whose display name contains QUERY. No released server can do this.

    Args:
        connection: The options of the connection.
        query: Part of a display name.
        is_json: Whether to print JSON.
    """
    from eternaltwin.users import User

    with opened(connection) as client:
        number = User.count(query, client)
    if is_json:
        print_json({"count": number})
    else:
        click.echo(number)
