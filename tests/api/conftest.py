"""Both colours of the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.connections import configure
from tests.api.colours import Colour

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=["blocking", "asyncio"])
def colour(request: pytest.FixtureRequest) -> Iterator[Colour]:
    """One colour; its connections are gone afterwards."""
    yield Colour(str(request.param))
    configure()
