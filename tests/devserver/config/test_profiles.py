"""Profiles, formats and `extends`, as `official config` of the official server 0.16.4 shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.devserver.config import default_config, load_config
from eternaltwin.exceptions import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

#: Profile, clock, number of users and games, file of SQLite, user of PostgreSQL: printed by 0.16.4 without a file.
OFFICIAL = [
    ("dev", "System", 6, 7, "./eternaltwin.dev.sqlite", "eternaltwin.dev.main"),
    ("prod", "System", 6, 7, "./eternaltwin.dev.sqlite", "eternaltwin.dev.main"),
    ("production", "System", 0, 0, "./eternaltwin.production.sqlite", "eternaltwin.production.main"),
    ("test", "Virtual", 0, 0, "./eternaltwin.test.sqlite", "eternaltwin.dev.main"),
    ("sdk", "Virtual", 6, 7, "./eternaltwin.sdk.sqlite", "eternaltwin.dev.main"),
    ("mine", "System", 6, 7, "./eternaltwin.dev.sqlite", "eternaltwin.dev.main"),
]


@pytest.mark.parametrize(("profile", "clock", "users", "games", "sqlite", "postgres"), OFFICIAL)
def test_a_profile_starts_from_the_settings_of_the_official_server(
    profile: str, clock: str, users: int, games: int, sqlite: str, postgres: str
) -> None:
    config = default_config(profile)
    assert (config.backend.clock, config.sqlite.file, config.postgres.user) == (clock, sqlite, postgres)
    assert (len(config.seed.user), len(config.seed.app)) == (users, games)
    assert config.backend.store == "Memory"


#: Profile, and the file that 0.16.4 reads in a folder with those of `test_the_files_of_a_profile_are_its_own`.
READ = [
    ("dev", "eternaltwin.dev.local.toml"),
    ("prod", "eternaltwin.prod.toml"),
    ("production", "eternaltwin.production.toml"),
    ("test", "eternaltwin.local.toml"),
    ("sdk", None),
]


@pytest.mark.parametrize(("profile", "name"), READ)
def test_the_files_of_a_profile_are_its_own(tmp_path: Path, profile: str, name: str | None) -> None:
    for suffix in ("dev.local.toml", "dev.toml", "local.toml", "local.json", "toml", "prod.toml", "production.toml"):
        (tmp_path / f"eternaltwin.{suffix}").write_text("{}" if suffix.endswith("json") else "")
    (tmp_path / "eternaltwin.sdk.toml").touch()
    source = load_config(folder=tmp_path, profile=profile).source
    assert (None if source is None else source.name) == name


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("eternaltwin.toml", '{"backend": {"port": 7}}'),
        ("eternaltwin.json", "[backend]\nport = 7\n"),
        ("eternaltwin.json", '{"backend": {"port": 7}}'),
    ],
)
def test_a_file_may_be_toml_or_json_whatever_its_name(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    assert load_config(folder=tmp_path).backend.port == 7


def test_json_can_remove_all_seeds(tmp_path: Path) -> None:
    (tmp_path / "eternaltwin.json").write_text('{"seed": null}')
    config = load_config(folder=tmp_path)
    assert (config.seed.user, config.seed.app, config.seed.forum_section, config.own_games) == ({}, {}, {}, ())


def test_a_file_overrides_those_that_it_extends_the_last_one_most(tmp_path: Path) -> None:
    bases = tmp_path / "base files"
    bases.mkdir()
    (bases / "a.toml").write_text('extends = "./c.json"\n[backend]\nport = 1\nclock = "Virtual"\n')
    (bases / "b.toml").write_text('[backend]\nport = 2\n[seed.app.mygame]\nsecret = "base"\n')
    (bases / "c.json").write_text('{"backend": {"secret": "c", "port": 3}}')
    path = tmp_path / "eternaltwin.toml"
    path.write_text(f'extends = ["./base%20files/a.toml", "file://{bases}/b.toml"]\n[seed.app.mygame]\n')
    config = load_config(path)
    assert (config.backend.port, config.backend.clock, config.backend.secret) == (2, "Virtual", "c")
    assert [file.name for file in config.files] == ["c.json", "a.toml", "b.toml", "eternaltwin.toml"]
    assert (config.own_games, config.games_without_callback) == (("mygame",), ("mygame",))


@pytest.mark.parametrize("form", ["Toml", "toml", "Auto"])
def test_a_format_may_be_given_for_what_is_extended(tmp_path: Path, form: str) -> None:
    (tmp_path / "base").write_text("[backend]\nport = 4\n")
    path = tmp_path / "eternaltwin.toml"
    path.write_text(f'extends = {{url = "./base", format = "{form}"}}\n')
    assert load_config(path).backend.port == 4
    path.write_text('extends = {url = "./base", format = "Json"}\n')
    with pytest.raises(ConfigurationError, match="base: is not JSON: Expecting value"):
        load_config(path)


@pytest.mark.parametrize(
    "url", ["base.toml", "/base.toml", "https://example.test/b", "file://host/base.toml", "http://["]
)
def test_only_relative_paths_and_local_file_urls_can_be_extended(tmp_path: Path, url: str) -> None:
    path = tmp_path / "eternaltwin.toml"
    path.write_text(f'extends = "{url}"\n')
    with pytest.raises(ConfigurationError, match=r"extends: must be a path that starts with \./"):
        load_config(path)


def test_an_old_file_is_read_only_if_there_is_no_newer_one_in_any_folder_above(tmp_path: Path) -> None:
    folder = tmp_path / "game"
    folder.mkdir()
    (folder / "etwin.toml").touch()
    assert load_config(folder=folder).source == folder.resolve() / "etwin.toml"
    (tmp_path / "eternaltwin.toml").touch()
    assert load_config(folder=folder).source == tmp_path.resolve() / "eternaltwin.toml"
