"""Files with secrets, which only their owner can read from their first byte on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from eternaltwin.cli.failures import CommandFailedError

if TYPE_CHECKING:
    from pathlib import Path

OWNER_ONLY = 0o600


def write_new(path: Path, content: str, *, mode: int = 0o666, replaces: bool = False) -> None:
    """Write a file that does not exist yet. Links are not followed.

    Args:
        path: The file.
        content: Its content.
        mode: Its permissions, from which the process's mask is taken off.
        replaces: Whether a file that exists is deleted first.

    Raises:
        CommandFailedError: There is such a file, or it cannot be written.
    """
    try:
        if replaces:
            path.unlink(missing_ok=True)
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    except FileExistsError:
        raise CommandFailedError(f"{path} exists", "move it, or replace it with --force") from None
    except OSError as exc:
        raise CommandFailedError(f"{path} cannot be written: {exc.strerror}") from None
    with os.fdopen(number, "w", encoding="utf-8", newline="\n") as file:
        file.write(content)
