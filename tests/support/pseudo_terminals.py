"""Runs the command line in a pseudo-terminal, as a person does."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


#: Seconds to wait for what a command shows.
PATIENCE = 30

#: Its standard input becomes the terminal that controls it, so that Ctrl-C reaches it.
_PROGRAM = """
import os
os.close(os.open(os.ttyname(0), os.O_RDWR))
from eternaltwin.cli import main
main()
"""


class TerminalCommand:
    """A command that runs in a pseudo-terminal.

    Args:
        arguments: The arguments of `eternaltwin`.
        environment: Variables to set.
        columns: Width of the terminal, in characters.
        output: A file that standard output goes to, instead of the terminal.
    """

    def __init__(
        self, *arguments: str, environment: Mapping[str, str], columns: int = 80, output: Path | None = None
    ) -> None:
        self._own, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self._file = None if output is None else output.open("wb")
        inherited = {name: text for name, text in os.environ.items() if name not in ("NO_COLOR", "COLUMNS", "LINES")}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, *arguments],
            stdin=other,
            stdout=other if self._file is None else self._file,
            stderr=other,
            env={**inherited, "TERM": "xterm-256color", **environment},
            start_new_session=True,
        )
        os.close(other)
        self.shown = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._own)
        if self._file is not None:
            self._file.close()

    def wait_for(self, text: str) -> None:
        """Wait until the terminal shows a string."""
        while text not in self.shown:
            assert self._read(), f"{text!r} is not in {self.shown!r}"

    def type(self, text: str) -> None:
        r"""Type a string. `\x03` is Ctrl-C."""
        os.write(self._own, text.encode())

    def finish(self) -> int:
        """Wait for the end, and return the exit status."""
        while self._read():
            pass
        return self._process.wait()

    def _read(self) -> bool:
        is_ready, _, _ = select.select([self._own], [], [], PATIENCE)
        assert is_ready, f"nothing follows {self.shown!r}"
        with suppress(OSError):  # which Linux raises at the end
            data = os.read(self._own, 65536)
            self.shown += data.decode()
            return bool(data)
        return False
