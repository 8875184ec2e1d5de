"""New keys work with the classes that they are for."""

from __future__ import annotations

import pytest

from eternaltwin import keys
from eternaltwin.cli.key_pairs import PAIR_ALGORITHMS, PairAlgorithm, fresh_pair
from eternaltwin.cli.scaffolds import fresh_secret
from eternaltwin.exceptions import MissingExtraError


@pytest.mark.parametrize("algorithm", PAIR_ALGORITHMS)
def test_a_new_pair_signs_and_verifies(algorithm: PairAlgorithm) -> None:
    pair = fresh_pair(algorithm)
    key = getattr(keys, f"{algorithm}Key")(pair.public, pair.private)
    assert key.decode(key.encode({"a": 1})) == {"a": 1}
    assert "PRIVATE" not in repr(pair)


def test_every_secret_is_new_and_long_enough() -> None:
    first, second = fresh_secret(), fresh_secret()
    assert first != second
    assert keys.HS256Key(first).algorithm == "HS256"


def test_without_cryptography_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "cryptography.hazmat.primitives", None)
    with pytest.raises(MissingExtraError, match=r"eternaltwin\[crypto\]"):
        fresh_pair("EdDSA")
