"""Every route of the official server is recorded and served: what docs/conformance.md calls "every endpoint"."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conformance.cli import ALIKE, DIFFERENT, main
from conformance.routes import official, problems

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BUT_NOT = "according to the list, but not to the recordings"
CONFORMANCE_PAGE = Path(__file__).parents[2] / "docs" / "conformance.md"


def changed(**methods: Sequence[str]) -> Mapping[str, Sequence[str]]:
    """Return the list with changes; an empty sequence removes a path."""
    listed = {**official(), **{f"/{path}": found for path, found in methods.items()}}
    return {path: found for path, found in listed.items() if found}


def test_every_route_of_the_official_server_is_recorded_and_served() -> None:
    assert problems(official()) == []
    assert "every endpoint" in CONFORMANCE_PAGE.read_text("utf-8")


@pytest.mark.parametrize(
    ("listed", "found"),
    [
        (
            changed(none=["GET"]),
            [
                "GET /none is not served",
                "GET /none is in no recording",
                f"the official server allows GET,HEAD at /none {BUT_NOT}",
            ],
        ),
        (
            changed(**{"actions/register": ()}),
            ["POST /actions/register is not a route of the official server"],
        ),
        (
            changed(**{"api/v1/config": ["GET", "PUT"]}),
            [
                "PUT /api/v1/config is not served",
                "PUT /api/v1/config is in no recording",
                f"the official server allows GET,HEAD,PUT at /api/v1/config {BUT_NOT}",
            ],
        ),
    ],
)
def test_routes_that_differ_are_reported(listed: Mapping[str, Sequence[str]], found: Sequence[str]) -> None:
    assert problems(listed) == found


def test_the_list_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "routes.toml"
    path.write_text('version = "0.17.0"\n[routes]\n"/api/v1" = ["GET"]\n', "utf-8")
    with pytest.raises(ValueError, match=r"0\.17\.0"):
        official(path)


def test_a_missing_route_makes_the_comparison_fail(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nothing(*_: object, **__: object) -> int:
        return ALIKE

    monkeypatch.setattr("conformance.routes.official", lambda: {"/none": ["GET"]})
    monkeypatch.setattr("conformance.cli._compare", nothing)
    monkeypatch.setattr("conformance.cli._live_tests", nothing)
    assert main(["run", "--official", "never"]) == DIFFERENT
    assert "GET /none is not served" in capsys.readouterr().err
