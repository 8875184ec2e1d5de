"""The structures of the configuration files that games keep."""

from __future__ import annotations

import shutil
import tomllib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from eternaltwin.devserver import DevServer
from eternaltwin.devserver.config import ServerConfigWarning, load_config
from eternaltwin.exceptions import ConfigurationError

if TYPE_CHECKING:
    from eternaltwin.devserver.config.types import StoreKind

GAMES = Path(__file__).parent / "games"


def place(game: str, folder: Path, name: str = "eternaltwin.toml") -> Path:
    return Path(shutil.copy(GAMES / f"{game}.toml", folder / name))


@pytest.mark.parametrize(
    ("game", "name", "client"),
    [
        ("emush", "eternaltwin.toml", ("emush_dev@clients", "http://localhost:8080/oauth/callback", "dev_secret")),
        ("labrute", "eternaltwin.local.toml", ("brute_dev@clients", "http://localhost:3000/oauth/callback", "dev")),
    ],
)
def test_the_file_of_a_game_works_in_memory_without_a_warning(
    tmp_path: Path, game: str, name: str, client: tuple[str, str, str]
) -> None:
    place(game, tmp_path, name)
    config = load_config(folder=tmp_path, store="Memory")
    server = DevServer.in_process(config)
    record = server.world.client(client[0])
    assert (record.key, record.callback, record.secret) == client
    server.stop()
    assert load_config(folder=tmp_path).backend.store == "Postgres"


def test_a_database_that_is_not_there_is_an_error_that_names_the_way_out(tmp_path: Path) -> None:
    path = place("emush", tmp_path)
    path.write_text(path.read_text().replace('"mush-database"', f'"{tmp_path}"'))
    with pytest.raises(ConfigurationError, match=r"etwin\.dev on .* cannot be opened: .*--store memory") as caught:
        DevServer(load_config(path))
    assert "password" not in str(caught.value)


@pytest.mark.parametrize("store", ["Paper", "memory"])
def test_an_unknown_store_is_refused(tmp_path: Path, store: str) -> None:
    with pytest.raises(ConfigurationError, match="store must be one of 'Memory', 'Sqlite', 'Postgres'"):
        load_config(folder=tmp_path, store=cast("StoreKind", store))


@pytest.mark.parametrize("name", ["eternaltwin.toml", "etwin.toml"])
def test_the_tables_of_2021_are_read_with_one_warning_that_shows_todays_spelling(tmp_path: Path, name: str) -> None:
    path = place("etwin", tmp_path, name)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        config = load_config(folder=tmp_path)
    [warning] = [entry for entry in caught if entry.category is ServerConfigWarning]
    heading, _, todays = str(warning.message).partition("\n")
    place_of_it = "in eternaltwin.toml:" if name == "etwin.toml" else "instead of them:"
    assert heading == (
        f"{path}: [etwin], [db], [clients], [auth], [forum]: newer servers ignore these tables of 2021."
        f" Write {place_of_it}"
    )

    game = config.seed.app["kadokadeo"]
    assert (game.display_name, game.uri, game.oauth_callback, game.secret) == (
        "Kadokadeo", "http://kadokadeo.localhost/", "http://kadokadeo.localhost/oauth/callback", "dev_secret"
    )  # fmt: skip
    assert (config.backend.store, config.backend.port, config.backend.secret) == ("Memory", 50320, "dev_secret")
    assert (config.postgres.name, config.postgres.user) == ("etwin.dev", "etwin.dev.write")
    assert (config.frontend.forum_posts_per_page, config.frontend.forum_threads_per_page) == (10, 20)
    assert config.seed.forum_section["en_main"].locale == "en-US"
    assert (config.own_games, config.games_without_callback) == (("kadokadeo",), ())

    # What is shown can be pasted, and has no secret.
    assert "dev_secret" not in todays
    assert 'password = "..."  # the value of db.password' in todays
    assert todays.endswith("\n# [auth.twinoid] has no counterpart")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pasted = tmp_path / "pasted.toml"
        pasted.write_text(todays)
        again = load_config(pasted)
    assert again.seed.app["kadokadeo"].oauth_callback == game.oauth_callback
    assert (again.frontend, again.seed.forum_section) == (config.frontend, config.seed.forum_section)
    assert tomllib.loads(todays)["frontend"]["uri"] == "http://localhost:50320"
