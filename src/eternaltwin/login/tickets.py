"""The ticket that a browser keeps while a sign-in is open, and how the state is bound to it.

- The state's `rfp` is the SHA-256 of the ticket's secret. Whoever reads the state, which travels in URLs, cannot derive
  the cookie from it.
- The state's `nonce` is an HMAC of the rest of the ticket and of the game's OAuth client, keyed with the secret.
  Whoever can set the cookie cannot change its destination, and a state of one connection is not valid for another.
- The state itself is signed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from eternaltwin.jws import encode_part
from eternaltwin.login.destinations import safe_next
from eternaltwin.states import LEEWAY

if TYPE_CHECKING:
    from collections.abc import Collection

    from eternaltwin.clients.abc.clients import ClientABC
    from eternaltwin.states import State

_VALUE = re.compile(r"([0-9]{13})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]*)(\.used)?", re.ASCII)

#: What a sign-in is for: to sign in, or to connect the account to the player who is signed in.
Process: TypeAlias = Literal["login", "connect"]

#: Maximum length of the subject of a sign-in, in characters.
MAX_SUBJECT_LENGTH = 200

#: Seconds for which a browser keeps an expired or used ticket, so that the player's destination is not lost.
KEPT_AFTERWARDS = 3600


#: Maximum length of the value of a cookie, in characters: of the longest destination and subject.
MAX_VALUE_LENGTH = 3072


class _Purpose(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    """What a ticket is for, as a JSON array whose elements are in this order."""

    next: str | None = None
    process: Process = "login"
    subject: str | None = None


@dataclass(frozen=True)
class Ticket:
    """A sign-in of a browser.

    Attributes:
        issued: When the sign-in was started, in Unix milliseconds.
        secret: 256 random bits in base64url.
        next: The safe destination to send the player to afterwards. None for the game's default.
        process: What the sign-in is for.
        subject: Who was signed in when it was started, in the game's own words. None if the game did not say.
        is_used: Whether the sign-in is finished, with or without success.
    """

    issued: int
    secret: str = field(repr=False)
    next: str | None
    process: Process = "login"
    subject: str | None = field(default=None, repr=False)
    is_used: bool = False

    @classmethod
    def new(cls, destination: str | None, process: Process = "login", subject: str | None = None) -> Ticket:
        """Create a ticket for a new sign-in.

        Args:
            destination: The safe destination to send the player to afterwards. None for the game's default.
            process: What the sign-in is for.
            subject: Who is signed in.

        Returns:
            The ticket, with a random secret.
        """
        return cls(int(time.time() * 1000), secrets.token_urlsafe(32), destination, process, subject)

    @classmethod
    def from_cookie(cls, value: object, trusted_origins: Collection[str] = ()) -> Ticket | None:
        """Read a ticket from the value of a cookie.

        Args:
            value: The value of the cookie, which the browser may have changed.
            trusted_origins: Origins of front ends to which `next` may lead.

        Returns:
            The ticket, not verified yet. None if the value is malformed.
        """
        found = _VALUE.fullmatch(value) if isinstance(value, str) and len(value) <= MAX_VALUE_LENGTH else None
        if found is None:
            return None
        issued, secret, encoded, used = found.groups()
        purpose = _decoded(encoded)
        if purpose is None:
            return None
        destination = safe_next(purpose.next, trusted_origins)
        return cls(int(issued), secret, destination, purpose.process, purpose.subject, used is not None)

    @property
    def cookie_value(self) -> str:
        """The ticket as the value of a cookie, of letters, digits, `-`, `_` and `.`."""
        return f"{self.issued}.{self.secret}.{encode_part(self._purpose)}{'.used' if self.is_used else ''}"

    @property
    def _purpose(self) -> bytes:
        return msgspec.json.encode(_Purpose(self.next, self.process, self.subject))

    @property
    def rfp(self) -> str:
        """The SHA-256 of the secret in base64url, for the state's `rfp`."""
        return encode_part(hashlib.sha256(self.secret.encode("ascii")).digest())

    def nonce(self, client: ClientABC) -> str:
        """Return the state's `nonce`, which binds it to the whole ticket and to the connection.

        Args:
            client: The client of the connection.

        Returns:
            The HMAC in base64url. It is unique, since the secret is random.
        """
        bound = "\n".join((client.client_id, client.redirect_uri, str(self.issued))).encode() + b"\n" + self._purpose
        return encode_part(hmac.digest(self.secret.encode("ascii"), bound, "sha256"))

    def is_for(self, state: State, client: ClientABC) -> bool:
        """Return whether a state belongs to this ticket, compared in constant time.

        Args:
            state: A valid state.
            client: The client of the connection.

        Returns:
            Whether both `rfp` and `nonce` match.
        """
        is_browser = hmac.compare_digest(self.rfp.encode("ascii"), state.rfp.encode())
        return hmac.compare_digest(self.nonce(client).encode("ascii"), state.nonce.encode()) and is_browser

    def is_fresh(self, max_age: int, now: float) -> bool:
        """Return whether the ticket is neither too old nor from the future.

        Args:
            max_age: Seconds until the ticket is too old.
            now: The current time, in Unix seconds.

        Returns:
            Whether the ticket is fresh, with a leeway of one minute between clocks.
        """
        return -LEEWAY <= now - self.issued / 1000 < max_age


def login_id(nonce: str) -> str:
    """Return the id of a sign-in, from which its nonce cannot be derived.

    Args:
        nonce: The state's nonce.

    Returns:
        64 hexadecimal digits.
    """
    return hashlib.sha256(nonce.encode()).hexdigest()


def _decoded(encoded: str) -> _Purpose | None:
    with suppress(ValueError, msgspec.MsgspecError):  # the length is not one of base64, or the content is not ours
        return msgspec.json.decode(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)), type=_Purpose)
    return None
