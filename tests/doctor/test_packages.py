"""The check of Python and of the installed packages."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.doctor import packages
from eternaltwin.doctor.packages import Requirement, parse_requirements, release
from tests.support.game_setups import found_in, game_on

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer


def test_python_and_the_packages_of_this_environment_are_new_enough(local: DevServer) -> None:
    found = found_in(game_on(local), "packages")
    assert found.level == "ok"
    assert "Python 3." in found.summary


@pytest.mark.parametrize(
    ("needed", "level"),
    [("msgspec>=9999", "error"), ("django>=9999; extra == 'django'", "warning"), ("nosuch-package>=1", "ok")],
)
def test_a_package_that_is_too_old_is_named(
    local: DevServer, monkeypatch: pytest.MonkeyPatch, needed: str, level: str
) -> None:
    def requires(_: str) -> list[str]:
        return [needed]

    monkeypatch.setattr(packages, "requires", requires)
    found = found_in(game_on(local), "packages")
    assert found.level == level
    if level != "ok":
        assert found.summary.startswith(needed.partition(">")[0])
        assert found.next.startswith("pip install --upgrade")


def test_a_python_that_is_too_old_is_named(local: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def metadata(_: str) -> dict[str, str]:
        return {"Requires-Python": ">=4.5"}

    monkeypatch.setattr(packages, "metadata", metadata)
    assert found_in(game_on(local), "packages").summary.startswith("Python 3.")


def test_a_package_that_is_used_without_being_installed_is_noted(
    local: DevServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(_: str) -> None:
        raise PackageNotFoundError

    monkeypatch.setattr(packages, "requires", missing)
    assert found_in(game_on(local), "packages").level == "note"


def test_requirements_are_parsed_with_their_bounds() -> None:
    lines = ["PyJWT[crypto]!=2.16,>=2.15", "pyyaml", "django>=5.2.17,!=6.0.0; extra == 'django'", "!", "PyJWT>=2; x"]
    assert parse_requirements(lines) == [
        Requirement("PyJWT", "2.15", frozenset({"2.16"}), is_optional=False),
        Requirement("django", "5.2.17", frozenset({"6.0.0"}), is_optional=True),
    ]


@pytest.mark.parametrize(
    ("installed", "is_admitted"), [("5.2.17", True), ("5.2.9", False), ("6.0", False), ("6.0.1", True), ("dev", False)]
)
def test_a_version_is_compared_by_its_numbers(installed: str, is_admitted: bool) -> None:
    assert Requirement("django", "5.2.17", frozenset({"6.0"}), is_optional=False).admits(installed) is is_admitted


@given(st.lists(st.integers(0, 99), min_size=1, max_size=4))
def test_final_zeros_of_a_version_do_not_matter(numbers: list[int]) -> None:
    text = ".".join(map(str, numbers))
    assert release(text) == release(f"{text}.0") == release(f"{text}rc1")
