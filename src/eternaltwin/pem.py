"""Loading of keys in PEM format, and of public keys in the format of OpenSSH.

The package cryptography (extra `crypto`) is imported when it is needed.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from eternaltwin.exceptions import ConfigurationError, MissingExtraError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

__all__ = ["OPENSSH", "encode_public_key", "key_bytes", "load_private_key", "load_public_key"]

#: How the lines of OpenSSH begin that contain the public keys of RSA, ECDSA and EdDSA.
OPENSSH = (b"ssh-rsa ", b"ecdsa-sha2-", b"ssh-ed25519 ")


def key_bytes(key: object) -> bytes:
    """Return the bytes of a key.

    Args:
        key: The key, as `str` or `bytes`.

    Returns:
        The bytes. A string is encoded as UTF-8.

    Raises:
        ConfigurationError: The key is of another type, or cannot be encoded.
    """
    if isinstance(key, str):
        with suppress(UnicodeEncodeError):  # its message contains the key
            return key.encode()
        raise ConfigurationError("the key contains characters that cannot be encoded", setting="state_key")
    if isinstance(key, bytes):
        return key
    raise ConfigurationError(f"a key must be str or bytes, not {type(key).__name__}", setting="state_key")


def load_public_key(key: str | bytes, algorithm: str) -> PublicKeyTypes:
    """Load a public key.

    Args:
        key: The key in PEM format, or a line of OpenSSH, such as `ssh-rsa AAAA...` (RFC 4253, section 6.6).
        algorithm: The name of the algorithm, for the message of an error.

    Returns:
        The key.

    Raises:
        ConfigurationError: This is not a public key.
        MissingExtraError: The extra `crypto` is not installed.
    """
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import load_pem_public_key, load_ssh_public_key
    except ImportError:
        raise MissingExtraError(f'{algorithm} keys need cryptography: pip install "eternaltwin[crypto]"') from None
    data = key_bytes(key).strip()
    with suppress(ValueError, UnsupportedAlgorithm):
        return load_ssh_public_key(data) if data.startswith(OPENSSH) else load_pem_public_key(data)
    raise ConfigurationError("the public key is not a public key in the format PEM or OpenSSH", setting="state_key")


def load_private_key(pem: str | bytes, algorithm: str) -> Any:
    """Load a private key.

    Args:
        pem: The key in PEM format, without a password.
        algorithm: The name of the algorithm, for the message of an error.

    Returns:
        The key.

    Raises:
        ConfigurationError: This is not a private key, or it is encrypted.
    """
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    with suppress(ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: it is encrypted
        return load_pem_private_key(key_bytes(pem), password=None)
    raise ConfigurationError(
        f"the private key of {algorithm} is not a private key in PEM format without a password", setting="state_key"
    )


def encode_public_key(public: PublicKeyTypes) -> bytes:
    """Encode a public key.

    Args:
        public: The key.

    Returns:
        The key in DER format (SubjectPublicKeyInfo).
    """
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
