"""Runs of all scenarios against a server, and what they come to beside the recordings that are kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from conformance.comparison import Verdict, compare
from conformance.exchanges import load, save
from conformance.excuses import all_excuses
from conformance.recorder import record
from conformance.scenario import SCENARIOS
from conformance.servers import development_server, official_server

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from conformance.exchanges import Exchange
    from conformance.steps import Scenario

    Server = Callable[[Path], AbstractContextManager[str]]

#: Where the recordings are kept.
GOLDEN = Path(__file__).parent / "golden"

#: The servers that a scenario can be run against, by name.
SERVERS: Mapping[str, Server] = {"official": official_server, "development": development_server}


def recording(scenario: Scenario, folder: Path = GOLDEN) -> Path:
    """The file in which the official server's answers are kept."""
    return folder / f"{scenario.name}.json"


def ask(server: str, scenario: Scenario) -> list[Exchange]:
    """Start a server afresh and ask it a scenario.

    Raises:
        ServerError: it cannot be built or does not start.
    """
    with SERVERS[server](scenario.configuration) as address:
        return list(record(address, scenario.steps))


def excuses_for(server: str, scenario: Scenario) -> Mapping[str, str]:
    """Why exchanges of a scenario may differ: the official server always answers the same."""
    if server == "official":
        return {}
    names = {step.name for step in scenario.steps}
    return {name: reason for name, reason in all_excuses().items() if name in names}


def judge(server: str, scenario: Scenario) -> list[Verdict]:
    """Ask a server a scenario and compare it with what is kept.

    Raises:
        ServerError: it cannot be built or does not start.
    """
    return compare(load(recording(scenario)), ask(server, scenario), excuses_for(server, scenario))


def record_all(folder: Path) -> None:
    """Keep what the official server answers to all scenarios.

    Raises:
        ServerError: it cannot be built or does not start.
    """
    for scenario in SCENARIOS:
        save(recording(scenario, folder), ask("official", scenario))
