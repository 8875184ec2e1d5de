"""The older package of the same name, in its own virtual environment."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

VERSION = "1.0.0"
DEFAULT_FOLDER = Path(__file__).resolve().parent.parent / ".venv-older"


def prepared_python(folder: Path) -> Path:
    """Return the interpreter of an environment with the older package, which is created if necessary."""
    python = folder / "bin" / "python"
    mark = folder / f".eternaltwin-{VERSION}-installed"
    if not mark.exists():
        print(f"Installing eternaltwin {VERSION} into {folder} ...", file=sys.stderr)
        venv.create(folder, with_pip=True)
        install = [
            str(python),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            f"eternaltwin=={VERSION}",
        ]
        subprocess.run(install, check=True)
        mark.touch()
    return python


def trusted_certificates(python: Path) -> str:
    """Return the certificates that the older package trusts by default, as PEM.

    The caller adds the authority of the benchmark to them. With only that authority, loading would be faster than it is
    in a game.
    """
    found = subprocess.run(
        [python, "-c", "import certifi; print(certifi.where())"], check=True, capture_output=True, text=True
    )
    return Path(found.stdout.strip()).read_text(encoding="utf-8")
