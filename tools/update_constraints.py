"""Writes constraints.txt anew: the newest versions that every supported Python can install together.

Run it with the oldest supported Python; name others to have them checked against the result::

    python3.11 tools/update_constraints.py python3.12 python3.13
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CONSTRAINTS = ROOT / "constraints.txt"
HEADER = """\
# The versions that development and continuous integration use, the same on every supported Python.
# Made by tools/update_constraints.py: all that the extras `all` and `dev` bring.
"""


def installed(python: str, *options: str) -> list[str]:
    """What pip chooses for the extras in a fresh environment, as sorted lines ``name==version``."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([python, "-m", "venv", folder], check=True)
        pip = [f"{folder}/bin/python", "-m", "pip", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--quiet", *options, "--editable", f"{ROOT}[all,dev]"], check=True)
        frozen = subprocess.run([*pip, "freeze", "--exclude-editable"], check=True, capture_output=True, text=True)
    return sorted(frozen.stdout.splitlines(), key=str.lower)


def main(others: list[str]) -> int:
    chosen = installed(sys.executable)
    CONSTRAINTS.write_text(HEADER + "\n".join(chosen) + "\n", encoding="utf-8")
    differing = [python for python in others if installed(python, "--constraint", str(CONSTRAINTS)) != chosen]
    for python in differing:
        print(f"{python} installs other packages than {sys.executable}: add what it lacks by hand")
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
