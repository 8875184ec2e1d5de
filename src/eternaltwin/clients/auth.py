"""What a request says of who is asking, and what of it must never be shown."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from base64 import b64encode
from typing import ClassVar, Protocol, TypeAlias, TypeGuard

import msgspec

from eternaltwin.exceptions import InvalidArgumentError
from eternaltwin.tokens import Token

_BEARER = re.compile(r"[A-Za-z0-9._~+/-]+=*", re.ASCII)


class Credentials(msgspec.Struct, frozen=True):
    """Header fields of a request, and the secrets in them."""

    headers: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Credentials, hidden: {', '.join(name for name, _ in self.headers) or 'none'}>"


GUEST = Credentials()


class Identity(ABC):
    """Who asks. [`identities`][eternaltwin.identities] has the kinds that there are."""

    #: Whether a game asks, for itself.
    is_game: ClassVar[bool] = False

    @property
    @abstractmethod
    def credentials(self) -> Credentials:
        """What a request must say to be asked as this."""


class HasToken(Protocol):
    """A [`User`][eternaltwin.users.User], or anything else with the access token of a sign-in."""

    @property
    def token(self) -> Token | None:
        """The access token, if there is one."""
        ...


#: What calls accept as `identity=`: a user is asked as with the token of their sign-in.
Identifiable: TypeAlias = Identity | Token | HasToken


def identify(identity: Identifiable | None) -> Credentials:
    """The credentials of whoever asks; of a guest for None.

    Raises:
        InvalidArgumentError: it is nobody, or a user without a token.
    """
    if identity is None:
        return GUEST
    if isinstance(identity, Identity):
        return identity.credentials
    token = token_of(identity)
    if token is None:
        raise InvalidArgumentError(
            "identity must be a Guest, Session, UserCredentials, GameClient or Token, or a User with a token"
        )
    return bearer(token)


def token_of(identity: object) -> Token | None:
    """The access token with which this identity asks, if it asks with one."""
    token: object = identity if isinstance(identity, Token) else getattr(identity, "token", None)
    return token if isinstance(token, Token) else None


def is_game(identity: object) -> bool:
    """Whether a game asks, for a player or for itself."""
    return token_of(identity) is not None or (isinstance(identity, Identity) and identity.is_game)


def either(token: Token | str | None, identity: Identifiable | None) -> Credentials:
    """The credentials of a call that accepts a token as well as an identity.

    Raises:
        InvalidArgumentError: both are given.
    """
    if token is not None and identity is not None:
        raise InvalidArgumentError("give either token or identity, not both")
    return bearer(token) if identity is None else identify(identity)


def bearer(token: Token | str | None) -> Credentials:
    """The credentials of an access token (RFC 6750, section 2.1); of a guest for None.

    Raises:
        InvalidArgumentError: it is no token.
    """
    if token is None:
        return GUEST
    text: object = token if isinstance(token, str) else getattr(token, "access_token", None)
    if not is_bearer(text):
        raise InvalidArgumentError("token must be a Token, or the text of an access token")
    return Credentials((("Authorization", f"Bearer {text}"),), (text,))


def is_bearer(text: object) -> TypeGuard[str]:
    """Whether a text can be an access token (`b64token` in RFC 6750)."""
    return isinstance(text, str) and _BEARER.fullmatch(text) is not None


def basic(name: str, password: str) -> Credentials:
    """The credentials of a name and a password (RFC 7617)."""
    encoded = b64encode(f"{name}:{password}".encode()).decode("ascii")
    return Credentials((("Authorization", f"Basic {encoded}"),), (password, encoded))


def cookie(session_id: str) -> Credentials:
    """The credentials of a session: its cookie `sid`."""
    return Credentials((("Cookie", f"sid={session_id}"),), (session_id,))
