"""Differences between the released official server and the next version."""

from __future__ import annotations

from typing import Literal

import msgspec

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.rules.forum import WRITE_SCOPE

ApiVersion = Literal["latest", "0.16.4"]


class Behaviour(msgspec.Struct, frozen=True, kw_only=True):
    """How a version of the server behaves where versions differ.

    Attributes:
        version: The version number that the server reports.
        scopes: The scopes that games may ask for.
        lists_users: `GET /api/v1/users` exists.
        keeps_terms: The server stores which users have accepted the terms of service.
        restores_users: Administrators may restore a deleted user.
        administrators_skip_locks: Administrators may rename a user who was renamed recently.
        deletion_ends_every_session: Deleting a user also ends the sessions of all other users, a defect of the released
            server's memory store. Its counterpart there, that those of the deleted user stay valid, is not imitated.
        writes_by_token: Games may write to the forum for a user who granted them `forum:write`.
        edits_contents: Authors and moderators may change the content of a post. Stale edits are refused.
        shows_sources: `GET /api/v1/forum/posts/{id}/source` exists.
        everyone_moderates: In a section with a moderator, everybody is one, a defect of the released server's memory
            store.
        fails_at_links: Where a link is refused, the server responds with an internal error, a defect of the released
            server. Its memory store also keeps links to unknown accounts, which cause internal errors for the user
            until they are removed.
        knows_unknown_threads: The server reports that a thread does not exist, where the released server fails.
        tells_permissions: The forum has nested sections, unread threads and grammars, and reports what the caller may
            do. Source: the client of DinoRPG, a game with a forum in it; none of this is recorded.
    """

    version: str
    scopes: frozenset[str]
    lists_users: bool
    keeps_terms: bool
    restores_users: bool
    administrators_skip_locks: bool
    deletion_ends_every_session: bool
    writes_by_token: bool
    edits_contents: bool
    shows_sources: bool
    everyone_moderates: bool
    fails_at_links: bool
    knows_unknown_threads: bool
    tells_permissions: bool


_BEHAVIOURS: dict[ApiVersion, Behaviour] = {
    "0.16.4": Behaviour(
        version="0.16.4",
        scopes=frozenset({"base"}),
        lists_users=False,
        keeps_terms=False,
        restores_users=False,
        administrators_skip_locks=False,
        deletion_ends_every_session=True,
        writes_by_token=False,
        edits_contents=False,
        shows_sources=False,
        everyone_moderates=True,
        fails_at_links=True,
        knows_unknown_threads=False,
        tells_permissions=False,
    ),
    "latest": Behaviour(
        version="0.17.0",
        scopes=frozenset({"base", WRITE_SCOPE}),
        lists_users=True,
        keeps_terms=True,
        restores_users=True,
        administrators_skip_locks=True,
        deletion_ends_every_session=False,
        writes_by_token=True,
        edits_contents=True,
        shows_sources=True,
        everyone_moderates=False,
        fails_at_links=False,
        knows_unknown_threads=True,
        tells_permissions=True,
    ),
}


def behaviour_of(api_version: ApiVersion) -> Behaviour:
    """Return how a version of the server behaves.

    Args:
        api_version: `0.16.4` for the released server, `latest` for the next version.

    Returns:
        The behaviour.

    Raises:
        ConfigurationError: The version is unknown.
    """
    found = _BEHAVIOURS.get(api_version)
    if found is None:
        raise ConfigurationError(
            f"api_version must be one of {', '.join(map(repr, _BEHAVIOURS))}", setting="api_version"
        )
    return found
