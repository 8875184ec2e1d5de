"""Tokens: their expiration, and that they hide their secrets."""

from __future__ import annotations

import copy
import json
import pickle
import time
import traceback
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.exceptions import InvalidArgumentError
from eternaltwin.tokens import EARLY, Token

if TYPE_CHECKING:
    from collections.abc import Callable


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


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_never_holds_a_token(protocol: int) -> None:
    token = Token(access_token="s3cr3t", expires_in=5, token_type="Bearer", scope="base")
    with pytest.raises(InvalidArgumentError, match=r"keep its to_dict\(\)") as caught:
        pickle.dumps({"token": token}, protocol)
    assert "s3cr3t" not in str(caught.value)


def test_a_token_is_kept_as_a_dict() -> None:
    token = Token(access_token="secret", expires_in=5, token_type="Bearer", refresh_token="again", scope="base")
    token.expiration = 1_800_000_000.5
    kept = token.to_dict()
    again = Token.from_dict(json.loads(json.dumps(kept)))
    assert again == token
    assert again.to_dict() == kept
    assert (again.expiration, again.expires_in, again.refresh_token) == (1_800_000_000.5, 5, "again")


@given(
    st.builds(
        Token,
        access_token=st.text(),
        expires_in=st.none() | st.integers(0, 2**53),
        token_type=st.text(),
        refresh_token=st.none() | st.text(),
        scope=st.none() | st.text(),
    )
)
def test_every_token_is_kept_whole(token: Token) -> None:
    assert Token.from_dict(token.to_dict()).to_dict() == token.to_dict()


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy])
def test_a_token_is_copied_with_its_secrets(make: Callable[[Token], Token]) -> None:
    token = Token(access_token="secret", expires_in=5, token_type="Bearer", scope="base")
    copied = make(token)
    assert copied is not token
    assert copied.to_dict() == token.to_dict()


@pytest.mark.parametrize(
    "kept", [None, {}, {"access_token": "s3cr3t"}, {"access_token": 5}, "s3cr3t", ["s3cr3t"], {"s3cr3t": {}}]
)
def test_what_is_no_token_is_refused(kept: Any) -> None:
    with pytest.raises(InvalidArgumentError, match=r"what to_dict\(\) of a token has returned") as caught:
        Token.from_dict(kept)
    assert "s3cr3t" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.__context__ is None


def test_a_token_expires_exactly_a_minute_before_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_800_000_000.0
    monkeypatch.setattr(time, "time", lambda: now)
    token = Token(access_token="secret", expires_in=3600, token_type="Bearer")
    assert token.expiration == 1_800_003_540
    now = 1_800_003_539.0
    assert not token.has_expired()
    now = 1_800_003_540.0
    assert token.has_expired()
