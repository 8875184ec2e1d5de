"""Password hashes: scrypt (RFC 7914), with cost factors for a development server.

Logins must be fast here, and the accounts protect nothing of value. The official server's hashes cost about a
hundred times as much.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets

_COST = 256
_BLOCK_SIZE = 8
_SALT_LENGTH = 16


def _digest(password: bytes, salt: bytes) -> bytes:
    # HMAC, within scrypt, pads keys with null bytes: passwords that differ only in these would have equal hashes.
    fixed_length = hashlib.sha256(password).digest()
    return hashlib.scrypt(fixed_length, salt=salt, n=_COST, r=_BLOCK_SIZE, p=1, dklen=32)


def hash_password(password: bytes) -> str:
    """Hash a password with a random salt.

    Args:
        password: The password, in UTF-8.

    Returns:
        Salt and hash, in hexadecimal, separated by `$`.
    """
    salt = secrets.token_bytes(_SALT_LENGTH)
    return f"{salt.hex()}${_digest(password, salt).hex()}"


def is_password(password: bytes, hashed: str) -> bool:
    """Return whether a password matches a hash. The comparison takes constant time.

    Args:
        password: The password, in UTF-8.
        hashed: A result of `hash_password`.

    Returns:
        True if the password matches.
    """
    salt, _, digest = hashed.partition("$")
    return hmac.compare_digest(_digest(password, bytes.fromhex(salt)), bytes.fromhex(digest))
