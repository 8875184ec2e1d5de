"""Output of the examples: in colour if rich is installed and the terminal supports colours, otherwise plain."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console


def title(text: str) -> None:
    """Show the title of a part."""
    _show(f"\n{text}", "bold cyan")


def step(text: str, detail: str = "") -> None:
    """Show one step and its result."""
    _show(f"  ✓ {text}{f' → {detail}' if detail else ''}", "")


def note(text: str) -> None:
    """Show a detail of a step."""
    _show(f"      {text}", "dim")


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Show a table."""
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
    """Return a rich console, if installed. It omits colours by itself (NO_COLOR, a file instead of a terminal)."""
    try:
        from rich.console import Console
    except ImportError:
        return None
    return Console(highlight=False)
