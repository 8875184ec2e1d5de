"""What commands print: tables and text for people, JSON for programs. Standard output has data, and nothing else."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click
import msgspec

from eternaltwin.cli.visible_text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from rich.console import Console

#: The width of tables where there is no terminal, in characters. Their cells are not cut, but continued below.
_WIDTH_OF_FILES = 160


def print_json(value: object) -> None:
    """Print a value as one JSON document, indented by two spaces. Characters that do not print are escaped.

    Args:
        value: What msgspec can encode: dictionaries, lists, strings, numbers, times.
    """
    text = msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
    click.echo("\n".join(map(_escaped, text.split("\n"))))


def json_line(value: object) -> str:
    """Return a value as JSON in one line. Characters that do not print are escaped.

    Args:
        value: What msgspec can encode.

    Returns:
        The JSON, without a line end.
    """
    return _escaped(msgspec.json.encode(value).decode())


def _escaped(line: str) -> str:
    """Escape what a terminal would obey, all of which stands in strings of the JSON (RFC 8259, section 7)."""
    if line.isprintable():
        return line
    return "".join(char if char.isprintable() else json.dumps(char)[1:-1] for char in line)


def console(*, is_error: bool = False) -> Console:
    """Return rich's console for a stream. It has no colors without a terminal, and with `NO_COLOR` (no-color.org).

    Args:
        is_error: Whether to write to standard error.

    Returns:
        The console.
    """
    from rich.console import Console  # slow to import

    stream = sys.stderr if is_error else sys.stdout
    width = None if stream.isatty() else _WIDTH_OF_FILES
    return Console(file=stream, width=width, highlight=False, markup=False, emoji=False)


def print_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table. In a narrow terminal, cells continue on the next line, so that nothing is lost.

    Args:
        headings: The titles of the columns.
        rows: The cells, row by row. None is an empty cell.
    """
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in headings:
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*("" if cell is None else visible(str(cell)) for cell in row))
    console().print(table)


def print_fields(fields: Iterable[tuple[str, object]]) -> None:
    """Print names and values, one pair per line. Those without a value are left out.

    Args:
        fields: Names and values.
    """
    from rich.table import Table

    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in fields:
        if value is not None:
            table.add_row(name, visible(str(value)))
    console().print(table)


def note(text: str) -> None:
    """Print a note for people to standard error.

    Args:
        text: The note.
    """
    click.echo(f"eternaltwin: {visible(text)}", err=True)
