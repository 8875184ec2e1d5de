r"""Marktwin, the markup of posts, as HTML.

``**strong**``, ``_emphasis_``, ``~~struck~~``, ``[text](https://…)``, line breaks, and ``\`` before what is to be
shown as it is. Everything else is text. Source: what the official server 0.16.4 makes of the texts in the recordings.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

_TEXT = r"(?:[^ \n\r:{}\[\]()_/\\*~]|\r(?!\n))+"
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
        return _Token("", escaped.replace("\r\n", "\n"), match.end())
    if text.endswith("\n"):
        return _Token(_LINE_END, "<br />\n", match.end())
    return _Token(text if len(text) == 1 and text in "{}[]()_*~" else "", text, match.end())


def _ends(tokens: list[_Token], mark: str) -> list[int | None]:
    """For every place, where on the same line the mark is met next, if at all."""
    places: list[int | None] = [None] * (len(tokens) + 1)
    met = None
    for place in range(len(tokens) - 1, -1, -1):
        if tokens[place].sign == _LINE_END:
            met = None
        elif _stands_at(tokens, place, mark):
            met = place
        places[place] = met
    return places


def _stands_at(tokens: list[_Token], place: int, mark: str) -> bool:
    """Whether the next tokens spell the mark."""
    following = tokens[place : place + len(mark)]
    return len(following) == len(mark) and all(token.sign == sign for token, sign in zip(following, mark, strict=True))


class _Renderer:
    """Goes through the tokens of a text once, whatever is nested in what.

    A mark that opened something closes it where it is met first. So where an enclosing mark is met before, the
    inner one opened nothing.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = [_token(match) for match in _TOKEN.finditer(text)]
        self._ends = {mark: _ends(self._tokens, mark) for mark in (*_MARKS, _LINK_END)}

    def render(self) -> str:
        """All of the text."""
        return self._between(0, len(self._tokens), is_inner=False)

    def _between(self, place: int, end: int, *, is_inner: bool) -> str:
        shown: list[str] = []
        while place < end:
            found = self._marked(place, end) or (None if is_inner else self._link(place))
            html, place = found or (self._plain(place, is_inner=is_inner), place + 1)
            shown.append(html)
        return "".join(shown)

    def _plain(self, place: int, *, is_inner: bool) -> str:
        """One token that means nothing; braces, and what would open a link within something, are not shown."""
        sign, text, _ = self._tokens[place]
        if sign in ("{", "}") or (is_inner and sign == "["):
            return ""
        return text if sign == _LINE_END else text.translate(_IN_TEXT)

    def _marked(self, place: int, end: int) -> tuple[str, int] | None:
        """What is between two marks, if one stands here and another before the end; and the place after it."""
        for mark, (opening, closing) in _MARKS.items():
            if _stands_at(self._tokens, place, mark) and place + len(mark) <= end:
                closed_at = self._ends[mark][place + len(mark)]
                if closed_at is None or closed_at >= end:
                    return None
                inner = self._between(place + len(mark), closed_at, is_inner=True)
                return f"{opening}{inner}{closing}", closed_at + len(mark)
        return None

    def _link(self, place: int) -> tuple[str, int] | None:
        """A link, if one stands here; and the place after it."""
        closed_at = self._ends[_LINK_END][place + 1] if self._tokens[place].sign == "[" else None
        if closed_at is None:
            return None
        begin = _SCHEME.match(self._text, self._tokens[closed_at].end)
        end = -1 if begin is None else self._text.find(")", begin.end())
        address = "" if begin is None else self._text[begin.end() : max(end, 0)].rstrip(" ")
        if not address or "\n" in address:
            return None
        inner = self._between(place + 1, closed_at, is_inner=True)
        return f'<a href="{address.translate(_IN_ATTRIBUTE)}">{inner}</a>', self._after(closed_at, end + 1)

    def _after(self, place: int, position: int) -> int:
        """The first place that begins at a position of the text, or after it."""
        while self._tokens[place].end < position:
            place += 1
        return place + 1


@lru_cache(maxsize=4096)
def marktwin_to_html(text: str) -> str:
    """The HTML of a text; its tags are ``strong``, ``em``, ``span``, ``a`` and ``br``, and all else is escaped."""
    return _Renderer(text).render()
