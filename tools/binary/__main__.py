"""Builds `dist/eternaltwin` with PyInstaller, and checks that it starts on a bare machine in less than two seconds.

Run it with the Python of an environment that has the extras `server`, `cli` and `binary` and nothing else: PyInstaller
packs what it finds.
"""

from __future__ import annotations

import pkgutil
import subprocess
import sys
from pathlib import Path

import eternaltwin
from tools.binary.check import LIMIT, PROGRAM, ROOT, fastest_start

_FOLDER = ROOT / "build" / "binary"

#: Parts of the package that are for games in Python.
_FOR_GAMES = frozenset({"integrations", "pytest_plugin", "testing", "login"})

#: Packages that others use if they find them, and that the server does not need.
_EXCLUDED = (
    *("cryptography", "keyring", "numpy", "psycopg", "psycopg_binary", "redis", "uvloop", "watchfiles", "websockets"),
    *(
        "IPython",
        "PIL",
        "setuptools",
        "pip",
        "tkinter",
        "curses",
        "pydoc",
        "doctest",
        "unittest",
        "lib2to3",
        "ensurepip",
    ),
)


def submodules() -> list[str]:
    """List the modules of the package, many of which are imported by name when they are needed."""
    found = pkgutil.walk_packages(eternaltwin.__path__, "eternaltwin.", onerror=lambda _: None)
    return [module.name for module in found if module.name.split(".")[1] not in _FOR_GAMES]


def build() -> None:
    """Build the file."""
    command = [
        *(sys.executable, "-m", "PyInstaller", "--onefile", "--noconfirm", "--clean", "--log-level", "WARN"),
        *("--name", PROGRAM.name, "--distpath", str(PROGRAM.parent)),
        *("--workpath", str(_FOLDER), "--specpath", str(_FOLDER)),
        *("--optimize", "1", "--strip", "--collect-data", "eternaltwin"),
        *(f"--hidden-import={name}" for name in submodules()),
        "--hidden-import=uvicorn.protocols.http.httptools_impl",
        *(f"--exclude-module={name}" for name in _EXCLUDED),
        str(Path(__file__).with_name("program.py")),
    ]
    subprocess.run(command, check=True, cwd=ROOT)


def main() -> None:
    """Build the file and check it."""
    build()
    seconds = fastest_start(PROGRAM)
    size = PROGRAM.stat().st_size / 2**20
    print(f"{PROGRAM}: {size:.0f} MiB, responds {seconds:.1f} s after its start without Python")
    if seconds > LIMIT:
        sys.exit(f"the start takes longer than {LIMIT:.0f} s")


if __name__ == "__main__":
    main()
