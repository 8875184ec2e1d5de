"""The development server responds to every request of the scenarios like the recorded official server 0.16.4."""

from __future__ import annotations

from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from conformance.comparison import Outcome
from conformance.exchanges import load
from conformance.excuses import INTENDED, PENDING, all_excuses, excuses_of
from conformance.report import Report
from conformance.runs import recording
from conformance.scenario import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.comparison import Verdict
    from conformance.steps import Scenario

NAMES = [step.name for scenario in SCENARIOS for step in scenario.steps]


@pytest.mark.parametrize("name", NAMES)
def test_responds_like_the_official_server(name: str, verdicts: Mapping[str, Verdict]) -> None:
    verdict = verdicts[name]
    if verdict.outcome is Outcome.NEEDLESS_EXCUSE:
        pytest.fail(f"{name} matches: remove it from excuses.toml, or from pending.toml (python -m conformance prune)")
    if verdict.outcome is Outcome.DIFFERENT:
        shown = StringIO()
        Report(shown, "development").write(name, [verdict])
        pytest.fail(shown.getvalue())


def test_the_recordings_contain_no_other_exchanges(verdicts: Mapping[str, Verdict]) -> None:
    assert set(verdicts) == set(NAMES)


def test_names_of_exchanges_are_unique() -> None:
    assert [name for name, times in Counter(NAMES).items() if times > 1] == []


def test_every_excuse_is_for_an_exchange_and_in_one_file_only() -> None:
    assert set(all_excuses()) <= set(NAMES)
    assert excuses_of(INTENDED).keys().isdisjoint(excuses_of(PENDING))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_recordings_are_up_to_date_with_the_scenario(scenario: Scenario) -> None:
    assert [exchange.name for exchange in load(recording(scenario))] == [step.name for step in scenario.steps]
