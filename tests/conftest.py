"""What holds for all tests: how Hypothesis looks for counter-examples, and that programs can be interrupted."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from eternaltwin.connections import configure
from tests.support.variants import Variant

if TYPE_CHECKING:
    from collections.abc import Iterator

# Without a stopwatch, since other tests run at the same time.
settings.register_profile("default", deadline=None, print_blob=True)
# In continuous integration every run tries the same examples, so that it fails only for what has changed.
settings.register_profile("reproducible", settings.get_profile("default"), derandomize=True, database=None)
settings.load_profile("reproducible" if os.environ.get("CI") else "default")

# A shell starts jobs in the background with interrupts ignored; the programs that tests start would inherit that.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(params=["blocking", "asyncio"])
def variant(request: pytest.FixtureRequest) -> Iterator[Variant]:
    """The blocking or the asyncio variant of the library; its connections are gone afterwards."""
    yield Variant(str(request.param))
    configure()
