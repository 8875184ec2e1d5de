"""Tables of 2021: mixed with today's, and of any content."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.devserver.config import ServerConfigWarning, config_of
from eternaltwin.devserver.config.old_spelling import translate
from eternaltwin.exceptions import ConfigurationError

FILE = Path("etwin.toml")


def test_todays_spelling_has_precedence_in_a_file_that_has_both() -> None:
    content = {
        "clients": {"mygame": {"callback_uri": "http://old.test/", "secret": "old"}},
        "seed": {"app": {"mygame": {"oauth_callback": "http://new.test/"}}},
    }
    with pytest.warns(ServerConfigWarning, match="clients") as caught:
        game = config_of(content).seed.app["mygame"]
    assert len(caught) == 1
    assert (game.oauth_callback, game.secret) == ("http://new.test/", "old")


def test_a_game_without_a_key_is_kept() -> None:
    with pytest.warns(ServerConfigWarning, match=r"\[seed\.app\.mygame\]"):
        assert "mygame" in config_of({"clients": {"mygame": {}}}).seed.app


def test_a_wrong_value_is_an_error_that_names_todays_key() -> None:
    content = {"clients": {"mygame": {"callback_uri": "nowhere"}}}
    with (
        pytest.warns(ServerConfigWarning),
        pytest.raises(ConfigurationError, match=r"seed\.app\.mygame\.oauth_callback: must be an absolute URL"),
    ):
        config_of(content)


def test_a_file_without_such_tables_is_not_translated() -> None:
    assert translate({"backend": {"port": 1}}, FILE) is None
    assert translate([], FILE) is None


KEYS = st.sampled_from(
    ["etwin", "db", "clients", "auth", "forum", "sections", "api", "secret", "app_uri", "callback_uri", "mygame"]
) | st.text(max_size=4)
VALUES = st.recursive(
    st.booleans() | st.integers() | st.text(max_size=5) | st.dates(),
    lambda inner: st.dictionaries(KEYS, inner, max_size=3) | st.lists(inner, max_size=2),
    max_leaves=10,
)


@given(tables=st.dictionaries(st.sampled_from(["etwin", "db", "clients", "auth", "forum"]), VALUES, min_size=1))
def test_any_old_table_is_translated_and_nothing_else_is_changed(tables: dict[str, object]) -> None:
    found = translate({**tables, "backend": {"port": 1}}, FILE)
    assert found is not None
    assert found.rest == {"backend": {"port": 1}}
    assert found.content.keys() <= {"backend", "frontend", "postgres", "seed"}
    assert all(f"[{table}]" in found.warning.partition("\n")[0] for table in tables)


NAMES = st.from_regex(r"[a-z_][a-z0-9_]{1,8}", fullmatch=True)


@given(games=st.dictionaries(NAMES, st.text(st.characters(codec="utf-8", exclude_characters="\x7f")), max_size=4))
def test_what_a_warning_shows_is_toml(games: dict[str, str]) -> None:
    found = translate({"clients": {key: {"display_name": name} for key, name in games.items()}}, FILE)
    assert found is not None
    shown = tomllib.loads(found.warning.partition("\n")[2])
    assert shown == (found.content if games else {"seed": {"app": {}}})
