"""`python -m tools.mutate` reports the changes of a small package that its tests do not notice."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TypedDict, cast

import pytest

from tests.support.programs import unmeasured_environment
from tools.mutate.decorators import without_changed_generators, without_decorators

ROOT = Path(__file__).parent.parent.parent

AGES = """
from functools import cache

@cache
def is_adult(age: int) -> bool:
    return age >= 18

class Ticket:
    def __init__(self, age: int) -> None:
        self.age = age

    @property
    def price(self) -> int:
        return 10 if is_adult(self.age) else 5
"""

TESTS = """
from tiny.ages import Ticket

def test_prices() -> None:
    assert Ticket(40).price == 10
    assert Ticket(17).price == 5
"""

GROUPS = """
[[group]]
name = "tiny"
modules = ["tiny/ages"]
tests = ["tests"]
"""

STALE = """
[[equivalent]]
module = "tiny.ages"
before = "return age >= 21"
after = "return age > 21"
reason = "The age is another one."
"""

OF_AGES = """
[[equivalent]]
module = "tiny.ages"
function = "is_adult"
pattern = "return age >= 18 -> return age (> 18|>= 19)"
reason = "Nobody is 18."
"""


UNTESTED = OF_AGES.replace("equivalent", "untested")


class Figures(TypedDict):
    name: str
    mutants: int
    noticed: int
    equivalent: int
    untested: int
    survived: int
    percent: float


class Survivor(TypedDict):
    module: str
    function: str
    before: str
    after: str
    diff: str


class Report(TypedDict):
    total: Figures
    modules: list[Figures]
    survivors: list[Survivor]
    stale: list[str]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Write a project with one module and one test."""
    files = {
        "pyproject.toml": "[project]\nname = 'tiny'\n",
        "src/tiny/__init__.py": "",
        "src/tiny/ages.py": AGES,
        "tests/test_ages.py": TESTS,
        "tools/mutate/groups.toml": GROUPS,
    }
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path


def mutate(project: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tools.mutate", "--root", str(project), *arguments]
    environment = {**unmeasured_environment(), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=ROOT, env=environment)


def report(ended: subprocess.CompletedProcess[str]) -> Report:
    return cast("Report", json.loads(ended.stdout))


@pytest.mark.long
def test_what_survives_is_reported_until_a_test_notices_it_or_a_reason_excuses_it(project: Path) -> None:
    equivalents = project / "tools" / "mutate" / "equivalents.toml"
    equivalents.write_text(STALE, "utf-8")
    first = mutate(project, "--json")
    found = report(first)
    assert first.returncode == 1
    assert {(each["function"], each["before"], each["after"]) for each in found["survivors"]} == {
        ("is_adult", "return age >= 18", "return age > 18"),
        ("is_adult", "return age >= 18", "return age >= 19"),
    }
    assert found["stale"] == ["tiny.ages, *: return\\ age\\ >=\\ 21\\ \\->\\ return\\ age\\ >\\ 21"]
    assert found["modules"] == [{**found["total"], "name": "tiny.ages"}]
    assert found["total"]["noticed"] == found["total"]["mutants"] - 2 > 0

    equivalents.write_text(OF_AGES, "utf-8")
    second = mutate(project, "--again", "--json")
    assert (second.returncode, report(second)["survivors"], report(second)["stale"]) == (0, [], [])
    excused = report(second)["total"]
    assert (excused["equivalent"], excused["untested"], excused["percent"]) == (2, 0, 100)

    equivalents.write_text(UNTESTED, "utf-8")
    listed = mutate(project, "--again", "--json")
    untested = report(listed)["total"]
    assert listed.returncode == 0
    assert (untested["equivalent"], untested["untested"], untested["survived"], untested["percent"]) == (0, 2, 0, 100)

    with (project / "tests" / "test_ages.py").open("a", encoding="utf-8") as tests:
        tests.write("    assert Ticket(18).price == 10\n")
    third = mutate(project, "--again", "tiny.ages", "tiny")
    assert third.returncode == 2
    assert "There was no run of tiny.ages before" in third.stderr
    fourth = mutate(project, "--again")
    assert fourth.returncode == 0
    assert fourth.stdout.splitlines()[-1].split()[-1] == "100.0"


@pytest.mark.long
def test_tests_that_fail_without_a_change_are_an_error(project: Path) -> None:
    (project / "tests" / "test_ages.py").write_text("def test_nothing() -> None:\n    raise ValueError\n", "utf-8")
    ended = mutate(project)
    assert ended.returncode == 2
    assert "mutmut did not test every mutant of tiny: see the output above." in ended.stderr
    assert "FAILED tests/test_ages.py::test_nothing - ValueError" in ended.stderr


@pytest.mark.long
def test_changes_whose_tests_are_not_found_are_an_error_and_not_noticed(project: Path) -> None:
    """The line end in the id is escaped again when pytest collects the tests again in the same process."""
    with (project / "tests" / "test_ages.py").open("a", encoding="utf-8") as tests:
        tests.write(
            "import pytest\n"
            "@pytest.mark.parametrize('age', [7], ids=['a\\n'])\n"
            "def test_price(age: int) -> None:\n    assert Ticket(age).price\n"
        )
    ended = mutate(project)
    assert ended.returncode == 2
    assert "mutmut did not test every mutant of tiny: see the output above." in ended.stderr


def test_an_unknown_group_is_an_error_that_names_the_groups(project: Path) -> None:
    ended = mutate(project, "small")
    assert ended.returncode == 2
    assert ended.stderr == "'small' is no group and no module of a group. The groups are: tiny.\n"


DECORATED = """
@first
@second(1)
async def run() -> None:
    pass


class Values:
    @classmethod
    def of(cls) -> None:
        pass

    @classmethod
    @third
    def read(cls) -> None:
        pass
"""

ASSIGNED = """
async def run() -> None:
    pass
run = first(second(1)(run))


class Values:
    @classmethod
    def of(cls) -> None:
        pass

    def read(cls) -> None:
        pass
    read = classmethod(third(read))
"""


def test_decorators_become_assignments_unless_mutmut_supports_them() -> None:
    assert without_decorators(DECORATED) == ASSIGNED


def test_asynchronous_generators_are_not_changed() -> None:
    source = "async def read() -> None:\n    pass\n\nasync def pages():\n    yield 1\n"
    expected = source.replace("pages():", "pages():  # pragma: no mutate block")
    assert without_changed_generators(source) == expected


def test_a_property_with_a_setter_keeps_its_decorators_in_the_setter() -> None:
    source = "class Values:\n    @value.setter\n    def value(self, value: int) -> None:\n        pass\n"
    assert without_decorators(source) == source
