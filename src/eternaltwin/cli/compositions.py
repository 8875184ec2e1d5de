"""The text of a post that somebody writes: from an option, a file, standard input or an editor. It is never lost."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

import click

from eternaltwin.cli.drafts import Draft
from eternaltwin.cli.editors import edit
from eternaltwin.cli.failures import CommandFailedError
from eternaltwin.cli.output import note
from eternaltwin.cli.terminals import is_interactive

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from click.decorators import FC


class TextSource(NamedTuple):
    """Where a text comes from. Without either, it is standard input, or an editor if that is a terminal.

    Attributes:
        body: The text itself.
        file: A file with the text.
    """

    body: str | None
    file: Path | None


def text_options(command: FC) -> FC:
    """Add the options that give the text of a post. The command gets them as `body` and `file`.

    Args:
        command: The function of the command.

    Returns:
        The function, to be decorated as a command.
    """
    from pathlib import Path

    path = click.Path(path_type=Path)
    decorators: list[Callable[[FC], FC]] = [
        click.option("--file", type=path, help="A file with the text, in Marktwin."),
        click.option("--body", metavar="TEXT", help="The text, in Marktwin.  [default: standard input, or an editor]"),
    ]
    for decorator in decorators:
        command = decorator(command)
    return command


@contextmanager
def composed(source: TextSource, *notes: str, initial: str = "") -> Generator[str]:
    """Get the text of a post, and keep it in a file if the block fails.

    Args:
        source: Where the text comes from.
        *notes: What the editor shows below the text.
        initial: The text that the editor starts with.

    Yields:
        The text.

    Raises:
        UsageError: There are two sources, or the file is not UTF-8.
        CommandFailedError: The text is empty or was not changed, or the editor failed.
    """
    given = _given(source)
    draft = Draft(initial if given is None else given, notes if given is None else ())
    with _kept(draft, initial):
        if given is None:
            _edit(draft)
        text = draft.read()
        if text in ("", initial.strip()):
            problem = "the text was not changed" if text else "the text is empty"
            raise CommandFailedError(f"{problem}, so nothing was sent")
        yield text
    draft.discard()


def _given(source: TextSource) -> str | None:
    """Return the text that is given. None if it is to be written in the editor."""
    if source.body is not None and source.file is not None:
        raise click.UsageError("give --body or --file, not both")
    if source.file is not None:
        return _read(source.file)
    if source.body is not None or is_interactive():
        return source.body
    try:
        return sys.stdin.read()
    except UnicodeDecodeError:
        raise click.UsageError("standard input is not UTF-8") from None


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise click.UsageError(f"{file} is not UTF-8") from None
    except OSError as exc:
        raise click.UsageError(f"{file} cannot be read: {exc.strerror}") from None


def _edit(draft: Draft) -> None:
    problem = edit(draft.path)
    if problem is not None:
        raise CommandFailedError(problem)
    draft.write(draft.read())


@contextmanager
def _kept(draft: Draft, initial: str) -> Generator[None]:
    """If the block fails, keep the draft and report its file, unless there is nothing to lose."""
    try:
        yield
    except BaseException:
        if draft.read() in ("", initial.strip()):
            draft.discard()
        else:
            note(f"the text is kept: send it with --file {draft.path}")
        raise
