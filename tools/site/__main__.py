"""The command `python -m tools.site`."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, TypeAlias

from packaging.version import Version

from eternaltwin import __version__
from tools.site import llms
from tools.site.source import ROOT, Section, read_sections, write

_Value: TypeAlias = "str | list[_Value] | dict[str, _Value]"

#: Leads from the root of the site to its newest version.
_INDEX = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>eternaltwin</title>
<meta http-equiv="refresh" content="0; url={version}/">
<p><a href="{version}/">The documentation of eternaltwin {version}</a></p>
</html>
"""


def navigation(sections: list[Section]) -> list[dict[str, Any]]:
    """Return the setting `nav` of the site."""
    return [{section.title: [{page.title: page.path} for page in section.pages]} for section in sections]


def configuration(sections: list[Section], url: str) -> str:
    """Return the configuration of the site at a URL, with its navigation."""
    common = (Path(__file__).parent / "zensical.toml").read_text(encoding="utf-8")
    items = ", ".join(_inline(item) for item in navigation(sections))
    common = common.replace("{root}", ROOT.as_posix()).replace("{url}", url)
    return common.replace("[project]\n", f"[project]\nnav = [{items}]\n", 1)


def _inline(value: _Value) -> str:
    """Return a value as TOML. JSON's strings are TOML's."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{json.dumps(key)} = {_inline(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(_inline, value)) + "]"
    return json.dumps(value)


def build(site: Path, work: Path, url: str) -> int:
    """Build the site, with every warning as an error, and return the exit status."""
    sections = read_sections()
    write(sections, work / "source")
    (work / "zensical.toml").write_text(configuration(sections, f"{url}/{__version__}/"), encoding="utf-8")
    command = [sys.executable, "-m", "zensical", "build", "--clean", "--strict", "--config-file", "zensical.toml"]
    status = subprocess.run(command, cwd=work, check=False).returncode
    if status:
        return status
    llms.write(sections, work / "site")
    place = site / __version__
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(work / "site", place)
    (site / "index.html").write_text(_INDEX.format(version=__version__), encoding="utf-8")
    shutil.copy(place / "404.html", site)
    names = sorted((each.parent.name for each in site.glob("*/sitemap.xml")), key=Version, reverse=True)
    versions: list[dict[str, object]] = [{"version": name, "title": name, "aliases": []} for name in names]
    (site / "versions.json").write_text(json.dumps(versions), encoding="utf-8")
    print(f"The site is in {place}")
    return 0


def main() -> int:
    """Build the site, and return the exit status."""
    parser = argparse.ArgumentParser("python -m tools.site", description="Build the documentation site.")
    parser.add_argument("--output", type=Path, default=ROOT / "site", help="the folder of all versions (site)")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "site", help="where to build (build/site)")
    parser.add_argument("--url", default="http://localhost:8000", help="where the folder is served (%(default)s)")
    options = parser.parse_args()
    return build(options.output, options.work, options.url.rstrip("/"))


if __name__ == "__main__":
    sys.exit(main())
