"""Access tokens (RFC 6749, section 1.4).

A token of the official server is valid for 10^9 seconds and cannot be revoked (recorded from 0.16.4), so it is as
valuable as the player's password. Keep it only if you need it, and never send it to a browser.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, NoReturn

import msgspec

from eternaltwin.exceptions import InvalidArgumentError
from eternaltwin.hidden import clears_frames

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["BEARER", "EARLY", "Token"]

#: Seconds before its end at which a token counts as expired, so that it does not expire on its way.
EARLY = 60

#: The only type of token (RFC 6750, section 6.1.1).
BEARER = "Bearer"


_PARAMETERS = ("access_token", "expires_in", "token_type", "refresh_token", "scope")


class _KeptToken(msgspec.Struct, frozen=True, kw_only=True):
    access_token: str
    expires_in: int | None
    token_type: str
    refresh_token: str | None = None
    scope: str | None = None
    expiration: float | None


class Token:
    """An access token, with which a game calls the API for a player. `repr` hides its secrets.

    Tokens are equal if their secrets, types and scopes are. They cannot be pickled, so that no session, cache or queue
    holds one by accident. To keep one, store [`to_dict`][eternaltwin.tokens.Token.to_dict], encrypted.

    Args:
        access_token: The secret itself.
        expires_in: Seconds until the token expires. None if unknown.
        token_type: The type: `Bearer`, in any case (RFC 6749, section 5.1).
        refresh_token: The secret to get the next token with. No server sends one today.
        scope: The granted scopes, separated by spaces. None if the server did not send them.

    Attributes:
        access_token: The secret itself.
        expires_in: Seconds until the token expires, from its creation. None if unknown.
        token_type: The type: `Bearer`, in any case (RFC 6749, section 5.1).
        refresh_token: The secret to get the next token with, or None.
        scope: The granted scopes, separated by spaces, or None.
        expiration: When the token counts as expired, in Unix seconds: one minute before its end. None if unknown. Can
            be set.

    Example:
        >>> token = Token(access_token=secret, expires_in=3600, token_type="Bearer", scope="base forum:write")
        >>> token.has_expired(), "base" in token.scopes
        (False, True)
    """

    __slots__ = ("access_token", "expiration", "expires_in", "refresh_token", "scope", "token_type")

    @clears_frames
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
    @clears_frames
    def bearer(cls, access_token: str) -> Token:
        """Build a token of which only the secret is known.

        Args:
            access_token: The secret itself.

        Returns:
            The token, whose expiration is unknown.

        Example:
            >>> User.get(user_id, identity=Token.bearer(secret))
            <User 9f310484-963b-446b-af69-797feec6813f 'Demurgos'>
        """
        return cls(access_token=access_token, expires_in=None, token_type=BEARER)

    def to_dict(self) -> dict[str, object]:
        """Return the token with its secrets, to keep it. Anybody who has the result can act as the player.

        Returns:
            The JSON-ready argument of [`from_dict`][eternaltwin.tokens.Token.from_dict]: the arguments of the
            constructor, and `expiration`.

        Example:
            >>> row.token = encrypt(json.dumps(user.token.to_dict()))
            >>> token = Token.from_dict(json.loads(decrypt(row.token)))
        """
        return {name: getattr(self, name) for name in (*_PARAMETERS, "expiration")}

    @classmethod
    @clears_frames
    def from_dict(cls, kept: Mapping[str, object]) -> Token:
        """Build a token that was kept.

        Args:
            kept: The result of [`to_dict`][eternaltwin.tokens.Token.to_dict].

        Returns:
            The token. It expires when the original does.

        Raises:
            InvalidArgumentError: It is not such a result. The message does not show it.
        """
        try:
            fields = msgspec.convert(kept, _KeptToken)
        except msgspec.ValidationError:
            failure = InvalidArgumentError("kept must be what to_dict() of a token has returned")
        else:
            token = cls(**{name: getattr(fields, name) for name in _PARAMETERS})
            token.expiration = fields.expiration
            return token
        raise failure

    @property
    def scopes(self) -> frozenset[str]:
        """The granted scopes. Empty if the server did not send them, as 0.16.4 does not."""
        return frozenset((self.scope or "").split())

    def has_expired(self) -> bool:
        """Return whether the token has expired, or will within a minute.

        Returns:
            Whether `expiration` is past. False if it is unknown.
        """
        return self.expiration is not None and time.time() >= self.expiration

    def __copy__(self) -> Token:
        return Token.from_dict(self.to_dict())

    def __deepcopy__(self, memo: object) -> Token:
        return self.__copy__()

    def __reduce__(self) -> NoReturn:
        raise InvalidArgumentError(
            "a token is not pickled, since its secret would be in the pickle: keep its to_dict()"
        )

    def _key(self) -> tuple[object, ...]:
        return self.access_token, self.token_type, self.refresh_token, self.scope

    def __eq__(self, other: object) -> bool:
        return self._key() == other._key() if isinstance(other, Token) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._key())

    def __repr__(self) -> str:
        return f"<{self.token_type} token, hidden, expires_in={self.expires_in}>"
