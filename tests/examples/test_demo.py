"""The demo and the benchmarks run, and print the expected output."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DEMO = [sys.executable, "-m", "examples.demo"]


def _run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    found = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
    assert (found.returncode, found.stderr) == (0, "")
    return found


def test_the_demo_signs_two_players_in() -> None:
    shown = _run(*DEMO, COLUMNS="120").stdout
    for request in ("GET /oauth/authorize 303", "PUT /api/v1/auth/self 200", "POST /oauth/token 200"):
        assert shown.count(request) in (2, 4), request
    assert "User.from_authorization_code(...) → Alice " in shown
    assert "await User.afrom_authorization_code(...) → Bob " in shown
    assert "User.count() → 6" in shown
    assert [line.split()[0] for line in shown.splitlines() if line.endswith("  yes")] == ["Alice", "Bob"]


def test_the_demo_prints_no_colors_with_no_color_set() -> None:
    assert "\x1b[" not in _run(*DEMO, FORCE_COLOR="", NO_COLOR="1").stdout


def test_the_demo_needs_no_rich() -> None:
    code = "import runpy, sys; sys.modules['rich'] = None; runpy.run_module('examples.demo', run_name='__main__')"
    assert "  ✓ User.count() → 6\n" in _run(sys.executable, "-c", code).stdout


@pytest.mark.skipif(os.name != "posix", reason="the test sends a POSIX signal")
def test_the_demo_stops_at_once_when_interrupted() -> None:
    with subprocess.Popen(DEMO, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "\n"
        assert process.stdout.readline() == "Eternaltwin\n"
        process.send_signal(signal.SIGINT)
        _, stderr = process.communicate(timeout=10)
    # CPython ends itself with the signal after an interrupt inside exec() of a string, even if it is caught.
    assert process.returncode in (130, -signal.SIGINT)
    assert stderr == ""


def test_the_benchmarks_measure(tmp_path: Path) -> None:
    file = tmp_path / "medians.json"
    options = ["--without-older", "--rounds", "1", "--seconds", "0.001", "--json", str(file)]
    shown = _run(sys.executable, "-m", "benchmarks", *options).stdout
    assert "User.get, fixed response, HTTP" in shown
    assert "import eternaltwin: at most 1.5 x python -c pass, plus 20 ms" in shown
    found = json.loads(file.read_text(encoding="utf-8"))
    assert found["seconds"]["sign_in"].keys() == {"raw", "eternaltwin"}
    assert all(seconds > 0 for taken in found["seconds"].values() for seconds in taken.values())
