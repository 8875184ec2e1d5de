"""Tests with the real django-allauth, each in its own process: a process has the settings of one Django site."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.programs import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence

SITE = Path(__file__).parent / "site"


def run_suites(*names: str, folders: Sequence[Path] = ()) -> str:
    """Run test suites and return their output."""
    paths = [*map(str, folders), str(SITE), str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "DJANGO_SETTINGS_MODULE": "allauth_settings"}
    command = [sys.executable, "-W", "error", "-m", "django", "test", *names]
    finished = subprocess.run(command, cwd=SITE, env=environment, capture_output=True, text=True, check=False)
    assert finished.returncode == 0, finished.stderr
    return finished.stderr


def test_provider_failures_and_checks_against_development_server() -> None:
    assert "Ran 54 tests" in run_suites("provider_suite", "failures_suite", "checks_suite")


def test_provider_tests_of_allauth_itself() -> None:
    """They are only in its source distribution, which has to be unpacked first."""
    source = os.environ.get("ALLAUTH_SOURCE")
    if source is None:
        pytest.skip("ALLAUTH_SOURCE does not name a folder with the unpacked source distribution of django-allauth")
    assert "\nOK" in run_suites("upstream_suite", folders=[Path(source).resolve()])
