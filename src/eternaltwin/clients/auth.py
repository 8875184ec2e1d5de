"""Credentials: what a request contains about the caller, and which of it must never be shown."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from base64 import b64encode
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar, Protocol, TypeAlias, TypeGuard

import msgspec

from eternaltwin.exceptions import InvalidArgumentError
from eternaltwin.hidden import hide
from eternaltwin.tokens import Token

if TYPE_CHECKING:
    from collections.abc import Iterable

_BEARER = re.compile(r"[A-Za-z0-9._~+/-]+=*", re.ASCII)


class Credentials(msgspec.Struct, frozen=True):
    """Header fields of a request, and the secrets in them.

    Attributes:
        headers: Header fields that carry the credentials; empty for a guest.
        secrets: Strings that must never be shown.
        name: What they are, for messages.
        must_be_accepted: Whether a call fails for which the server treats the caller as a guest.
    """

    headers: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()
    name: str = "no credentials"
    must_be_accepted: bool = False

    def hiding(self, texts: Iterable[str]) -> Credentials:
        """Return the same credentials, with more that must never be shown.

        Args:
            texts: Strings in the query or the body of a request.

        Returns:
            The credentials, with the strings among their secrets.
        """
        return msgspec.structs.replace(self, secrets=(*self.secrets, *map(hide, texts)))

    @property
    def digest(self) -> bytes:
        """A hash to recognize the credentials by, which does not contain them."""
        return sha256("\n".join(value for _, value in self.headers).encode()).digest()

    def __repr__(self) -> str:
        return f"<Credentials, hidden: {', '.join(name for name, _ in self.headers) or 'none'}>"


GUEST = Credentials()


class Identity(ABC):
    """A caller of the API. [`identities`][eternaltwin.identities] has the kinds that exist."""

    is_game: ClassVar[bool] = False
    """Whether the caller is a game, on its own behalf."""

    @property
    @abstractmethod
    def credentials(self) -> Credentials:
        """The credentials to send."""


class HasToken(Protocol):
    """A [`User`][eternaltwin.users.User], or anything else with the access token of a sign-in."""

    @property
    def token(self) -> Token | None:
        """The access token, if there is one."""
        ...


#: What calls accept as `identity=`. For a user, the token of their sign-in is sent.
Identifiable: TypeAlias = Identity | Token | HasToken


def identify(identity: Identifiable | None) -> Credentials:
    """Return the credentials of an identity.

    Args:
        identity: An identity, a token, or a user with a token. None means a guest.

    Returns:
        The credentials to send.

    Raises:
        InvalidArgumentError: It is something else, or a user without a token.
    """
    if identity is None:
        return GUEST
    credentials = identity.credentials if isinstance(identity, Identity) else bearer(_token_of_caller(identity))
    return msgspec.structs.replace(credentials, must_be_accepted=True) if credentials.headers else credentials


def _token_of_caller(identity: object) -> Token:
    token = token_of(identity)
    if token is not None:
        return token
    hint = "; a string is one as Token.bearer(...)" if isinstance(identity, str) else ""
    raise InvalidArgumentError(
        f"identity must be a Guest, Session, UserCredentials, GameClient or Token, or a User with a token{hint}"
    )


def token_of(identity: object) -> Token | None:
    """Return the access token of an identity.

    Args:
        identity: Any object.

    Returns:
        The token; None if the identity has none.
    """
    token: object = identity if isinstance(identity, Token) else getattr(identity, "token", None)
    return token if isinstance(token, Token) else None


def is_game(identity: object) -> bool:
    """Return whether the caller is a game, on behalf of a user or on its own.

    Args:
        identity: Any object.

    Returns:
        True for a token, for what has a token, and for the client of a game.
    """
    return token_of(identity) is not None or (isinstance(identity, Identity) and identity.is_game)


def choose_credentials(token: Token | str | None, identity: Identifiable | None) -> Credentials:
    """Return the credentials of a call that accepts a token as well as an identity.

    Args:
        token: An access token.
        identity: An identity, instead of the token.

    Returns:
        The credentials to send; those of a guest without either.

    Raises:
        InvalidArgumentError: Both are given, or one is not valid.
    """
    if token is not None and identity is not None:
        raise InvalidArgumentError("give either token or identity, not both")
    return bearer(token) if identity is None else identify(identity)


def bearer(token: Token | str | None) -> Credentials:
    """Return the credentials of an access token (RFC 6750, section 2.1).

    Args:
        token: An access token. None means a guest.

    Returns:
        The credentials to send.

    Raises:
        InvalidArgumentError: It is not a token.
    """
    if token is None:
        return GUEST
    text: object = token if isinstance(token, str) else getattr(token, "access_token", None)
    if not is_bearer(text):
        raise InvalidArgumentError("token must be a Token, or an access token as a string")
    return Credentials((("Authorization", hide(f"Bearer {text}")),), (hide(text),), "the access token")


def is_bearer(text: object) -> TypeGuard[str]:
    """Return whether a value is syntactically an access token (`b64token` of RFC 6750, section 2.1).

    Args:
        text: Any object.

    Returns:
        True for a string that can be sent as a token.
    """
    return isinstance(text, str) and _BEARER.fullmatch(text) is not None


def basic(name: str, password: str, *, is_game: bool = False) -> Credentials:
    """Return the credentials of a name and a password (RFC 7617).

    Args:
        name: Name of a user, or id of a game's client.
        password: Password or secret.
        is_game: Whether they are those of a game.

    Returns:
        The credentials to send.
    """
    encoded = hide(b64encode(f"{name}:{password}".encode()).decode("ascii"))
    label = f"the client_secret of {name!r}" if is_game else f"the password of {name!r}"
    return Credentials((("Authorization", hide(f"Basic {encoded}")),), (hide(password), encoded), label)


def cookie(session_id: str) -> Credentials:
    """Return the credentials of a session: its cookie `sid`.

    Args:
        session_id: Id of the session.

    Returns:
        The credentials to send.
    """
    return Credentials((("Cookie", hide(f"sid={session_id}")),), (hide(session_id),), "the session")
