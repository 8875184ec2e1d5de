"""Current display names for leaderboards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from eternaltwin import User
from eternaltwin.exceptions import ServerError, TransportError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from examples.shared.league import Place, Table


def with_current_names(places: Sequence[Place]) -> list[Place]:
    """Return the lines of a leaderboard with the current display names.

    The connection's cache of profiles has most of them, and older ones while Eternaltwin cannot be reached. Where it
    has none, the names of the last sign-ins are shown.
    """
    try:
        users = User.get_many(place.identifier for place in places)
    except (TransportError, ServerError):
        return list(places)
    return [
        replace(place, display_name=users[place.identifier].username) if place.identifier in users else place
        for place in places
    ]


def named(table: Table) -> Table:
    """Return the content of the page with the current display names."""
    names = with_current_names([*table.best_today, *table.best_ever])
    count = len(table.best_today)
    return replace(table, best_today=names[:count], best_ever=names[count:])
