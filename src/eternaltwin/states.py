"""The OAuth state of a sign-in: a signed note to ourselves that travels through the browser.

Eternaltwin recommends a JWT with the claims `rfp` (request forgery protection, which binds the
state to a browser), `a` (action), `as` (authorization server), `iat` and `exp`; we add a
`nonce`, so that a state can be used just once. See RFC 6749, section 10.12.
"""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeGuard

from eternaltwin.exceptions import ExpiredStateError, InvalidArgumentError, InvalidStateError, InvalidTokenError

if TYPE_CHECKING:
    from eternaltwin.keys import KeyABC

__all__ = ["ACTION", "LEEWAY", "MAX_LIFE", "MAX_NONCE_LENGTH", "State", "check_expected"]

ACTION = "authorize"

#: The longest life of a state in seconds: a day.
MAX_LIFE = 86_400

#: Seconds by which the clocks of two machines of a game may differ.
LEEWAY = 60

#: The longest nonce or rfp, in characters.
MAX_NONCE_LENGTH = 256


@dataclass(frozen=True)
class State:
    """A state, signed or to be signed.

    Attributes:
        a: what it is for, always `authorize`.
        as_: the address of the authorization server that the player is sent to.
        iat: when it was made, in Unix seconds.
        rfp: binds it to the browser that started the sign-in.
        exp: when it expires, in Unix seconds.
        nonce: tells it from all others; remember used ones to make a state work once.
        key: what signs it.
    """

    a: str
    as_: str
    iat: int
    rfp: str = field(repr=False)
    exp: int
    nonce: str = field(repr=False)
    key: KeyABC = field(repr=False, compare=False)

    @classmethod
    def new(
        cls, url: str, key: KeyABC, expiration: int = 600, nonce: str | None = None, rfp: str | None = None
    ) -> State:
        """A fresh state for a sign-in at the server `url`.

        Args:
            url: the address of the authorization server.
            key: what signs it.
            expiration: its life in seconds, a day at the most.
            nonce: a text of one's own that tells it from all others; by default a random one.
            rfp: what binds it to a browser; by default a random text.

        Raises:
            InvalidArgumentError: one of these is out of its range.
        """
        if not _is_whole(expiration) or not 0 < expiration <= MAX_LIFE:
            raise InvalidArgumentError(f"expiration must be a whole number of seconds from 1 to {MAX_LIFE}")
        now = int(time.time())
        return cls(
            a=ACTION,
            as_=url,
            iat=now,
            rfp=_own_text("rfp", rfp),
            exp=now + expiration,
            nonce=_own_text("nonce", nonce),
            key=key,
        )

    @classmethod
    def from_jwt(cls, jwt: str, url: str, key: KeyABC) -> State:
        """The state that a JWT holds, if it is one to trust.

        Args:
            jwt: the text that came back through the browser.
            url: the address of the authorization server that it must be for.
            key: what must have signed it.

        Raises:
            InvalidStateError: it is malformed, oversized, forged, expired, of the future, for
                another action or for another authorization server.
        """
        claims = _open(jwt, key)
        if claims.get("a") != ACTION:
            raise InvalidStateError(f"Expected action {ACTION}: this state was made for something else", jwt)
        if not isinstance(claims.get("as"), str) or not _same_text(claims["as"], url):
            raise InvalidStateError(f"Expected authorization server {url}: this state is for another one", jwt)
        issued, expires = _checked_times(claims, jwt)
        rfp, nonce = (_checked_text(claims.get(name), jwt) for name in ("rfp", "nonce"))
        return cls(a=ACTION, as_=url, iat=issued, rfp=rfp, exp=expires, nonce=nonce, key=key)

    @cached_property
    def jwt(self) -> str:
        """The state as signed text, for the `state` parameter."""
        return self.key.encode(
            {
                "a": self.a,
                "as": self.as_,
                "exp": self.exp,
                "iat": self.iat,
                "nonce": self.nonce,
                "rfp": self.rfp,
            }
        )

    def has_expired(self) -> bool:
        """Whether it is too old to be accepted."""
        return time.time() >= self.exp


def check_expected(state: str, expected: object) -> None:
    """Check in constant time that the state that came back is the one that was expected.

    Raises:
        InvalidStateError: it is another one.
    """
    if not isinstance(expected, str) or not _same_text(state, expected):
        raise InvalidStateError(
            "Expected another state: this answer does not belong to the sign-in that this browser started", state
        )


def _open(jwt: object, key: KeyABC) -> dict[str, Any]:
    if not isinstance(jwt, str):
        raise InvalidStateError("Malformed state: it is missing, or no text", jwt)
    try:
        return key.decode(jwt)
    except InvalidTokenError as exc:
        problem = str(exc)
    raise InvalidStateError(f"Malformed or forged state: {problem}", jwt)


def _checked_times(claims: dict[str, Any], jwt: str) -> tuple[int, int]:
    issued, expires = claims.get("iat"), claims.get("exp")
    if not (_is_whole(issued) and _is_whole(expires) and 0 < expires - issued <= MAX_LIFE):
        raise InvalidStateError("Malformed state: iat and exp must be whole numbers, at most a day apart", jwt)
    now = time.time()
    if now >= expires:
        raise ExpiredStateError(f"Authorization expired {now - expires:.0f} s ago: start the sign-in again", jwt)
    if issued > now + LEEWAY:
        raise InvalidStateError("This state is from the future: do the clocks of all machines agree?", jwt)
    return issued, expires


def _checked_text(text: object, jwt: str) -> str:
    if not _is_nonce(text):
        raise InvalidStateError("Malformed state: rfp and nonce must be short texts", jwt)
    return text


def _own_text(name: str, text: object) -> str:
    if text is None:
        return secrets.token_urlsafe(32)
    if not _is_nonce(text):
        raise InvalidArgumentError(f"{name} must be a text of 1 to {MAX_NONCE_LENGTH} printable characters")
    return text


def _is_nonce(text: object) -> TypeGuard[str]:
    return isinstance(text, str) and 0 < len(text) <= MAX_NONCE_LENGTH and text.isprintable()


def _is_whole(number: object) -> TypeGuard[int]:
    return isinstance(number, int) and not isinstance(number, bool)


def _same_text(one: str, other: str) -> bool:
    """Compare in constant time; lone surrogates, which UTF-8 cannot hold, are text too."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
