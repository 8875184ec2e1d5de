"""What a request says of who is asking, and what of it must never be shown."""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING, TypeGuard

import msgspec

from eternaltwin.exceptions import InvalidArgumentError

if TYPE_CHECKING:
    from eternaltwin.tokens import Token

_BEARER = re.compile(r"[A-Za-z0-9._~+/-]+=*", re.ASCII)


class Credentials(msgspec.Struct, frozen=True):
    """Header fields of a request, and the secrets in them."""

    headers: tuple[tuple[str, str], ...] = ()
    secrets: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Credentials, hidden: {', '.join(name for name, _ in self.headers) or 'none'}>"


GUEST = Credentials()


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
    """Whether a text can be an access token (``b64token`` in RFC 6750)."""
    return isinstance(text, str) and _BEARER.fullmatch(text) is not None


def basic(name: str, password: str) -> Credentials:
    """The credentials of a name and a password (RFC 7617)."""
    encoded = b64encode(f"{name}:{password}".encode()).decode("ascii")
    return Credentials((("Authorization", f"Basic {encoded}"),), (password, encoded))
