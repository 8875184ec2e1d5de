"""The benchmarks run, and print and store their results."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.programs import run, unmeasured_environment

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.long
def test_the_benchmarks_measure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ.keys() - unmeasured_environment().keys():
        monkeypatch.delenv(name)
    file = tmp_path / "medians.json"
    options = ["--without-older", "--rounds", "1", "--seconds", "0.001", "--json", str(file)]
    shown = run(sys.executable, "-m", "benchmarks", *options).stdout
    assert "User.get, fixed response, HTTP" in shown
    assert "import eternaltwin: at most 1.5 x python -c pass, plus 20 ms" in shown
    assert "eternaltwin serve: ready in at most 0.6 s" in shown
    assert "User.get_many of 100 users, 10 at a time, 20 ms each: at most 1.3 x the delays" in shown
    assert "User.aget_many of 100 users, 10 at a time, 20 ms each: at most 1.3 x the delays" in shown
    assert "sign-ins in one process, through authorization_code(): at least 2,000 a second" in shown
    found = json.loads(file.read_text(encoding="utf-8"))
    assert found["seconds"]["sign_in"].keys() == {"raw", "eternaltwin"}
    assert all(seconds > 0 for taken in found["seconds"].values() for seconds in taken.values())
