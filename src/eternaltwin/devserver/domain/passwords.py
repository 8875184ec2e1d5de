"""Passwords at rest: scrypt (RFC 7914), with factors that suit a server for development.

Logging in has to be quick here, and the accounts guard nothing; the official server works a
hundred times harder for the same password.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

_COST = 256
_BLOCK_SIZE = 8
_SALT_LENGTH = 16


def _digest(password: bytes, salt: bytes) -> bytes:
    # HMAC, within scrypt, takes a password with null bytes after it for the same one, unless its length is fixed.
    fixed = hashlib.sha256(password).digest()
    return hashlib.scrypt(fixed, salt=salt, n=_COST, r=_BLOCK_SIZE, p=1, dklen=32)


def hash_password(password: bytes) -> str:
    """What to keep of a password."""
    salt = secrets.token_bytes(_SALT_LENGTH)
    return f"{salt.hex()}${_digest(password, salt).hex()}"


def is_password(password: bytes, kept: str) -> bool:
    """Whether this is the password of which `kept` was kept."""
    salt, _, digest = kept.partition("$")
    return hmac.compare_digest(_digest(password, bytes.fromhex(salt)), bytes.fromhex(digest))
