"""Reads the HTML of posts as blocks of text: paragraphs, quotes, items of lists, preformatted lines.

The HTML is hostile until it is proved otherwise. It is read in time linear in its length, which `html.parser` of Python
3.11 does not promise (`<a ` repeated 100,000 times takes minutes), no input is an error, and what is not HTML is text.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from html import unescape
from typing import NamedTuple

from eternaltwin.cli.visible_text import visible

#: A tag, or text. A tag contains no `<`, so that no position is read more than twice.
_TOKEN = re.compile(
    r"<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)(?P<attributes>(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*+)>|(?P<text>[^<]+|<)"
)
_ATTRIBUTE = re.compile(r"([A-Za-z-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s\"'>]+))")
_WHITE_SPACE = re.compile(r"[ \t\n\r\f]+")

_STYLES = {
    **dict.fromkeys(("b", "strong"), "bold"),
    **dict.fromkeys(("i", "em", "cite"), "italic"),
    **dict.fromkeys(("u", "ins"), "underline"),
    **dict.fromkeys(("s", "del", "strike"), "strike"),
    **dict.fromkeys(("code", "kbd", "samp", "pre"), "code"),
    **dict.fromkeys(("h1", "h2", "h3", "h4", "h5", "h6"), "bold"),
    "a": "link",
}
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
#: Elements that begin and end a block, and those that are set apart by an empty line.
_APART = frozenset({"p", "blockquote", "pre", "table", "details", *_HEADINGS})
_BLOCKS = frozenset({"div", "section", "ul", "ol", "li", "dl", "dt", "dd", "tr", "summary", "hr", *_APART})
_VOID = frozenset({"br", "hr", "img", "input", "wbr"})
#: Elements whose content is no text.
_UNREAD = frozenset({"script", "style", "template", "title", "iframe", "object", "noscript"})

_QUOTE = "> "
_RULE = "----"
#: Number of columns that quotes and lists indent at most, however deep they nest.
MAX_INDENT = 24

HIDDEN_SPOILER = "[spoiler: show it with --spoilers]"


class Run(NamedTuple):
    """Text in one style.

    Attributes:
        text: The text, which is visible.
        styles: Names of its styles: `bold`, `italic`, `underline`, `strike`, `code`, `link` or `dim`.
    """

    text: str
    styles: frozenset[str] = frozenset()


@dataclass
class Block:
    """A block of text.

    Attributes:
        runs: The text. Without any, the block is an empty line.
        indent: What stands at the start of each line, such as `> `.
        marker: What stands at the end of the indent of the first line, such as `- `. It is as wide as what it replaces.
        is_preformatted: Whether the lines must not be wrapped, and the block is one of them.
    """

    runs: list[Run]
    indent: str = ""
    marker: str = ""
    is_preformatted: bool = False


@dataclass
class PostBlocks:
    """The content of a post.

    Attributes:
        blocks: The blocks, in order.
        links: The addresses of the links. The number of a link is its index here, plus 1.
    """

    blocks: list[Block] = field(default_factory=list[Block])
    links: list[str] = field(default_factory=list[str])


@dataclass(frozen=True)
class _Element:
    """An open element, with what it and its parents mean for the text in it."""

    name: str = ""
    styles: frozenset[str] = frozenset()
    indent: str = ""
    is_unread: bool = False
    is_preformatted: bool = False
    is_ordered: bool = False
    closing: str = ""


def read_post(html: str, *, spoilers: bool = False) -> PostBlocks:
    """Read the HTML of a post.

    Args:
        html: The HTML, which may be anything.
        spoilers: Whether to read what spoilers contain. Otherwise, a note stands in place of it.

    Returns:
        The blocks and the links.
    """
    reader = _Reader(spoilers=spoilers)
    for match in _TOKEN.finditer(html):
        name = (match["name"] or "").lower()
        if not name:
            reader.text(unescape(match["text"]))
        elif match["end"]:
            reader.end(name)
        else:
            reader.start(name, _attributes(match["attributes"]))
    return reader.finish()


def _attributes(source: str) -> dict[str, str]:
    found = _ATTRIBUTE.findall(source)
    return {name.lower(): unescape(double or single or bare) for name, double, single, bare in found}


def _is_spoiler(name: str, attributes: dict[str, str]) -> bool:
    return name in ("details", "spoiler") or "spoiler" in attributes.get("class", "").split()


class _Reader:
    """Builds the blocks of a post from its tags and texts."""

    def __init__(self, *, spoilers: bool) -> None:
        self._shows_spoilers = spoilers
        self._post = PostBlocks()
        self._numbers: dict[str, int] = {}
        self._open = [_Element()]
        self._open_names: Counter[str] = Counter()
        self._items: list[int] = []  # number of the last item of each open list
        self._runs: list[Run] = []
        self._marker = ""
        self._is_apart = False

    def text(self, text: str) -> None:
        element = self._open[-1]
        if element.is_unread:
            return
        if not element.is_preformatted:
            self._add(_WHITE_SPACE.sub(" ", text), element.styles)
            return
        first, *others = text.splitlines() or [""]
        self._add(first.expandtabs(), element.styles)
        for line in others:
            self._end_line()
            self._add(line.expandtabs(), element.styles)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        parent = self._open[-1]
        if parent.is_unread:
            self._push(replace(parent, name=name, closing=""))
            return
        if name in _BLOCKS:
            self._end_block(is_apart=name in _APART)
        if name in _VOID:
            self._void(name, attributes)
            return
        self._push(self._spoiler_or_other(parent, name, attributes))

    def end(self, name: str) -> None:
        if not self._open_names[name]:
            return
        while self._pop() != name:
            pass

    def finish(self) -> PostBlocks:
        while len(self._open) > 1:
            self._pop()
        self._end_block()
        return self._post

    def _spoiler_or_other(self, parent: _Element, name: str, attributes: dict[str, str]) -> _Element:
        if not _is_spoiler(name, attributes):
            return self._element(parent, name, attributes)
        if not self._shows_spoilers:
            self._add(HIDDEN_SPOILER, frozenset({"dim"}))
            return replace(parent, name=name, is_unread=True, closing="")
        self._add("[spoiler] ", frozenset({"dim"}))
        return replace(self._element(parent, name, attributes), closing=" [/spoiler]")

    def _element(self, parent: _Element, name: str, attributes: dict[str, str]) -> _Element:
        style = "strike" if "strikethrough" in attributes.get("class", "").split() else _STYLES.get(name)
        element = replace(
            parent,
            name=name,
            styles=parent.styles if style is None else parent.styles | {style},
            indent=self._indent(parent, name),
            is_unread=name in _UNREAD,
            is_preformatted=parent.is_preformatted or name == "pre",
            is_ordered=name == "ol" if name in ("ol", "ul") else parent.is_ordered,
            closing=self._closing(name, attributes),
        )
        if style == "strike":
            self._add("~~", element.styles)
            return replace(element, closing="~~")
        return element

    def _closing(self, name: str, attributes: dict[str, str]) -> str:
        """Return the text at the end of an element: the number of a link."""
        address = visible(attributes.get("href", "").strip()) if name == "a" else ""
        if not address:
            return ""
        number = self._numbers.setdefault(address, len(self._numbers) + 1)
        if number > len(self._post.links):
            self._post.links.append(address)
        return f"[{number}]"

    def _indent(self, parent: _Element, name: str) -> str:
        if name in ("ul", "ol"):
            self._items.append(0)
        if name == "blockquote":
            return (parent.indent + _QUOTE)[:MAX_INDENT]
        if name != "li":
            return parent.indent
        self._marker = self._next_marker(parent)
        return (parent.indent + " " * len(self._marker))[:MAX_INDENT]

    def _next_marker(self, parent: _Element) -> str:
        if not self._items or not parent.is_ordered:
            return "- "
        self._items[-1] += 1
        return f"{self._items[-1]}. "

    def _void(self, name: str, attributes: dict[str, str]) -> None:
        if name == "br":
            self._end_line()
        elif name == "hr":
            self._add(_RULE, frozenset())
            self._end_block()
        elif name == "img":
            self._add(f"[{attributes.get('alt') or 'image'}]", self._open[-1].styles)

    def _push(self, element: _Element) -> None:
        self._open.append(element)
        self._open_names[element.name] += 1

    def _pop(self) -> str:
        element = self._open[-1]
        if element.closing:
            self._add(element.closing, element.styles)
        if element.name in _BLOCKS and not self._open[-2].is_unread:
            self._end_block(is_apart=element.name in _APART)
        if element.name in ("ul", "ol") and not element.is_unread:
            self._items.pop()
        self._open.pop()
        self._open_names[element.name] -= 1
        return element.name

    def _add(self, text: str, styles: frozenset[str]) -> None:
        if text:
            self._runs.append(Run(visible(text), styles))

    def _end_block(self, *, is_apart: bool = False) -> None:
        """End the block, if it has any text. The next one is set apart by an empty line if one of the two asks."""
        if any(run.text.strip() for run in self._runs):
            self._end_line()
            self._is_apart = is_apart
        else:
            self._runs.clear()
            self._is_apart = self._is_apart or is_apart

    def _end_line(self) -> None:
        """End the line, which may be empty."""
        element = self._open[-1]
        if self._is_apart and self._post.blocks:
            self._post.blocks.append(Block([]))
        self._is_apart = False
        has_text = any(run.text.strip() for run in self._runs)
        marker, self._marker = (self._marker, "") if has_text else ("", self._marker)
        runs = self._runs if has_text else []
        self._post.blocks.append(Block(runs, element.indent, marker, element.is_preformatted))
        self._runs = []
