"""What the examples show in a terminal: in colour where rich is installed and colour is wanted, plain elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console


def title(text: str) -> None:
    """Show the beginning of a part."""
    _show(f"\n{text}", "bold cyan")


def step(text: str, detail: str = "") -> None:
    """Show one step, and what came of it."""
    _show(f"  ✓ {text}{f' → {detail}' if detail else ''}", "")


def note(text: str) -> None:
    """Show something beside the steps."""
    _show(f"      {text}", "dim")


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Show rows under headings."""
    widths = [max(map(len, column)) for column in zip(headings, *rows, strict=True)]
    for number, row in enumerate((headings, *rows)):
        cells = [text.ljust(width) for text, width in zip(row, widths, strict=True)]
        _show("  ".join(["   ", *cells]).rstrip(), "" if number else "bold")


def _show(text: str, style: str) -> None:
    console = _console()
    if console is None:
        print(text)
    else:
        console.print(text, style=style, markup=False, soft_wrap=True)


def _console() -> Console | None:
    """What writes in colour; it knows by itself when not to (NO_COLOR, a file instead of a terminal)."""
    try:
        from rich.console import Console
    except ImportError:
        return None
    return Console(highlight=False)
