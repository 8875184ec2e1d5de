"""The commands `users`: profiles, for people, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
from contextlib import contextmanager, nullcontext
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

import click

from eternaltwin.cli.connections import opened
from eternaltwin.cli.failures import IS_JSON, CommandFailedError
from eternaltwin.cli.options import DocumentedGroup, connection_options, json_option
from eternaltwin.cli.output import json_line, note, print_fields, print_json, print_table
from eternaltwin.cli.terminals import progress, without_interruption
from eternaltwin.cli.visible_text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

    from eternaltwin.cli.connections import ChosenConnection
    from eternaltwin.users import User

#: The columns of tables and CSV files.
_COLUMNS = ("identifier", "username", "created_at", "deleted_at")


@click.group(cls=DocumentedGroup)
def users() -> None:
    """Read profiles of users."""


@users.command()
@click.argument("identifiers", nargs=-1, required=True, metavar="ID...")
@json_option
@click.option("--csv", "is_csv", is_flag=True, help="Print CSV.")
@connection_options
def get(chosen: ChosenConnection, identifiers: Sequence[str], is_json: bool, is_csv: bool) -> None:
    """Read users by their ids.

    Args:
        chosen: The connection.
        identifiers: The ids, UUIDs.
        is_json: Whether to print JSON.
        is_csv: Whether to print CSV.
    """
    from eternaltwin.users import User

    with opened(chosen) as client:
        found = User.get_many(identifiers, client)
    missing = [each for each in dict.fromkeys(_normal(name) for name in identifiers) if each not in found]
    if is_json:
        print_json({"items": [user.to_dict() for user in found.values()], "count": len(found), "missing": missing})
    elif is_csv:
        _print_csv(found.values(), has_heading=True)
    elif len(identifiers) == 1:
        print_fields(pair for user in found.values() for pair in user.to_dict().items() if pair[0] != "links")
    else:
        _print_users(found.values())
    if missing and is_json:
        click.get_current_context().exit(1)
    if missing:
        raise CommandFailedError(f"there is no user {', '.join(missing)}")


@users.command()
@click.argument("query")
@click.option("--limit", type=click.IntRange(0), default=20, show_default=True, help="How many users to read.")
@click.option("--offset", type=click.IntRange(0), default=0, show_default=True, help="How many to skip.")
@json_option
@click.option("--csv", "is_csv", is_flag=True, help="Print CSV.")
@connection_options
def search(chosen: ChosenConnection, query: str, limit: int, offset: int, is_json: bool, is_csv: bool) -> None:
    """Search users by a part of their display name.

    Args:
        chosen: The connection.
        query: Part of a display name, in any case.
        limit: Maximum number of users to read, at least 0.
        offset: Number of matching users to skip, at least 0.
        is_json: Whether to print JSON.
        is_csv: Whether to print CSV.
    """
    from eternaltwin.users import User

    with opened(chosen) as client:
        found, total = User.search(query, limit, offset, client), User.count(query, client)
    if is_json:
        print_json({"items": [user.to_dict() for user in found], "count": total})
    elif is_csv:
        _print_csv(found, has_heading=True)
    else:
        _print_users(found)
        note(f"{len(found)} of {total} users")


@users.command()
@click.argument("query", required=False)
@json_option
@connection_options
def count(chosen: ChosenConnection, query: str | None, is_json: bool) -> None:
    """Count users, or those whose display name contains a text.

    Args:
        chosen: The connection.
        query: Part of a display name, in any case. None counts all.
        is_json: Whether to print JSON.
    """
    from eternaltwin.users import User

    with opened(chosen) as client:
        total = User.count(query, client)
    if is_json:
        print_json({"count": total})
    else:
        click.echo(total)


@users.command("list")
@click.argument("query", required=False)
@click.option(
    "--resume",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="With --csv: remember in a file how far the list is, and go on there.",
)
@json_option
@click.option("--csv", "is_csv", is_flag=True, help="Print CSV.")
@connection_options
def list_users(chosen: ChosenConnection, query: str | None, resume: Path | None, is_json: bool, is_csv: bool) -> None:
    """Read all users, in the order of their registration, or those whose display name contains a text.

    Args:
        chosen: The connection.
        query: Part of a display name, in any case. None reads all.
        resume: File that remembers the last user that was printed. If it exists, those after that user are printed.
        is_json: Whether to print JSON.
        is_csv: Whether to print CSV.
    """
    if resume is not None and not is_csv:
        raise click.UsageError("--resume needs --csv, whose rows can be added to those of before")
    from eternaltwin.cli.user_listing import ListingPosition, pages_after
    from eternaltwin.users import User

    with opened(chosen) as client, progress("Reading users", is_printing=True) as show:
        source = f"{client.url} {query or ''}"
        position = ListingPosition() if resume is None else ListingPosition.read(resume, source)
        total = User.count(query, client)
        show(position.offset, total)
        if resume is not None:
            position.write(resume)  # a file that cannot be written is found before anything is printed
        print_page, end = _page_printer(is_json=is_json, is_csv=is_csv, is_resumed=position.offset > 0)
        printed = 0
        with _whole_document() if is_json else nullcontext():
            for page, after in pages_after(position, query, client):
                printed += len(page)
                with without_interruption():  # what is printed and what is remembered are the same
                    print_page(page)
                    if resume is not None:
                        after.write(resume)
                show(after.offset, total)
            click.echo(end(printed), nl=False)


@contextmanager
def _whole_document() -> Generator[None]:
    """Report that the document is incomplete if the block does not end."""
    try:
        yield
    except BaseException:
        click.echo(err=True)
        note("the list is incomplete, and what was printed is no JSON document: run the command again")
        raise


def _page_printer(
    *, is_json: bool, is_csv: bool, is_resumed: bool
) -> tuple[Callable[[list[User]], None], Callable[[int], str]]:
    """Return what prints a page, and what returns the end, by the number of users."""
    if is_json:
        click.get_current_context().meta[IS_JSON] = False  # a failure leaves the document incomplete
        click.echo('{"items": [', nl=False)
        separators = chain([""], repeat(","))
        return lambda page: _print_items(page, separators), _end_of_items
    headings = chain([not is_resumed], repeat(False))
    if is_csv:
        return lambda page: _print_csv(page, has_heading=next(headings)), _no_end
    return lambda page: _print_users(page, has_heading=next(headings)), _no_end


def _end_of_items(count: int) -> str:
    return f'\n], "count": {count}}}\n'


def _no_end(_: int) -> str:
    return ""


def _print_items(page: list[User], separators: Iterator[str]) -> None:
    for user, separator in zip(page, separators, strict=False):
        click.echo(f"{separator}\n{json_line(user.to_dict())}", nl=False)


def _normal(identifier: str) -> str:
    return str(UUID(identifier))


def _cells(user: User) -> list[Any]:
    profile = user.to_dict()
    return [profile[name] for name in _COLUMNS]


def _safe_cells(user: User) -> list[str]:
    return ["" if cell is None else visible(str(cell)) for cell in _cells(user)]


def _print_users(found: Iterable[User], *, has_heading: bool = True) -> None:
    print_table(_COLUMNS if has_heading else ("",) * len(_COLUMNS), map(_cells, found))


def _print_csv(found: Iterable[User], *, has_heading: bool) -> None:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    if has_heading:
        writer.writerow(_COLUMNS)
    writer.writerows(map(_safe_cells, found))
    click.echo(text.getvalue(), nl=False)
