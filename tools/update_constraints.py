"""Updates constraints.txt: the newest versions of all dependencies on every supported Python.

Run it with the oldest supported Python, and name the others:

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
# The versions that development and continuous integration use, the same on every supported Python if they can be.
# Made by tools/update_constraints.py: all that the extras `all` and `dev` bring.
"""


def installed(python: str) -> tuple[str, set[str]]:
    """Return the version of a Python, and what pip installs there in a new environment, as lines `name==version`."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([python, "-m", "venv", folder], check=True)
        pip = [f"{folder}/bin/python", "-m", "pip", "--disable-pip-version-check"]
        subprocess.run([*pip, "install", "--quiet", "--editable", f"{ROOT}[all,dev]"], check=True)
        lines = _output([*pip, "freeze", "--exclude-editable"]).splitlines()
    return _output([python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]).strip(), set(lines)


def _output(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def merged(chosen: dict[str, set[str]]) -> list[str]:
    """Merge the lines of all Pythons. Lines of only some Pythons get a marker.

    Args:
        chosen: The lines by version of Python, the oldest first.
    """
    found: list[str] = []
    for line in set[str].union(*chosen.values()):
        versions = [version for version, lines in chosen.items() if line in lines]
        if len(versions) == len(chosen):
            found.append(line)
        elif versions == list(chosen)[-len(versions) :]:
            found.append(f'{line} ; python_version >= "{versions[0]}"')
        else:
            markers = [f'python_version == "{version}"' for version in versions]
            found.append(f"{line} ; {' or '.join(markers)}")
    return sorted(found, key=str.lower)


def main(others: list[str]) -> None:
    chosen = dict(map(installed, [sys.executable, *others]))
    CONSTRAINTS.write_text(HEADER + "\n".join(merged(chosen)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
