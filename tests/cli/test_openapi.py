"""The command `openapi`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.commands import run_command
from tests.support.programs import ROOT

if TYPE_CHECKING:
    from pathlib import Path

DESCRIPTION = (ROOT / "docs" / "openapi.json").read_text(encoding="utf-8")
CONTROL = (ROOT / "docs" / "openapi-control.json").read_text(encoding="utf-8")


def test_the_description_is_that_of_the_documentation(tmp_path: Path) -> None:
    done = run_command("openapi")
    assert (done.status, done.output, done.errors) == (0, DESCRIPTION, "")
    file = tmp_path / "openapi.json"
    assert run_command("openapi", "--output", str(file)).output == ""
    assert file.read_text(encoding="utf-8") == DESCRIPTION
    assert run_command("openapi", "--control").output == CONTROL


def test_a_file_that_cannot_be_written_is_reported(tmp_path: Path) -> None:
    done = run_command("openapi", "--output", str(tmp_path / "no" / "folder"))
    assert (done.status, "cannot be written" in done.errors) == (1, True)
