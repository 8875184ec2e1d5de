"""What the project says of itself in its files."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def read_pyproject(root: Path = ROOT) -> dict[str, Any]:
    """Read the table `project` of `pyproject.toml`."""
    project: dict[str, Any] = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return project


def read_version(root: Path = ROOT) -> str:
    """Read the version that the package has. Nothing is imported: it may be another one that is installed."""
    text = (root / "src" / "eternaltwin" / "version.py").read_text(encoding="utf-8")
    return _first(r'^__version__ = "(.+)"$', text) or ""


def read_citation_version(root: Path = ROOT) -> str | None:
    """Read the version in `CITATION.cff`."""
    return _first(r"^version: (\S+)$", (root / "CITATION.cff").read_text(encoding="utf-8"))


def read_release_date(version: str, root: Path = ROOT) -> str | None:
    """Read what the changelog has as the date of a version: `2026-12-24`, `Unreleased`, or None without a section."""
    text = (root / "CHANGELOG.md").read_text(encoding="utf-8")
    return _first(rf"^## \[{re.escape(version)}\] - (.+)$", text)


def _first(pattern: str, text: str) -> str | None:
    found = re.search(pattern, text, re.MULTILINE)
    return found.group(1) if found else None
