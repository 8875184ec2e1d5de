"""Texts that somebody writes, which are kept in a file until they have been sent."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Above it is the text, below it are notes for whoever writes. A text may contain lines that start with `#`.
CUT = "# ------------------------ >8 ------------------------"


class Draft:
    """A text in a file that only its owner can read.

    Args:
        text: The text at first.
        notes: What whoever writes should know, one line each. The file has them below the text.
        folder: The folder for the file. None means [`drafts_folder`][eternaltwin.cli.drafts.drafts_folder]. If it
            cannot be written, that of temporary files is used.

    Attributes:
        path: The file.
    """

    def __init__(self, text: str, notes: Sequence[str] = (), folder: Path | None = None) -> None:
        self.path = _new_file(folder)
        self.write(_with_notes(text, notes) if notes else text)
        self._has_notes = bool(notes)

    def write(self, text: str) -> None:
        """Replace the text, and leave the notes out.

        Args:
            text: The new text.
        """
        self.path.write_text(text, encoding="utf-8", errors="replace", newline="\n")
        self._has_notes = False

    def read(self) -> str:
        """Read the text.

        Returns:
            The text without notes, and without white space around it. Empty if there is no file any more.
        """
        try:
            content = self.path.read_text(encoding="utf-8-sig", errors="replace")
        except FileNotFoundError:
            return ""
        return (content.partition(CUT)[0] if self._has_notes else content).strip()

    def discard(self) -> None:
        """Delete the file."""
        self.path.unlink(missing_ok=True)


def _with_notes(text: str, notes: Sequence[str]) -> str:
    lines = [CUT, "# Do not change the line above. Everything below it is ignored.", *(f"# {note}" for note in notes)]
    return f"{text}\n\n" + "".join(f"{line}\n" for line in lines)


def drafts_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder in which drafts are kept (XDG Base Directory Specification; on Windows, in the user's data).

    Args:
        environ: The environment variables.

    Returns:
        The folder, which may not exist.
    """
    variable, default = _STATE_FOLDERS.get(sys.platform, ("XDG_STATE_HOME", ".local/state"))
    given = environ.get(variable, "")
    state = Path(given) if Path(given).is_absolute() else Path.home() / default
    return state / "eternaltwin" / "drafts"


_STATE_FOLDERS = {"win32": ("LOCALAPPDATA", "AppData/Local")}


def _new_file(folder: Path | None) -> Path:
    try:
        chosen = drafts_folder() if folder is None else folder
        chosen.mkdir(mode=0o700, parents=True, exist_ok=True)
        return _temporary_file(chosen)
    except (OSError, RuntimeError):  # the latter without a home folder
        return _temporary_file(None)


def _temporary_file(folder: Path | None) -> Path:
    number, name = tempfile.mkstemp(suffix=".md", prefix="post-", dir=folder)
    os.close(number)
    return Path(name)
