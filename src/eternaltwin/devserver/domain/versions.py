"""In what the released official server and newer ones differ."""

from __future__ import annotations

from typing import Literal

import msgspec

from eternaltwin.exceptions import ConfigurationError

ApiVersion = Literal["latest", "0.16.4"]


class Behaviour(msgspec.Struct, frozen=True, kw_only=True):
    """What a version of the API does.

    Attributes:
        version: what it calls itself.
        scopes: what games may ask for.
        lists_users: answers `GET /api/v1/users`.
        keeps_terms: remembers who has accepted the terms of service.
        restores_users: lets administrators restore a deleted user.
        administrators_skip_locks: lets administrators rename others however recently they were renamed.
        deletion_ends_every_session: the released server's memory store logs the others out as well.
        writes_by_token: lets games write to the forum for a player who granted them `forum:write`.
        edits_contents: lets authors and moderators change the content of a post, and refuses stale edits.
        shows_sources: answers `GET /api/v1/forum/posts/{id}/source`.
        everyone_moderates: where a section has a moderator, the released server's memory store takes everybody for one.
        fails_at_links: the released server fails where a link is refused, and its memory store keeps links to accounts
            that it does not know, which make it fail for that user until they are taken back.
        knows_unknown_threads: says that a thread does not exist, and does not fail instead.
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
    ),
    "latest": Behaviour(
        version="0.17.0",
        scopes=frozenset({"base", "forum:write"}),
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
    ),
}


def behaviour_of(api_version: ApiVersion) -> Behaviour:
    """What a version of the API does.

    Raises:
        ConfigurationError: there is no such version.
    """
    found = _BEHAVIOURS.get(api_version)
    if found is None:
        raise ConfigurationError(
            f"api_version must be one of {', '.join(map(repr, _BEHAVIOURS))}", setting="api_version"
        )
    return found
