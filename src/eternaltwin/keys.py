"""Keys that sign the state of a sign-in (JSON Web Signature, RFC 7515, RFC 7518 and RFC 8037).

A key allows exactly one algorithm, whatever the header of a token names. `HS256Key` needs nothing else; the asymmetric
keys need the extra `crypto`. PyJWT is imported at the first signature, since it imports cryptography where that is
installed.

Example:
    Generate a secret for an `HS256Key` once, and keep it in the environment or in a secret store:

    ```shell
    python -c "import secrets; print(secrets.token_urlsafe(32))"
    ```

    >>> key = HS256Key(os.environ["ETERNALTWIN_STATE_KEY"])

    Generate a pair of keys for an `EdDSAKey` with OpenSSL:

    ```shell
    openssl genpkey -algorithm ed25519 -out private.pem
    openssl pkey -in private.pem -pubout -out public.pem
    ```

    >>> key = EdDSAKey(Path("public.pem").read_text(), Path("private.pem").read_text())

    For an `ES256Key`, the first command is `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`; for an
    `RS256Key` or a `PS256Key`, `openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048`; each with
    `-out private.pem`.
"""

from __future__ import annotations

import hashlib
import hmac
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, cast

import msgspec

from eternaltwin.exceptions import ConfigurationError, InvalidTokenError
from eternaltwin.hidden import clears_frames
from eternaltwin.jws import MAX_TOKEN_LENGTH, decode_object, encode_part, split_token
from eternaltwin.pem import OPENSSH, encode_public_key, key_bytes, load_private_key, load_public_key

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes
    from jwt.algorithms import Algorithm

__all__ = [
    "MAX_TOKEN_LENGTH",
    "MIN_HMAC_BYTES",
    "MIN_RSA_BITS",
    "ES256Key",
    "EdDSAKey",
    "HS256Key",
    "KeyABC",
    "KeyRing",
    "PS256Key",
    "RS256Key",
    "StateKey",
    "as_key",
]

#: Minimum length of an HMAC key, in bytes (RFC 7518, section 3.2).
MIN_HMAC_BYTES = 32

#: Minimum length of an RSA key, in bits (RFC 7518, section 3.3).
MIN_RSA_BITS = 2048


class KeyABC(ABC):
    """The base of all keys. Keys of the same material and algorithm are equal.

    Attributes:
        algorithm: The name of the algorithm (`alg` in RFC 7518). A `KeyRing` has none.
    """

    algorithm: ClassVar[str]

    @abstractmethod
    def encode(self, payload: dict[str, Any]) -> str:
        """Sign a payload.

        Args:
            payload: The claims of the token.

        Returns:
            The JWT in compact form.

        Raises:
            ConfigurationError: The key has no private part.
        """

    @abstractmethod
    def decode(self, token: str) -> dict[str, Any]:
        """Verify the signature of a token, and return its payload. The claims are not validated.

        Args:
            token: The JWT in compact form.

        Returns:
            The claims of the token.

        Raises:
            InvalidTokenError: The token is malformed, too long, forged, or signed with another key or algorithm.
        """


class _ParsedKey(KeyABC):
    """The base of keys with one algorithm: the compact form around a signature by PyJWT.

    Key material is parsed once, by the constructors. PyJWT's own encoder parses it again for each token, which takes
    longer than the signature.
    """

    def __init__(self, signing: Any, verifying: Any, material: bytes) -> None:
        self._signing = signing
        self._verifying = verifying
        self._identity = hashlib.sha256(material).digest()

    @cached_property
    def _signatures(self) -> Algorithm:
        from jwt.algorithms import get_default_algorithms

        return get_default_algorithms()[self.algorithm]

    @clears_frames
    def encode(self, payload: dict[str, Any]) -> str:
        """Sign a payload.

        Args:
            payload: The claims of the token.

        Returns:
            The JWT in compact form.

        Raises:
            ConfigurationError: The key has no private part.
        """
        if self._signing is None:
            raise ConfigurationError(
                f"this {type(self).__name__} has no private key: it can verify, not sign", setting="state_key"
            )
        header = msgspec.json.encode({"alg": self.algorithm, "typ": "JWT"})
        signed = f"{encode_part(header)}.{encode_part(msgspec.json.encode(payload))}"
        return f"{signed}.{encode_part(self._signatures.sign(signed.encode('ascii'), self._signing))}"

    @clears_frames
    def decode(self, token: str) -> dict[str, Any]:
        """Verify the signature of a token, and return its payload. The claims are not validated.

        Args:
            token: The JWT in compact form.

        Returns:
            The claims of the token.

        Raises:
            InvalidTokenError: The token is malformed, too long, forged, or signed with another key or algorithm.
        """
        header, payload, signature = split_token(token)
        self._check_header(decode_object(header, "header"))
        signed = token.rpartition(".")[0].encode("ascii")
        if not self._signatures.verify(signed, self._verifying, signature):
            raise InvalidTokenError(f"the token is not signed with this {self.algorithm} key")
        return decode_object(payload, "payload")

    def _check_header(self, header: dict[str, Any]) -> None:
        """Accept only the header that this class writes: no other algorithm, and no `crit`."""
        if header.get("alg") != self.algorithm:
            raise InvalidTokenError(f"the token is not signed with {self.algorithm}")
        if not header.keys() <= {"alg", "typ"} or header.get("typ", "JWT") != "JWT":
            raise InvalidTokenError("the token's header contains something that is not supported")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _ParsedKey):
            return NotImplemented
        return self.algorithm == other.algorithm and hmac.compare_digest(self._identity, other._identity)

    def __hash__(self) -> int:
        return hash((self.algorithm, self._identity))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, hidden>"


class HS256Key(_ParsedKey):
    """A shared secret, with which the same key signs and verifies (HMAC with SHA-256).

    Args:
        key: At least 32 random bytes, the same for every process of the game. A string is encoded as UTF-8.

    Raises:
        ConfigurationError: The key is too short, in the format PEM or OpenSSH, or neither `str` nor `bytes`.

    Example:
        >>> key = HS256Key(os.environ["ETERNALTWIN_STATE_KEY"])
        >>> key.decode(key.encode({"sub": "alice"}))
        {'sub': 'alice'}
    """

    algorithm: ClassVar[str] = "HS256"

    @clears_frames
    def __init__(self, key: str | bytes) -> None:
        secret = key_bytes(key)
        if b"-----BEGIN " in secret or secret.lstrip().startswith(OPENSSH):
            raise ConfigurationError(
                "the key is in the format PEM or OpenSSH: use RS256Key, ES256Key, PS256Key or EdDSAKey for it",
                setting="state_key",
            )
        if len(secret) < MIN_HMAC_BYTES:
            raise ConfigurationError(
                f"the key has {len(secret)} bytes, HS256 needs at least {MIN_HMAC_BYTES}: generate one with"
                ' python -c "import secrets; print(secrets.token_urlsafe(32))"',
                setting="state_key",
            )
        super().__init__(secret, secret, secret)


class _AsymmetricKey(_ParsedKey):
    """The base of pairs of keys: the private key signs, the public key verifies."""

    @clears_frames
    def __init__(self, public_key: str | bytes, private_key: str | bytes | None) -> None:
        public = self._check_kind(load_public_key(public_key, self.algorithm))
        private = None if private_key is None else load_private_key(private_key, self.algorithm)
        material = encode_public_key(public)
        if private is not None and encode_public_key(private.public_key()) != material:
            raise ConfigurationError("the private key does not belong to the public key", setting="state_key")
        super().__init__(private, public, material)

    @classmethod
    @abstractmethod
    def _check_kind(cls, public: PublicKeyTypes) -> PublicKeyTypes:
        """Return the key if it fits the algorithm."""

    @classmethod
    def _refuse(cls, needed: str) -> ConfigurationError:
        return ConfigurationError(f"{cls.algorithm} needs {needed}", setting="state_key")


class _RSAKey(_AsymmetricKey):
    """An RSA key, with either padding."""

    @classmethod
    def _check_kind(cls, public: PublicKeyTypes) -> PublicKeyTypes:
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

        if not isinstance(public, RSAPublicKey) or public.key_size < MIN_RSA_BITS:
            raise cls._refuse(f"an RSA key of at least {MIN_RSA_BITS} bits")
        return public


class RS256Key(_RSAKey):
    """An RSA key of at least 2,048 bits, with PKCS #1 v1.5 padding and SHA-256.

    Args:
        public_key: The public key in PEM format (SubjectPublicKeyInfo), or in that of OpenSSH
            (`ssh-rsa AAAA...`).
        private_key: The private key in PEM format, without a password. None for a key that only verifies.

    Raises:
        ConfigurationError: A key is malformed, too short or of another kind, or the two do not belong together.
        MissingExtraError: The extra `crypto` is not installed.

    Example:
        >>> key = RS256Key(Path("public.pem").read_text(), Path("private.pem").read_text())
    """

    algorithm: ClassVar[str] = "RS256"


class PS256Key(_RSAKey):
    """An RSA key of at least 2,048 bits, with PSS padding and SHA-256.

    Args:
        public_key: The public key in PEM format (SubjectPublicKeyInfo), or in that of OpenSSH
            (`ssh-rsa AAAA...`).
        private_key: The private key in PEM format, without a password. None for a key that only verifies.

    Raises:
        ConfigurationError: A key is malformed, too short or of another kind, or the two do not belong together.
        MissingExtraError: The extra `crypto` is not installed.

    Example:
        >>> key = PS256Key(Path("public.pem").read_text(), Path("private.pem").read_text())
    """

    algorithm: ClassVar[str] = "PS256"


class ES256Key(_AsymmetricKey):
    """An ECDSA key on the curve P-256, with SHA-256.

    Args:
        public_key: The public key in PEM format (SubjectPublicKeyInfo), or in that of OpenSSH
            (`ecdsa-sha2-nistp256 AAAA...`).
        private_key: The private key in PEM format, without a password. None for a key that only verifies.

    Raises:
        ConfigurationError: A key is malformed or of another kind, or the two do not belong together.
        MissingExtraError: The extra `crypto` is not installed.

    Example:
        >>> key = ES256Key(Path("public.pem").read_text(), Path("private.pem").read_text())
    """

    algorithm: ClassVar[str] = "ES256"

    @classmethod
    def _check_kind(cls, public: PublicKeyTypes) -> PublicKeyTypes:
        from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

        if not isinstance(public, EllipticCurvePublicKey) or not isinstance(public.curve, SECP256R1):
            raise cls._refuse("a key on the curve P-256 (secp256r1)")
        return public


class EdDSAKey(_AsymmetricKey):
    """An Ed25519 or Ed448 key (RFC 8037).

    Args:
        public_key: The public key in PEM format (SubjectPublicKeyInfo), or in that of OpenSSH
            (`ssh-ed25519 AAAA...`).
        private_key: The private key in PEM format, without a password. None for a key that only verifies.

    Raises:
        ConfigurationError: A key is malformed or of another kind, or the two do not belong together.
        MissingExtraError: The extra `crypto` is not installed.

    Example:
        >>> key = EdDSAKey(Path("public.pem").read_text(), Path("private.pem").read_text())
    """

    algorithm: ClassVar[str] = "EdDSA"

    @classmethod
    def _check_kind(cls, public: PublicKeyTypes) -> PublicKeyTypes:
        from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        if not isinstance(public, Ed25519PublicKey | Ed448PublicKey):
            raise cls._refuse("an Ed25519 or Ed448 key")
        return public


class KeyRing(KeyABC):
    """Several keys, for rotation: the first one signs, all verify.

    To rotate, put the new key first, and remove the old one when the last sign-ins with it have expired.

    Args:
        keys: The keys, at least one.

    Attributes:
        keys: The keys, as a tuple.

    Raises:
        ConfigurationError: There is no key.

    Example:
        >>> keys = KeyRing([HS256Key(new_secret), HS256Key(old_secret)])
    """

    def __init__(self, keys: Iterable[KeyABC]) -> None:
        self.keys = tuple(keys)
        if not self.keys:
            raise ConfigurationError("state_key is an empty list", setting="state_key")

    @clears_frames
    def encode(self, payload: dict[str, Any]) -> str:
        """Sign a payload with the first key.

        Args:
            payload: The claims of the token.

        Returns:
            The JWT in compact form.

        Raises:
            ConfigurationError: The first key has no private part.
        """
        return self.keys[0].encode(payload)

    @clears_frames
    def decode(self, token: str) -> dict[str, Any]:
        """Verify the signature of a token, and return its payload. The claims are not validated.

        Args:
            token: The JWT in compact form.

        Returns:
            The claims of the token.

        Raises:
            InvalidTokenError: No key accepts the token. The error is that of the last key.
        """
        failure = InvalidTokenError("there is no key")
        for key in self.keys:
            try:
                return key.decode(token)
            except InvalidTokenError as exc:
                failure = exc
        raise failure

    def __eq__(self, other: object) -> bool:
        return self.keys == other.keys if isinstance(other, KeyRing) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.keys)

    def __repr__(self) -> str:
        return f"<KeyRing of {len(self.keys)}, hidden>"


#: The values of the setting `state_key`: a key, the secret of an `HS256Key`, or several.
StateKey = KeyABC | str | bytes | Sequence[KeyABC | str | bytes]


@clears_frames
def as_key(value: object) -> KeyABC:
    """Return the key of the setting `state_key`.

    Args:
        value: A key, the secret of an `HS256Key`, or a list or tuple of them.

    Returns:
        The key. A [`KeyRing`][eternaltwin.keys.KeyRing] for a list or tuple.

    Raises:
        ConfigurationError: The value is of another type, or a key is malformed.
    """
    if isinstance(value, KeyABC):
        return value
    if isinstance(value, str | bytes):
        return HS256Key(value)
    if isinstance(value, list | tuple):
        return KeyRing(as_key(item) for item in cast("Iterable[object]", value))
    raise ConfigurationError(
        f"state_key must be a key such as HS256Key(...), or a list of keys, not {type(value).__name__}",
        setting="state_key",
    )
