"""Tokens: when they expire, and that they hide."""

from __future__ import annotations

import pickle
import time

import pytest

from eternaltwin.tokens import EARLY, Token


def test_a_token_counts_as_expired_a_minute_early() -> None:
    made = Token(access_token="secret", expires_in=3600, token_type="Bearer")
    assert made.expiration is not None
    assert abs(made.expiration - (time.time() + 3600 - EARLY)) < 5
    assert not made.has_expired()
    assert Token(access_token="secret", expires_in=EARLY, token_type="Bearer").has_expired()


def test_the_expiration_may_be_set() -> None:
    made = Token(access_token="secret", expires_in=3600, token_type="Bearer")
    made.expiration = time.time() - 1
    assert made.has_expired()
    made.expiration = None
    assert not made.has_expired()


def test_a_life_of_a_thousand_million_seconds_is_accepted() -> None:
    assert not Token(access_token="secret", expires_in=10**9, token_type="Bearer").has_expired()


def test_a_bare_token_never_counts_as_expired() -> None:
    made = Token.bearer("secret")
    assert (made.access_token, made.token_type, made.expires_in) == ("secret", "Bearer", None)
    assert not made.has_expired()


def test_tokens_are_equal_by_their_secrets() -> None:
    assert Token.bearer("secret") == Token(access_token="secret", expires_in=5, token_type="Bearer")
    assert hash(Token.bearer("secret")) == hash(Token.bearer("secret"))
    assert Token.bearer("secret") != Token.bearer("other")
    assert Token.bearer("secret") != "secret"


def test_a_token_hides_its_secrets() -> None:
    made = Token(access_token="s3cr3t", expires_in=5, token_type="Bearer", refresh_token="r3fr3sh")
    assert "s3cr3t" not in f"{made} {made!r}"
    assert "r3fr3sh" not in f"{made} {made!r}"


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_token_may_be_kept_in_a_session(protocol: int) -> None:
    made = Token(access_token="secret", expires_in=5, token_type="Bearer", scope="base")
    copy: Token = pickle.loads(pickle.dumps(made, protocol))
    assert copy == made
    assert copy.expiration == made.expiration
