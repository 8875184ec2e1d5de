"""The Marktwin that a caller may write, and the removal of what they may not.

Source: DinoRPG, a game with a forum in it, for the names and for the silence. Nothing of it is recorded. Marks that
[`marktwin`][eternaltwin.devserver.domain.marktwin] does not know are text, whatever their flag.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from eternaltwin.devserver.domain.marktwin import MarktwinReader

_FLAG_OF_MARK = {"**": "strong", "_": "emphasis", "~~": "strikethrough"}

#: An icon, such as `:smile:`, that is no part of a word, of an address or of a time.
_ICON = re.compile(r"(?<![\w:\\/]):([a-z][a-z0-9_]*):(?![\w:/])")

_MARK_CHARACTERS = str.maketrans("", "", "*_~[]")

#: Without marks, new ones may stand next to each other. A post in which that goes on for longer loses all of them.
_PASSES = 8


class WritingGrammar(NamedTuple):
    """The Marktwin that a caller may write in a section.

    Attributes:
        flags: Names of the granted marks, such as `strong`, and `mod` and `admin` for what only these may write.
        depth: Number of marks, links included, that may be open at once. None for any number.
        icons: Names of the granted icons.
        links: Schemes of the granted addresses, such as `https`.
    """

    flags: frozenset[str] = frozenset()
    depth: int | None = None
    icons: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


class _GrantedReader(MarktwinReader):
    """Writes a source anew without the marks that are not granted. What they enclose stays."""

    def __init__(self, text: str, grammar: WritingGrammar) -> None:
        super().__init__(text)
        self._grammar = grammar

    def _plain(self, index: int, open_marks: frozenset[str]) -> str:
        del open_marks
        return self._source(index, index + 1)

    def _marked(self, mark: str, inner: str, depth: int) -> str:
        is_granted = _FLAG_OF_MARK[mark] in self._grammar.flags and self._has_room(depth)
        return f"{mark}{inner}{mark}" if is_granted else inner

    def _linked(self, address: str, inner: str, closing: str) -> str:
        is_granted = address.partition(":")[0] in self._grammar.links and self._has_room(1)
        return f"[{inner}{closing}" if is_granted else inner

    def _has_room(self, depth: int) -> bool:
        return self._grammar.depth is None or depth <= self._grammar.depth


def strip_markup(text: str, grammar: WritingGrammar) -> str:
    """Remove the markup that a caller may not write.

    Args:
        text: A post, in Marktwin.
        grammar: What the caller may write.

    Returns:
        The post without the marks that are not granted. A post without such marks is returned unchanged.
    """
    for _ in range(_PASSES):
        stripped = _without_icons(_GrantedReader(text, grammar).render(), grammar.icons)
        if stripped == text:
            return text
        text = stripped
    return _without_icons(text.translate(_MARK_CHARACTERS), grammar.icons)


def _without_icons(text: str, granted: tuple[str, ...]) -> str:
    return _ICON.sub(lambda match: match[0] if match[1] in granted else match[1], text)
