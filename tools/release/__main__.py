"""Builds the sdist and the wheel into `dist`, and checks everything that must hold before they are published."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from tools.release.contents import check_sdist, check_wheel
from tools.release.installs import PROGRAMS, check_installs, find_pythons
from tools.release.programs import last_line, run
from tools.release.project import ROOT
from tools.release.results import Result, as_table, result
from tools.release.versions import check_changelog, check_sbom, check_version

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tools.release.programs import Run


def build(folder: Path) -> tuple[Path, Path]:
    """Build the distributions, after removing those of earlier builds.

    Args:
        folder: Where they are built.

    Returns:
        The wheel and the sdist.
    """
    for old in [*folder.glob("eternaltwin-*.whl"), *folder.glob("eternaltwin-*.tar.gz")]:
        old.unlink()
    command = [sys.executable, "-m", "hatchling", "build", "--directory", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return next(folder.glob("eternaltwin-*.whl")), next(folder.glob("eternaltwin-*.tar.gz"))


def check_metadata(distributions: Sequence[Path], run_program: Run = run) -> Result:
    """Check with twine that the package index can show the metadata and the README."""
    command = [sys.executable, "-m", "twine", "check", "--strict", *map(str, distributions)]
    completed = run_program(command)
    return result("metadata", [last_line(completed)] if completed.returncode else [], "twine check --strict")


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser("make release-check", description=__doc__)
    parser.add_argument("--allow-unreleased", action="store_true", help="the changelog may have no date yet")
    parser.add_argument("--tag", help="the tag of the release, which must be that of the version")
    parser.add_argument("--fast", action="store_true", help="install nothing")
    parser.add_argument("--extra", action="append", choices=PROGRAMS, help="install only this extra; may be repeated")
    parser.add_argument("--python", action="append", help="install with this Python only; may be repeated")
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="where to build")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the checks, and print their results.

    Args:
        arguments: Arguments of the command line. None means those of the process.

    Returns:
        The exit status: 1 if something must be mended.
    """
    options = _arguments(arguments)
    wheel, sdist = build(options.dist)
    results = [
        check_version(ROOT, options.tag),
        check_changelog(ROOT, allow_unreleased=options.allow_unreleased),
        check_sbom(ROOT),
        check_wheel(ROOT, wheel),
        check_sdist(ROOT, sdist),
        check_metadata([wheel, sdist]),
    ]
    if not options.fast:
        results += check_installs(wheel, options.python or find_pythons(), options.extra or list(PROGRAMS))
    print(as_table(results))
    return 1 if any(each.problems for each in results) else 0


if __name__ == "__main__":
    sys.exit(main())
