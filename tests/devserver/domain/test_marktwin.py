"""Marktwin is converted to HTML as on the official server, and never to other tags."""

from __future__ import annotations

import json
import re
from html import unescape
from html.parser import HTMLParser
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.runs import recording
from conformance.scenario import MAIN
from eternaltwin.devserver.domain.forum import MAX_TEXT_SIZE
from eternaltwin.devserver.domain.marktwin import marktwin_to_html


def recorded() -> dict[str, tuple[str, str]]:
    """Return sources and their HTML from the recording of the official server, by the name of the exchange."""
    sources: dict[str, tuple[str, str]] = {}
    for exchange in json.loads(recording(MAIN).read_text(encoding="utf-8")):
        name = exchange["name"]
        if name.startswith("marktwin ") and name != "marktwin thread":
            content = exchange["response"]["json"]["revisions"]["items"][0]["content"]
            sources[name] = content["marktwin"], content["html"]
    return sources


RECORDED = recorded()


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_renders_as_recorded(name: str) -> None:
    text, html = RECORDED[name]
    assert marktwin_to_html(text) == html


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("[a](https://x.y/\\) b", '<a href="https://x.y/\\">a</a> b'),
        ("[a](https://x.y/\\b) c", '<a href="https://x.y/\\b">a</a> c'),
        ("**a [b** c](https://x.y)", "<strong>a b</strong> c](https://x.y)"),
        ("[a _b](https://x.y) c_", '<a href="https://x.y">a _b</a> c_'),
        ("**a\r\nb**", "**a<br />\nb**"),
        ("a\\\r\nb", "a\r\nb"),
        ("\\\r\n|", "\r\n|"),
        ("a\rb", "a\rb"),
        ("\r\r\n", "\r\r<br />\n"),
        ("\r[a](https://x.y/)", "\r[a](https://x.y/)"),
        ("(\r{{", "(\r{"),
        ("__\r__", "<em></em>\r__"),
        ("*\r**a**", "*\r**a**"),
        ("[a\r](https://x.y/) ](https://b.y/)", '<a href="https://b.y/">a\r](https://x.y/) </a>'),
        ("[a](https://x.y/\r) b) c", '<a href="https://x.y/\r) b">a</a> c'),
        ("[a](https://x.y/\r  ) c", '<a href="https://x.y/\r ">a</a> c'),
        ("[a](https://x.y/\r\r ) c", '<a href="https://x.y/\r\r">a</a> c'),
        ("[**a _b ~~c~~ d_ e**](https://x.y)", None),
        (
            "[**_~~a{b}[c\nd~~_**](https://x.y)",
            '<a href="https://x.y"><strong><em><span class="strikethrough">a{b}[c<br />\nd</span></em></strong></a>',
        ),
        ("[**_~~a\n\\\nb_~~_**](https://x.y/)", "[**_~~a<br />\n\nb<em>~~</em>**](https://x.y/)"),
    ],
)
def test_renders_nested_marks(text: str, html: str | None) -> None:
    nested = '<a href="https://x.y"><strong>a <em>b <span class="strikethrough">c</span> d</em> e</strong></a>'
    assert marktwin_to_html(text) == (html or nested)


marktwin = st.lists(
    st.sampled_from(["**", "_", "~~", "[", "](https://", ")", "\\", "{", "<", ">", "&", '"', "'", "\n", "\r\n", " "])
    | st.text(max_size=3),
    max_size=30,
).map("".join)

ALLOWED = re.compile(
    r'</?strong>|</?em>|<span class="strikethrough">|</span>|<a href="https?:[^"<>\']*">|</a>|<br />\n'
)


@given(marktwin)
def test_output_contains_only_known_tags(text: str) -> None:
    rest = ALLOWED.sub("", marktwin_to_html(text))
    assert "<" not in rest
    assert ">" not in rest


class Balance(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert [name for name, _ in attrs] == {"span": ["class"], "a": ["href"]}.get(tag, [])
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert (tag, attrs) == ("br", [])

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@given(marktwin)
def test_tags_are_closed_in_order(text: str) -> None:
    balance = Balance()
    balance.feed(marktwin_to_html(text))
    balance.close()
    assert balance.open == []


@given(st.text(alphabet=st.characters(exclude_characters="\\*_~[]{}\n\r", exclude_categories=["Cs"])))
def test_text_without_marks_is_unchanged(text: str) -> None:
    assert unescape(marktwin_to_html(text).replace("&amp;", "&amp;amp;")).replace("&amp;", "&") == text


@pytest.mark.parametrize("piece", ["[", "**a _b ~~c ", "_", "[a](https:", "\\", "*_~", "[**_~~]", "[**_~~a\n", "\r"])
def test_time_is_linear_in_the_length(piece: str) -> None:
    start = process_time()
    marktwin_to_html(piece * 5_000)
    assert process_time() - start < 10


def test_a_text_of_an_old_database_that_is_too_long_is_escaped_as_a_whole() -> None:
    text = "**<b>**" + "_~~[**" * MAX_TEXT_SIZE
    start = process_time()
    assert marktwin_to_html(text).startswith("**&lt;b&gt;**_~~[**")
    assert process_time() - start < 1
