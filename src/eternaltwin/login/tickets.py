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
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from eternaltwin.jws import encode_part
from eternaltwin.login.destinations import MAX_NEXT_LENGTH, safe_next
from eternaltwin.states import LEEWAY

if TYPE_CHECKING:
    from eternaltwin.clients.abc.clients import ClientABC
    from eternaltwin.states import State

_VALUE = re.compile(r"([0-9]{13})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]*)", re.ASCII)
_MAX_VALUE_LENGTH = 13 + 43 + 2 + (MAX_NEXT_LENGTH * 4 + 2) // 3


@dataclass(frozen=True)
class Ticket:
    """An open sign-in of a browser.

    Attributes:
        issued: When the sign-in was started, in Unix milliseconds.
        secret: 256 random bits in base64url.
        next: The safe path to send the player to afterwards. None for the game's default.
    """

    issued: int
    secret: str = field(repr=False)
    next: str | None

    @classmethod
    def new(cls, destination: object) -> Ticket:
        """Create a ticket for a new sign-in.

        Args:
            destination: The path to send the player to afterwards. A destination that is not safe is dropped.

        Returns:
            The ticket, with a random secret.
        """
        return cls(int(time.time() * 1000), secrets.token_urlsafe(32), safe_next(destination))

    @classmethod
    def from_cookie(cls, value: object) -> Ticket | None:
        """Read a ticket from the value of a cookie.

        Args:
            value: The value of the cookie, which the browser may have changed.

        Returns:
            The ticket, not verified yet. None if the value is malformed.
        """
        found = _VALUE.fullmatch(value) if isinstance(value, str) and len(value) <= _MAX_VALUE_LENGTH else None
        if found is None:
            return None
        issued, secret, destination = found.groups()
        return cls(int(issued), secret, safe_next(_decoded(destination)))

    @property
    def cookie_value(self) -> str:
        """The ticket as the value of a cookie, of letters, digits, `-`, `_` and `.`."""
        return f"{self.issued}.{self.secret}.{encode_part((self.next or '').encode('ascii'))}"

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
        bound = "\n".join((client.client_id, client.redirect_uri, str(self.issued), self.next or ""))
        return encode_part(hmac.digest(self.secret.encode("ascii"), bound.encode(), "sha256"))

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
        """Return whether the ticket is neither expired nor from the future.

        Args:
            max_age: Seconds until a sign-in expires.
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


def _decoded(text: str) -> str | None:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except ValueError:  # the length is not one of base64, or the content is not ASCII
        return None
