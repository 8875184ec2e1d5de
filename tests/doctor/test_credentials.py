"""The check of `client_id` and `client_secret`, where the server does not tell which of them is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.doctor import check_setup
from tests.support.game_setups import finding, found_in, game_on

if TYPE_CHECKING:
    import pytest

    from eternaltwin.devserver import DevServer


def is_never_local(_: str) -> bool:
    return False


def test_the_name_of_the_game_is_shown(local: DevServer) -> None:
    assert found_in(game_on(local), "client").summary == "The server knows mygame@clients as My Game"


def test_a_remote_server_is_not_asked_with_other_credentials(
    server: DevServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("eternaltwin.doctor.registrations.is_local", is_never_local)
    findings = check_setup(game_on(server, client_secret="another"))
    assert finding(findings, "client").code == "client-refused"
    assert "does not tell which" in finding(findings, "client").detail
    redirect = finding(findings, "redirect_uri")
    assert redirect.level == "skipped"
    assert "credentials" in redirect.summary


def test_a_server_without_the_built_in_games_does_not_tell_which_is_wrong(local: DevServer) -> None:
    local.world.adopt_client("brute_dev@clients", "http://localhost/", "no longer dev")
    assert found_in(game_on(local, client_secret="another"), "client").code == "client-refused"


def test_a_built_in_game_is_asked_for_with_another_one(local: DevServer) -> None:
    settings = {**local.connection_settings("brute_dev"), "client_secret": "another"}
    assert found_in(settings, "client").code == "wrong-secret"


def test_an_interrupted_check_is_an_error_and_the_others_go_on(local: DevServer) -> None:
    local.fail_next(200, path="/api/v1/auth/self", body="no JSON of a caller")
    findings = check_setup(game_on(local))
    assert finding(findings, "client").code == "interrupted"
    assert finding(findings, "redirect_uri").level == "ok"
