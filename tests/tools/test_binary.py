"""The development server as one file: `make binary`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tools.binary.check import LIMIT, PROGRAM, fastest_start, seconds_to_first_response

if TYPE_CHECKING:
    from pathlib import Path

needs_shell = pytest.mark.skipif(os.name != "posix", reason="the scripts are for a POSIX shell")


@pytest.mark.skipif(not PROGRAM.exists(), reason="the file is not built: make binary")
def test_the_file_responds_within_two_seconds_on_a_machine_without_python() -> None:
    assert fastest_start(PROGRAM) < LIMIT


def script(folder: Path, body: str) -> Path:
    file = folder / "eternaltwin"
    file.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    file.chmod(0o755)
    return file


@needs_shell
def test_the_check_gives_the_file_no_path_to_a_python(tmp_path: Path) -> None:
    program = script(tmp_path, 'echo "PATH is [${PYTHONPATH-}${HOME-}], $TMPDIR"; exit 1')
    with pytest.raises(AssertionError, match=rf"does not start: PATH is \[\], {tmp_path}"):
        seconds_to_first_response(program, tmp_path)


@needs_shell
def test_a_file_that_does_not_start_is_reported_with_its_error(tmp_path: Path) -> None:
    program = script(tmp_path, "echo nothing works >&2; exit 3")
    with pytest.raises(AssertionError, match="does not start: nothing works"):
        seconds_to_first_response(program, tmp_path)
