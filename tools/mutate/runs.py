"""Runs of mutmut in a copy of the project."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from tools.mutate.decorators import without_changed_generators, without_decorators
from tools.mutate.mutants import read_mutants

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tools.mutate.equivalents import Equivalent
    from tools.mutate.groups import Group
    from tools.mutate.mutants import Mutant

#: What is not copied.
_IGNORED = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "htmlcov", "mutants")

#: Arguments of every run of pytest.
_ARGUMENTS = ["-q", "-p", "no:randomly", "-p", "no:cacheprovider"]

#: A mutant is stopped, and counts as noticed, after this many times what the tests take, and these seconds.
_TIMEOUT_FACTOR, _TIMEOUT_SECONDS = 3.0, 2.0


class MutationError(Exception):
    """mutmut could not run, such as because the tests fail without a change."""


class WorkingCopy:
    """A copy of the project in which mutmut works on one group of modules.

    Args:
        root: The root of the project.
        folder: Where the copy is or will be.
        group: The modules, and their tests.
        arguments: Further arguments of pytest.
    """

    def __init__(self, root: Path, folder: Path, group: Group, arguments: Sequence[str] = ()) -> None:
        self._root = root
        self._folder = folder
        self._group = group
        self._arguments = [*_ARGUMENTS, *arguments]

    def run(self, jobs: int) -> list[Mutant]:
        """Copy the project anew, change all modules of the group, and return all mutants.

        Args:
            jobs: Maximum number of mutants that are tested at the same time.

        Raises:
            MutationError: The tests fail without a change.
        """
        shutil.rmtree(self._folder, ignore_errors=True)
        shutil.copytree(self._root, self._folder, ignore=_IGNORED)
        self._prepare()
        return self._mutate(jobs, [])

    def run_again(self, jobs: int, equivalents: Sequence[Equivalent] = ()) -> list[Mutant]:
        """Copy only the tests anew, test the mutants again that no test noticed, and return all mutants.

        Args:
            jobs: Maximum number of mutants that are tested at the same time.
            equivalents: Those that no test can notice, and that are not tested again.

        Raises:
            MutationError: There was no run before, or the tests fail without a change.
        """
        if not self._folder.exists():
            raise MutationError(f"There was no run of {self._group.name} before. Run it without --again.")
        mutants = self._read()
        left = [mutant.name for mutant in mutants if _is_left(mutant, equivalents)]
        if not left:
            return mutants
        for folder in (self._folder / "tests", self._folder / "mutants" / "tests"):
            shutil.rmtree(folder)
        shutil.copytree(self._root / "tests", self._folder / "tests", ignore=_IGNORED)
        (self._folder / "mutants" / "mutmut-stats.json").unlink(missing_ok=True)
        return self._mutate(jobs, left)

    def _prepare(self) -> None:
        for file in self._group.files(self._root):
            path = self._folder / file
            source = without_decorators(path.read_text("utf-8"))
            path.write_text(without_changed_generators(source), "utf-8")
        settings = {
            "source_paths": ["src"],
            "only_mutate": self._group.files(self._root),
            "also_copy": [path.name for path in self._folder.iterdir() if path.name != "src"],
            "pytest_add_cli_args": self._arguments,
            "pytest_add_cli_args_test_selection": list(self._group.tests),
            "process_isolation": "forkserver",
            "track_dependencies": False,
            "use_git_change_detection": False,
            "timeout_multiplier": _TIMEOUT_FACTOR,
            "timeout_constant": _TIMEOUT_SECONDS,
        }
        lines = "".join(f"{name} = {json.dumps(value)}\n" for name, value in settings.items())
        with (self._folder / "pyproject.toml").open("a", encoding="utf-8") as file_of_settings:
            file_of_settings.write(f"\n[tool.mutmut]\n{lines}")

    def _mutate(self, jobs: int, names: Sequence[str]) -> list[Mutant]:
        command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(jobs), *names]
        ended = subprocess.run(command, check=False, cwd=self._folder, stdout=sys.stderr, env=_environment())
        mutants = self._read() if ended.returncode == 0 else []
        if not mutants or not all(mutant.is_checked for mutant in mutants):
            self._show_failures()
            raise MutationError(f"mutmut did not test every mutant of {self._group.name}: see the output above.")
        return mutants

    def _show_failures(self) -> None:
        """Run the tests without a change, since mutmut hides why they failed."""
        command = [sys.executable, "-m", "pytest", *self._arguments, *self._group.tests]
        environment = {**_environment(), "MUTANT_UNDER_TEST": "", "PYTHONPATH": "src"}
        subprocess.run(command, check=False, cwd=self._folder / "mutants", stdout=sys.stderr, env=environment)

    def _read(self) -> list[Mutant]:
        return read_mutants(self._folder, self._group.files(self._root))


def _is_left(mutant: Mutant, equivalents: Sequence[Equivalent]) -> bool:
    is_excused = mutant.is_checked and any(each.matches(mutant) for each in equivalents)
    return not mutant.is_noticed and not is_excused


def _environment() -> dict[str, str]:
    """Return the environment, with the same examples of Hypothesis in every run.

    Arguments of the pytest around it, such as the order of tests, are not those of the tests of mutants.
    """
    inherited = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}
    return {**inherited, "CI": "1", "COLUMNS": "100"}
