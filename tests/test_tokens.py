"""Tokens: their expiration, and that they hide their secrets."""

from __future__ import annotations

import pickle
import time

import pytest

from eternaltwin.tokens import EARLY, Token


def test_a_token_counts_as_expired_a_minute_early() -> None:
    token = Token(access_token="secret", expires_in=3600, token_type="Bearer")
    assert token.expiration is not None
    assert abs(token.expiration - (time.time() + 3600 - EARLY)) < 5
    assert not token.has_expired()
    assert Token(access_token="secret", expires_in=EARLY, token_type="Bearer").has_expired()


def test_a_token_has_what_the_server_sent() -> None:
    token = Token(access_token="a", expires_in=5, token_type="bearer", refresh_token="r", scope="base  forum:write")
    assert (token.access_token, token.expires_in, token.token_type) == ("a", 5, "bearer")
    assert (token.refresh_token, token.scope) == ("r", "base  forum:write")
    assert token.scopes == {"base", "forum:write"}
    assert Token.bearer("a").scopes == frozenset()
    assert repr(token) == "<bearer token, hidden, expires_in=5>"


def test_the_expiration_may_be_set() -> None:
    token = Token(access_token="secret", expires_in=3600, token_type="Bearer")
    token.expiration = time.time() - 1
    assert token.has_expired()
    token.expiration = None
    assert not token.has_expired()


def test_an_expiration_after_a_billion_seconds_is_accepted() -> None:
    assert not Token(access_token="secret", expires_in=10**9, token_type="Bearer").has_expired()


def test_a_bare_token_never_counts_as_expired() -> None:
    token = Token.bearer("secret")
    assert (token.access_token, token.token_type, token.expires_in) == ("secret", "Bearer", None)
    assert not token.has_expired()


def test_tokens_are_equal_by_their_secrets() -> None:
    assert Token.bearer("secret") == Token(access_token="secret", expires_in=5, token_type="Bearer")
    assert hash(Token.bearer("secret")) == hash(Token.bearer("secret"))
    assert Token.bearer("secret") != Token.bearer("other")
    assert len({Token.bearer("secret"), Token.bearer("other"), Token.bearer("secret")}) == 2
    assert hash(Token.bearer("secret")) != hash(Token.bearer("other"))
    assert Token.bearer("secret") != "secret"


def test_a_token_hides_its_secrets() -> None:
    token = Token(access_token="s3cr3t", expires_in=5, token_type="Bearer", refresh_token="r3fr3sh")
    assert "s3cr3t" not in f"{token} {token!r}"
    assert "r3fr3sh" not in f"{token} {token!r}"


@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
def test_a_token_can_be_pickled(protocol: int) -> None:
    token = Token(access_token="secret", expires_in=5, token_type="Bearer", scope="base")
    copy: Token = pickle.loads(pickle.dumps(token, protocol))
    assert copy == token
    assert copy.expiration == token.expiration


def test_a_token_expires_exactly_a_minute_before_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_800_000_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    token = Token(access_token="secret", expires_in=3600, token_type="Bearer")
    assert token.expiration == 1_800_003_540
    now = 1_800_003_539.0
    assert not token.has_expired()
    now = 1_800_003_540.0
    assert token.has_expired()
