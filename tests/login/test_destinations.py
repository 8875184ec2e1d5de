"""Where a player may be sent after signing in."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urljoin, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eternaltwin.login import safe_next
from eternaltwin.login.destinations import MAX_NEXT_LENGTH

BASE = "https://game.example/oauth/callback?code=1"

#: The parts of malicious addresses, so that Hypothesis combines them soon.
PIECES = st.sampled_from(
    [
        *("/", "\\", "//", "evil.example", "https:", "javascript:", "@", ":", "?", "#", ".", "..", "%", " ", "a", "é"),
        *("%2f", "%5C", "%252f", "%25", "%09", "%00", "%c0%af", "%e3%80%82", "\uff0f", "\u2028", "\u200d"),
        *("\t", "\r", "\n", "\x00"),
    ]
)
TRICKS = st.lists(PIECES, max_size=9).map("".join) | st.text(max_size=40).map("/".__add__) | st.text(max_size=20)


def whatwg_origin(destination: str) -> str:
    """Return the host or the scheme of a destination as browsers read it (WHATWG URL standard, special schemes)."""
    text = re.sub("[\t\r\n]", "", destination.strip("".join(map(chr, range(0x21)))))
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):", text)
    if scheme:
        return scheme[0]
    slashed = re.split("[?#]", text, maxsplit=1)[0].replace("\\", "/")
    return slashed.lstrip("/").split("/")[0] if slashed.startswith("//") else "game.example"


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/arena",
        "/arena/7?page=2&sort=name#top",
        "/a%20b?q=50%25&url=https://other.example/x",
        "/search?q=%C3%A9%26%2F",
        "/~zoe/(1);v=2/@me:80",
        "/?//",
        "/" + "a" * (MAX_NEXT_LENGTH - 1),
    ],
)
def test_a_path_of_the_site_is_kept_as_it_is(path: str) -> None:
    assert safe_next(path) == path


def test_a_destination_may_be_encoded_four_times_but_not_five() -> None:
    for character in ("A", " ", "\u65e5"):
        destination = f"/{quote(character)}" if character != "A" else "/%41"
        for _ in range(3):
            assert safe_next(destination) == destination
            destination = destination.replace("%", "%25")
        assert safe_next(destination) == destination
        assert safe_next(destination.replace("%", "%25")) is None
    assert safe_next("/%25252541") == "/%25252541"
    assert safe_next("/%2525252541") is None


@pytest.mark.parametrize("unsafe", ["%2f", "%5c", "%0a", "%c2%85"])
def test_what_is_unsafe_is_found_in_every_encoding(unsafe: str) -> None:
    for _ in range(5):
        assert safe_next(f"/{unsafe}/evil.example") is None
        unsafe = unsafe.replace("%", "%25")


def test_a_destination_has_at_most_1024_characters_as_it_is_and_encoded() -> None:
    assert safe_next("/" + "a" * 1023) == "/" + "a" * 1023
    assert safe_next("/" + "a" * 1024) is None
    assert safe_next("/" + "é" * 170 + "abc") == "/" + "%C3%A9" * 170 + "abc"
    assert safe_next("/" + "é" * 170 + "abcd") is None
    assert safe_next("/" + "\u65e5" * 113 + "abcdef") == "/" + "%E6%97%A5" * 113 + "abcdef"


@pytest.mark.parametrize(
    ("path", "encoded"),
    [
        ("/étoile?q=日本", "/%C3%A9toile?q=%E6%97%A5%E6%9C%AC"),
        ("/a b", "/a%20b"),
        ("/\uff0fevil.example", "/%EF%BC%8Fevil.example"),
    ],
)
def test_other_characters_than_ascii_are_percent_encoded(path: str, encoded: str) -> None:
    assert safe_next(path) == encoded


@pytest.mark.parametrize(
    "destination",
    [
        None,
        7,
        b"/arena",
        "",
        "arena",
        "?page=2",
        " /arena",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/arena\\..\\evil.example",
        "/?q=\\",
        "https:evil.example",
        "https://evil.example",
        "https:/evil.example",
        "HTTPS:evil.example",
        "javascript:alert(1)",
        "data:text/html,x",
        "/\t/evil.example",
        "\t//evil.example",
        "/\n/evil.example",
        "/arena\r\nSet-Cookie: a=b",
        "/arena\x00",
        "/arena\x7f",
        "/arena\x85",
        "/arena\u2028",
        "/\ud800",
        "/%2fevil.example",
        "/%2f%2fevil.example",
        "%2f%2fevil.example",
        "/%5cevil.example",
        "/%5C%5Cevil.example",
        "/%252fevil.example",
        "/%25255cevil.example",
        "/%09/evil.example",
        "/arena%0d%0aSet-Cookie:%20a=b",
        "/arena?q=%00",
        "/arena?q=%250a",
        "/%c0%afevil.example",
        "/%ff",
        "/arena?q=%ff",
        "/arena#%c3",
        "/%2525252525252541",
        "/.//evil.example",
        "/..//evil.example",
        "/arena/..//evil.example",
        "/" + "a" * MAX_NEXT_LENGTH,
        "/" + "é" * (MAX_NEXT_LENGTH // 2),
    ],
)
def test_everything_else_is_dropped(destination: object) -> None:
    assert safe_next(destination) is None


@pytest.mark.parametrize("character", [*map(chr, [*range(0x20), *range(0x7F, 0xA0)]), "\u2028", "\u2029"])
def test_no_character_that_controls_or_ends_a_line_is_in_a_destination(character: str) -> None:
    assert safe_next(f"/arena{character}") is None
    assert safe_next(f"/arena?page={character}") is None
    assert safe_next(f"/arena#{quote(character)}") is None


@pytest.mark.parametrize("character", [" ", "~", "\xa0", "\u2027", "\u202a"])
def test_the_characters_beside_those_are_accepted(character: str) -> None:
    assert safe_next(f"/arena?page={character}") == f"/arena?page={quote(character)}"


@given(TRICKS)
@example("/%2fevil.example")
@example("/ok")
def test_accepted_destinations_stay_on_the_site_however_they_are_read(destination: str) -> None:
    accepted = safe_next(destination)
    if accepted is None:
        return
    assert accepted.isascii()
    assert accepted.isprintable()
    for reading in (accepted, unquote(accepted), unquote(unquote(accepted)), accepted.replace("\\", "/")):
        assert whatwg_origin(reading) == "game.example"
        assert urlsplit(urljoin(BASE, reading))[:2] == ("https", "game.example")


@given(TRICKS)
def test_checking_twice_changes_nothing(destination: str) -> None:
    accepted = safe_next(destination)
    assert accepted is None or safe_next(accepted) == accepted


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\\/"), max_size=30))
def test_harmless_text_is_accepted_in_a_path_and_a_query(text: str) -> None:
    encoded = quote(text, safe="")
    assert (safe_next(f"/player/{encoded}?q={encoded}") is None) is ("%" in text and safe_next(f"/{encoded}") is None)
