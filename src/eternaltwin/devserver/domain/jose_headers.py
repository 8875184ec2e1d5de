"""Headers of authorization codes (RFC 7515, section 4), read with the messages of the official server 0.16.4."""

from __future__ import annotations

import re

import msgspec
from msgspec import UNSET

#: The algorithms that the official server knows. It accepts only the first one.
_ALGORITHMS = (
    "HS256",
    "HS384",
    "HS512",
    "ES256",
    "ES384",
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "EdDSA",
)
_EXPECTED = ", ".join(f"`{algorithm}`" for algorithm in _ALGORITHMS)

#: The member `alg` of an object, with a string or the first byte of another value.
_MEMBER = re.compile(rb'"alg"[ \t\r\n]*:[ \t\r\n]*("(?:[^"\\]|\\.)*"|.)', re.DOTALL)


class _Header(msgspec.Struct, frozen=True, kw_only=True):
    """The header parameters whose types the official server checks."""

    alg: object = UNSET
    typ: str | None = None
    cty: str | None = None
    jku: str | None = None
    jwk: None = None
    kid: str | None = None
    x5u: str | None = None
    x5c: list[str] | None = None
    x5t: str | None = None
    x5t_s256: str | None = msgspec.field(default=None, name="x5t#S256")


_headers = msgspec.json.Decoder(_Header)


class JoseHeaderError(ValueError):
    """A header is malformed. The message is that of the official server if the algorithm is the reason."""


def read_algorithm(header: bytes) -> str:
    """Return the algorithm that a header names.

    Args:
        header: The JSON of the header.

    Returns:
        The parameter `alg`, one of the algorithms that the official server knows.

    Raises:
        JoseHeaderError: The header is malformed, or the algorithm is missing or unknown.
    """
    try:
        algorithm = _headers.decode(header).alg
    except (ValueError, RecursionError):
        raise JoseHeaderError("InvalidToken") from None
    members = [*_MEMBER.finditer(header)]
    if algorithm is UNSET:
        raise _json_error("missing field `alg`", header.rstrip())
    if len(members) != 1:
        raise JoseHeaderError("InvalidToken")
    if not isinstance(algorithm, str):
        raise _json_error("expected value", header[: members[0].start(1) + 1])
    if algorithm not in _ALGORITHMS:
        raise _json_error(f"unknown variant `{algorithm}`, expected one of {_EXPECTED}", header[: members[0].end(1)])
    return algorithm


def _json_error(problem: str, before: bytes) -> JoseHeaderError:
    """Build the error with the place of a problem: the line, and the column in bytes."""
    line, column = before.count(b"\n") + 1, len(before.rpartition(b"\n")[2])
    return JoseHeaderError(f"JSON error: {problem} at line {line} column {column}")
