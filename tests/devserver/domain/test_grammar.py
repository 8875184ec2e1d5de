"""Removing the Marktwin that a caller may not write."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eternaltwin.devserver.domain.grammar import WritingGrammar, strip_markup
from eternaltwin.devserver.domain.marktwin import marktwin_to_html

TAGS = {"strong": "<strong>", "emphasis": "<em>", "strikethrough": "<span"}
EVERYTHING = WritingGrammar(frozenset(TAGS), None, ("smile",), ("http", "https"))

PIECES = ("**", "_", "~~", "*", "~", "[", "]", "[x](https://a)", "](http://b)", "a", " ", "\\", "\n", ":smile:", "{")
texts = st.lists(st.sampled_from(PIECES), max_size=25).map("".join)
grammars = st.builds(
    WritingGrammar,
    st.frozensets(st.sampled_from(sorted(TAGS))),
    st.none() | st.integers(0, 4),
    st.sampled_from([(), ("smile",)]),
    st.sampled_from([(), ("https",), ("http", "https")]),
)


def depth_of(html: str) -> int:
    """Return how many elements are open at once."""
    depth = deepest = 0
    for tag in re.findall(r"<(/?)(?:strong|em|span|a)\b", html):
        depth += -1 if tag else 1
        deepest = max(deepest, depth)
    return deepest


@given(texts, grammars)
@settings(max_examples=100)
def test_what_is_not_granted_is_never_rendered(text: str, grammar: WritingGrammar) -> None:
    stripped = strip_markup(text, grammar)
    html = marktwin_to_html(stripped)
    assert [flag for flag, tag in TAGS.items() if tag in html and flag not in grammar.flags] == []
    assert set(re.findall(r'href="([a-z]+):', html)) <= set(grammar.links)
    assert grammar.depth is None or depth_of(html) <= grammar.depth
    assert strip_markup(stripped, grammar) == stripped


@given(texts)
@settings(max_examples=100)
def test_what_is_granted_is_untouched(text: str) -> None:
    assert strip_markup(text, EVERYTHING) == text


@pytest.mark.parametrize(
    ("text", "changes", "stripped"),
    [
        ("**a** _b_ ~~c~~", {"flags": frozenset({"emphasis"})}, "a _b_ c"),
        ("**a _b_**", {"depth": 1}, "**a b**"),
        ("[**a**](https://x)", {"depth": 1}, "[a](https://x)"),
        ("**a** [b](https://x)", {"depth": 0}, "a b"),
        ("[a](http://x) [b](https://y)", {"links": ("https",)}, "a [b](https://y)"),
        (":smile: 10:30:15 a:b:c", {"icons": ()}, "smile 10:30:15 a:b:c"),
        ("2 ** 3, \\*\\*a, {x}", {"flags": frozenset[str]()}, "2 ** 3, \\*\\*a, {x}"),
        ("", {"flags": frozenset[str]()}, ""),
    ],
)
def test_marks_are_removed_and_what_they_enclose_stays(text: str, changes: dict[str, Any], stripped: str) -> None:
    assert strip_markup(text, EVERYTHING._replace(**changes)) == stripped


def split_mark(sign: str, levels: int) -> str:
    """Return a mark of two signs that stand together only after marks have been removed from between them, in turn."""
    other = "*" if sign == "~" else "~"
    between = split_mark(other, levels - 1) * 2 if levels else ""
    return f"{sign}{between}{sign}"


@pytest.mark.parametrize("levels", [1, 2, 10])
def test_marks_that_come_together_when_others_are_removed_are_removed_as_well(levels: int) -> None:
    mark = split_mark("~", levels)
    assert strip_markup(f"{mark}a{mark}", WritingGrammar()) == "a"
