"""Words of Eternaltwin's API that stand for one of a few things."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["AuthorizationType"]


class AuthorizationType(StrEnum):
    """Who is asking, as `GET /api/v1/auth/self` answers it in `type`."""

    GUEST = "Guest"
    """Nobody, or a token that is not (or no longer) good."""

    USER = "User"
    """A player with a session, or with a name and password."""

    ACCESSTOKEN = "AccessToken"
    """A game, for a player that has signed in with it."""

    OAUTHCLIENT = "OauthClient"
    """A game for itself, with its client id and secret."""
