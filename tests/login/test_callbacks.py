"""The parameters of the callback, in the form of every framework."""

from __future__ import annotations

from contextlib import suppress
from string import ascii_letters, digits
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl, urlencode

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import QueryParams
from werkzeug.datastructures import MultiDict

from eternaltwin.exceptions import (
    AuthorizationError,
    DoubledParameterError,
    IssuerMismatchError,
    LoginCallbackError,
    LoginRefusedError,
    MissingParameterError,
)
from eternaltwin.login.callbacks import Callback

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.login.callbacks import Query


def of_django(text: str) -> Query:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_SETTINGS_MODULE", "tests.integrations.django.settings")
        return cast("Query", QueryDict(text))


def of_starlette(text: str) -> Query:
    return QueryParams(text)


def of_werkzeug(text: str) -> Query:
    return MultiDict(parse_qsl(text, keep_blank_values=True))


#: The classes of the frameworks, which return one of several values unless they are asked for all.
FRAMEWORKS = pytest.mark.parametrize("of_framework", [of_django, of_starlette, of_werkzeug])


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
    ],
)
def test_a_callback_is_read_from_a_string_a_mapping_or_pairs(query: Query) -> None:
    callback = Callback.read(query)
    assert (callback.state, callback.code, callback.error) == ("s", "c", "")
    callback.check_success()
    callback.check_issuer("https://eternaltwin.org/")
    assert "'s'" not in repr(callback)
    assert "'c'" not in repr(callback)


@FRAMEWORKS
def test_a_callback_is_read_from_the_mapping_of_any_framework(of_framework: Callable[[str], Query]) -> None:
    callback = Callback.read(of_framework("code=c&state=s&x=1&x=2&iss=i"))
    assert callback == Callback("s", "c", "", "", "i", is_forwarded=False)
    callback = Callback.read(of_framework("error=e&error_description=d&state=s&forwarded=1"))
    assert callback == Callback("s", "", "e", "d", "", is_forwarded=True)


@FRAMEWORKS
@pytest.mark.parametrize("name", ["state", "code", "error", "error_description", "iss", "forwarded"])
def test_doubled_parameters_are_refused_in_the_mapping_of_any_framework(
    of_framework: Callable[[str], Query], name: str
) -> None:
    for values in (("x", ""), ("", "x"), ("x", "x")):
        fields = {"state": ["s"], "code": ["c"], name: list(values)}
        query = of_framework(urlencode(fields, doseq=True))
        with pytest.raises(DoubledParameterError) as caught:
            Callback.read(query)
        assert str(caught.value) == f"the callback has 2 parameters {name}"


@pytest.mark.parametrize("name", ["state", "code", "error", "error_description", "iss", "forwarded"])
@pytest.mark.parametrize("form", ["text", "mapping", "pairs"])
def test_doubled_parameters_are_refused(name: str, form: str) -> None:
    pairs = [("state", "s"), ("code", "c"), (name, "x"), (name, "")]
    values = {key: [value for other, value in pairs if other == key] for key, _ in pairs}
    queries: dict[str, Query] = {
        "text": "&".join(f"{key}={value}" for key, value in pairs),
        "mapping": values,
        "pairs": pairs,
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
        {"state": 7, "code": "c"},
        {"state": [None], "code": "c"},
    ],
)
def test_a_malformed_callback_is_refused(query: object) -> None:
    with pytest.raises(LoginCallbackError) as caught:
        Callback.read(cast("Query", query))
    assert not isinstance(caught.value, MissingParameterError | DoubledParameterError)


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("code=c", "the callback has no parameter state: it does not belong to a sign-in"),
        ("state=s", "the callback has neither code nor error"),
        ("state=s&code=c&error=e", "the callback has both code and error"),
        ("state=s&code=%00", "the callback's code is malformed: it is too long, or not printable ASCII"),
        ({"state": "s", "code": 7}, "the callback's parameter code is not a string"),
        ("x" * 16_385, "the callback's query is longer than 16384 characters"),
        ("a=&" * 101, "the callback's query has more than 100 parameters"),
        ("iss=i&" * 3, "the callback has 3 parameters iss"),
    ],
)
def test_a_refused_callback_says_why(query: object, message: str) -> None:
    with pytest.raises(LoginCallbackError) as caught:
        Callback.read(cast("Query", query))
    assert str(caught.value) == message
    assert caught.value.__context__ is None


@pytest.mark.parametrize("is_bytes", [True, False])
def test_a_query_has_at_most_16384_characters(is_bytes: bool) -> None:
    query = "state=s&code=c&x="
    query += "x" * (16_384 - len(query))
    assert Callback.read(query.encode() if is_bytes else query).code == "c"
    with pytest.raises(LoginCallbackError, match="longer than 16384 characters"):
        Callback.read(f"{query}x".encode() if is_bytes else f"{query}x")


def test_a_query_has_at_most_100_parameters() -> None:
    query = "state=s&code=c" + "&x=1" * 98
    assert Callback.read(query).code == "c"
    with pytest.raises(LoginCallbackError, match="more than 100 parameters"):
        Callback.read(f"{query}&x=1")


def test_a_callback_is_passed_on_with_what_it_has() -> None:
    assert Callback.read("code=c&state=s&other=x").forwarded_query() == "state=s&code=c&forwarded=1"
    sent = "state=s&error=e&error_description=a+%26+b&iss=i"
    assert Callback.read(sent).forwarded_query() == f"{sent}&forwarded=1"
    assert Callback.read(Callback.read(sent).forwarded_query()).is_forwarded


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
    assert str(caught.value) == (
        "the callback's iss is not https://eternaltwin.org/: the response is from another server"
    )


def test_the_player_may_refuse() -> None:
    with pytest.raises(LoginRefusedError) as caught:
        Callback.read("state=s&error=access_denied").check_success()
    assert str(caught.value) == "the player refused to sign in (access_denied)"
    assert (caught.value.code, caught.value.description) == ("access_denied", None)
    with pytest.raises(LoginRefusedError) as caught:
        Callback.read("state=s&error=access_denied&error_description=No").check_success()
    assert (caught.value.code, caught.value.description) == ("access_denied", "No")


def failed(error: str, description: str = "") -> AuthorizationError:
    """Return the error of a callback with an error."""
    callback = Callback.read({"state": "s", "error": error, "error_description": description})
    with pytest.raises(AuthorizationError) as caught:
        callback.check_success()
    return caught.value


def test_the_code_of_an_error_has_letters_digits_underscores_dots_and_hyphens() -> None:
    for character in [*map(chr, range(0x100)), "\u0660", "\uff21"]:
        is_kept = character in f"{ascii_letters}{digits}_.-"
        assert failed(character).code == (character if is_kept else "unreadable"), character
    assert failed("x" * 64).code == "x" * 64
    assert failed("x" * 65).code == "unreadable"
    assert str(failed("x" * 64)) == f"Eternaltwin responded with the error {'x' * 64}"


def test_the_description_of_an_error_has_letters_digits_and_harmless_punctuation() -> None:
    for character in [*map(chr, range(0x100)), "\u0660", "\uff21", "\u2028"]:
        is_kept = character in f"{ascii_letters}{digits} .,:;!?()_/+-"
        expected = f"a{character}b" if is_kept else "a b"
        assert failed("e", f"a{character}b").description == expected, character
    assert failed("e", "a<>&b").description == "a b"
    assert failed("e", "<>").description is None


def test_the_description_of_an_error_is_cut_after_200_characters() -> None:
    assert failed("e", "d" * 200).description == "d" * 200
    assert failed("e", "d" * 201).description == "d" * 200
    assert failed("e", f"  {'d' * 201}").description == "d" * 200
    # what is replaced is read up to twice the length only
    assert failed("e", "<" * 399 + "dd").description == "d"
    assert failed("e", "<" * 400 + "d").description is None


@pytest.mark.parametrize(
    ("error", "description", "message"),
    [
        ("server_error", "", "error server_error$"),
        ("server_error", "It broke: sorry!", "error server_error: It broke: sorry!$"),
        ("invalid_scope", "<script>alert('x')</script>\r\n", r"error invalid_scope: script alert\( x \) /script$"),
        ("<b>", "", "error unreadable$"),
        ("x" * 65, "d" * 5000, f"error unreadable: {'d' * 200}$"),
        ("e", "It broke", "^Eternaltwin responded with the error e: It broke$"),
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
