"""Checks that every file names the same version, and that the changelog has the date of its release."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from packaging.version import InvalidVersion, Version

from tools.release.project import read_citation_version, read_release_date, read_version
from tools.release.results import Result, result
from tools.release.sbom import SBOM, as_text, build_sbom

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def check_version(root: Path, tag: str | None) -> Result:
    """Check that the version is valid, and that the tag and the files that name it agree.

    Args:
        root: Folder of the project.
        tag: The tag of the release, or None before there is one.
    """
    version = read_version(root)
    return result("version", _version_problems(root, version, tag), version)


def _version_problems(root: Path, version: str, tag: str | None) -> Iterator[str]:
    if not _is_normal(version):
        yield f"version.py has the version {version!r}, which is none of PEP 440 in its normal form"
    citation = read_citation_version(root)
    if citation != version:
        yield f"CITATION.cff has the version {citation}, and version.py {version}: change the former"
    if tag not in {None, f"v{version}"}:
        yield f"the tag is {tag}, and must be v{version}"


def _is_normal(version: str) -> bool:
    try:
        return str(Version(version)) == version
    except InvalidVersion:
        return False


def check_changelog(root: Path, *, allow_unreleased: bool) -> Result:
    """Check that the changelog has a section for the version, with the date of the release.

    Args:
        root: Folder of the project.
        allow_unreleased: The section may have no date yet.
    """
    version = read_version(root)
    date = read_release_date(version, root)
    return result("changelog", _changelog_problems(version, date, allow_unreleased=allow_unreleased), date or "")


def _changelog_problems(version: str, date: str | None, *, allow_unreleased: bool) -> Iterator[str]:
    if date is None:
        yield f'CHANGELOG.md has no section "## [{version}] - YYYY-MM-DD"'
    elif date == "Unreleased":
        if not allow_unreleased:
            yield f"{version} is unreleased in CHANGELOG.md: write its date, or pass --allow-unreleased"
    elif not re.fullmatch(r"\d{4}-\d{2}-\d{2}", date):
        yield f"the date of {version} in CHANGELOG.md is {date!r}: write YYYY-MM-DD"


def check_sbom(root: Path) -> Result:
    """Check that the list of what the package needs is up to date."""
    is_current = (root / SBOM).read_text(encoding="utf-8") == as_text(build_sbom(root))
    return result("SBOM", [] if is_current else [f"{SBOM} is outdated: run python -m tools.release.sbom"], SBOM)
