"""Forged authorization codes, signed with HS256 (RFC 7515): a server whose secret is known reads them like its own."""

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

#: A day in seconds, which is longer than the validity of a code.
_DAY = 86_400


def encode(data: bytes) -> str:
    """Encode bytes as base64url without padding."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    """Decode base64url without padding."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def claims(code: str) -> dict[str, Json]:
    """Return the claims of a code.

    Raises:
        ValueError: It is not a JWT.
    """
    _, payload, _ = code.split(".")
    return cast("dict[str, Json]", json.loads(decode(payload)))


def sign(values: dict[str, Json], secret: str) -> str:
    """Return a signed code with these claims."""
    header = encode(json.dumps({"typ": "JWT", "alg": "HS256"}).encode())
    signed = f"{header}.{encode(json.dumps(values).encode())}"
    return f"{signed}.{encode(hmac.digest(secret.encode(), signed.encode(), hashlib.sha256))}"


def expired(code: str) -> str:
    """Return the same code, a day older."""
    values = claims(code)
    return sign(values | {name: cast("int", values[name]) - _DAY for name in ("iat", "nbf", "exp")}, SECRET)


def foreign(code: str) -> str:
    """Return the same code, signed with another secret."""
    return sign(claims(code), "another secret")
