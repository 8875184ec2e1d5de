"""A plugin of pytest for the tests of mutants."""

from __future__ import annotations

import gc
import json
import os
import signal
from pathlib import Path
from statistics import mean
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

#: What mutmut measures before it tests the mutants.
_STATISTICS = Path("mutmut-stats.json")

#: How long each test takes, in seconds.
_durations: dict[str, float] = {}

#: A test of a mutant does not end if it takes this many times what it usually takes, and these seconds.
_FACTOR, _SECONDS = 4.0, 8.0


def _tests_mutant() -> bool:
    return os.environ.get("MUTANT_UNDER_TEST", "").startswith("eternaltwin.")


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
    if _STATISTICS.exists():
        _durations.update(json.loads(_STATISTICS.read_text("utf-8"))["duration_by_test"])
    files: dict[Path, list[float]] = {}
    for item in items:
        files.setdefault(item.path, []).append(_durations.get(item.nodeid, 0.0))
    items.sort(key=lambda item: mean(files[item.path]))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """End the process if a test of a mutant does not end: it notices the change, and mutmut would wait for a minute."""
    if _tests_mutant():
        signal.setitimer(signal.ITIMER_REAL, _SECONDS + _FACTOR * _durations.get(item.nodeid, 0.0))
    try:
        return (yield)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0.0)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(exitstatus: int) -> None:
    """End the process of a mutant that a test has noticed: what follows may raise errors that hide it from mutmut."""
    if exitstatus == pytest.ExitCode.TESTS_FAILED and _tests_mutant():
        os._exit(exitstatus)
