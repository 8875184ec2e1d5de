"""The OAuth state of a sign-in: a signed token that travels through the player's browser (RFC 6749, section 10.12).

Eternaltwin recommends a JWT with the claims `rfp` (request forgery protection, which binds the state to a browser), `a`
(action), `as` (authorization server), `iat` and `exp`. This library adds a `nonce`, so that a state can be used once.
"""

from __future__ import annotations

import hmac
import secrets
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeGuard

from eternaltwin.exceptions import ExpiredStateError, InvalidArgumentError, InvalidStateError, InvalidTokenError
from eternaltwin.hidden import clears_frames

if TYPE_CHECKING:
    from eternaltwin.keys import KeyABC

__all__ = ["ACTION", "LEEWAY", "MAX_LIFE", "MAX_NONCE_LENGTH", "State", "check_expected"]

#: The only action (`a`) of a state.
ACTION = "authorize"

#: Maximum number of seconds until a state expires: one day.
MAX_LIFE = 86_400

#: Maximum difference between the clocks of a game's machines, in seconds.
LEEWAY = 60

#: Maximum length of `nonce` and `rfp`, in characters.
MAX_NONCE_LENGTH = 256


@dataclass(frozen=True)
class State:
    """The state of a sign-in. States are equal if all attributes but the key are.

    Build one with [`new`][eternaltwin.states.State.new], and read one that came back with
    [`from_jwt`][eternaltwin.states.State.from_jwt]. The constructor checks nothing.

    Attributes:
        a: The action, always `authorize`.
        as_: The address of the authorization server, with a final `/`.
        iat: When the state was created, in Unix seconds.
        rfp: Request forgery protection: binds the state to the browser that started the sign-in.
        exp: When the state expires, in Unix seconds.
        nonce: A unique string. Remember used ones to accept each state once.
        key: The key that signs the state.
        origin: The domain of the game where the sign-in started, such as `https://game.example`, for games with several
            domains. None for all others.
    """

    a: str
    as_: str
    iat: int
    rfp: str = field(repr=False)
    exp: int
    nonce: str = field(repr=False)
    key: KeyABC = field(repr=False, compare=False)
    origin: str | None = None

    @classmethod
    @clears_frames
    def new(
        cls,
        url: str,
        key: KeyABC,
        expiration: int = 600,
        nonce: str | None = None,
        rfp: str | None = None,
        origin: str | None = None,
    ) -> State:
        """Create a state for a new sign-in.

        Args:
            url: The address of the authorization server, with or without a final `/`.
            key: The key that signs the state.
            expiration: Seconds until the state expires, 1 to 86,400.
            nonce: A unique string of 1 to 256 printable characters. None generates a random one.
            rfp: A string of 1 to 256 printable characters that binds the state to a browser. None generates a random
                one.
            origin: The domain of the game where the sign-in starts: 1 to 256 printable characters. None leaves it out.

        Returns:
            The state. Its property `jwt` is the signed string.

        Raises:
            InvalidArgumentError: `expiration`, `nonce`, `rfp` or `origin` is out of its range, or of another type.

        Example:
            >>> state = State.new("https://eternaltwin.org/", key)
            >>> State.from_jwt(state.jwt, "https://eternaltwin.org/", key) == state
            True
        """
        if not _is_whole(expiration) or not 0 < expiration <= MAX_LIFE:
            raise InvalidArgumentError(f"expiration must be a whole number of seconds from 1 to {MAX_LIFE}")
        now = int(time.time())
        return cls(
            a=ACTION,
            as_=_with_slash(url),
            iat=now,
            rfp=_checked_argument("rfp", rfp),
            exp=now + expiration,
            nonce=_checked_argument("nonce", nonce),
            key=key,
            origin=None if origin is None else _checked_argument("origin", origin),
        )

    @classmethod
    @clears_frames
    def from_jwt(cls, jwt: str, url: str, key: KeyABC, *, may_be_expired: bool = False) -> State:
        """Read and validate a state that came back through the browser.

        Args:
            jwt: The state as a signed JWT.
            url: The expected address of the authorization server. It is compared character for character, except that
                both addresses may lack the final `/`.
            key: The key that must have signed the state.
            may_be_expired: Whether to return a state that has expired, but is valid otherwise. Nobody may be signed in
                with it: it tells what a player who comes back too late wanted.

        Returns:
            The valid state.

        Raises:
            ExpiredStateError: The state has expired, and `may_be_expired` is False.
            InvalidStateError: The state is malformed, too long, forged, from the future, for another action or for
                another authorization server.
        """
        claims = _open(jwt, key)
        if claims.get("a") != ACTION:
            raise InvalidStateError(f"Expected action {ACTION}: this state was made for something else", jwt)
        server = _with_slash(url)
        if not isinstance(claims.get("as"), str) or not _is_equal(_with_slash(claims["as"]), server):
            raise InvalidStateError(f"Expected authorization server {server}: this state is for another one", jwt)
        issued, expires = _checked_times(claims, jwt)
        rfp, nonce = (_checked_claim(claims.get(name), jwt) for name in ("rfp", "nonce"))
        origin = None if claims.get("origin") is None else _checked_claim(claims["origin"], jwt)
        state = cls(a=ACTION, as_=server, iat=issued, rfp=rfp, exp=expires, nonce=nonce, key=key, origin=origin)
        if not may_be_expired:
            state.check_expiration(jwt)
        return state

    @property
    @clears_frames
    def jwt(self) -> str:
        """The state as a signed JWT, for the parameter `state`. A `ConfigurationError` if the key cannot sign."""
        return self._signed

    @cached_property
    def _signed(self) -> str:
        claims = {
            "a": self.a,
            "as": self.as_,
            "exp": self.exp,
            "iat": self.iat,
            "nonce": self.nonce,
            "rfp": self.rfp,
        }
        return self.key.encode(claims if self.origin is None else {**claims, "origin": self.origin})

    def has_expired(self) -> bool:
        """Return whether the state has expired.

        Returns:
            Whether `exp` is past.
        """
        return time.time() >= self.exp

    @clears_frames
    def check_expiration(self, jwt: str) -> None:
        """Check that the state has not expired.

        Args:
            jwt: The state as it arrived, for the error.

        Raises:
            ExpiredStateError: The state has expired.
        """
        seconds = time.time() - self.exp
        if seconds >= 0:
            raise ExpiredStateError(f"Authorization expired {seconds:.0f} s ago: start the sign-in again", jwt)


@clears_frames
def check_expected(state: str, expected: object) -> None:
    """Check, in constant time, that a state is the expected one.

    Args:
        state: The state that came back.
        expected: The state that the sign-in was started with.

    Raises:
        InvalidStateError: The two differ, or `expected` is not a string.
    """
    if not isinstance(expected, str) or not _is_equal(state, expected):
        raise InvalidStateError(
            "Expected another state: this one does not belong to the sign-in that this browser started", state
        )


def _open(jwt: object, key: KeyABC) -> dict[str, Any]:
    if not isinstance(jwt, str):
        raise InvalidStateError("Malformed state: it is missing, or not a string", jwt)
    try:
        return key.decode(jwt)
    except InvalidTokenError as exc:
        problem = str(exc)
    raise InvalidStateError(f"Malformed or forged state: {problem}", jwt)


def _checked_times(claims: dict[str, Any], jwt: str) -> tuple[int, int]:
    issued, expires = claims.get("iat"), claims.get("exp")
    if not (_is_whole(issued) and _is_whole(expires) and 0 < expires - issued <= MAX_LIFE):
        raise InvalidStateError("Malformed state: iat and exp must be whole numbers, at most a day apart", jwt)
    latest = time.time() + LEEWAY
    not_before = claims.get("nbf", 0)
    if not _is_whole(not_before):
        raise InvalidStateError("Malformed state: nbf must be a whole number", jwt)
    if not_before > latest:  # RFC 7519, section 4.1.5
        raise InvalidStateError("This state is not valid yet: do the clocks of all machines agree?", jwt)
    if issued > latest:
        raise InvalidStateError("This state is from the future: do the clocks of all machines agree?", jwt)
    return issued, expires


def _checked_claim(value: object, jwt: str) -> str:
    if not _is_nonce(value):
        raise InvalidStateError("Malformed state: rfp, nonce and origin must be short strings", jwt)
    return value


def _checked_argument(name: str, value: object) -> str:
    if value is None:
        return secrets.token_urlsafe(32)
    if not _is_nonce(value):
        raise InvalidArgumentError(f"{name} must be a string of 1 to {MAX_NONCE_LENGTH} printable characters")
    return "".join(value)  # msgspec encodes no instance of a subclass, such as a safe string of a template


def _is_nonce(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and 0 < len(value) <= MAX_NONCE_LENGTH and value.isprintable()


def _is_whole(number: object) -> TypeGuard[int]:
    return isinstance(number, int) and not isinstance(number, bool)


def _with_slash(url: str) -> str:
    return f"{url.removesuffix('/')}/"


def _is_equal(one: str, other: str) -> bool:
    """Compare in constant time. UTF-8 cannot encode lone surrogates, which strings may contain."""
    return hmac.compare_digest(one.encode("utf-8", "surrogatepass"), other.encode("utf-8", "surrogatepass"))
