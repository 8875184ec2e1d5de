"""The demo runs, prints the expected output, and stops when it is interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.support.programs import ROOT, run

DEMO = [sys.executable, "-m", "examples.demo"]


def test_the_demo_signs_two_players_in() -> None:
    shown = run(*DEMO, COLUMNS="120").stdout
    for request in ("GET /oauth/authorize 303", "PUT /api/v1/auth/self 200", "POST /oauth/token 200"):
        assert shown.count(request) in (2, 4), request
    assert "User.from_authorization_code(...) → Alice " in shown
    assert "await User.afrom_authorization_code(...) → Bob " in shown
    assert "User.count() → 6" in shown
    assert [line.split()[0] for line in shown.splitlines() if line.endswith("  yes")] == ["Alice", "Bob"]


@pytest.mark.long
def test_the_demo_prints_no_colors_with_no_color_set() -> None:
    assert "\x1b[" not in run(*DEMO, FORCE_COLOR="", NO_COLOR="1").stdout


@pytest.mark.long
def test_the_demo_needs_no_rich() -> None:
    code = "import runpy, sys; sys.modules['rich'] = None; runpy.run_module('examples.demo', run_name='__main__')"
    assert "  ✓ User.count() → 6\n" in run(sys.executable, "-c", code).stdout


@pytest.mark.skipif(os.name != "posix", reason="the test sends a POSIX signal")
def test_the_demo_stops_at_once_when_interrupted() -> None:
    with subprocess.Popen(DEMO, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "\n"
        assert process.stdout.readline() == "Eternaltwin\n"
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=10)
    # Where the interrupt comes while `exec` runs a string, as it does for dataclasses, CPython ends with the signal,
    # although the demo catches the exception.
    assert process.returncode in (130, -signal.SIGINT)
    assert stderr == ""
