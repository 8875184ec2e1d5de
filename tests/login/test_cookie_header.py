"""The strict reading of the `Cookie` header."""

from __future__ import annotations

from http.cookies import Morsel, SimpleCookie
from string import ascii_letters, digits

import pytest
from django.http.cookie import parse_cookie as django_parser
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import cookie_parser
from werkzeug.http import parse_cookie

from eternaltwin.exceptions import OtherBrowserError
from eternaltwin.login import read_cookies, strict_header
from tests.login.sites import Browser, Site

#: Characters that Python strips, or that frameworks strip after decoding, and that browsers allow in names.
SPACES = ["\u2000", "\u2001", "\u3000", "\xa0", "\x85", "\x1c", "\x1f", "\x0b", "\x0c", "\ufeff", "\r", "\n"]

NAMES = st.text(ascii_letters + digits + "-_", min_size=1, max_size=6).filter(
    lambda name: not Morsel().isReservedKey(name)
)
VALUES = st.text(ascii_letters + digits + "-_.=", max_size=6)


def test_cookies_are_read_by_name() -> None:
    assert read_cookies("a=1; b=2;c=3;\td =\t4 ; =5; e; f=; g=x=y") == {
        "a": "1",
        "b": "2",
        "c": "3",
        "d": "4",
        "": "5",
        "f": "",
        "g": "x=y",
    }
    assert read_cookies("") == {}


@pytest.mark.parametrize("space", SPACES)
def test_values_are_exact(space: str) -> None:
    assert read_cookies(f"a={space}1{space}; b= \t2\t ") == {"a": f"{space}1{space}", "b": "2"}


@pytest.mark.parametrize("space", SPACES)
def test_names_are_exact(space: str) -> None:
    for header in (f"{space}__Host-a=1", f"__Host-a{space}=1", f"x=1; {space} __Host-a=1"):
        assert "__Host-a" not in read_cookies(header)
        assert "__Host-a" not in read_cookies(header.encode())
    assert "__Host-a" not in read_cookies("\xa0__Host-a=1".encode("latin-1"))


def test_a_doubled_name_counts_as_absent() -> None:
    assert read_cookies("a=1; b=2; a=1") == {"b": "2"}
    assert read_cookies(["a=1", b"b=2", "a=3; c=4"]) == {"b": "2", "c": "4"}


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_the_cookies_of_browsers_are_read_as_frameworks_read_them(cookies: dict[str, str]) -> None:
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())
    assert read_cookies(header) == cookies
    assert read_cookies(header.encode()) == cookies
    assert {name: SimpleCookie(f"{name}={value}")[name].value for name, value in cookies.items()} == cookies


@pytest.mark.parametrize("space", SPACES)
def test_a_strict_header_has_no_cookie_that_frameworks_take_for_another(space: str) -> None:
    header = f"{space}session=evil; theme=dark; session{space}=evil; a=1; a=2"
    assert strict_header(header) == "theme=dark"
    assert strict_header(f"session=good; {header}") == "session=good; theme=dark"


@given(st.dictionaries(NAMES, VALUES, max_size=5))
def test_a_strict_header_keeps_the_cookies_of_browsers(cookies: dict[str, str]) -> None:
    header = "; ".join(f"{name}={value}" for name, value in cookies.items())
    assert strict_header(header) == header


@given(st.text(st.characters(codec="ascii")))
def test_frameworks_read_a_strict_header_as_it_is(header: str) -> None:
    """Werkzeug, Starlette and Django strip names, decode and unquote values: the names are those that are read here."""
    strict = strict_header(header)
    for parse in (parse_cookie, cookie_parser, django_parser):
        assert set(parse(strict)) <= set(read_cookies(header))


@given(st.text() | st.binary() | st.lists(st.text() | st.binary()))
def test_no_header_breaks_the_reader(header: str | bytes | list[str | bytes]) -> None:
    for name in read_cookies(header):
        assert name == name.strip(" \t")


@pytest.mark.parametrize("space", SPACES)
def test_a_sign_in_that_another_host_has_planted_is_refused(site: Site, space: str) -> None:
    attacker = Browser()
    callback = site.callback_query(site.begin(attacker))
    (name,) = attacker.logins
    header = f"theme=dark; {space}{name}={attacker.cookies[name]}"
    with pytest.raises(OtherBrowserError):
        site.complete_with(header, callback)
    with pytest.raises(OtherBrowserError):
        site.complete_with(header.encode(), callback)
    assert site.complete_with(attacker.header, callback).user.username == "Zoe"
