"""The configuration of `serve`: read at the start, and again when it changes or SIGHUP arrives."""

from __future__ import annotations

import os
import signal
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

from eternaltwin.cli.start_report import config_notes

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path
    from types import FrameType

    from eternaltwin.devserver import DevServer, ServerConfig
    from eternaltwin.devserver.config.types import StoreKind
    from eternaltwin.exceptions import EternalTwinError

#: The file that is the terminal of a process, whichever it is. It cannot be opened if there is none, or none any more.
_TERMINAL = "/dev/tty"


def _has_terminal() -> bool:
    try:
        os.close(os.open(_TERMINAL, os.O_RDONLY))
    except OSError:
        return False
    return True


class ServedConfig:
    """Where the configuration of a server comes from.

    Args:
        path: Path of the file. None means the nearest `eternaltwin.toml`.
        profile: Name of the profile.
        store: Where to keep data, whatever the file contains. None means `backend.store` of the file.
        say: Called with each warning and each note.
    """

    def __init__(self, path: Path | None, profile: str, store: StoreKind | None, say: Callable[[str], None]) -> None:
        self._path = path
        self._profile = profile
        self._store: StoreKind | None = store
        self._say = say

    def load(self) -> ServerConfig:
        """Read the files, and report what is surprising in them.

        Returns:
            The settings.

        Raises:
            ConfigurationError: A file cannot be read, or a value is wrong.
        """
        from eternaltwin.devserver import load_config

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            config = load_config(self._path, profile=self._profile, store=self._store)
        for warning in caught:
            self._say(str(warning.message))
        for note in config_notes(config, self._profile):
            self._say(note)
        return config

    @contextmanager
    def watched(self, server: DevServer) -> Generator[None]:
        """Apply changes of the files to a server while the context lasts, and on SIGHUP.

        A broken file is reported, and the server keeps its settings.

        Args:
            server: The server, which was created with what `load` has returned.

        Yields:
            Nothing.
        """
        from eternaltwin.devserver.config import watched_files
        from eternaltwin.devserver.config.watching import ConfigWatch

        def read() -> None:
            config = self.load()
            server.reconfigure(config)
            self._say(_reread(config))

        def report(error: EternalTwinError) -> None:
            self._say(f"{' '.join(str(error).split())}. The settings of before are still used")

        def files() -> tuple[Path, ...]:
            return watched_files(server.config, self._path, profile=self._profile)

        with ConfigWatch(files, read, report) as watch, _on_hangup(watch.request):
            yield


def _reread(config: ServerConfig) -> str:
    source = "without a file, the built-in settings are used" if config.source is None else f"{config.source} was read"
    games = ", ".join(f"{key}@clients" for key in config.own_games) or "none"
    return f"{source} again; its games: {games}. Only a restart applies [backend], [sqlite] and [postgres]"


@contextmanager
def _on_hangup(request: Callable[[], None]) -> Generator[None]:
    """Call a function when SIGHUP arrives, unless the terminal is gone, which ends the program as without a handler."""
    number = getattr(signal, "SIGHUP", None)
    if number is None:
        yield
        return
    had_terminal = _has_terminal()

    def handle(_: int, __: FrameType | None) -> None:
        if had_terminal and not _has_terminal():
            signal.raise_signal(signal.SIGTERM)
        else:
            request()

    before = signal.signal(number, handle)
    try:
        yield
    finally:
        signal.signal(number, before)
