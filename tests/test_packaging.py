"""The wheel, the sdist, the constraints, and the scripts that set up a working copy."""

from __future__ import annotations

import email.parser
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

import eternaltwin
from tests.support.programs import unmeasured_environment
from tools.release.sbom import SBOM, as_text, build_sbom

if TYPE_CHECKING:
    from email.message import Message

ROOT = Path(__file__).resolve().parent.parent
HAS_SOURCE = (ROOT / "src").is_dir()
needs_source = pytest.mark.skipif(not HAS_SOURCE, reason="this is a copy without src: there is nothing to build")
needs_shell = pytest.mark.skipif(os.name != "posix", reason="the scripts are for a POSIX shell")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel and the sdist, and return their folder."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-d", str(folder)], cwd=ROOT, check=True)
    return folder


def _wheel(built: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(next(built.glob("*.whl")))


def _metadata(built: Path) -> Message:
    with _wheel(built) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        return email.parser.Parser().parsestr(wheel.read(name).decode())


@needs_source
def test_the_wheel_holds_the_package_and_nothing_else(built: Path) -> None:
    with _wheel(built) as wheel:
        names = wheel.namelist()
    assert {name.partition("/")[0] for name in names} == {
        "eternaltwin",
        f"eternaltwin-{eternaltwin.__version__}.dist-info",
    }
    suffixes = {".py", ".typed", ".html", ".css", ".mo"}
    paths = [path for path in (ROOT / "src").rglob("*") if path.suffix in suffixes]
    source = {path.relative_to(ROOT / "src").as_posix() for path in paths}
    pages = {f"eternaltwin/integrations/shared/templates/eternaltwin/{name}.html" for name in ("button", "page")}
    catalogs = {f"eternaltwin/locale/{each}/LC_MESSAGES/eternaltwin.mo" for each in ("de", "eo", "es", "fr")}
    assert {"eternaltwin/py.typed", *pages, *catalogs} <= source <= set(names)
    assert any(name.endswith("/licenses/LICENSE") for name in names)


@needs_source
def test_the_wheel_describes_itself(built: Path) -> None:
    found = _metadata(built)
    assert (found["Name"], found["Version"]) == ("eternaltwin", eternaltwin.__version__)
    assert (found["Requires-Python"], found["License-Expression"]) == (">=3.11", "MIT")
    extras = {"crypto", "server", "cli", "django", "allauth", "fastapi", "flask", "redis", "otel", "all", "dev"}
    assert extras <= set(found.get_all("Provides-Extra", []))


@needs_source
def test_the_links_of_the_description_work_on_the_package_index(built: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", str(_metadata(built).get_payload()))
    assert [link for link in links if not link.startswith(("https://", "#"))] == []
    files = [link.partition("/main/")[2].partition("#")[0] for link in links if "/-/" in link and "/main/" in link]
    assert len(files) > 20
    assert [file for file in files if not (ROOT / file).exists()] == []


@needs_source
def test_the_wheel_contains_the_list_of_what_it_consists_of_and_needs(built: Path) -> None:
    with _wheel(built) as wheel:
        folder = f"eternaltwin-{eternaltwin.__version__}.dist-info/sboms"
        assert json.loads(wheel.read(f"{folder}/{SBOM}")) == build_sbom()


@needs_source
def test_the_list_of_what_the_package_needs_is_that_of_its_requirements() -> None:
    assert (ROOT / SBOM).read_text(encoding="utf-8") == as_text(build_sbom(ROOT)), "run: python -m tools.release.sbom"


@pytest.mark.long
@needs_source
def test_the_wheel_installs_and_imports(built: Path, tmp_path: Path) -> None:
    wheel = str(next(built.glob("*.whl")))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", str(tmp_path)]
    subprocess.run([*pip, wheel], env=unmeasured_environment(), check=True)
    code = "import sys; sys.path.insert(0, sys.argv[1]); import eternaltwin; print(eternaltwin.__file__)"
    command = [sys.executable, "-c", code, str(tmp_path)]
    found = subprocess.run(command, env=unmeasured_environment(), check=True, capture_output=True, text=True)
    assert found.stdout.strip() == str(tmp_path / "eternaltwin" / "__init__.py")


@needs_source
def test_the_sdist_holds_the_tests_and_their_files(built: Path) -> None:
    with tarfile.open(next(built.glob("*.tar.gz"))) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    expected = {"README.md", "LICENSE", "CHANGELOG.md", "Makefile", "constraints.txt", "pyproject.toml"}
    expected |= {"docs/index.md", "examples/demo.py", "benchmarks/__main__.py", "tests/test_packaging.py"}
    assert expected <= names
    assert {name.partition("/")[0] for name in names} <= {
        *(name for name in expected if "/" not in name),
        *("src", "docs", "examples", "benchmarks", "tests", "tools", "conformance", "typings"),
        *(".gitignore", "CITATION.cff", "CODE_OF_CONDUCT.md", "CONTRIBUTING.md", "PKG-INFO", "SECURITY.md"),
        "eternaltwin.cdx.json",
    }


def test_the_installed_version_is_that_of_the_package() -> None:
    assert metadata.version("eternaltwin") == eternaltwin.__version__


def test_the_installed_package_has_its_entry_points() -> None:
    found = metadata.distribution("eternaltwin").entry_points
    assert {(entry.group, entry.name) for entry in found} == {
        ("console_scripts", "eternaltwin"),
        ("pytest11", "eternaltwin"),
    }


#: A package with its version, and the versions of Python if they cannot all have the same one.
_PINNED = r'[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*(?: ; (?:python_version (?:==|>=) "3\.[0-9]+"(?: or )?)+)?'


def test_constraints_are_exact_and_complete() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line for line in lines if not line.startswith("#")]
    assert [line for line in pinned if not re.fullmatch(_PINNED, line)] == []
    names = {_normal(line.partition("==")[0]) for line in pinned}
    assert _required() <= names


def _required() -> set[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lists: list[list[str]] = [project["dependencies"], *project["optional-dependencies"].values()]
    names = {_normal(re.split(r"[\[<>=; ]", line)[0]) for lines in lists for line in lines}
    return names - {"eternaltwin"}


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _script(name: str, *arguments: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Run a script of `tools`, with `path` as the only folder of programs."""
    shell = shutil.which("sh") or "/bin/sh"
    command = [shell, str(ROOT / "tools" / name), *arguments]
    return subprocess.run(command, env={"PATH": str(path)}, capture_output=True, text=True, check=False)


def _program(folder: Path, name: str, body: str) -> str:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    file.chmod(0o755)
    return str(file)


@needs_shell
def test_a_python_that_is_new_enough_is_chosen(tmp_path: Path) -> None:
    assert _script("choose_python.sh", sys.executable, path=tmp_path).stdout == f"{sys.executable}\n"
    (tmp_path / "python3.12").symlink_to(_program(tmp_path, "real", f'exec "{sys.executable}" "$@"'))
    assert _script("choose_python.sh", path=tmp_path).stdout == "python3.12\n"


@needs_shell
def test_the_error_of_an_old_python_is_one_sentence(tmp_path: Path) -> None:
    old = _program(tmp_path, "python3.10", 'if [ "$1" = --version ]; then echo Python 3.10.9; else exit 1; fi')
    found = _script("choose_python.sh", old, path=tmp_path)
    assert (found.returncode, found.stdout) == (1, "")
    assert found.stderr.startswith(f"eternaltwin needs Python 3.11 or newer, and {old} is Python 3.10.9: ")
    assert found.stderr.count("\n") == 1


@needs_shell
def test_the_error_without_python_is_one_sentence(tmp_path: Path) -> None:
    found = _script("choose_python.sh", path=tmp_path)
    assert (found.returncode, found.stderr.count("\n")) == (1, 1)
    assert "which was not found" in found.stderr
    assert "is no Python" in _script("choose_python.sh", "nowhere", path=tmp_path).stderr


@needs_shell
def test_the_error_of_a_python_without_venv_is_one_sentence(tmp_path: Path) -> None:
    bare = _program(tmp_path, "python3", 'case "$2" in *venv*) exit 1 ;; esac')
    found = _script("choose_python.sh", path=tmp_path)
    assert found.returncode == 1
    assert "install its venv package" in found.stderr
    assert "install its venv package" in _script("choose_python.sh", bare, path=tmp_path).stderr


@needs_shell
def test_the_reason_for_skipped_tests_is_reported(tmp_path: Path) -> None:
    for name in ("redis-server", "postgres", "node", "php"):
        _program(tmp_path, name, "exit 0")
    expected = "Some tests will be skipped, because these programs are missing: chromium-headless-shell. "
    assert _script("install_test_programs.sh", path=tmp_path).stdout.startswith(f"{expected}There is no apt-get")
    _program(tmp_path, "apt-get", "exit 1")
    _program(tmp_path, "id", "echo 1000")
    assert _script("install_test_programs.sh", path=tmp_path).stdout.startswith(f"{expected}Only root can install them")


@needs_shell
@pytest.mark.parametrize(("status", "browser"), [(0, "chromium-headless-shell"), (100, "chromium")])
def test_the_browser_that_is_available_is_installed(tmp_path: Path, status: int, browser: str) -> None:
    log = tmp_path / "log"
    for name in ("mktemp", "rm", "sed"):
        (tmp_path / name).symlink_to(shutil.which(name) or "")
    for name in ("redis-server", "postgres", "node", "php"):
        _program(tmp_path, name, "exit 0")
    _program(tmp_path, "id", "echo 0")
    _program(tmp_path, "apt-cache", f"exit {status}")
    _program(tmp_path, "apt-get", f'echo "$@" >> {log}')
    assert _script("install_test_programs.sh", path=tmp_path).returncode == 0
    assert log.read_text("utf-8").splitlines() == ["update", f"install --yes --no-install-recommends {browser}"]


@needs_shell
def test_programs_that_exist_are_not_installed(tmp_path: Path) -> None:
    for name in ("chromium", "redis-server", "postgres", "node", "php"):
        _program(tmp_path, name, "exit 0")
    found = _script("install_test_programs.sh", path=tmp_path)
    assert (found.returncode, found.stdout) == (0, "")


#: Advisories about parts that are used here: the last release that each concerns, for each affected series.
ADVISORIES = {
    "CVE-2026-69244": ("aiohttp", ["3.14.2"]),
    "CVE-2026-101918": ("PyJWT", ["2.14.0"]),
    "GHSA-ffc3-869f-jxw9": ("PyJWT", ["2.13.0"]),
    "CVE-2026-97687": ("urllib3", ["2.7.0"]),
    "GHSA-537c-gmf6-5ccf": ("cryptography", ["48.0.0"]),
    "CVE-2026-26007": ("cryptography", ["46.0.4"]),
    "CVE-2025-27516": ("jinja2", ["3.1.5"]),
    "CVE-2026-15920": ("django", ["5.2.16", *(f"6.0.{patch}" for patch in range(8)), "6.0"]),
    "CVE-2026-48588": ("django", ["5.2.15", "6.0.6"]),
    "CVE-2026-3902": ("django", ["5.2.12", "6.0.3"]),
    "CVE-2026-97764": ("django-allauth", ["65.19.3"]),
    "CVE-2026-54283": ("starlette", ["1.3.0"]),
    "GHSA-86qp-5c8j-p5mr": ("starlette", ["1.0.0"]),
    "GHSA-jp82-jpqv-5vv3": ("starlette", ["1.2.1"]),
    "CVE-2026-27205": ("flask", ["3.1.2"]),
    "CVE-2026-41425": ("Authlib", ["1.6.10"]),
}


@pytest.mark.parametrize("advisory", ADVISORIES)
def test_no_extra_accepts_a_release_with_an_advisory_and_the_reason_stands_beside_the_bound(advisory: str) -> None:
    package, releases = ADVISORIES[advisory]
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert advisory in text
    project = tomllib.loads(text)["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    requirements = [Requirement(line) for group in groups for line in group]
    bounds = [found.specifier for found in requirements if found.name.lower() == package.lower()]
    assert bounds
    for bound in bounds:
        assert not [release for release in releases if bound.contains(release)]
        assert bound.contains(metadata.version(package))


def test_every_reason_beside_a_bound_is_tested() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert set(re.findall(r"CVE-\d{4}-\d+|GHSA(?:-\w{4}){3}", text)) == set(ADVISORIES)
