"""Shows the HTML of posts as text in the width of a terminal."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING

from eternaltwin.cli.post_blocks import Run, read_post
from eternaltwin.cli.visible_text import cell_width

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eternaltwin.cli.post_blocks import Block

#: Columns of the narrowest text, however much is indented.
MIN_WIDTH = 10

#: Parameters of the escape sequence Select Graphic Rendition (ECMA-48, section 8.3.117), by style.
_SGR = {"bold": "1", "dim": "2", "italic": "3", "underline": "4", "strike": "9", "code": "36", "link": "34"}

_PIECE = re.compile(r" +|[^ ]+")

_Line = list[Run]


def render_post(html: str, width: int = 80, *, color: bool = False, spoilers: bool = False) -> str:
    """Return the HTML of a post as text for a terminal.

    Quotes start with `> `, items with `- ` or their number; addresses of links are listed at the end, not wrapped,
    so that they can be copied. Whatever the HTML contains, the only control characters of the result are line ends
    and, with `color`, the sequences that set styles.

    Args:
        html: The HTML, which may be anything.
        width: The number of columns.
        color: Whether to show emphasis, code and links by escape sequences.
        spoilers: Whether to show what spoilers contain.

    Returns:
        The text, without a line end at its end. Empty if there is none.

    Example:
        >>> print(render_post('<strong>Hi</strong>, <a href="https://eternaltwin.org/">look</a>'))
        Hi, look[1]
        <BLANKLINE>
        [1] https://eternaltwin.org/
    """
    post = read_post(html, spoilers=spoilers)
    lines = [line for block in post.blocks for line in _block_lines(block, width, color=color)]
    links = [f"[{number}] {address}" for number, address in enumerate(post.links, 1)]
    return "\n".join(_without_double_gaps([*lines, "", *links])).strip("\n")


def _without_double_gaps(lines: Iterable[str]) -> Iterator[str]:
    return (line for before, line in pairwise(["", *lines]) if line or before)


def _block_lines(block: Block, width: int, *, color: bool) -> Iterator[str]:
    room = max(width - len(block.indent), MIN_WIDTH)
    lines = _pieces_of_lines(block.runs, room) if block.is_preformatted else _wrapped(block.runs, room)
    indent = block.indent[: len(block.indent) - len(block.marker)] + block.marker
    for line in lines or [[]]:
        text = "".join(_styled(run, color=color) for run in line)
        yield f"{indent}{text}" if text else indent.rstrip()
        indent = block.indent


def _styled(run: Run, *, color: bool) -> str:
    codes = ";".join(_SGR[style] for style in sorted(run.styles)) if color and run.text else ""
    return f"\x1b[{codes}m{run.text}\x1b[0m" if codes else run.text


def _wrapped(runs: Iterable[Run], room: int) -> list[_Line]:
    """Return lines of words, each as wide as the room at most. Spaces between words count as one."""
    paragraph = _Paragraph(room)
    for space, word in _words(runs):
        paragraph.add(space, word)
    return [line for line in paragraph.lines if line]


class _Paragraph:
    """The lines of a paragraph, to which words are added."""

    def __init__(self, room: int) -> None:
        self.lines: list[_Line] = [[]]
        self._room = room
        self._used = 0

    def add(self, space: Run, word: _Line) -> None:
        needed = _width(word)
        if self.lines[-1] and self._used + 1 + needed > self._room:
            self._start_line()
        if needed > self._room:
            self._add_broken(word)
            return
        if self.lines[-1]:
            word = [space, *word]
        self.lines[-1] += word
        self._used += _width(word)

    def _add_broken(self, word: _Line) -> None:
        *full, last = _pieces_of_lines(word, self._room)
        self.lines += [*full, last]
        self._used = _width(last)

    def _start_line(self) -> None:
        self.lines.append([])
        self._used = 0


def _width(line: _Line) -> int:
    return sum(cell_width(run.text) for run in line)


def _words(runs: Iterable[Run]) -> Iterator[tuple[Run, _Line]]:
    """Yield each word, which may have several styles, with the space before it."""
    word: _Line = []
    space = Run(" ")
    for run in runs:
        for piece in _PIECE.findall(run.text):
            if not piece.startswith(" "):
                word.append(Run(piece, run.styles))
                continue
            if word:
                yield space, word
            word, space = [], Run(" ", run.styles & {"strike", "underline"})
    if word:
        yield space, word


def _pieces_of_lines(runs: Iterable[Run], room: int) -> list[_Line]:
    """Return lines that are broken where they are full, and nowhere else."""
    lines: list[_Line] = [[]]
    used = 0
    for run in runs:
        piece = ""
        for character in run.text:
            cells = cell_width(character)
            if used + cells > room:
                lines[-1].append(Run(piece, run.styles))
                lines.append([])
                piece, used = "", 0
            piece += character
            used += cells
        lines[-1].append(Run(piece, run.styles))
    return lines
