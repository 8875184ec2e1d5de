"""In what the released official server and newer ones differ."""

from __future__ import annotations

from typing import Literal

import msgspec

ApiVersion = Literal["latest", "0.16.4"]


class Behaviour(msgspec.Struct, frozen=True, kw_only=True):
    """What a version of the API does.

    Attributes:
        version: what it calls itself.
        scopes: what games may ask for.
        lists_users: answers ``GET /api/v1/users``.
        keeps_terms: remembers who has accepted the terms of service.
        restores_users: lets administrators restore a deleted user.
        administrators_skip_locks: lets administrators rename others however recently they were renamed.
        deletion_ends_every_session: the released server's memory store logs the others out as well.
    """

    version: str
    scopes: frozenset[str]
    lists_users: bool
    keeps_terms: bool
    restores_users: bool
    administrators_skip_locks: bool
    deletion_ends_every_session: bool


_BEHAVIOURS: dict[ApiVersion, Behaviour] = {
    "0.16.4": Behaviour(
        version="0.16.4",
        scopes=frozenset({"base"}),
        lists_users=False,
        keeps_terms=False,
        restores_users=False,
        administrators_skip_locks=False,
        deletion_ends_every_session=True,
    ),
    "latest": Behaviour(
        version="0.17.0",
        scopes=frozenset({"base", "forum:write"}),
        lists_users=True,
        keeps_terms=True,
        restores_users=True,
        administrators_skip_locks=True,
        deletion_ends_every_session=False,
    ),
}


def behaviour_of(api_version: ApiVersion) -> Behaviour:
    """What a version of the API does."""
    return _BEHAVIOURS[api_version]
