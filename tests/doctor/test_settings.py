"""Settings that are wrong: each is found, and hides no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.doctor import check_setup
from eternaltwin.exceptions import ConfigurationError
from tests.support.game_setups import failures, finding, game_on

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer


def test_each_wrong_setting_is_found_and_the_others_are_checked(local: DevServer) -> None:
    findings = check_setup(game_on(local, client_id="my game", state_key="short", redirect_uri="callback", timeout=-1))
    assert failures(findings) == ["wrong-timeout", "wrong-client-id", "wrong-redirect-uri", "wrong-state-key"]
    assert finding(findings, "server").level == "ok"
    skipped = {found.name: found.summary for found in findings if found.level == "skipped"}
    assert skipped["client"] == "Not checked: the setting client_id is wrong"
    assert skipped["state_key"] == "Not checked: the setting state_key is wrong"
    assert skipped["cookies"] == "Not checked: the setting redirect_uri is wrong"


def test_a_message_names_its_setting(local: DevServer) -> None:
    (found,) = [found for found in check_setup(game_on(local, state_key="short")) if found.is_failure]
    assert found.summary.startswith("state_key: ")


@pytest.mark.parametrize("address", [{"url": "localhost:50320"}, {"host": "local host"}, {"port": 5}])
def test_a_wrong_address_of_the_server_skips_what_asks_it(local: DevServer, address: dict[str, object]) -> None:
    game = {key: value for key, value in game_on(local).items() if key not in ("url", "transport")}
    findings = check_setup({**game, **address})
    assert failures(findings) == ["wrong-url"]
    assert finding(findings, "server").level == "skipped"
    assert finding(findings, "proxies").level == "skipped"


def test_a_missing_setting_is_found(local: DevServer) -> None:
    findings = check_setup({key: value for key, value in game_on(local).items() if key != "client_secret"})
    assert failures(findings) == ["wrong-client-secret"]


def test_a_misspelled_setting_is_found(local: DevServer) -> None:
    assert len(failures(check_setup(game_on(local, client_sekret="x")))) == 1


def test_a_cache_that_needs_an_extra_is_found(local: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "redis", None)
    findings = check_setup(game_on(local, profile_cache="redis://localhost"))
    assert failures(findings) == ["wrong-profile-cache"]
    assert "pip install" in findings[0].summary


def test_a_connection_that_only_reads_has_no_game_to_check(local: DevServer) -> None:
    findings = check_setup({"url": local.url, "transport": local.transport})
    assert failures(findings) == []
    assert findings[0].code == "reads-only"
    assert {found.name for found in findings}.isdisjoint({"client", "redirect_uri", "state_key", "cookies"})


def test_an_address_with_the_path_of_the_api_is_noted(server: DevServer) -> None:
    findings = check_setup(game_on(server, url=f"{server.url}/api/v1"))
    assert failures(findings) == []
    assert (findings[0].level, findings[0].code) == ("note", "spelling")


def test_a_setting_that_cannot_be_replaced_ends_the_check(local: DevServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ConfigurationError("never right", setting="timeout")

    monkeypatch.setattr("eternaltwin.doctor.setups.ClientABC.check", refuse)
    with pytest.raises(ConfigurationError, match="never right"):
        check_setup(game_on(local))


def test_findings_are_reported_as_they_come(local: DevServer) -> None:
    seen = list[str]()
    findings = check_setup(game_on(local), on_finding=lambda found: seen.append(found.name))
    assert sorted(seen) == sorted(found.name for found in findings)
    assert seen[0] == "settings"


def test_an_error_of_a_check_that_is_none_of_the_library_is_raised(
    local: DevServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: str) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("eternaltwin.doctor.packages.requires", broken)
    with pytest.raises(RuntimeError, match="broken"):
        check_setup(game_on(local))


@pytest.mark.parametrize("timeout", [0, -1, True, "3"])
def test_a_timeout_is_a_number_of_seconds(timeout: float) -> None:
    with pytest.raises(ConfigurationError, match="timeout"):
        check_setup({}, timeout=timeout)
