"""The compact form of signed tokens (JSON Web Signature, RFC 7515), without the signature itself."""

from __future__ import annotations

import base64
import re
from contextlib import suppress
from typing import Any

import msgspec

from eternaltwin.exceptions import InvalidTokenError

__all__ = ["MAX_TOKEN_LENGTH", "decode_object", "encode_part", "split_token"]

#: Maximum length of a token, in characters. A longer one is not parsed.
MAX_TOKEN_LENGTH = 4096

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)


def split_token(token: str) -> list[bytes]:
    """Split and decode a token in its canonical spelling: without padding, with all unused bits zero (RFC 7515).

    Args:
        token: The token in compact form.

    Returns:
        The decoded header, payload and signature.

    Raises:
        InvalidTokenError: The token is too long, malformed, or spelled in another way.
    """
    if len(token) > MAX_TOKEN_LENGTH:
        raise InvalidTokenError(f"the token is longer than {MAX_TOKEN_LENGTH} characters")
    if not _COMPACT.fullmatch(token):
        raise InvalidTokenError("the token is not three parts of unpadded base64url")
    parts = [_decode_part(part) for part in token.split(".")]
    if ".".join(map(encode_part, parts)) != token:
        raise InvalidTokenError("the token is not in its canonical spelling")
    return parts


def encode_part(data: bytes) -> str:
    """Encode bytes, such as a part of a token, in base64url without padding (RFC 7515, section 2).

    Args:
        data: The bytes.

    Returns:
        Letters, digits, `-` and `_`.
    """
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def decode_object(data: bytes, part: str) -> dict[str, Any]:
    """Decode the JSON of a part.

    Args:
        data: The part.
        part: The name of the part, for the message of an error.

    Returns:
        The JSON object.

    Raises:
        InvalidTokenError: The part is not a JSON object.
    """
    with suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return msgspec.json.decode(data, type=dict[str, Any])
    raise InvalidTokenError(f"the token's {part} is not a JSON object")


def _decode_part(part: str) -> bytes:
    if len(part) % 4 == 1:  # not a length of base64
        raise InvalidTokenError("the token is not three parts of unpadded base64url")
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
