"""Authorization codes: JWTs that the server signs for itself (RFC 7519, HS256).

Claims and life are those of the official server 0.16.4.
"""

from __future__ import annotations

import secrets
from uuid import UUID

import msgspec
from jwt import PyJWS
from jwt.algorithms import HMACAlgorithm
from jwt.exceptions import InvalidAlgorithmError, InvalidSignatureError, InvalidTokenError

#: How long a code is good, in seconds.
CODE_LIFE = 600

_ALGORITHM = "HS256"


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


class _AnyLengthHMAC(HMACAlgorithm):
    """HMAC with keys of any length: the official server takes secrets such as ``dev``."""

    def check_key_length(self, key: bytes) -> str | None:
        """No length is warned of."""
        return None


def _signer() -> PyJWS:
    signer = PyJWS(algorithms=[_ALGORITHM])
    signer.unregister_algorithm(_ALGORITHM)
    signer.register_algorithm(_ALGORITHM, _AnyLengthHMAC(HMACAlgorithm.SHA256))
    return signer


class CodeSigner:
    """Signs and reads codes.

    Args:
        secret: the setting ``backend.secret``.
    """

    def __init__(self, secret: str) -> None:
        self._key = secret.encode()
        self._signer = _signer()
        self._claims = msgspec.json.Decoder(Claims)

    def sign(self, claims: Claims) -> str:
        """The code that says this."""
        return self._signer.encode(msgspec.json.encode(claims), self._key, algorithm=_ALGORITHM)

    def read(self, code: str) -> Claims:
        """What a code says; whether it is still good is for the caller to see.

        Raises:
            MalformedCodeError: it was not signed here.
        """
        try:
            return self._claims.decode(self._signer.decode(code, self._key, algorithms=[_ALGORITHM]))
        except InvalidSignatureError:
            problem = "InvalidSignature"
        except InvalidAlgorithmError:
            problem = "InvalidAlgorithm"
        except (InvalidTokenError, msgspec.DecodeError, UnicodeError, RecursionError):
            problem = "InvalidToken"
        raise MalformedCodeError(problem)
