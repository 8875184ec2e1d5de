"""A comparison of the development server with the recordings, run once for all tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.runs import judge
from conformance.scenario import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.comparison import Verdict


@pytest.fixture(scope="session")
def verdicts() -> Mapping[str, Verdict]:
    """Return the verdict of each exchange with the development server, by name of the exchange."""
    return {verdict.name: verdict for scenario in SCENARIOS for verdict in judge("development", scenario)}
