"""Django projects that are built from the code blocks of the documentation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.support.programs import program_in

if TYPE_CHECKING:
    from pathlib import Path


@dataclass
class DjangoProject:
    """A project with the name `mygame`.

    Attributes:
        folder: The folder with `manage.py`.
        port: Its port, in place of the one on the page.
        eternaltwin_url: The URL of the development server, in place of the one on the page.
    """

    folder: Path
    port: int
    eternaltwin_url: str

    @property
    def url(self) -> str:
        """The URL of the game."""
        return f"http://localhost:{self.port}"

    def start(self) -> None:
        """Create the project as `django-admin startproject` does, without the files that the pages replace."""
        self._run("-m", "django", "startproject", "mygame", ".")
        (self.folder / "mygame" / "urls.py").unlink()
        (self.folder / "mygame" / "asgi.py").unlink()

    def write(self, path: str, code: str) -> None:
        """Append a code block of a page to a file."""
        file = self.folder / path
        file.parent.mkdir(exist_ok=True)
        moved = code.replace(":8000", f":{self.port}").replace("http://127.0.0.1:50320", self.eternaltwin_url)
        with file.open("a", encoding="utf-8") as opened:
            opened.write(moved)

    def manage(self, *arguments: str, **variables: str) -> str:
        """Run `manage.py` and return its output."""
        return self._run("manage.py", *arguments, **variables)

    def _run(self, *arguments: str, **variables: str) -> str:
        log = self.folder / "log"
        with program_in(self.folder, arguments, log, **variables) as running:
            assert running.wait(60) == 0, log.read_text()
        return log.read_text()
