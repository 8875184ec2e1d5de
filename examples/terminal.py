"""What the examples show in a terminal: in colour where rich is installed and wanted, plain elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

try:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text
except ImportError:
    HAS_RICH = False
else:
    HAS_RICH = True

if TYPE_CHECKING:
    from collections.abc import Sequence


def title(text: str) -> None:
    """Show the beginning of a part."""
    _show(f"\n{text}", "bold cyan")


def step(text: str, detail: str = "") -> None:
    """Show one step, and what came of it."""
    if HAS_RICH:
        line = Text.assemble(("  ✓ ", "green"), text, *((" → ", (detail, "bold")) if detail else ()))
        Console(highlight=False).print(line, soft_wrap=True)
    else:
        print(f"  - {text}" + (f" -> {detail}" if detail else ""))


def note(text: str) -> None:
    """Show something beside the steps."""
    _show(f"      {text}", "dim")


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Show rows under headings."""
    if HAS_RICH:
        shown = Table(*headings, box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
        for row in rows:
            shown.add_row(*map(Text, row))
        Console().print(shown)
    else:
        widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
        for row in (headings, *rows):
            print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())


def _show(text: str, style: str) -> None:
    if HAS_RICH:
        Console(highlight=False).print(Text(text, style), soft_wrap=True)
    else:
        print(text)
