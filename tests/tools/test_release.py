"""The checks of a release: `make release-check`."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tools.release import __main__ as command_line
from tools.release.contents import check_sdist, check_wheel, package_files
from tools.release.installs import PROGRAMS, check_installs, find_pythons
from tools.release.programs import bare_environment, last_line, run, uv
from tools.release.results import Result, as_table
from tools.release.sbom import SBOM, as_text, build_sbom
from tools.release.versions import check_changelog, check_sbom, check_version

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ROOT = Path(__file__).resolve().parents[2]
needs_source = pytest.mark.skipif(not (ROOT / "src").is_dir(), reason="this is a copy without src: there is no version")

PYPROJECT = """
[project]
name = "eternaltwin"
description = "A package"
license = "MIT"
dependencies = ["aiohttp>=3.14.3"]
[project.urls]
Repository = "https://example.com/eternaltwin"
[project.optional-dependencies]
crypto = ["cryptography>=48.0.1", "aiohttp>=3.14.3"]
dev = ["pytest"]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a package of two files."""
    root = tmp_path / "project"
    package = root / "src" / "eternaltwin"
    package.mkdir(parents=True)
    (package / "version.py").write_text('__version__ = "2.1.0"\n')
    (package / "py.typed").touch()
    (root / "CITATION.cff").write_text("cff-version: 1.2.0\nversion: 2.1.0\n")
    (root / "CHANGELOG.md").write_text("# Changelog\n\n## [2.1.0] - 2026-12-24\n\n## [2.0.0] - Unreleased\n")
    (root / "pyproject.toml").write_text(PYPROJECT)
    (root / SBOM).write_text(as_text(build_sbom(root)))
    return root


def set_version(root: Path, version: str) -> None:
    (root / "src" / "eternaltwin" / "version.py").write_text(f'__version__ = "{version}"\n')


def test_a_project_whose_files_agree_can_be_released(project: Path) -> None:
    results = [
        check_version(project, "v2.1.0"),
        check_changelog(project, allow_unreleased=False),
        check_sbom(project),
    ]
    assert [each.problems for each in results] == [(), (), ()]
    assert [each.note for each in results] == ["2.1.0", "2026-12-24", SBOM]


def test_every_file_and_the_tag_must_have_the_version_of_the_package(project: Path) -> None:
    set_version(project, "2.1")
    assert check_version(project, "v2.1.0").problems == (
        "CITATION.cff has the version 2.1.0, and version.py 2.1: change the former",
        "the tag is v2.1.0, and must be v2.1",
    )
    assert check_sbom(project).problems == (f"{SBOM} is outdated: run python -m tools.release.sbom",)
    for version in ("2.1.0-final", "2.01", ""):
        set_version(project, version)
        assert "PEP 440" in check_version(project, None).problems[0]


@pytest.mark.parametrize(
    ("heading", "problem"),
    [
        ("## [2.1.0] - Unreleased", "2.1.0 is unreleased"),
        ("## [2.1.0] - soon", "the date of 2.1.0 in CHANGELOG.md is 'soon'"),
        ("## [2.1.00] - 2026-12-24", "has no section"),
    ],
)
def test_the_changelog_must_have_the_date_of_the_release(project: Path, heading: str, problem: str) -> None:
    (project / "CHANGELOG.md").write_text(f"# Changelog\n\n{heading}\n")
    (found,) = check_changelog(project, allow_unreleased=False).problems
    assert problem in found
    allowed = check_changelog(project, allow_unreleased=True).problems
    assert bool(allowed) == ("Unreleased" not in heading)


def test_the_list_of_what_the_package_needs_tells_required_from_optional_packages(project: Path) -> None:
    document = build_sbom(project)
    found = {each["name"]: each["scope"] for each in document["components"]}
    assert found == {"aiohttp": "required", "cryptography": "optional"}
    assert document["dependencies"] == [
        {"ref": "pkg:pypi/eternaltwin@2.1.0", "dependsOn": ["pkg:pypi/aiohttp", "pkg:pypi/cryptography"]}
    ]


def wheel_of(root: Path, names: Iterable[str]) -> Path:
    path = root / "package.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, "")
    return path


def sdist_of(root: Path, names: Iterable[str]) -> Path:
    path = root / "package.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(f"eternaltwin-2.1.0/{name}"), io.BytesIO())
    return path


METADATA = ("METADATA", "WHEEL", "RECORD", "entry_points.txt", "licenses/LICENSE", f"sboms/{SBOM}")


def test_a_wheel_contains_the_package_and_its_metadata_and_nothing_else(project: Path) -> None:
    (project / "src" / "eternaltwin" / "__pycache__").mkdir()
    (project / "src" / "eternaltwin" / "__pycache__" / "x.pyc").touch()
    (project / "src" / "eternaltwin" / "text.po").touch()
    files = {"eternaltwin/version.py", "eternaltwin/py.typed", *(f"eternaltwin-2.1.0.dist-info/{n}" for n in METADATA)}
    assert check_wheel(project, wheel_of(project, files)).problems == ()
    assert package_files(project) == {"eternaltwin/version.py", "eternaltwin/py.typed", "eternaltwin/text.po"}
    broken = files - {"eternaltwin/py.typed"} | {"tests/test_it.py", "eternaltwin/__pycache__/x.pyc"}
    assert check_wheel(project, wheel_of(project, broken)).problems == (
        "missing: eternaltwin/py.typed",
        "not expected: eternaltwin/__pycache__/x.pyc",
        "not expected: tests/test_it.py",
    )


def test_an_sdist_contains_what_is_needed_to_build_and_test_and_nothing_left_behind(project: Path) -> None:
    found = check_sdist(project, sdist_of(project, ["src/eternaltwin/version.py", "tests/.env", "tests/a.pyc"]))
    assert {"missing: src/eternaltwin/py.typed", "missing: README.md", f"missing: {SBOM}"} <= set(found.problems)
    assert found.problems[-2:] == ("not expected: tests/.env", "not expected: tests/a.pyc")
    needed = [each.removeprefix("missing: ") for each in found.problems if each.startswith("missing: ")]
    assert check_sdist(project, sdist_of(project, ["src/eternaltwin/version.py", *needed])).problems == ()


class FakePrograms:
    """Runs nothing, and fails where a command contains a text."""

    def __init__(self, failing: str = "") -> None:
        self.failing = failing
        self.commands: list[list[str]] = []

    def __call__(self, command: Sequence[str]) -> subprocess.CompletedProcess[str]:
        self.commands.append(list(command))
        fails = bool(self.failing) and any(self.failing in part for part in command)
        return subprocess.CompletedProcess(
            command, int(fails), "Python 3.11.7\n", "Traceback\nit broke\n" if fails else ""
        )


def test_packages_come_from_the_index_that_pip_uses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_INDEX_URL", "https://index.example/simple")
    assert uv("pip", "compile")[-3:] == ["compile", "--default-index", "https://index.example/simple"]


def test_each_extra_is_installed_on_each_python_and_its_program_is_run(tmp_path: Path) -> None:
    programs = FakePrograms()
    results = check_installs(tmp_path / "a.whl", ["python3.11", "python3.12"], ["", "flask"], programs)
    assert results == [Result("Python 3.11.7", (), "2 installations")] * 2
    started = [command[-1] for command in programs.commands if "-I" in command]
    assert sorted(started) == sorted([PROGRAMS[""], PROGRAMS["flask"]] * 2)
    installed = [command for command in programs.commands if "install" in command]
    assert (
        len([each for each in installed if any(part.startswith("eternaltwin[flask] @ file://") for part in each)]) == 2
    )


@pytest.mark.parametrize("failing", ["eternaltwin[flask]", "integrations.flask"])
def test_an_extra_that_does_not_install_or_work_is_a_problem_of_its_python(tmp_path: Path, failing: str) -> None:
    (found,) = check_installs(tmp_path / "a.whl", ["python3.11"], ["", "flask"], FakePrograms(failing))
    assert found.problems == ("[flask]: it broke",)


def test_every_extra_has_a_program_that_uses_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert set(PROGRAMS) == {"", *project["optional-dependencies"]}
    for program in PROGRAMS.values():
        compile(program, "program", "exec")


def test_one_interpreter_of_each_version_is_found_and_the_newest_release_of_pyenv_preferred(tmp_path: Path) -> None:
    def which(name: str) -> str | None:
        return {"python3.11": "/nowhere/python3.11", "python3.14": sys.executable}.get(name)

    pyenv = [tmp_path / version / "bin" / "python" for version in ("3.11.10", "3.11.7", "3.13.0")]
    assert find_pythons(which, lambda: pyenv) == [str(pyenv[0]), str(pyenv[2]), sys.executable]


def test_environments_do_not_see_the_packages_of_this_one() -> None:
    assert bare_environment({"PYTHONPATH": "src", "VIRTUAL_ENV": ".venv", "PATH": "/bin"}) == {"PATH": "/bin"}


def test_the_last_line_of_a_program_is_its_problem() -> None:
    assert last_line(run([sys.executable, "-c", "raise ValueError('no')"])) == "ValueError: no"
    assert last_line(run([sys.executable, "-c", "raise SystemExit(3)"])) == "status 3"


def test_the_table_has_a_line_for_each_problem() -> None:
    table = as_table([Result("version", (), "2.1.0"), Result("changelog", ("one", "two"))])
    assert table.splitlines() == [
        "version    ok    2.1.0",
        "changelog  FAIL  one",
        "                 two",
    ]


@needs_source
def test_the_command_builds_checks_and_prints_a_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.copy(__file__, tmp_path / "eternaltwin-1.9.9.tar.gz")
    arguments = ["--fast", "--allow-unreleased", "--dist", str(tmp_path)]
    assert command_line.main(arguments) == 0, capsys.readouterr().out
    assert sorted(path.suffix for path in tmp_path.iterdir()) == [".gz", ".whl"]
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in lines] == [
        [name, "ok"] for name in ("version", "changelog", "SBOM", "wheel", "sdist", "metadata")
    ]


def test_distributions_that_twine_refuses_are_a_problem(tmp_path: Path) -> None:
    found = command_line.check_metadata([tmp_path / "a.whl"], FakePrograms("twine"))
    assert found == Result("metadata", ("it broke",), "twine check --strict")
