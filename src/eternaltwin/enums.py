"""Enumerations of Eternaltwin's API."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["AuthorizationType"]


class AuthorizationType(StrEnum):
    """The kind of caller: the field `type` of `GET /api/v1/auth/self`."""

    GUEST = "Guest"
    """A guest, or a token that is not valid (any more)."""

    USER = "User"
    """A user with a session, or with a name and password."""

    ACCESSTOKEN = "AccessToken"
    """A game with the token of a player."""

    OAUTHCLIENT = "OauthClient"
    """A game with its client id and secret."""
