"""Tests in JavaScript and PHP sign in, and reset the server, through the control API."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from eternaltwin.devserver import DevServer

if TYPE_CHECKING:
    from collections.abc import Iterator

PROGRAMS = Path(__file__).parent
PAGE = Path(__file__).parents[3] / "docs" / "other-languages.md"


@pytest.fixture
def socket_server() -> Iterator[DevServer]:
    with DevServer() as server:
        yield server


def run(server: DevServer, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a program with the address of a server in its environment, or skip the test if it is not installed."""
    found = shutil.which(program)
    if found is None:
        pytest.skip(f"{program} is not installed")
    return subprocess.run(
        [found, *arguments],
        env=os.environ | {"ETERNALTWIN_URL": server.url},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def block_of_page(kind: str, file: Path) -> str:
    """Write the only block of a language on the page to a file, and return the path of the file."""
    [code] = re.findall(rf"^```{kind}\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    file.write_text(code, encoding="utf-8")
    return str(file)


def test_tests_in_javascript_sign_in_and_reset(socket_server: DevServer) -> None:
    done = run(socket_server, "node", "--test", "--test-reporter=tap", str(PROGRAMS / "control.mjs"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 4" in done.stdout


def test_a_test_in_php_signs_in_and_resets(socket_server: DevServer) -> None:
    done = run(socket_server, "php", "-d", "display_errors=stderr", str(PROGRAMS / "control.php"))
    assert (done.returncode, done.stdout) == (0, "OK\n"), done.stderr


def test_the_block_of_the_page_in_javascript_runs(socket_server: DevServer, tmp_path: Path) -> None:
    done = run(socket_server, "node", "--test", "--test-reporter=tap", block_of_page("js", tmp_path / "game.test.mjs"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "# pass 2" in done.stdout


def test_the_block_of_the_page_in_php_runs(socket_server: DevServer, tmp_path: Path) -> None:
    done = run(socket_server, "php", "-d", "display_errors=stderr", block_of_page("php", tmp_path / "game.php"))
    assert (done.returncode, done.stdout) == (0, "/oauth/callback\n"), done.stderr
