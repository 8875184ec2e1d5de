"""The parameters of the callback, in the form of every framework."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.exceptions import (
    AuthorizationError,
    DoubledParameterError,
    IssuerMismatchError,
    LoginCallbackError,
    LoginRefusedError,
    MissingParameterError,
)
from eternaltwin.login.callbacks import MAX_FIELDS, MAX_QUERY_LENGTH, Callback

if TYPE_CHECKING:
    from eternaltwin.login.callbacks import Query


class Multi(dict[str, list[str]]):
    """A mapping like those of Django, Starlette and Werkzeug: `getlist` returns all values of a name."""

    def getlist(self, name: str) -> list[str]:
        return list(self.get(name, []))


@pytest.mark.parametrize(
    "query",
    [
        "code=c&state=s&session_state=ignored",
        "?code=c&state=s",
        b"code=c&state=s&lang=%ff",
        {"code": "c", "state": "s", "other": 7},
        {"code": ["c"], "state": ("s",)},
        [("code", "c"), ("state", "s"), ("x", "1"), ("x", "2")],
        iter([("code", "c"), ("state", "s")]),
        Multi(code=["c"], state=["s"], x=["1", "2"]),
    ],
)
def test_a_callback_is_read_from_the_mapping_of_any_framework(query: Query) -> None:
    callback = Callback.read(query)
    assert (callback.state, callback.code, callback.error) == ("s", "c", "")
    callback.check_success()
    callback.check_issuer("https://eternaltwin.org/")
    assert "'s'" not in repr(callback)
    assert "'c'" not in repr(callback)


@pytest.mark.parametrize("name", ["state", "code", "error", "error_description", "iss"])
@pytest.mark.parametrize("form", ["text", "mapping", "pairs", "multi"])
def test_doubled_parameters_are_refused(name: str, form: str) -> None:
    pairs = [("state", "s"), ("code", "c"), (name, "x"), (name, "")]
    values = {key: [value for other, value in pairs if other == key] for key, _ in pairs}
    queries: dict[str, Query] = {
        "text": "&".join(f"{key}={value}" for key, value in pairs),
        "mapping": values,
        "pairs": pairs,
        "multi": Multi(values),
    }
    with pytest.raises(DoubledParameterError, match="the callback has"):
        Callback.read(queries[form])


@pytest.mark.parametrize("query", ["", "code=c", "state=&code=c", "state=s", "state=s&code=&error=", {}, "&&;=&"])
def test_missing_and_empty_parameters_are_refused(query: Query) -> None:
    with pytest.raises(MissingParameterError):
        Callback.read(query)


@pytest.mark.parametrize(
    "query",
    [
        "state=s&code=c&error=access_denied",
        "state=s&code=%00",
        "state=s&code=%C3%A9",
        "state=s&code=" + "c" * 5000,
        "state=s&code=c&x=" + "x" * MAX_QUERY_LENGTH,
        "state=s&code=c" + "&x=1" * MAX_FIELDS,
        {"state": 7, "code": "c"},
        {"state": [None], "code": "c"},
    ],
)
def test_a_malformed_callback_is_refused(query: object) -> None:
    with pytest.raises(LoginCallbackError) as caught:
        Callback.read(cast("Query", query))
    assert not isinstance(caught.value, MissingParameterError | DoubledParameterError)


@given(st.text() | st.binary() | st.dictionaries(st.text(max_size=6), st.text() | st.lists(st.text())))
def test_no_query_breaks_the_reader(query: Query) -> None:
    with suppress(LoginCallbackError):
        Callback.read(query)


@pytest.mark.parametrize("issuer", ["https://eternaltwin.org/", "https://eternaltwin.org", ""])
def test_the_issuer_may_be_the_expected_server(issuer: str) -> None:
    Callback.read({"state": "s", "code": "c", "iss": issuer}).check_issuer("https://eternaltwin.org/")


@pytest.mark.parametrize(
    "issuer", ["https://eternaltwin.org.evil.example/", "https://eternaltwin.or", "https://ETERNALTWIN.org/", "e", "//"]
)
def test_any_other_issuer_is_refused(issuer: str) -> None:
    with pytest.raises(IssuerMismatchError) as caught:
        Callback.read({"state": "s", "code": "c", "iss": issuer}).check_issuer("https://eternaltwin.org/")
    assert "evil" not in str(caught.value)


def test_the_player_may_refuse() -> None:
    with pytest.raises(LoginRefusedError, match="the player refused") as caught:
        Callback.read("state=s&error=access_denied").check_success()
    assert (caught.value.code, caught.value.description) == ("access_denied", None)


@pytest.mark.parametrize(
    ("error", "description", "message"),
    [
        ("server_error", "", "error server_error$"),
        ("server_error", "It broke: sorry!", "error server_error: It broke: sorry!$"),
        ("invalid_scope", "<script>alert('x')</script>\r\n", r"error invalid_scope: script alert\( x \) /script$"),
        ("<b>", "", "error unreadable$"),
        ("x" * 65, "d" * 5000, f"error unreadable: {'d' * 200}$"),
    ],
)
def test_descriptions_of_errors_are_sanitized(error: str, description: str, message: str) -> None:
    with pytest.raises(AuthorizationError, match=message) as caught:
        Callback.read({"state": "s", "error": error, "error_description": description}).check_success()
    assert not isinstance(caught.value, LoginRefusedError)


@given(st.text(min_size=1), st.text())
def test_every_error_is_short_and_harmless(error: str, description: str) -> None:
    with pytest.raises(AuthorizationError) as caught:
        Callback.read({"state": "s", "error": error, "error_description": description}).check_success()
    shown = f"{caught.value}{caught.value.code}{caught.value.description}"
    assert len(shown) < 600
    assert shown.isascii()
    assert not set(shown) & set("<>&\"'`\\\r\n\0")
