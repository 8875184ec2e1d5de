"""What a browser keeps of a sign-in that it has started, and how the state is bound to it.

The state's `rfp` is the SHA-256 of the ticket's secret: who sees the state, which travels in
URLs, still cannot make the cookie. The state's `nonce` is an HMAC, keyed with that secret, of
the rest of the ticket and of the game's OAuth client: who can set the cookie cannot change where
it leads, and a state of one connection is none of another. The state itself is signed.
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

from eternaltwin.login.destinations import MAX_NEXT_LENGTH, safe_next
from eternaltwin.states import LEEWAY

if TYPE_CHECKING:
    from eternaltwin.clients.abc.clients import ClientABC
    from eternaltwin.states import State

_TEXT = re.compile(r"([0-9]{13})\.([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]*)", re.ASCII)
_MAX_TEXT_LENGTH = 13 + 43 + 2 + (MAX_NEXT_LENGTH * 4 + 2) // 3


@dataclass(frozen=True)
class Ticket:
    """A sign-in that a browser has started.

    Attributes:
        issued: when, in Unix milliseconds.
        secret: 256 random bits in base64url.
        next: where to send the player afterwards, a safe path; None if nowhere special.
    """

    issued: int
    secret: str = field(repr=False)
    next: str | None

    @classmethod
    def new(cls, destination: object) -> Ticket:
        """A fresh ticket; a destination that is not safe is dropped."""
        return cls(int(time.time() * 1000), secrets.token_urlsafe(32), safe_next(destination))

    @classmethod
    def from_text(cls, text: object) -> Ticket | None:
        """The ticket that a cookie's value holds, if it holds one. Nothing in it is to be trusted yet."""
        found = _TEXT.fullmatch(text) if isinstance(text, str) and len(text) <= _MAX_TEXT_LENGTH else None
        if found is None:
            return None
        issued, secret, destination = found.groups()
        return cls(int(issued), secret, safe_next(_decoded(destination)))

    @property
    def text(self) -> str:
        """The ticket as the value of a cookie, of letters, digits, `-`, `_` and `.`."""
        return f"{self.issued}.{self.secret}.{_encoded((self.next or '').encode('ascii'))}"

    @property
    def rfp(self) -> str:
        """What the state carries of the secret."""
        return _encoded(hashlib.sha256(self.secret.encode("ascii")).digest())

    def nonce(self, client: ClientABC) -> str:
        """What binds the state to all of the ticket and to the connection, and tells it from all others."""
        bound = "\n".join((client.client_id, client.redirect_uri, str(self.issued), self.next or ""))
        return _encoded(hmac.digest(self.secret.encode("ascii"), bound.encode(), "sha256"))

    def is_for(self, state: State, client: ClientABC) -> bool:
        """Whether a valid state is of this sign-in; compared in constant time."""
        is_browser = hmac.compare_digest(self.rfp.encode("ascii"), state.rfp.encode())
        return hmac.compare_digest(self.nonce(client).encode("ascii"), state.nonce.encode()) and is_browser

    def is_fresh(self, max_age: int, now: float) -> bool:
        """Whether it is at most `max_age` seconds old at `now`, and not of the future."""
        return -LEEWAY <= now - self.issued / 1000 < max_age


def login_id(nonce: str) -> str:
    """What a sign-in is called: 64 hexadecimal digits, from which its nonce cannot be told."""
    return hashlib.sha256(nonce.encode()).hexdigest()


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _decoded(text: str) -> str | None:
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode("ascii")
    except ValueError:  # no base64 has such a length, or what it encodes is not ASCII
        return None
