"""Lists users page by page, in bounded memory, and so that a list that was interrupted can go on where it stopped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import click

from eternaltwin.cli.failures import CommandFailedError, error_fields, exit_status
from eternaltwin.cli.output import note
from eternaltwin.cli.terminals import progress, uninterrupted
from eternaltwin.exceptions import EternalTwinError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.cli.user_formats import UserFormat
    from eternaltwin.clients.sync.clients import Eternaltwin
    from eternaltwin.users import User

#: Number of users per request.
PAGE_SIZE = 100


class Place(NamedTuple):
    """Where a list goes on. Servers list users in the order of their registration, and leave out deleted ones.

    Attributes:
        offset: Number of users before it.
        last: Id of the last user before it. Empty at the start.
    """

    offset: int = 0
    last: str = ""

    def __str__(self) -> str:
        return f"{self.offset}:{self.last}" if self.last else str(self.offset)

    @classmethod
    def parse(cls, text: str) -> Place:
        """Return the place that a string is.

        Args:
            text: A number, or a number, `:` and an id.

        Returns:
            The place.

        Raises:
            BadParameter: It is no place.
        """
        offset, _, last = text.partition(":")
        if not (offset.isascii() and offset.isdigit() and len(offset) < 10):
            raise click.BadParameter(f"{text!r} is not what an interrupted list has printed")
        return cls(int(offset), last.lower())


class PlaceType(click.ParamType[Place]):
    """The type of the option with a place."""

    name = "place"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Place:
        """Convert the value of the option.

        Args:
            value: A string, or a place.
            param: Unused.
            ctx: Unused.

        Returns:
            The place.
        """
        del param, ctx
        return value if isinstance(value, Place) else Place.parse(str(value))


class UserPage(NamedTuple):
    """A page of users.

    Attributes:
        users: The users.
        after: Where the list goes on.
        total: Number of all users that match.
        is_last: Whether the list ends here.
    """

    users: list[User]
    after: Place
    total: int
    is_last: bool


def pages(client: Eternaltwin, query: str | None, place: Place, limit: int | None) -> Iterator[UserPage]:
    """Read users page by page.

    Each page is read from the last known user on. If that is not where it was, since a user before it was deleted or
    renamed, it is looked for in the pages before, so that nobody is read twice or left out.

    Args:
        client: The client.
        query: Part of a display name. None means all users.
        place: Where to begin.
        limit: Maximum number of users. None means all.

    Yields:
        The pages, of which the last one may be empty.

    Raises:
        CommandFailedError: The last known user is not in the list any more.
        UnsupportedByServerError: The server's version cannot list users.
    """
    rest, is_last = limit, False
    while not is_last:
        page = _page(client, query, place, PAGE_SIZE if rest is None else min(PAGE_SIZE, rest))
        rest = None if rest is None else rest - len(page.users)
        place, is_last = page.after, page.is_last or rest == 0
        yield page._replace(is_last=is_last)


def _page(client: Eternaltwin, query: str | None, place: Place, size: int) -> UserPage:
    from eternaltwin.clients.driver import run
    from eternaltwin.users import User, make_user

    known = 1 if place.last else 0
    start = max(0, place.offset - known)
    while True:
        listing = run(client.api.users.page(query, min(PAGE_SIZE, size + known), start))
        found = [make_user(User, each) for each in listing.items]
        skipped = _skipped(found, place.last)
        if skipped is not None:
            break
        if start == 0:
            raise CommandFailedError(
                f"user {place.last}, the last one that was listed, is not in the list any more", "begin again"
            )
        start = max(0, start - size)
    users = found[skipped : skipped + size]
    end = start + skipped + len(users)
    after = Place(end, users[-1].identifier) if users else Place(end, place.last)
    return UserPage(users, after, listing.count, not users or end >= listing.count)


def _skipped(found: list[User], last: str) -> int | None:
    """Return the number of users up to the last known one. None if that is not there."""
    if not last:
        return 0
    return next((number for number, user in enumerate(found, 1) if user.identifier == last), None)


def pages_of(client: Eternaltwin, names: list[str], place: Place, missing: list[str]) -> Iterator[UserPage]:
    """Read users by id, page by page.

    Args:
        client: The client.
        names: The ids.
        place: Where to begin.
        missing: Gets the ids that the server does not know.

    Yields:
        The pages, of which the only one may be empty.
    """
    from eternaltwin.users import User

    for start in range(place.offset, max(len(names), place.offset + 1), PAGE_SIZE):
        asked = names[start : start + PAGE_SIZE]
        found = User.get_many(asked, client)
        missing += [name for name in asked if name not in found]
        end = start + len(asked)
        yield UserPage(list(found.values()), Place(end), len(names), end >= len(names))


def print_pages(found: Iterator[UserPage], form: UserFormat, place: Place, extra: dict[str, Any]) -> None:
    """Print users as they are read, each page at once. If that fails, print where to go on.

    Args:
        found: The pages.
        form: How to print them.
        place: Where they begin.
        extra: What else JSON says about the list.

    Raises:
        EternalTwinError: Reading has failed. JSON that has begun has the error in it, and the program ends.
    """
    written, last = 0, UserPage([], place, 0, is_last=False)

    def summary() -> dict[str, Any]:
        resume = None if last.is_last else str(last.after)
        return {"count": written, "total": last.total, "resume": resume, **extra}

    begun = False
    try:
        with progress("Reading users") as show:
            for page in found:
                with uninterrupted():
                    click.echo(("" if begun else form.begin(place.offset > 0)) + form.users(page.users), nl=False)
                    begun, last, written = True, page, written + len(page.users)
                show(last.after.offset, last.total)
    except (KeyboardInterrupt, EternalTwinError) as exc:
        if begun:
            _stop(form, summary(), exc)
        raise
    click.echo(form.end(summary()), nl=False)


def _stop(form: UserFormat, fields: dict[str, Any], failure: KeyboardInterrupt | EternalTwinError) -> None:
    """Complete a list that is not complete, and print where to go on."""
    note(f"stopped after {fields['count']} users: go on with --resume {fields['resume']}")
    if isinstance(failure, KeyboardInterrupt):
        click.echo(form.end(fields), nl=False)
        return
    end = form.end({**fields, "error": error_fields(failure)})
    click.echo(end, nl=False)
    if end:
        raise click.exceptions.Exit(exit_status(failure))
