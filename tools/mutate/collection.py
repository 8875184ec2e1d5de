"""A plugin of pytest for the run in which mutmut finds out which tests reach which functions.

mutmut then sets a context variable in every call of a changed function. CPython 3.11 may crash when the garbage
collector runs within that, and finalizers, such as those of transports, call changed functions.
"""

from __future__ import annotations

import gc
import os

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Collect no garbage in this run, unless a test does."""
    if os.environ.get("MUTANT_UNDER_TEST") == "stats":
        gc.disable()
