"""Settings of all tests: profiles of Hypothesis, SIGINT, garbage collection, no proxies, and the fixture `variant`."""

from __future__ import annotations

import gc
import os
import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import Phase, settings

from eternaltwin.connections import configure
from tests.support.variants import Variant

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

# No deadline, since other tests run at the same time.
settings.register_profile("default", deadline=None, print_blob=True)
# In continuous integration every run tries the same examples, so that it fails only because of a change.
settings.register_profile("reproducible", settings.get_profile("default"), derandomize=True, database=None)
# A change of the code that `make mutate` tests is noticed by any example, not only by the smallest.
settings.register_profile(
    "mutation", settings.get_profile("reproducible"), phases=[Phase.explicit, Phase.generate], max_examples=50
)
settings.load_profile("reproducible" if os.environ.get("CI") else "default")

# A shell starts background jobs with SIGINT ignored, which the programs that tests start would inherit.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Keep the modules and the thousands of collected tests out of every later garbage collection.

    Otherwise each full collection takes a third of a second, and some tests run several.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.collect()
        gc.freeze()
        gc.enable()


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unset the proxy variables of the environment."""
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)


@pytest.fixture(params=["sync", "asyncio"])
def variant(request: pytest.FixtureRequest) -> Iterator[Variant]:
    """Return the sync or the async variant of the library, without the connections of other tests."""
    configure()
    yield Variant(str(request.param))
    configure()
