"""A plugin of pytest for the tests of mutants."""

from __future__ import annotations

import gc
import json
import os
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

#: How long each test takes, as mutmut measured it before it tests the mutants.
_DURATIONS = Path("mutmut-stats.json")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Collect no garbage while mutmut finds out which tests reach which functions, unless a test does.

    mutmut then sets a context variable in every call of a changed function. CPython 3.11 may crash when the garbage
    collector runs within that, and finalizers, such as those of transports, call changed functions.
    """
    if os.environ.get("MUTANT_UNDER_TEST") == "stats":
        gc.disable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the files of slow tests last: most mutants are noticed before."""
    if not _DURATIONS.exists():
        return
    durations: Mapping[str, float] = json.loads(_DURATIONS.read_text("utf-8"))["duration_by_test"]
    files: dict[Path, list[float]] = {}
    for item in items:
        files.setdefault(item.path, []).append(durations.get(item.nodeid, 0.0))
    items.sort(key=lambda item: mean(files[item.path]))
