"""Makes pairs of keys that sign the state of sign-ins, in PEM format. They need cryptography (extra `crypto`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, get_args

from eternaltwin.exceptions import MissingExtraError
from eternaltwin.hidden import clears_frames, hide
from eternaltwin.keys import MIN_RSA_BITS

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

    from eternaltwin.hidden import HiddenStr

PairAlgorithm = Literal["EdDSA", "ES256", "RS256", "PS256"]

#: The algorithms whose keys are pairs.
PAIR_ALGORITHMS: tuple[PairAlgorithm, ...] = get_args(PairAlgorithm)

#: Exponent of new RSA keys (FIPS 186-5, appendix A.1.1).
_EXPONENT = 65537


class KeyPair(NamedTuple):
    """A pair of keys in PEM format, without a password.

    Attributes:
        private: The private key (PKCS #8, RFC 5958). Hidden in a `repr`.
        public: The public key (SubjectPublicKeyInfo, RFC 5280).
    """

    private: HiddenStr
    public: str


@clears_frames
def fresh_pair(algorithm: PairAlgorithm) -> KeyPair:
    """Make a new pair of keys.

    Args:
        algorithm: Name of the algorithm (RFC 7518, RFC 8037).

    Returns:
        The pair: of Ed25519, on the curve P-256, or of RSA with 2,048 bits.

    Raises:
        MissingExtraError: The extra `crypto` is not installed.
    """
    try:
        from cryptography.hazmat.primitives import serialization
    except ImportError:
        raise MissingExtraError(f'{algorithm} keys need cryptography: pip install "eternaltwin[crypto]"') from None
    key = _private_key(algorithm)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return KeyPair(hide(private.decode()), public.decode())


def _private_key(algorithm: PairAlgorithm) -> PrivateKeyTypes:
    from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

    match algorithm:
        case "EdDSA":
            return ed25519.Ed25519PrivateKey.generate()
        case "ES256":
            return ec.generate_private_key(ec.SECP256R1())
        case _:
            return rsa.generate_private_key(_EXPONENT, MIN_RSA_BITS)
