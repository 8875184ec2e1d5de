r"""Marktwin, the markup language of posts, converted to HTML.

The markup is `**strong**`, `_emphasis_`, `~~struck~~`, `[text](https://…)`, line breaks, and `\` to escape the next
character. Everything else is text. Source: recordings of posts and their HTML from the official server 0.16.4.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import pairwise
from typing import NamedTuple

from eternaltwin.devserver.domain.caches import TextCache
from eternaltwin.devserver.domain.forum import is_too_long

#: A carriage return that does not end a line escapes the character after it.
_TEXT = r"(?:[^ \n\r:{}\[\]()_/\\*~]|\r(?!\n)[^\n]?)+"
_BREAK = r"\r?\n"
_TOKEN = re.compile(rf"\\(?P<escaped> +|{_BREAK}|[:{{}}\[\]()_/\\*~]|{_TEXT})|{_BREAK}| +|[:{{}}\[\]()_/\\*~]|{_TEXT}")

#: The start of a link's address, which ends at the first closing parenthesis.
_SCHEME = re.compile(r"\( *(?=https?:)")

_LINE_END = "\n"
_LINK_END = "]"

#: The marks around a span of text, and the tags that they are converted to.
_MARKS = {
    "**": ("<strong>", "</strong>"),
    "_": ("<em>", "</em>"),
    "~~": ('<span class="strikethrough">', "</span>"),
}

#: Marks, links included, nest to this depth. The innermost span contains only text, and line ends do not end it.
_DEPTH = 4

_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_IN_ATTRIBUTE = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


class _Token(NamedTuple):
    """A token of the source.

    Attributes:
        sign: The character that may be markup, or a line end; empty for plain and escaped text.
        text: The text to show if the token is not markup.
        end: Position in the source after the token.
    """

    sign: str
    text: str
    end: int


def _token(match: re.Match[str]) -> _Token:
    text, escaped = match[0], match["escaped"]
    if escaped is not None:
        return _Token("", escaped, match.end())
    if text.endswith("\n"):
        return _Token(_LINE_END, "<br />\n", match.end())
    return _Token(text if len(text) == 1 and text in "{}[]()_*~" else "", text, match.end())


def _marks(tokens: list[_Token]) -> list[str]:
    """Return the mark or sign at each index of the tokens, and two empty ones after them."""
    signs = [*(token.sign for token in tokens), ""]
    doubled = (one * 2 if one == two and one in "*~" else one for one, two in pairwise(signs))
    return [*doubled, ""]


def _address_ends(tokens: list[_Token]) -> list[int | None]:
    """Return, for each index, the index of the next `)` on the same line, escaped or not, or None."""
    ends: list[int | None] = [None] * (len(tokens) + 1)
    found = None
    for index in range(len(tokens) - 1, -1, -1):
        text = tokens[index].text
        if text == ")" or text.endswith("\n"):
            found = index if text == ")" else None
        ends[index] = found
    return ends


class MarktwinReader:
    """Reads one source, and writes it anew as HTML, or as a subclass does.

    The time is linear in the length of the source for each set of open marks.

    An open mark is closed by its next occurrence. A mark that would be closed only after the end of the enclosing span
    does not open a span and is plain text.

    Args:
        text: The source.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [_token(match) for match in _TOKEN.finditer(text)]
        self._marks = _marks(self._tokens)
        self._address_ends = _address_ends(self._tokens)
        self._stops: defaultdict[frozenset[str], dict[int, int]] = defaultdict(dict)

    def render(self) -> str:
        """Write the whole source anew.

        Returns:
            The HTML, or what a subclass writes.
        """
        return self._between(0, len(self._tokens), frozenset())

    def _between(self, index: int, end: int, open_marks: frozenset[str]) -> str:
        shown: list[str] = []
        while index < end:
            found = self._span(index, open_marks) if open_marks or self._marks[index] != "[" else self._link(index)
            html, index = found or (self._plain(index, open_marks), index + 1)
            shown.append(html)
        return "".join(shown)

    def _source(self, begin: int, end: int) -> str:
        """Return the source from one token up to another, by their indexes."""
        first = self._tokens[begin - 1].end if begin else 0
        return self._text[first : self._tokens[end - 1].end] if end else ""

    def _plain(self, index: int, open_marks: frozenset[str]) -> str:
        """Return a token as text. Braces, and the `[` of a link within a span, are dropped, as officially."""
        sign, text, _ = self._tokens[index]
        if len(open_marks) < _DEPTH and (sign in ("{", "}") or (open_marks and sign == "[")):
            return ""
        return text if sign == _LINE_END else text.translate(_IN_TEXT)

    def _span(self, index: int, open_marks: frozenset[str]) -> tuple[str, int] | None:
        """Return the HTML of the span that starts here, and the index after it, or None."""
        closed_at = self._closed_at(index, open_marks)
        if closed_at is None:
            return None
        mark = self._marks[index]
        inner = self._between(index + len(mark), closed_at, open_marks | {mark})
        return self._marked(mark, inner, len(open_marks) + 1), closed_at + len(mark)

    def _marked(self, mark: str, inner: str, depth: int) -> str:
        """Write a span: its mark, what is in it, and how many spans are open in it, itself included."""
        del depth
        opening, closing = _MARKS[mark]
        return f"{opening}{inner}{closing}"

    def _closed_at(self, index: int, open_marks: frozenset[str]) -> int | None:
        """Return the index of the closing mark if an opening mark is here, or None."""
        mark = self._marks[index]
        if mark not in _MARKS or len(open_marks) == _DEPTH:
            return None
        stop = self._stop(index + len(mark), open_marks | {mark})
        return stop if self._marks[stop] == mark else None

    def _stop(self, index: int, open_marks: frozenset[str]) -> int:
        """Return the index where a span ends: at one of the open marks, or at the end of the line."""
        known = self._stops[open_marks]
        passed: list[int] = []
        while index not in known and not self._is_stop(index, open_marks):
            passed.append(index)
            closed_at = self._closed_at(index, open_marks)
            index = index + 1 if closed_at is None else closed_at + len(self._marks[index])
        stop = known.get(index, index)
        known.update(dict.fromkeys(passed, stop))
        return stop

    def _is_stop(self, index: int, open_marks: frozenset[str]) -> bool:
        mark = self._marks[index]
        return index == len(self._tokens) or mark in open_marks or (mark == _LINE_END and len(open_marks) < _DEPTH)

    def _link(self, index: int) -> tuple[str, int] | None:
        """Return the HTML of the link that starts here, and the index after it, or None."""
        open_marks = frozenset({_LINK_END})
        closed_at = self._stop(index + 1, open_marks)
        if self._marks[closed_at] != _LINK_END:
            return None
        begin = _SCHEME.match(self._text, self._tokens[closed_at].end)
        end = self._address_ends[closed_at + 1]
        if begin is None or end is None:
            return None
        inner = self._between(index + 1, closed_at, open_marks)
        address = self._address(begin.end(), end)
        return self._linked(address, inner, self._source(closed_at, end + 1)), end + 1

    def _linked(self, address: str, inner: str, closing: str) -> str:
        """Write a link: its address, what is in it, and the source from its `]` to its `)`."""
        del closing
        return f'<a href="{address.translate(_IN_ATTRIBUTE)}">{inner}</a>'

    def _address(self, begin: int, end: int) -> str:
        """Return the source from a position to the `)` at an index, without one token of spaces before it."""
        address, before = self._text[begin : self._tokens[end].end - 1], self._tokens[end - 1].text
        return address if before.strip(" ") else address.removesuffix(before)


#: Memory for converted texts and their HTML, in bytes.
_CACHE_SIZE = 16 * 2**20


def _to_html(text: str) -> str:
    return text.translate(_IN_TEXT) if is_too_long(text) else MarktwinReader(text).render()


_converted = TextCache(_to_html, _CACHE_SIZE)


def marktwin_to_html(text: str) -> str:
    """Convert Marktwin to HTML.

    Args:
        text: The source of a post.

    Returns:
        HTML with the tags `strong`, `em`, `span`, `a` and `br`. Everything else is escaped. A text that is too long,
        which only an old database contains, is escaped as a whole.
    """
    return _converted(text)
