"""Authorization codes: JWTs that the server signs for itself (RFC 7519, HS256).

Claims and life are those of the official server 0.16.4.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from uuid import UUID

import msgspec

#: How long a code is good, in seconds.
CODE_LIFE = 600


def _trace() -> str:
    """Two random ids in the form of a trace parent (W3C Trace Context); no two codes are the same."""
    digits = secrets.token_hex(24)
    return f"00-{digits[:32]}-{digits[32:]}-01"


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """What a code says: the game it is for, by id and by key, the user, the scopes, and Unix times in seconds."""

    aud: list[str]
    exp: int
    iat: int
    iss: str = "eternaltwin"
    nbf: int
    sub: UUID
    trp: str = msgspec.field(default_factory=_trace)
    scopes: list[str]


class MalformedCodeError(Exception):
    """A text is no code of this server; the message is the word that the official server has for why."""


class _Header(msgspec.Struct, frozen=True):
    alg: str


def _encode(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _decode(text: bytes) -> bytes:
    """Base64url without padding; only the one spelling that `_encode` gives is taken."""
    data = base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    if _encode(data) != text:
        raise ValueError("another spelling")
    return data


_HEADER = _encode(b'{"typ":"JWT","alg":"HS256"}')
_headers = msgspec.json.Decoder(_Header)
_claims = msgspec.json.Decoder(Claims)
_encoder = msgspec.json.Encoder()


class CodeSigner:
    """Signs and reads codes.

    They are written by hand because the official server takes secrets of any length, such as `dev`, of
    which a library for JWTs rightly warns; there is one algorithm, and codes come from nowhere else.

    Args:
        secret: the setting `backend.secret`.
    """

    def __init__(self, secret: str) -> None:
        self._key = secret.encode()

    def _signature(self, signed: bytes) -> bytes:
        return hmac.digest(self._key, signed, "sha256")

    def sign(self, claims: Claims) -> str:
        """The code that says this."""
        signed = b".".join((_HEADER, _encode(_encoder.encode(claims))))
        return b".".join((signed, _encode(self._signature(signed)))).decode()

    def read(self, code: str) -> Claims:
        """What a code says; whether it is still good is for the caller to see.

        Raises:
            MalformedCodeError: it was not signed here.
        """
        parts = code.encode().split(b".")
        try:
            header, payload, signature = (_decode(part) for part in parts)
            algorithm = _headers.decode(header).alg
        except (ValueError, RecursionError):
            raise MalformedCodeError("InvalidToken") from None
        if algorithm != "HS256":
            raise MalformedCodeError("InvalidAlgorithm")
        if not hmac.compare_digest(signature, self._signature(b".".join(parts[:2]))):
            raise MalformedCodeError("InvalidSignature")
        return _claims_of(payload)


def _claims_of(payload: bytes) -> Claims:
    try:
        return _claims.decode(payload)
    except (ValueError, RecursionError):
        raise MalformedCodeError("InvalidToken") from None
