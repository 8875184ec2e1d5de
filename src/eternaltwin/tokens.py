"""Access tokens (RFC 6749, section 1.4).

A token of the official server lives for 10^9 seconds and cannot be revoked: it is worth as much
as the player's password. Keep it only if you need it, and never send it to a browser.
"""

from __future__ import annotations

import time

__all__ = ["BEARER", "EARLY", "Token"]

#: Seconds by which a token counts as expired early, so that it does not expire on its way.
EARLY = 60

#: The one type of token that there is (RFC 6750).
BEARER = "Bearer"


class Token:
    """What a game may act for a player with.

    Args:
        access_token: the secret itself.
        expires_in: its life in seconds from now; None if the server does not say.
        token_type: `Bearer`.
        refresh_token: a secret to get the next token with; no server sends one today.
        scope: what it allows, space separated, if the server says so.

    Attributes:
        expiration: when it counts as expired, in Unix seconds: a minute before it does. None if
            that is not known. May be set.
    """

    __slots__ = ("access_token", "expiration", "expires_in", "refresh_token", "scope", "token_type")

    def __init__(
        self,
        *,
        access_token: str,
        expires_in: int | None,
        token_type: str,
        refresh_token: str | None = None,
        scope: str | None = None,
    ) -> None:
        self.access_token = access_token
        self.expires_in = expires_in
        self.token_type = token_type
        self.refresh_token = refresh_token
        self.scope = scope
        self.expiration: float | None = None if expires_in is None else time.time() + expires_in - EARLY

    @classmethod
    def bearer(cls, access_token: str) -> Token:
        """A token of which only the secret itself is known."""
        return cls(access_token=access_token, expires_in=None, token_type=BEARER)

    @property
    def scopes(self) -> frozenset[str]:
        """The names of what it allows; empty if the server did not say, as today's does not."""
        return frozenset((self.scope or "").split())

    def has_expired(self) -> bool:
        """Whether it is past its expiration, or within a minute of it."""
        return self.expiration is not None and time.time() >= self.expiration

    def _key(self) -> tuple[object, ...]:
        return self.access_token, self.token_type, self.refresh_token, self.scope

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Token) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"<{self.token_type} token, hidden, expires_in={self.expires_in}>"
