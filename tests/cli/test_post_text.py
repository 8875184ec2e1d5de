"""Posts as text: readable, in the width of the terminal, and harmless whatever their HTML contains."""

from __future__ import annotations

import re
import time
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from eternaltwin.cli.post_text import render_post
from eternaltwin.cli.visible_text import cell_width, visible
from eternaltwin.devserver.domain.marktwin import marktwin_to_html

SGR = re.compile(r"\x1b\[[0-9;]+m")

#: Parts that HTML, and attacks on terminals, are made of.
PARTS = st.sampled_from(
    [
        *("<b>", "</b>", "<p>", "</p>", "<ul>", "<ol>", "<li>", "</ul>", "<blockquote>", "</blockquote>", "<pre>"),
        *("</pre>", "<br />\n", "<hr>", "<a href='x&#27;y'>", "</a>", '<img alt="\x1b]0;x\x07">', "<script>", "<!--"),
        *("</script>", "<![CDATA[", "<?xml", "<details>", '<span class="spoiler">', "</span>", "&#x1b;[2J", "&amp;"),
        *("&#x202e;", "\x1b[31m", "\x9b2J", "\u202e", "\u2066", "\r", "\t", "\x00", "\ud800", "界", "e\u0301", "<td>"),
        *("a b", "word " * 20, "x" * 90, "<", ">", '"', "'", "&", "</", "<a ", "=", "\u2028", "\xa0", "<h1>", "</h1>"),
    ]
)
HTML = st.one_of(st.text(max_size=200), st.lists(PARTS, max_size=30).map("".join))


@given(html=HTML, width=st.integers(1, 120), spoilers=st.booleans())
@example(html="<![x]><!x", width=80, spoilers=False)
def test_no_html_is_an_error_and_nothing_of_it_controls_the_terminal(html: str, width: int, spoilers: bool) -> None:
    plain = render_post(html, width, spoilers=spoilers)
    colored = render_post(html, width, color=True, spoilers=spoilers)
    assert SGR.sub("", colored) == plain
    categories = {unicodedata.category(character) for character in set(plain) - set("\n\u200c\u200d")}
    assert categories.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})


@given(
    html=st.lists(PARTS.filter(lambda part: "href" not in part), max_size=30).map("".join), width=st.integers(40, 120)
)
def test_no_line_is_wider_than_the_terminal(html: str, width: int) -> None:
    assert all(cell_width(line) <= width for line in render_post(html, width).splitlines())


@given(words=st.lists(st.text("abc", min_size=1, max_size=12), max_size=40), width=st.integers(12, 60))
def test_wrapping_loses_no_word(words: list[str], width: int) -> None:
    assert render_post(" \n".join(words), width).split() == words


@given(st.text())
def test_visible_text_is_one_line_that_stays_as_it_is(text: str) -> None:
    shown = visible(text)
    assert len(shown.splitlines()) <= 1
    assert visible(shown) == shown


@pytest.mark.parametrize("part", ["<", "<a ", "</", "<a href='", "<b>", "</b>", "<ul><li>x", "<i></b>", "<a ='\"", "&"])
def test_hostile_html_is_read_in_linear_time(part: str) -> None:
    start = time.process_time()
    render_post(part * 10_000)
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("", ""),
        ("a<br />\nb<br />\n<br />\n<br />\nc", "a\nb\n\nc"),
        ("<p>a</p>\n<p>b</p>", "a\n\nb"),
        ("a &lt;b&gt; &amp; c < d", "a <b> & c < d"),
        ("<blockquote>one two three four<br>five</blockquote>six", "> one two three\n> four\n> five\n\nsix"),
        ("<ul><li>one two three four five</li><li>b</ul>", "- one two three\n  four five\n- b"),
        ("<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>", "1. a\n   - b\n2. c"),
        ("<li>alone</li>", "- alone"),
        ("x<pre>a\n  b\n</pre>y", "x\n\na\n  b\n\ny"),
        ("<h2>Title</h2>text<hr>end", "Title\n\ntext\n----\nend"),
        ('<span class="strikethrough">no</span> <del>nor</del>', "~~no~~ ~~nor~~"),
        ('<img alt="smile"> <img src="x"><wbr>', "[smile] [image]"),
        ("<script>x</script><style>y<b>z</b></style>a</b>", "a"),
        ("<p>&#1;a</p><p>&#1;</p>", "a"),
        ("界界界界界界界界界界", "界界界界界界界界\n界界"),
        ("abcdefghijklmnopqrst uv", "abcdefghijklmnop\nqrst uv"),
    ],
)
def test_the_structure_of_a_post_is_kept(html: str, text: str) -> None:
    assert render_post(html, 16) == text


def test_links_are_footnotes_each_address_once_and_never_wrapped() -> None:
    html = '<a href="https://a.example/?b&amp;c">one</a> <a href=\'x\'>two</a> <a href="x">three</a> <a>four</a>'
    text = "one[1]\ntwo[2]\nthree[2]\nfour\n\n[1] https://a.example/?b&c\n[2] x"
    assert render_post(html, 10) == text


def test_spoilers_are_hidden_unless_they_are_asked_for() -> None:
    html = 'a <span class="x spoiler">b <a href="u">c</a></span> d<details><p>e</p></details>f'
    note = "[spoiler: show it with --spoilers]"
    assert render_post(html) == f"a {note} d\n\n{note}\n\nf"
    assert render_post(html, spoilers=True) == (
        "a [spoiler] b c[1] [/spoiler] d\n\n[spoiler]\n\ne\n\n [/spoiler]\n\nf\n\n[1] u".replace("\n [", "\n[")
    )


def test_emphasis_is_shown_in_color_if_wanted() -> None:
    assert render_post("<b>a <i>b</i></b>", color=True) == "\x1b[1ma\x1b[0m \x1b[1;3mb\x1b[0m"


@given(st.text("ab *_~[]()\\:/\n", max_size=60))
def test_every_post_that_the_server_renders_is_shown(source: str) -> None:
    text = render_post(marktwin_to_html(source))
    assert "<" not in text
    assert "&" not in text
