"""Headers of codes are read with the words that the official server 0.16.4 was recorded with."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eternaltwin.devserver.domain.jose_headers import JoseHeaderError, read_algorithm

EXPECTED = (
    "expected one of `HS256`, `HS384`, `HS512`, `ES256`, `ES384`, `RS256`, `RS384`, `RS512`, `PS256`, `PS384`, `PS512`,"
    " `EdDSA`"
)


@pytest.mark.parametrize(
    ("header", "algorithm"),
    [
        ('{"typ":"JWT","alg":"HS256"}', "HS256"),
        ('{"alg":"EdDSA","crit":["x"]}', "EdDSA"),
        ('{"typ":null,"alg":"RS512"}\n', "RS512"),
    ],
)
def test_known_algorithms_are_returned(header: str, algorithm: str) -> None:
    assert read_algorithm(header.encode()) == algorithm


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ('{"alg": "none"}', f"JSON error: unknown variant `none`, {EXPECTED} at line 1 column 14"),
        ('{"alg": "hs256"}', f"JSON error: unknown variant `hs256`, {EXPECTED} at line 1 column 15"),
        ('{"alg": ""}', f"JSON error: unknown variant ``, {EXPECTED} at line 1 column 10"),
        ('{"alg": "ES512"}', f"JSON error: unknown variant `ES512`, {EXPECTED} at line 1 column 15"),
        ('{"alg":"no\\u006ee"}', f"JSON error: unknown variant `none`, {EXPECTED} at line 1 column 18"),
        ('{"alg":"é"}', f"JSON error: unknown variant `é`, {EXPECTED} at line 1 column 11"),
        ('{\n"alg":"none"}', f"JSON error: unknown variant `none`, {EXPECTED} at line 2 column 12"),
        ('{"typ": "JWT"}', "JSON error: missing field `alg` at line 1 column 14"),
        ("{}", "JSON error: missing field `alg` at line 1 column 2"),
        ('{"alg": 1}', "JSON error: expected value at line 1 column 9"),
        ('{"alg": null}', "JSON error: expected value at line 1 column 9"),
        ('{"alg": ["HS256"]}', "JSON error: expected value at line 1 column 9"),
        ('{"alg":"HS256","alg":"none"}', "InvalidToken"),
        ('{"typ":1,"alg":"HS256"}', "InvalidToken"),
        ('{"alg":"HS256","jwk":{"kty":"oct"}}', "InvalidToken"),
        ('{"alg":"HS256"} x', "InvalidToken"),
        ("[]", "InvalidToken"),
        ("[" * 100_000, "InvalidToken"),
        ("", "InvalidToken"),
    ],
)
def test_other_headers_are_refused_in_the_words_of_the_official_server(header: str, message: str) -> None:
    with pytest.raises(JoseHeaderError) as caught:
        read_algorithm(header.encode())
    assert str(caught.value) == message


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["alg", "typ", "x5c", "x", '"alg"', '"alg":"x"']), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=100)
@given(JSON.map(lambda value: json.dumps(value).encode()) | st.binary(max_size=30))
def test_any_header_has_a_known_algorithm_or_is_refused(header: bytes) -> None:
    try:
        algorithm = read_algorithm(header)
    except JoseHeaderError:
        return
    assert json.loads(header)["alg"] == algorithm
