"""Tests with custom user models."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("model", "names"),
    [
        (
            "MailUser",
            [
                "00000000-0000-0000-0000-000000000001@eternaltwin.invalid",
                "00000000-0000-0000-0000-000000000002@eternaltwin.invalid",
            ],
        ),
        ("NumberUser", ["1", "2"]),
    ],
)
def test_custom_user_models(model: str, names: list[str]) -> None:
    program = [sys.executable, "-m", "tests.integrations.django.own_users.site", model]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), *sys.path]))}
    finished = subprocess.run(program, cwd=ROOT, env=environment, check=False, capture_output=True, text=True)
    assert finished.returncode == 0, finished.stderr
    assert json.loads(finished.stdout) == {"names": names * 2, "overtaken": [True, False], "checks": []}
