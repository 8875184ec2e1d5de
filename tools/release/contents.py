"""Checks what the wheel and the sdist contain: everything that users need, and nothing else."""

from __future__ import annotations

import tarfile
import zipfile
from pathlib import Path, PurePosixPath

from tools.release.project import read_version
from tools.release.results import Result, result
from tools.release.sbom import SBOM

#: What Python, tests and editors leave behind, which no package should contain.
_LEFT_BEHIND = frozenset({"__pycache__", ".DS_Store", ".coverage", ".env", ".hypothesis", ".mypy_cache", ".ruff_cache"})

#: What the sdist must contain besides the package: it is enough to build, test and change it.
_IN_SDIST = frozenset(
    {
        *("pyproject.toml", "README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "CITATION.cff"),
        *("Makefile", "constraints.txt", SBOM, "docs/index.md", "tests/conftest.py", "examples/demo.py"),
    }
)

#: Sources of what the wheel contains: catalogs are compiled from them.
_NOT_IN_WHEEL = frozenset({".po", ".pot", ".pyc"})


def package_files(root: Path) -> set[str]:
    """List the files of the package as the wheel must contain them, such as `eternaltwin/py.typed`."""
    source = root / "src"
    files = [path.relative_to(source) for path in source.rglob("*") if path.is_file()]
    return {path.as_posix() for path in files if not _is_left_behind(path) and path.suffix != ".pyc"}


def _is_left_behind(path: Path | PurePosixPath) -> bool:
    return bool(_LEFT_BEHIND.intersection(path.parts))


def check_wheel(root: Path, wheel: Path) -> Result:
    """Check that the wheel contains the files of the package, its metadata, license and SBOM, and nothing else."""
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if not name.endswith("/")}
    info = f"eternaltwin-{read_version(root)}.dist-info"
    own = package_files(root)
    required = {name for name in own if PurePosixPath(name).suffix not in _NOT_IN_WHEEL}
    written = {"METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE", f"sboms/{SBOM}"}
    required |= {f"{info}/{name}" for name in written}
    problems = [f"missing: {name}" for name in sorted(required - found)]
    problems += [f"not expected: {name}" for name in sorted(found - required - own)]
    return result("wheel", problems, f"{len(found)} files")


def check_sdist(root: Path, sdist: Path) -> Result:
    """Check that the sdist contains what is needed to build and test the package, and nothing that was left behind."""
    with tarfile.open(sdist) as archive:
        names = [PurePosixPath(member.name) for member in archive if member.isfile()]
    found = {PurePosixPath(*name.parts[1:]) for name in names}
    required = _IN_SDIST | {f"src/{name}" for name in package_files(root)}
    problems = [f"missing: {name}" for name in sorted(required - {name.as_posix() for name in found})]
    problems += [f"not expected: {name}" for name in sorted(found) if _is_left_behind(name) or name.suffix == ".pyc"]
    return result("sdist", problems, f"{len(found)} files")
