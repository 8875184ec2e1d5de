"""Forged authorization codes, signed with HS256 (RFC 7515): a server whose secret is known reads them like its own."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.exchanges import Json

#: `backend.secret` of the configurations beside this file.
SECRET = "a secret of the conformance tests"

#: Headers of codes, by name: other algorithms, and malformed ones.
HEADERS: Mapping[str, str] = {
    "good": '{"typ":"JWT","alg":"HS256"}',
    **{
        algorithm.lower(): json.dumps({"typ": "JWT", "alg": algorithm})
        for algorithm in ("HS384", "HS512", "ES256", "ES384", "ES512", "RS256", "RS384", "RS512")
    },
    **{algorithm.lower(): json.dumps({"alg": algorithm}) for algorithm in ("PS256", "PS384", "PS512", "EdDSA")},
    "none": '{"typ":"JWT","alg":"none"}',
    "lower": '{"alg":"hs256"}',
    "empty": '{"alg":""}',
    "quoted": '{"alg":"é\\"`\\n"}',
    "spaced": '{\n "alg" : "none",\n "typ": "JWT"}',
    "missing": '{"typ":"JWT"}',
    "nothing": "{}",
    "number": '{"typ":"JWT","alg":1}',
    "null": '{"alg":null}',
    "list": '{"alg":["HS256"]}',
    "twice": '{"alg":"HS256","alg":"HS256"}',
    "type_number": '{"typ":1,"alg":"HS256"}',
    "type_null": '{"typ":null,"alg":"HS256"}',
    "no_object": '"HS256"',
}

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


def sign(values: dict[str, Json], secret: str, header: str = HEADERS["good"]) -> str:
    """Return a signed code with these claims."""
    signed = f"{encode(header.encode())}.{encode(json.dumps(values).encode())}"
    return f"{signed}.{encode(hmac.digest(secret.encode(), signed.encode(), hashlib.sha256))}"


def expired(code: str) -> str:
    """Return the same code, a day older."""
    values = claims(code)
    return sign(values | {name: cast("int", values[name]) - _DAY for name in ("iat", "nbf", "exp")}, SECRET)


def foreign(code: str) -> str:
    """Return the same code, signed with another secret."""
    return sign(claims(code), "another secret")


def with_header(code: str, name: str) -> str:
    """Return the same code with another header, correctly signed with HS256."""
    return sign(claims(code), SECRET, HEADERS[name])
