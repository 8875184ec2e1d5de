"""Writes `eternaltwin.cdx.json`, the list of what the package consists of and needs (SBOM), as CycloneDX 1.6.

The wheel contains it below `.dist-info/sboms` (PEP 770). It has no time and no serial number: it changes only with the
version or the dependencies.

    python -m tools.release.sbom
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tools.release.project import ROOT, read_pyproject, read_version

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

SBOM = "eternaltwin.cdx.json"

#: The extras that are for those who work on the package.
_FOR_DEVELOPMENT = frozenset({"all", "dev", "binary", "docs"})


def build_sbom(root: Path = ROOT) -> dict[str, Any]:
    """Build the document.

    Args:
        root: Folder of the project.

    Returns:
        The package, and the packages that it and its extras require, each with the versions that are accepted.
    """
    project, version = read_pyproject(root), read_version(root)
    required = _by_name(project["dependencies"])
    extras = [lines for name, lines in project["optional-dependencies"].items() if name not in _FOR_DEVELOPMENT]
    optional = _by_name(line for lines in extras for line in lines)
    purl = f"pkg:pypi/{project['name']}@{version}"
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "library",
                "bom-ref": purl,
                "name": project["name"],
                "version": version,
                "description": project["description"],
                "licenses": [{"license": {"id": project["license"]}}],
                "purl": purl,
                "externalReferences": [{"type": "vcs", "url": project["urls"]["Repository"]}],
            }
        },
        "components": [
            *(_component(name, required[name], "required") for name in sorted(required)),
            *(_component(name, optional[name], "optional") for name in sorted(optional.keys() - required.keys())),
        ],
        "dependencies": [{"ref": purl, "dependsOn": sorted(map(_purl, required.keys() | optional.keys()))}],
        # The packages that those packages need are chosen when they are installed.
        "compositions": [{"aggregate": "incomplete", "dependencies": [purl]}],
    }


def _by_name(lines: Iterable[str]) -> dict[str, str]:
    requirements = map(Requirement, lines)
    return {canonicalize_name(found.name): str(found.specifier) for found in requirements}


def _component(name: str, specifier: str, scope: str) -> dict[str, Any]:
    return {
        "type": "library",
        "bom-ref": _purl(name),
        "name": name,
        "scope": scope,
        "purl": _purl(name),
        "properties": [{"name": "python:requirement", "value": f"{name}{specifier}"}],
    }


def _purl(name: str) -> str:
    return f"pkg:pypi/{name}"


def as_text(document: dict[str, Any]) -> str:
    """Return the text of the file."""
    return json.dumps(document, indent=2) + "\n"


if __name__ == "__main__":
    (ROOT / SBOM).write_text(as_text(build_sbom()), encoding="utf-8")
