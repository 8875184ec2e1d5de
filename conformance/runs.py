"""Runs of the scenarios against a server, and their comparison with the recordings."""

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
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager

    from conformance.exchanges import Exchange
    from conformance.steps import Scenario

    Server = Callable[[Path], AbstractContextManager[str]]

#: The folder of the recordings.
RECORDINGS = Path(__file__).parent / "recordings"

#: The servers that a scenario can be run against, by name.
SERVERS: Mapping[str, Server] = {"official": official_server, "development": development_server}


def recording(scenario: Scenario, folder: Path = RECORDINGS) -> Path:
    """Return the path of the file with the recorded responses of the official server."""
    return folder / f"{scenario.name}.json"


def scenarios_of(server: str) -> Sequence[Scenario]:
    """Return the scenarios that a server can be run with. For the official one, PostgreSQL is not started."""
    return [scenario for scenario in SCENARIOS if server != "official" or not scenario.needs_postgresql]


def run(server: str, scenario: Scenario) -> list[Exchange]:
    """Start a new server, run a scenario on it, and return the exchanges.

    Raises:
        ServerError: The server cannot be built or does not start.
    """
    with SERVERS[server](scenario.configuration) as address:
        return list(record(address, scenario.steps))


def excuses_for(server: str, scenario: Scenario) -> Mapping[str, str]:
    """Return the excuses for a scenario, by name of the exchange. There are none for the official server."""
    if server == "official":
        return {}
    names = {step.name for step in scenario.steps}
    return {name: reason for name, reason in all_excuses().items() if name in names}


def judge(server: str, scenario: Scenario) -> list[Verdict]:
    """Run a scenario on a server and compare it with the recording.

    Raises:
        ServerError: The server cannot be built or does not start.
    """
    return compare(load(recording(scenario)), run(server, scenario), excuses_for(server, scenario))


def record_from(address: str, name: str, folder: Path) -> None:
    """Record the scenario with a name on an official server that is running, in a file of the folder."""
    [scenario] = [scenario for scenario in SCENARIOS if scenario.name == name]
    save(recording(scenario, folder), record(address, scenario.steps))


def record_all(folder: Path) -> None:
    """Record the scenarios on the official server, each in a file of the folder.

    Raises:
        ServerError: The server cannot be built or does not start.
    """
    for scenario in scenarios_of("official"):
        save(recording(scenario, folder), run("official", scenario))
