"""The editor of whoever runs a command."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_DEFAULT = {"win32": "notepad"}


def editor_command(environ: Mapping[str, str] = os.environ) -> list[str]:
    """Return the command that starts the editor.

    Args:
        environ: The environment variables, of which `VISUAL` takes precedence over `EDITOR`.

    Returns:
        The program and its arguments, to which the file is added: `vi` by default, on Windows `notepad`.

    Raises:
        ValueError: The quotation marks in the variable are not balanced.
    """
    given = environ.get("VISUAL") or environ.get("EDITOR") or _DEFAULT.get(sys.platform, "vi")
    return shlex.split(given, posix=sys.platform != "win32")


def edit(file: Path, environ: Mapping[str, str] = os.environ) -> str | None:
    """Open a file in the editor, and wait until it is closed.

    Args:
        file: The file.
        environ: The environment variables.

    Returns:
        What went wrong, or None.
    """
    try:
        command = editor_command(environ)
        status = subprocess.run([*command, str(file)], check=False).returncode  # the user has chosen this program
    except (OSError, ValueError) as exc:
        return f"the editor cannot be started: {exc}; set VISUAL or EDITOR"
    return None if status == 0 else f"the editor ended with status {status}"
