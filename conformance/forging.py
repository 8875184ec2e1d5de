"""Authorization codes that a server with a known secret takes for its own, or does not (RFC 7515, HS256)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from conformance.exchanges import Json

#: `backend.secret` of the configurations beside this file.
SECRET = "a secret of the conformance tests"

#: A day in seconds: longer than any code is good.
_DAY = 86_400


def encode(data: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Base64url without padding, undone."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def claims(code: str) -> dict[str, Json]:
    """What a code says.

    Raises:
        ValueError: it is no JWT.
    """
    _, payload, _ = code.split(".")
    return cast("dict[str, Json]", json.loads(decode(payload)))


def sign(values: dict[str, Json], secret: str) -> str:
    """A code that says this."""
    header = encode(json.dumps({"typ": "JWT", "alg": "HS256"}).encode())
    signed = f"{header}.{encode(json.dumps(values).encode())}"
    return f"{signed}.{encode(hmac.digest(secret.encode(), signed.encode(), hashlib.sha256))}"


def expired(code: str) -> str:
    """The same code, a day older."""
    values = claims(code)
    return sign(values | {name: cast("int", values[name]) - _DAY for name in ("iat", "nbf", "exp")}, SECRET)


def foreign(code: str) -> str:
    """The same code, signed by somebody else."""
    return sign(claims(code), "another secret")
