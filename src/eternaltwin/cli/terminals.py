"""The terminal: whether there is one, questions, and progress."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager, suppress
from threading import Thread
from typing import TYPE_CHECKING, Protocol

import click

if TYPE_CHECKING:
    from collections.abc import Generator

#: The file descriptors of the standard streams, which other programs inherit (POSIX, `unistd.h`).
_STANDARD_OUTPUT, _STANDARD_ERROR = 1, 2

#: Seconds that the start of a browser may take after a sign-in has ended already.
_LONGEST_START = 0.3


class Progress(Protocol):
    """Shows how far a command is."""

    def __call__(self, done: int, total: int | None = None) -> None:
        """Show it.

        Args:
            done: How much is done.
            total: How much there is. None if it is not known, or as before.
        """
        ...


def is_interactive() -> bool:
    """Return whether a question can be asked.

    Returns:
        Whether standard input is a terminal.
    """
    return sys.stdin.isatty()


def ask(question: str, option: str, *, is_hidden: bool = False) -> str:
    """Ask a question, on standard error.

    Args:
        question: What to ask, without a colon.
        option: The option that gives the same, for the error.
        is_hidden: Whether what is typed is not shown.

    Returns:
        The answer, not empty.

    Raises:
        UsageError: Standard input is no terminal.
    """
    if not is_interactive():
        raise click.UsageError(f"standard input is no terminal, so that nobody can be asked: give {option}")
    answer: str = click.prompt(question, hide_input=is_hidden, err=True)
    return answer


@contextmanager
def progress(description: str, *, is_printing: bool = False) -> Generator[Progress]:
    """Show the progress of a long command on standard error, if that is a terminal.

    Args:
        description: What the command does.
        is_printing: Whether the command prints meanwhile. A terminal that shows what is printed then shows no progress.

    Yields:
        The function that shows how far it is.
    """
    if not sys.stderr.isatty() or (is_printing and sys.stdout.isatty()):
        yield _show_nothing
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    from eternaltwin.cli.output import console

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bar(*columns, console=console(is_error=True), transient=True) as bar:
        task = bar.add_task(description, total=None)

        def show(done: int, total: int | None = None) -> None:
            bar.update(task, completed=done, total=total)

        yield show


@contextmanager
def browser(address: str, *, is_opened: bool = True) -> Generator[None]:
    """Open the browser, while a block waits for what a person does in it.

    What the browser prints goes to standard error. One that runs in the terminal, such as lynx, delays nothing.

    Args:
        address: The address to open.
        is_opened: Whether to open it at all.

    Yields:
        None.
    """
    if not is_opened:
        yield
        return
    sys.stdout.flush()
    output = os.dup(_STANDARD_OUTPUT)
    os.dup2(_STANDARD_ERROR, _STANDARD_OUTPUT)
    try:
        opener = Thread(target=_open, args=(address,), name="eternaltwin-browser", daemon=True)
        opener.start()
        yield
        opener.join(_LONGEST_START)
    finally:
        os.dup2(output, _STANDARD_OUTPUT)
        os.close(output)


def _open(address: str) -> None:
    import webbrowser

    with suppress(webbrowser.Error):
        webbrowser.open(address)


@contextmanager
def without_interruption() -> Generator[None]:
    """Delay Ctrl-C until the end of a block that must be done whole or not at all.

    Yields:
        None.

    Raises:
        KeyboardInterrupt: Ctrl-C was pressed, at the end of the block.
    """
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if pressed:
        raise KeyboardInterrupt


def _show_nothing(done: int, total: int | None = None) -> None:
    del done, total
