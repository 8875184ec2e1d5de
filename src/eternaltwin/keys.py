"""Keys that sign the state of a sign-in (JSON Web Signature, RFC 7515 and RFC 7518).

A key names the one algorithm it allows; what a token's own header says never chooses. Asymmetric
keys need the extra `crypto`, an `HS256Key` does not. PyJWT is imported at the first
signature, since it loads cryptography wherever that is installed.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from abc import ABC, abstractmethod
from collections.abc import Iterable
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, cast

import msgspec

from eternaltwin.exceptions import ConfigurationError, InvalidTokenError, MissingExtraError

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

#: The least length of an HMAC key in bytes (RFC 7518, section 3.2).
MIN_HMAC_BYTES = 32

#: The least length of an RSA key in bits (RFC 7518, section 3.3).
MIN_RSA_BITS = 2048

#: The longest token that is looked at, in characters.
MAX_TOKEN_LENGTH = 4096

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+", re.ASCII)


class KeyABC(ABC):
    """Signs and verifies with one algorithm; keys of the same material are equal."""

    algorithm: ClassVar[str]

    @abstractmethod
    def encode(self, payload: dict[str, Any]) -> str:
        """Sign a payload; answers a JWT in compact form."""

    @abstractmethod
    def decode(self, token: str) -> dict[str, Any]:
        """The payload of a token that this key has signed. Its claims are not judged.

        Raises:
            InvalidTokenError: it is malformed, oversized, forged, or of another key or algorithm.
        """


class _ParsedKey(KeyABC):
    """What the keys have in common: the compact form, in one spelling, around a signature of PyJWT.

    Key material is parsed once, by the constructors; PyJWT's own encoder looks at it again for
    each token, which costs more than the signature.
    """

    def __init__(self, signing: Any, verifying: Any, material: bytes) -> None:
        self._signing = signing
        self._verifying = verifying
        self._identity = hashlib.sha256(material).digest()

    @cached_property
    def _signatures(self) -> Algorithm:
        from jwt.algorithms import get_default_algorithms

        return get_default_algorithms()[self.algorithm]

    def encode(self, payload: dict[str, Any]) -> str:
        """See `KeyABC.encode`.

        Raises:
            ConfigurationError: this key has no private part.
        """
        if self._signing is None:
            raise ConfigurationError(
                f"this {type(self).__name__} has no private key: it can verify, not sign", setting="state_key"
            )
        header = msgspec.json.encode({"alg": self.algorithm, "typ": "JWT"})
        signed = f"{_encode_part(header)}.{_encode_part(msgspec.json.encode(payload))}"
        return f"{signed}.{_encode_part(self._signatures.sign(signed.encode('ascii'), self._signing))}"

    def decode(self, token: str) -> dict[str, Any]:
        """See `KeyABC.decode`."""
        header, payload, signature = _parts(token)
        self._check_header(_json_object(header, "header"))
        signed = token.rpartition(".")[0].encode("ascii")
        if not self._signatures.verify(signed, self._verifying, signature):
            raise InvalidTokenError(f"the token is not signed with this {self.algorithm} key")
        return _json_object(payload, "payload")

    def _check_header(self, header: dict[str, Any]) -> None:
        """Only the header that this class writes: above all no other algorithm, and no `crit`."""
        if header.get("alg") != self.algorithm:
            raise InvalidTokenError(f"the token is not signed with {self.algorithm}")
        if not header.keys() <= {"alg", "typ"} or header.get("typ", "JWT") != "JWT":
            raise InvalidTokenError("the token's header asks for something that is not supported")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _ParsedKey):
            return NotImplemented
        return self.algorithm == other.algorithm and hmac.compare_digest(self._identity, other._identity)

    def __hash__(self) -> int:
        return hash((self.algorithm, self._identity))

    def __repr__(self) -> str:
        return f"<{type(self).__name__}, hidden>"


class HS256Key(_ParsedKey):
    """A shared secret: the same key signs and verifies (HMAC with SHA-256).

    Args:
        key: at least 32 random bytes, for example `secrets.token_urlsafe(32)`, kept for as long
            as sign-ins may be open; every process of the game needs the same.

    Raises:
        ConfigurationError: it is too short, or is not a shared secret at all.
    """

    algorithm: ClassVar[str] = "HS256"

    def __init__(self, key: str | bytes) -> None:
        secret = _secret_bytes(key)
        if b"-----BEGIN " in secret:
            raise ConfigurationError(
                "the key is a PEM text: use RS256Key, ES256Key, PS256Key or EdDSAKey for it", setting="state_key"
            )
        if len(secret) < MIN_HMAC_BYTES:
            raise ConfigurationError(
                f"the key has {len(secret)} bytes, HS256 needs at least {MIN_HMAC_BYTES}: make one with"
                ' python -c "import secrets; print(secrets.token_urlsafe(32))"',
                setting="state_key",
            )
        super().__init__(secret, secret, secret)


class _AsymmetricKey(_ParsedKey):
    """A pair of keys from PEM text: the private key signs, the public key verifies.

    Args:
        public_key: PEM text (SubjectPublicKeyInfo).
        private_key: PEM text without a password; None for a key that only verifies.

    Raises:
        ConfigurationError: the text is no such key, too short, or the two do not belong together.
        MissingExtraError: the extra `crypto` is not installed.
    """

    def __init__(self, public_key: str | bytes, private_key: str | bytes | None) -> None:
        public = self._check_kind(_load_public(public_key, self.algorithm))
        private = None if private_key is None else _load_private(private_key, self.algorithm)
        material = _encode_public(public)
        if private is not None and _encode_public(private.public_key()) != material:
            raise ConfigurationError("the private key does not belong to the public key", setting="state_key")
        super().__init__(private, public, material)

    @classmethod
    @abstractmethod
    def _check_kind(cls, public: PublicKeyTypes) -> PublicKeyTypes:
        """The same key, if the algorithm can use it."""

    @classmethod
    def _refuse(cls, needed: str) -> ConfigurationError:
        return ConfigurationError(f"{cls.algorithm} needs {needed}", setting="state_key")


class RS256Key(_AsymmetricKey):
    """RSA with PKCS #1 v1.5 padding and SHA-256, from PEM text; see the base for the arguments."""

    algorithm: ClassVar[str] = "RS256"

    @classmethod
    def _check_kind(cls, public: PublicKeyTypes) -> PublicKeyTypes:
        from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

        if not isinstance(public, RSAPublicKey) or public.key_size < MIN_RSA_BITS:
            raise cls._refuse(f"an RSA key of at least {MIN_RSA_BITS} bits")
        return public


class PS256Key(RS256Key):
    """RSA with PSS padding and SHA-256, from PEM text."""

    algorithm: ClassVar[str] = "PS256"


class ES256Key(_AsymmetricKey):
    """ECDSA on the curve P-256 with SHA-256, from PEM text."""

    algorithm: ClassVar[str] = "ES256"

    @classmethod
    def _check_kind(cls, public: PublicKeyTypes) -> PublicKeyTypes:
        from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

        if not isinstance(public, EllipticCurvePublicKey) or not isinstance(public.curve, SECP256R1):
            raise cls._refuse("a key on the curve P-256 (secp256r1)")
        return public


class EdDSAKey(_AsymmetricKey):
    """Ed25519 or Ed448 (RFC 8037), from PEM text."""

    algorithm: ClassVar[str] = "EdDSA"

    @classmethod
    def _check_kind(cls, public: PublicKeyTypes) -> PublicKeyTypes:
        from cryptography.hazmat.primitives.asymmetric.ed448 import Ed448PublicKey
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        if not isinstance(public, Ed25519PublicKey | Ed448PublicKey):
            raise cls._refuse("an Ed25519 or Ed448 key")
        return public


class KeyRing(KeyABC):
    """Several keys, for rotation: the first signs, every one verifies.

    To rotate, put the new key first; take the old one out when its last sign-ins have expired.

    Raises:
        ConfigurationError: there is no key.
    """

    def __init__(self, keys: Iterable[KeyABC]) -> None:
        self.keys = tuple(keys)
        if not self.keys:
            raise ConfigurationError("state_key is an empty list", setting="state_key")

    def encode(self, payload: dict[str, Any]) -> str:
        """Sign with the first key."""
        return self.keys[0].encode(payload)

    def decode(self, token: str) -> dict[str, Any]:
        """The payload of a token that one of the keys has signed; see `KeyABC.decode`."""
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


StateKey = KeyABC | str | bytes | Iterable[KeyABC | str | bytes]


def as_key(value: object) -> KeyABC:
    """The key that a setting `state_key` means: a key, the text of an HS256 key, or several.

    Raises:
        ConfigurationError: it is something else.
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


def _secret_bytes(key: object) -> bytes:
    if isinstance(key, str):
        with suppress(UnicodeEncodeError):  # which holds the key
            return key.encode()
        raise ConfigurationError("the text of a key holds characters that cannot be encoded", setting="state_key")
    if isinstance(key, bytes):
        return key
    raise ConfigurationError(f"HS256Key takes text or bytes, not {type(key).__name__}", setting="state_key")


def _parts(token: str) -> list[bytes]:
    """Header, payload and signature of a token in the one spelling that encoders write.

    That is RFC 7515, section 3.1, with no padding, and no spare bits that a decoder throws away.
    """
    if len(token) > MAX_TOKEN_LENGTH:
        raise InvalidTokenError(f"the token is longer than {MAX_TOKEN_LENGTH} characters")
    if not _COMPACT.fullmatch(token):
        raise InvalidTokenError("the token is not three parts of unpadded base64url")
    parts = [_decode_part(part) for part in token.split(".")]
    if ".".join(map(_encode_part, parts)) != token:
        raise InvalidTokenError("the token is not in its one canonical spelling")
    return parts


def _decode_part(part: str) -> bytes:
    if len(part) % 4 == 1:  # no bytes have a base64 of such a length
        raise InvalidTokenError("the token is not three parts of unpadded base64url")
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _encode_part(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _json_object(data: bytes, what: str) -> dict[str, Any]:
    with suppress(msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return msgspec.json.decode(data, type=dict[str, Any])
    raise InvalidTokenError(f"the token's {what} is not a JSON object")


def _load_public(pem: str | bytes, algorithm: str) -> PublicKeyTypes:
    try:
        from cryptography.exceptions import UnsupportedAlgorithm
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
    except ImportError:
        raise MissingExtraError(f'{algorithm} keys need cryptography: pip install "eternaltwin[crypto]"') from None
    with suppress(ValueError, UnsupportedAlgorithm):
        return load_pem_public_key(_secret_bytes(pem))
    raise ConfigurationError("the public key is not the PEM text of a public key", setting="state_key")


def _load_private(pem: str | bytes, algorithm: str) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    with suppress(ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: it is encrypted
        return load_pem_private_key(_secret_bytes(pem), password=None)
    raise ConfigurationError(
        f"the private key of {algorithm} is not the PEM text of a private key without a password", setting="state_key"
    )


def _encode_public(public: PublicKeyTypes) -> bytes:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
