r"""Marktwin, the markup of posts, as HTML.

`**strong**`, `_emphasis_`, `~~struck~~`, `[text](https://…)`, line breaks, and `\` before what is to be
shown as it is. Everything else is text. Source: what the official server 0.16.4 makes of the texts in the recordings.
"""

from __future__ import annotations

import re
from collections import defaultdict
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

#: A carriage return that ends no line makes text of the character after it.
_TEXT = r"(?:[^ \n\r:{}\[\]()_/\\*~]|\r(?!\n)[^\n]?)+"
_BREAK = r"\r?\n"
_TOKEN = re.compile(rf"\\(?P<escaped> +|{_BREAK}|[:{{}}\[\]()_/\\*~]|{_TEXT})|{_BREAK}| +|[:{{}}\[\]()_/\\*~]|{_TEXT}")

#: How the address of a link begins; it ends at the first closing parenthesis.
_SCHEME = re.compile(r"\( *(?=https?:)")

_LINE_END = "\n"
_LINK_END = "]"

#: The marks around a piece of text, and the tags that they become.
_MARKS = {
    "**": ("<strong>", "</strong>"),
    "_": ("<em>", "</em>"),
    "~~": ('<span class="strikethrough">', "</span>"),
}

#: So many marks, a link among them, may be inside one another; inside the last is only text, and lines do not end it.
_DEPTH = 4

_IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_IN_ATTRIBUTE = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;"})


class _Token(NamedTuple):
    """A piece of a text.

    Attributes:
        sign: the character that may mean something, or a line's end; empty for text and for what is escaped.
        text: what is shown where it means nothing.
        end: where in the text it ends.
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
    """For every place, and the one after the last, the mark that begins there, or a sign that is none."""
    signs = [*(token.sign for token in tokens), ""]
    doubled = (one * 2 if one == two and one in "*~" else one for one, two in pairwise(signs))
    return [*doubled, ""]


def _address_ends(tokens: list[_Token]) -> list[int | None]:
    """For every place, where on the same line a parenthesis is closed next, if at all; escaping is not looked at."""
    places: list[int | None] = [None] * (len(tokens) + 1)
    met = None
    for place in range(len(tokens) - 1, -1, -1):
        text = tokens[place].text
        if text == ")" or text.endswith("\n"):
            met = place if text == ")" else None
        places[place] = met
    return places


class _Renderer:
    """Goes through the tokens of a text once for every set of marks that may be waited for, whatever is nested in what.

    A mark that opened something closes it where it is met first. So where an enclosing mark is met before, the
    inner one opened nothing.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [_token(match) for match in _TOKEN.finditer(text)]
        self._marks = _marks(self._tokens)
        self._address_ends = _address_ends(self._tokens)
        self._stops: defaultdict[frozenset[str], dict[int, int]] = defaultdict(dict)

    def render(self) -> str:
        """All of the text."""
        return self._between(0, len(self._tokens), frozenset())

    def _between(self, place: int, end: int, waited: frozenset[str]) -> str:
        shown: list[str] = []
        while place < end:
            found = self._marked(place, waited) if waited or self._marks[place] != "[" else self._link(place)
            html, place = found or (self._plain(place, waited), place + 1)
            shown.append(html)
        return "".join(shown)

    def _plain(self, place: int, waited: frozenset[str]) -> str:
        """One token that means nothing; braces, and what would open a link within something, are not shown."""
        sign, text, _ = self._tokens[place]
        if len(waited) < _DEPTH and (sign in ("{", "}") or (waited and sign == "[")):
            return ""
        return text if sign == _LINE_END else text.translate(_IN_TEXT)

    def _marked(self, place: int, waited: frozenset[str]) -> tuple[str, int] | None:
        """What is between two marks, if it begins here; and the place after it."""
        closed_at = self._closed_at(place, waited)
        if closed_at is None:
            return None
        mark = self._marks[place]
        opening, closing = _MARKS[mark]
        inner = self._between(place + len(mark), closed_at, waited | {mark})
        return f"{opening}{inner}{closing}", closed_at + len(mark)

    def _closed_at(self, place: int, waited: frozenset[str]) -> int | None:
        """The place of the closing mark, if an opening one stands here."""
        mark = self._marks[place]
        if mark not in _MARKS or len(waited) == _DEPTH:
            return None
        stop = self._stop(place + len(mark), waited | {mark})
        return stop if self._marks[stop] == mark else None

    def _stop(self, place: int, waited: frozenset[str]) -> int:
        """Where what begins at a place ends: before one of the marks waited for, or at the line's end."""
        known = self._stops[waited]
        passed: list[int] = []
        while place not in known and not self._is_stop(place, waited):
            passed.append(place)
            closed_at = self._closed_at(place, waited)
            place = place + 1 if closed_at is None else closed_at + len(self._marks[place])
        stop = known.get(place, place)
        known.update(dict.fromkeys(passed, stop))
        return stop

    def _is_stop(self, place: int, waited: frozenset[str]) -> bool:
        mark = self._marks[place]
        return place == len(self._tokens) or mark in waited or (mark == _LINE_END and len(waited) < _DEPTH)

    def _link(self, place: int) -> tuple[str, int] | None:
        """A link, if the bracket here begins one; and the place after it."""
        waited = frozenset({_LINK_END})
        closed_at = self._stop(place + 1, waited)
        if self._marks[closed_at] != _LINK_END:
            return None
        begin = _SCHEME.match(self._text, self._tokens[closed_at].end)
        end = self._address_ends[closed_at + 1]
        if begin is None or end is None:
            return None
        inner = self._between(place + 1, closed_at, waited)
        return f'<a href="{self._address(begin.end(), end).translate(_IN_ATTRIBUTE)}">{inner}</a>', end + 1

    def _address(self, begin: int, end: int) -> str:
        """The text from a position to the parenthesis at a place, without a token of spaces before that."""
        address, before = self._text[begin : self._tokens[end].end - 1], self._tokens[end - 1].text
        return address if before.strip(" ") else address.removesuffix(before)


@lru_cache(maxsize=4096)
def marktwin_to_html(text: str) -> str:
    """The HTML of a text; its tags are `strong`, `em`, `span`, `a` and `br`, and all else is escaped."""
    return _Renderer(text).render()
