"""The lowest versions of dependencies that are tried: `python -m tools.lowest`."""

from __future__ import annotations

from pathlib import Path

from packaging.requirements import Requirement

from tools.lowest.__main__ import TESTS
from tools.lowest.requirements import TOOLS, for_games, for_tests, not_lowest

ROOT = Path(__file__).resolve().parents[2]


def test_what_games_install_is_tried_and_not_what_developers_do() -> None:
    names = {Requirement(line).name for line in for_games(ROOT / "pyproject.toml")}
    assert {"aiohttp", "django", "redis", "click", "psycopg"} <= names
    assert not names & {"mypy", "pyinstaller", "eternaltwin"}


def test_tools_of_tests_have_the_versions_of_development() -> None:
    lines = for_tests(ROOT / "constraints.txt")
    assert all("==" in line for line in lines)
    assert len({Requirement(line).name for line in lines}) == len(TOOLS)


def test_a_lowest_version_that_was_not_chosen_is_reported() -> None:
    chosen = {"click": "8.4.2", "rich": "14.0.0", "django": "5.2.17"}
    requirements = ["click>=8.2", "rich>=14.0", "Django>=5.2.17,!=6.0.0"]
    assert not_lowest(requirements, chosen) == ["click>=8.2: 8.4.2"]


def test_the_tests_that_are_run_exist() -> None:
    assert [name for name in TESTS if not (ROOT / name).exists()] == []
