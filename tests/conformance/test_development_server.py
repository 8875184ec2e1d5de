"""The development server answers every exchange as the official server 0.16.4 did when it was recorded."""

from __future__ import annotations

from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING

import pytest

from conformance.comparison import Outcome
from conformance.exchanges import load
from conformance.excuses import EXCEPTIONS, PENDING, all_excuses, excuses_of
from conformance.report import Report
from conformance.runs import recording
from conformance.scenario import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.comparison import Verdict
    from conformance.steps import Scenario

NAMES = [step.name for scenario in SCENARIOS for step in scenario.steps]


@pytest.mark.parametrize("name", NAMES)
def test_answers_as_the_official_server_does(name: str, verdicts: Mapping[str, Verdict]) -> None:
    verdict = verdicts[name]
    if verdict.outcome is Outcome.NEEDLESS_EXCUSE:
        pytest.fail(f"{name} is alike: take it out of the excuses (python -m conformance prune)")
    if verdict.outcome is Outcome.DIFFERENT:
        shown = StringIO()
        Report(shown, "development").write(name, [verdict])
        pytest.fail(shown.getvalue())


def test_there_is_nothing_else_in_the_recordings(verdicts: Mapping[str, Verdict]) -> None:
    assert set(verdicts) == set(NAMES)


def test_every_exchange_has_a_name_of_its_own() -> None:
    assert [name for name, times in Counter(NAMES).items() if times > 1] == []


def test_every_excuse_is_for_an_exchange_and_is_given_once() -> None:
    assert set(all_excuses()) <= set(NAMES)
    assert excuses_of(EXCEPTIONS).keys().isdisjoint(excuses_of(PENDING))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_the_recordings_are_of_the_scenario_as_it_is(scenario: Scenario) -> None:
    assert [exchange.name for exchange in load(recording(scenario))] == [step.name for step in scenario.steps]
