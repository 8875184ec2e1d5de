"""The command `python -m conformance`: its failures, and the removal of needless excuses."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance import excuses
from conformance.cli import ALIKE, FAILED, main
from conformance.exchanges import load
from conformance.runs import recording, scenarios_of
from conformance.scenario import POSTGRESQL
from conformance.servers import development_server

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without Rust and without an official server."""
    for name in ("PATH", "HOME", "USERPROFILE", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))


@pytest.mark.usefixtures("bare_machine")
@pytest.mark.parametrize("arguments", [["compare", "official"], ["record"], ["run"]])
def test_the_official_server_needs_cargo(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == FAILED
    assert "cargo" in capsys.readouterr().err


def test_an_unknown_command_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["prove"])
    assert caught.value.code == FAILED
    assert "prove" in capsys.readouterr().err


def test_exchanges_that_are_no_longer_pending_are_removed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "pending.toml"
    path.write_text(
        '[[excuse]]\nreason = "not \\"yet\\""\nexchanges = ["a é", "b"]\n'
        '[[excuse]]\nreason = "later"\nexchanges = ["c"]\n',
        "utf-8",
    )
    monkeypatch.setattr(excuses, "PENDING", path)
    assert excuses.prune({"b", "c", "unknown"}) == 1
    assert excuses.excuses_of(path) == {"a é": 'not "yet"'}
    assert excuses.prune({"a é"}) == 0
    assert excuses.excuses_of(path) == {}


def test_one_scenario_is_recorded_on_a_server_that_runs(tmp_path: Path) -> None:
    with development_server(POSTGRESQL.configuration) as address:
        assert main(["record", "--to", str(tmp_path), "--address", address, POSTGRESQL.name]) == ALIKE
    recorded = load(recording(POSTGRESQL, tmp_path))
    assert [exchange.name for exchange in recorded] == [step.name for step in POSTGRESQL.steps]


def test_the_official_server_is_not_compared_with_recordings_of_postgresql() -> None:
    assert POSTGRESQL not in scenarios_of("official")
    assert POSTGRESQL in scenarios_of("development")
