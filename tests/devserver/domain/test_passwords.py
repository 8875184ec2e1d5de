"""Hashes of passwords."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.devserver.domain.passwords import hash_password, is_password


@given(password=st.binary(max_size=64), other=st.binary(max_size=64))
def test_other_passwords_do_not_match(password: bytes, other: bytes) -> None:
    hashed = hash_password(password)
    assert is_password(password, hashed)
    assert is_password(other, hashed) == (other == password)
    assert hashed != hash_password(password)
    assert password.hex() not in hashed or len(password) < 4
