"""Authorization codes: JWTs that the server signs for itself (RFC 7519, HS256).

Claims and lifetime are those of the official server 0.16.4.
"""

from __future__ import annotations

import base64
import hmac
import secrets
from uuid import UUID

import msgspec

from eternaltwin.devserver.domain.jose_headers import JoseHeaderError, read_algorithm

#: Lifetime of a code, in seconds.
CODE_LIFE = 600


def _trace() -> str:
    """Return random ids in the form of a trace parent (W3C Trace Context), which make each code unique."""
    digits = secrets.token_hex(24)
    return f"00-{digits[:32]}-{digits[32:]}-01"


class Claims(msgspec.Struct, frozen=True, kw_only=True):
    """The claims of a code. Times are Unix times in seconds.

    Attributes:
        aud: Id and key of the game that the code is for.
        exp: Time of expiry.
        iat: Time of issue.
        iss: The issuer, always `eternaltwin`.
        nbf: Time from which the code is valid.
        sub: Id of the user.
        trp: A trace parent, which is different in every code.
        scopes: The scopes that the user grants.
    """

    aud: list[str]
    exp: int
    iat: int
    iss: str = "eternaltwin"
    nbf: int
    sub: UUID
    trp: str = msgspec.field(default_factory=_trace)
    scopes: list[str]


class MalformedCodeError(Exception):
    """A code is malformed or not signed by this server. The message is the official server's name of the reason."""


def _encode(data: bytes) -> bytes:
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def _decode(text: bytes) -> bytes:
    """Decode base64url without padding, and reject spellings that `_encode` does not produce."""
    data = base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4))
    if _encode(data) != text:
        raise ValueError("not the canonical spelling")
    return data


_HEADER = _encode(b'{"typ":"JWT","alg":"HS256"}')
_claims = msgspec.json.Decoder(Claims)
_encoder = msgspec.json.Encoder()


class CodeSigner:
    """Signs and verifies codes.

    No JWT library is used: the official server accepts secrets of any length, such as `dev`, which libraries rightly
    warn about. There is one algorithm, and no other server issues codes.

    Args:
        secret: The setting `backend.secret`.
    """

    def __init__(self, secret: str) -> None:
        self._key = secret.encode()

    def _signature(self, signed: bytes) -> bytes:
        return hmac.digest(self._key, signed, "sha256")

    def sign(self, claims: Claims) -> str:
        """Build a code.

        Args:
            claims: The claims.

        Returns:
            The signed JWT.
        """
        signed = b".".join((_HEADER, _encode(_encoder.encode(claims))))
        return b".".join((signed, _encode(self._signature(signed)))).decode()

    def read(self, code: str) -> Claims:
        """Verify the signature of a code and return its claims. Times and audience are not checked.

        Args:
            code: The code.

        Returns:
            The claims.

        Raises:
            MalformedCodeError: The code is malformed, or was not signed with this secret.
        """
        parts = code.encode().split(b".")
        try:
            header, payload, signature = (_decode(part) for part in parts)
        except ValueError:
            raise MalformedCodeError("InvalidToken") from None
        try:
            algorithm = read_algorithm(header)
        except JoseHeaderError as exc:
            raise MalformedCodeError(str(exc)) from None
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
