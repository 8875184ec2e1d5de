"""Keys verify their own signatures, and refuse all others."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import sys
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.exceptions import ConfigurationError, InvalidTokenError, MissingExtraError
from eternaltwin.jws import encode_part
from eternaltwin.keys import (
    MAX_TOKEN_LENGTH,
    EdDSAKey,
    ES256Key,
    HS256Key,
    KeyABC,
    KeyRing,
    PS256Key,
    RS256Key,
    as_key,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

SECRET = "a secret of the game, 32 bytes long or longer"
PAYLOAD: dict[str, Any] = {"a": "authorize", "exp": 1_800_000_000, "name": "Ĉefa"}

#: A command that prints a key.
GENERATE = 'python -c "import secrets; print(secrets.token_urlsafe(32))"'

PRIVATE: dict[str, PrivateKeyTypes] = {
    "rsa": rsa.generate_private_key(public_exponent=65537, key_size=2048),
    "p256": ec.generate_private_key(ec.SECP256R1()),
    "p384": ec.generate_private_key(ec.SECP384R1()),
    "ed25519": ed25519.Ed25519PrivateKey.generate(),
    "ed448": ed448.Ed448PrivateKey.generate(),
}

#: A pair of keys, generated for these tests, on a curve that OpenSSL no longer supports.
UNKNOWN_CURVE = """-----BEGIN PUBLIC KEY-----
MDIwEAYHKoZIzj0CAQYFK4EEAAYDHgAEbIQHwLkBAMdWxPa34nGj16b7F0ytrDfP
L5Rv2A==
-----END PUBLIC KEY-----
"""
UNKNOWN_CURVE_PRIVATE = """-----BEGIN EC PRIVATE KEY-----
MD4CAQEEDkrFR6TGRwA90M/EnZIRoAcGBSuBBAAGoSADHgAEbIQHwLkBAMdWxPa3
4nGj16b7F0ytrDfPL5Rv2A==
-----END EC PRIVATE KEY-----
"""


def public_pem(name: str) -> str:
    public = PRIVATE[name].public_key()
    return public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def private_pem(name: str, password: bytes | None = None) -> str:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return PRIVATE[name].private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode()


KEYS: dict[str, Callable[[], KeyABC]] = {
    "HS256": lambda: HS256Key(SECRET),
    "RS256": lambda: RS256Key(public_pem("rsa"), private_pem("rsa")),
    "PS256": lambda: PS256Key(public_pem("rsa"), private_pem("rsa")),
    "ES256": lambda: ES256Key(public_pem("p256"), private_pem("p256")),
    "EdDSA": lambda: EdDSAKey(public_pem("ed25519"), private_pem("ed25519")),
    "EdDSA with Ed448": lambda: EdDSAKey(public_pem("ed448").encode(), private_pem("ed448").encode()),
}


def part(value: object) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sign(header: object, payload: object) -> str:
    """Return a token with any header and payload, correctly signed with SECRET and HMAC."""
    signed = f"{part(header)}.{part(payload)}"
    return f"{signed}.{part(hmac.digest(SECRET.encode(), signed.encode(), hashlib.sha256))}"


@pytest.mark.parametrize("name", KEYS)
def test_a_key_verifies_its_own_tokens(name: str) -> None:
    key = KEYS[name]()
    token = key.encode(PAYLOAD)
    assert token.count(".") == 2
    assert "=" not in token
    assert key.decode(token) == PAYLOAD
    assert key.algorithm == name.partition(" ")[0]


@pytest.mark.parametrize("name", KEYS)
def test_keys_of_the_same_material_are_equal_and_hide_it(name: str) -> None:
    assert KEYS[name]() == KEYS[name]()
    assert hash(KEYS[name]()) == hash(KEYS[name]())
    assert SECRET not in repr(KEYS[name]())
    assert repr(KEYS[name]()) == f"<{type(KEYS[name]()).__name__}, hidden>"


def test_keys_of_other_material_or_kind_differ() -> None:
    assert HS256Key(SECRET) != HS256Key(SECRET + "!")
    assert KEYS["RS256"]() != KEYS["PS256"]()
    assert HS256Key(SECRET) != SECRET
    assert HS256Key(SECRET) == HS256Key(SECRET.encode())
    assert hash(HS256Key(SECRET)) != hash(HS256Key(SECRET + "!"))
    assert hash(KeyRing([HS256Key(SECRET)])) != hash(KeyRing([HS256Key(SECRET + "!")]))


@pytest.mark.parametrize("signer", KEYS)
@pytest.mark.parametrize("verifier", KEYS)
def test_a_key_refuses_tokens_of_another_key(signer: str, verifier: str) -> None:
    if signer != verifier:
        token = KEYS[signer]().encode(PAYLOAD)
        with pytest.raises(InvalidTokenError):
            KEYS[verifier]().decode(token)


@pytest.mark.parametrize(
    ("kind", "name"), [(RS256Key, "rsa"), (PS256Key, "rsa"), (ES256Key, "p256"), (EdDSAKey, "ed25519")]
)
def test_a_public_key_may_be_one_of_openssh(kind: Callable[[str, str], KeyABC], name: str) -> None:
    line = PRIVATE[name].public_key().public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode()
    for text in (line, f"{line} me@example.org\n"):
        key = kind(text, private_pem(name))
        assert key == kind(public_pem(name), private_pem(name))
        assert key.decode(key.encode(PAYLOAD)) == PAYLOAD
    with pytest.raises(ConfigurationError, match="is not a public key in the format PEM or OpenSSH"):
        kind(line[:60], private_pem(name))
    with pytest.raises(ConfigurationError, match="in the format PEM or OpenSSH: use RS256Key"):
        HS256Key(f"\n{line}")


def test_a_public_key_verifies_but_does_not_sign() -> None:
    verifier = RS256Key(public_pem("rsa"), None)
    assert verifier.decode(KEYS["RS256"]().encode(PAYLOAD)) == PAYLOAD
    with pytest.raises(ConfigurationError) as caught:
        verifier.encode(PAYLOAD)
    assert str(caught.value) == "this RS256Key has no private key: it can verify, not sign"
    assert caught.value.setting == "state_key"


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (
            lambda: HS256Key("short"),
            f"the key has 5 bytes, HS256 needs at least 32: generate one with {GENERATE}",
        ),
        (
            lambda: HS256Key(private_pem("rsa")),
            "the key is in the format PEM or OpenSSH: use RS256Key, ES256Key, PS256Key or EdDSAKey for it",
        ),
        (lambda: RS256Key(public_pem("p256"), private_pem("p256")), "RS256 needs an RSA key of at least 2048 bits"),
        (lambda: PS256Key(public_pem("ed25519"), None), "PS256 needs an RSA key of at least 2048 bits"),
        (lambda: ES256Key(public_pem("p384"), private_pem("p384")), "ES256 needs a key on the curve P-256 (secp256r1)"),
        (lambda: ES256Key(public_pem("rsa"), None), "ES256 needs a key on the curve P-256 (secp256r1)"),
        (lambda: EdDSAKey(public_pem("p256"), None), "EdDSA needs an Ed25519 or Ed448 key"),
        (lambda: ES256Key(public_pem("p256"), private_pem("rsa")), "the private key does not belong to the public key"),
        (lambda: ES256Key("nonsense", None), "the public key is not a public key in the format PEM or OpenSSH"),
        (
            lambda: ES256Key(public_pem("p256"), "nonsense"),
            "the private key of ES256 is not a private key in PEM format without a password",
        ),
        (
            lambda: ES256Key(public_pem("p256"), private_pem("p256", b"pw")),
            "the private key of ES256 is not a private key in PEM format without a password",
        ),
        (lambda: ES256Key(UNKNOWN_CURVE, None), "the public key is not a public key in the format PEM or OpenSSH"),
        (
            lambda: ES256Key(public_pem("p256"), UNKNOWN_CURVE_PRIVATE),
            "the private key of ES256 is not a private key in PEM format without a password",
        ),
        (lambda: HS256Key("\ud800" * 40), "the key contains characters that cannot be encoded"),
        (
            lambda: as_key(5),
            "state_key must be a key such as HS256Key(...), or a list of keys, not int",
        ),
        (lambda: as_key([]), "state_key is an empty list"),
        (
            lambda: as_key([SECRET, 7]),
            "state_key must be a key such as HS256Key(...), or a list of keys, not int",
        ),
        (lambda: KeyRing([]), "state_key is an empty list"),
    ],
)
def test_an_invalid_key_is_refused_at_once(build: Callable[[], KeyABC], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        build()
    assert (caught.value.setting, str(caught.value)) == ("state_key", message)


def test_a_key_that_is_neither_str_nor_bytes_is_refused() -> None:
    number: Any = 12345678901234567890
    with pytest.raises(ConfigurationError) as caught:
        HS256Key(number)
    assert (caught.value.setting, str(caught.value)) == ("state_key", "a key must be str or bytes, not int")


def test_a_small_rsa_key_is_refused() -> None:
    bits = 1024
    small = rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key()
    pem = small.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    with pytest.raises(ConfigurationError, match="at least 2048 bits"):
        RS256Key(pem, None)


def test_asymmetric_keys_without_cryptography_name_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "cryptography.hazmat.primitives.serialization", None)
    with pytest.raises(MissingExtraError) as caught:
        EdDSAKey("a", "b")
    assert str(caught.value) == 'EdDSA keys need cryptography: pip install "eternaltwin[crypto]"'


@pytest.mark.parametrize(
    "token",
    [
        pytest.param("", id="empty"),
        pytest.param("a.b", id="two parts"),
        pytest.param("a.b.c.d", id="four parts"),
        pytest.param("a.b.c", id="impossible lengths"),
        pytest.param("aé.bb.cc", id="not ASCII"),
        pytest.param("x" * (MAX_TOKEN_LENGTH + 1), id="oversized"),
        pytest.param(sign({"alg": "none"}, PAYLOAD), id="no algorithm"),
        pytest.param(sign({"alg": "none"}, PAYLOAD).rpartition(".")[0] + ".", id="unsigned"),
        pytest.param(sign({"alg": "HS512"}, PAYLOAD), id="other algorithm"),
        pytest.param(sign({"alg": ["HS256"]}, PAYLOAD), id="list of algorithms"),
        pytest.param(sign({"typ": "JWT"}, PAYLOAD), id="algorithm missing"),
        pytest.param(sign({"alg": "HS256", "typ": "JWE"}, PAYLOAD), id="other type"),
        pytest.param(sign({"alg": "HS256", "kid": "../../dev/null"}, PAYLOAD), id="names a key"),
        pytest.param(sign({"alg": "HS256", "jku": "https://evil.example/"}, PAYLOAD), id="links to a key"),
        pytest.param(sign(["HS256"], PAYLOAD), id="header is not an object"),
        pytest.param(sign(b"{", PAYLOAD), id="header is not JSON"),
        pytest.param(sign(b"\xff", PAYLOAD), id="header is not UTF-8"),
        pytest.param(sign({"alg": "HS256"}, [1]), id="payload is not an object"),
        pytest.param(sign({"alg": "HS256"}, b"[" * 2500), id="payload is nested deeply"),
        pytest.param(sign({"alg": "HS256"}, b'{"a": "\xff"}'), id="payload is not UTF-8"),
    ],
)
def test_malformed_and_forged_tokens_are_refused(token: str) -> None:
    with pytest.raises(InvalidTokenError) as caught:
        HS256Key(SECRET).decode(token)
    assert not token or token not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_header_that_declares_critical_extensions_is_refused_cve_2025_59420_cve_2026_32597() -> None:
    token = sign({"alg": "HS256", "crit": ["exp"], "exp": 1}, PAYLOAD)
    with pytest.raises(InvalidTokenError) as caught:
        HS256Key(SECRET).decode(token)
    assert str(caught.value) == "the token's header contains something that is not supported"


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("a.b.c", "the token is not three parts of unpadded base64url"),
        ("a.b", "the token is not three parts of unpadded base64url"),
        (sign({"alg": "none"}, PAYLOAD), "the token is not signed with HS256"),
        (HS256Key(f"{SECRET}!").encode(PAYLOAD), "the token is not signed with this HS256 key"),
        (f"{sign({'alg': 'HS256'}, PAYLOAD)[:-1]}B", "the token is not in its canonical spelling"),
    ],
)
def test_a_refused_token_says_why(token: str, message: str) -> None:
    with pytest.raises(InvalidTokenError) as caught:
        HS256Key(SECRET).decode(token)
    assert str(caught.value) == message


def test_only_the_padding_of_base64_is_stripped() -> None:
    assert encode_part(b"\x00\x05\xd7") == "AAXX"
    assert encode_part(b"a") == "YQ"


def test_a_token_has_one_spelling() -> None:
    token = HS256Key(SECRET).encode({"a": "xy"})
    signature = token.rpartition(".")[2]
    last = signature[-1]
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    spare = alphabet[alphabet.index(last) ^ 1]  # differs in the bits that a decoder ignores
    for other in (f"{token}=", f" {token}", f"{token}\n", token[:-1] + spare):
        with pytest.raises(InvalidTokenError):
            HS256Key(SECRET).decode(other)


def test_an_oversized_token_is_refused_before_it_is_decoded_cve_2025_61920() -> None:
    huge = f"{part({'alg': 'HS256'})}.{'A' * 50_000_000}.AAAA"
    with pytest.raises(InvalidTokenError, match="longer than 4096"):
        HS256Key(SECRET).decode(huge)


@given(st.text(max_size=200))
def test_any_text_is_refused_with_one_exception(text: str) -> None:
    with pytest.raises(InvalidTokenError):
        HS256Key(SECRET).decode(text)


@given(st.data())
def test_a_token_changed_anywhere_is_refused(data: st.DataObject) -> None:
    token = HS256Key(SECRET).encode(PAYLOAD)
    place = data.draw(st.integers(0, len(token) - 1))
    other = data.draw(st.characters(max_codepoint=127).filter(lambda char: char != token[place]))
    with pytest.raises(InvalidTokenError):
        HS256Key(SECRET).decode(token[:place] + other + token[place + 1 :])


def test_a_ring_signs_with_the_first_and_verifies_with_all() -> None:
    new, old = HS256Key(SECRET), KEYS["ES256"]()
    ring = as_key([new, old])
    assert new.decode(ring.encode(PAYLOAD)) == PAYLOAD
    assert ring.decode(old.encode(PAYLOAD)) == PAYLOAD
    with pytest.raises(InvalidTokenError):
        ring.decode(HS256Key(SECRET + "!").encode(PAYLOAD))


def test_rings_are_equal_by_their_keys() -> None:
    ring = as_key([SECRET, KEYS["ES256"]()])
    assert ring == KeyRing([HS256Key(SECRET), KEYS["ES256"]()])
    assert hash(ring) == hash(KeyRing([HS256Key(SECRET), KEYS["ES256"]()]))
    assert ring != KeyRing([HS256Key(SECRET)])
    assert ring != HS256Key(SECRET)
    assert repr(ring) == "<KeyRing of 2, hidden>"


def test_as_key_returns_a_key_unchanged() -> None:
    key = HS256Key(SECRET)
    assert as_key(key) is key
    assert as_key(SECRET) == key


def test_a_key_is_an_instance_of_its_own_class_only() -> None:
    kinds: list[type[KeyABC]] = [HS256Key, RS256Key, PS256Key, ES256Key, EdDSAKey]
    for kind in kinds:
        assert [other for other in kinds if issubclass(kind, other)] == [kind]


# --- limits, each at exactly its value


def test_a_token_may_have_4096_characters() -> None:
    key = HS256Key(SECRET)
    lengths = {len(key.encode({"a": "x" * size})): size for size in range(2990, 3020)}
    longest = key.encode({"a": "x" * lengths[4096]})
    assert len(longest) == MAX_TOKEN_LENGTH
    assert key.decode(longest)["a"] == "x" * lengths[4096]
    with pytest.raises(InvalidTokenError, match="longer than 4096 characters"):
        key.decode(f"{longest}A")


def test_a_header_without_a_type_is_accepted() -> None:
    assert HS256Key(SECRET).decode(sign({"alg": "HS256"}, PAYLOAD)) == PAYLOAD
    assert HS256Key(SECRET).decode(sign({"alg": "HS256", "typ": "JWT"}, PAYLOAD)) == PAYLOAD


@pytest.mark.parametrize("name", ["crit", "kid", "jwk", "b64", "cty", "zip"])
def test_a_header_with_any_other_member_is_refused(name: str) -> None:
    with pytest.raises(InvalidTokenError, match="header contains something that is not supported"):
        HS256Key(SECRET).decode(sign({"alg": "HS256", "typ": "JWT", name: None}, PAYLOAD))


@pytest.mark.parametrize("parts", [1, 2, 4, 5])
def test_a_token_with_long_parts_has_three_of_them(parts: int) -> None:
    with pytest.raises(InvalidTokenError, match=r"^the token is not three parts of unpadded base64url$"):
        HS256Key(SECRET).decode(".".join(["A" * 400] * parts))


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="newer Pythons decode everything that fits into a token")
def test_claims_nested_too_deeply_in_an_object_are_refused() -> None:
    deep = f'{{"a":{"[" * 1400}{"]" * 1400}}}'.encode()
    with pytest.raises(InvalidTokenError, match="the token's payload is not a JSON object"):
        HS256Key(SECRET).decode(sign({"alg": "HS256"}, deep))
    with pytest.raises(InvalidTokenError, match="the token's header is not a JSON object"):
        HS256Key(SECRET).decode(sign(deep, PAYLOAD))


def test_a_secret_has_32_bytes_at_least() -> None:
    HS256Key("x" * 32)
    HS256Key("é" * 16)
    for short in ("x" * 31, "é" * 15, b"x" * 31):
        with pytest.raises(ConfigurationError, match="HS256 needs at least 32"):
            HS256Key(short)


def test_an_rsa_key_has_2048_bits_at_least() -> None:
    for bits, is_accepted in ((2047, False), (2048, True)):
        public = rsa.generate_private_key(public_exponent=65537, key_size=bits).public_key()
        pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        if is_accepted:
            RS256Key(pem, None)
        else:
            with pytest.raises(ConfigurationError, match="an RSA key of at least 2048 bits"):
                RS256Key(pem, None)
