"""Installs the lowest versions that `pyproject.toml` accepts into `build/lowest`, and runs the tests that use them.

Run it with the oldest supported Python, from an environment with the extra `dev`. Arguments are those of pytest.
"""

from __future__ import annotations

import subprocess
import sys

from packaging.utils import canonicalize_name

from tools.lowest.requirements import for_games, for_tests, not_lowest
from tools.release.programs import python_of, uv
from tools.release.project import ROOT

_FOLDER = ROOT / "build" / "lowest"

#: The tests that use the most of other packages.
TESTS = (
    *("tests/clients/asyncio", "tests/clients/sync", "tests/integrations", "tests/telemetry", "tests/profiles"),
    *("tests/devserver/storage", "tests/devserver/test_server.py", "tests/cli/test_serve.py", "tests/models"),
    "tests/test_keys.py",
)

_PYTEST = (
    *("-q", "-n", "auto", "--maxprocesses", "4", "-p", "no:cacheprovider"),
    *("-m", "not browser and not load and not long"),
    # What an old package uses of a newer one, which it requires in any version, may be deprecated there.
    *("-W", "default::DeprecationWarning"),
)


def choose_versions() -> list[str]:
    """Write the lowest versions to `build/lowest/requirements.txt`.

    Returns:
        The requirements whose lowest version cannot be installed.
    """
    _FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = for_games(ROOT / "pyproject.toml")
    source, chosen = _FOLDER / "requirements.in", _FOLDER / "requirements.txt"
    source.write_text("\n".join([*wanted, *for_tests(ROOT / "constraints.txt")]) + "\n", encoding="utf-8")
    options = ("--resolution", "lowest-direct", "--no-header", "--no-annotate", "--quiet", "--upgrade")
    command = uv("pip", "compile", str(source), *options, "--python", sys.executable, "--output-file", str(chosen))
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    lines = (line.partition("==") for line in chosen.read_text(encoding="utf-8").splitlines())
    return not_lowest(wanted, {canonicalize_name(name): version.strip() for name, _, version in lines})


def install() -> str:
    """Install what was chosen, and the package, into a new environment, and return its interpreter."""
    environment = _FOLDER / "environment"
    subprocess.run(uv("venv", "--quiet", "--clear", "--python", sys.executable, str(environment)), check=True)
    python = python_of(environment)
    requirements = ("--requirement", str(_FOLDER / "requirements.txt"))
    subprocess.run(uv("pip", "install", "--quiet", "--python", python, *requirements), check=True)
    subprocess.run(
        uv("pip", "install", "--quiet", "--python", python, "--no-deps", "--editable", str(ROOT)), check=True
    )
    return python


def main(arguments: list[str]) -> int:
    """Run the tests, and return their exit status, or 1 if a lowest version cannot be installed."""
    impossible = choose_versions()
    if impossible:
        print("These lowest versions cannot be installed with the others; raise their bounds:", *impossible, sep="\n  ")
        return 1
    command = [install(), "-m", "pytest", *_PYTEST, *(arguments or TESTS)]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
