"""What `serve` prints about the server and its configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eternaltwin.cli.start_report import config_notes, start_report
from eternaltwin.devserver import DevServer, load_config

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from eternaltwin.devserver import ServerConfig


def report_of(config: ServerConfig) -> list[str]:
    server = DevServer.in_process(config)
    lines = list(start_report(server, "latest"))
    server.stop()
    assert lines[-1] == (
        f"Open {server.url}/ in a browser: requests and why they were refused, users, games, sign-ins, the clock"
    )
    return lines[2:-1]


def test_without_a_file_it_says_where_it_has_looked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert report_of(load_config(profile="sdk")) == [
        f"It has found no eternaltwin.toml in {tmp_path} or above, and has the built-in users and games"
    ]


def test_it_names_the_files_and_their_games(tmp_path: Path) -> None:
    base, path = tmp_path / "base.toml", tmp_path / "eternaltwin.toml"
    base.write_text('[seed.app.mygame]\noauth_callback = "http://localhost:8000/callback"\n')
    path.write_text('extends = "./base.toml"\n[seed.app.emush_dev]\nsecret = "hush"\n')
    assert report_of(load_config(path)) == [
        f"It has read {path}, which extends {base}, and reads it again when it changes",
        "The games of that file:",
        "  client_id mygame@clients, callback http://localhost:8000/callback",
        "  client_id emush_dev@clients, callback http://emush.localhost/oauth/callback",
    ]


def test_a_game_without_a_callback_is_said(tmp_path: Path) -> None:
    path = tmp_path / "eternaltwin.toml"
    path.write_text('[seed.app.mygame]\nsecret = "hush"\n[seed.app.emush_dev]\n')
    [note] = config_notes(load_config(path), "dev")
    assert note == (
        f"{path}: seed.app.mygame has no oauth_callback, so http://mygame.localhost/oauth/callback is used: write the"
        " address of your game's callback there"
    )


def test_the_profile_prod_is_said_to_be_no_profile_of_the_server() -> None:
    [note] = config_notes(load_config(profile="sdk"), "prod")
    assert note.startswith("the profile prod starts from the settings of dev, as on the official server")
