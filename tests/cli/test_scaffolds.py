"""What a new game needs: its configuration, environment, code and commands."""

from __future__ import annotations

import tomllib

import pytest

from eternaltwin.cli.scaffolds import FRAMEWORKS, Framework, GameScaffold, default_callback, key_of
from eternaltwin.exceptions import InvalidArgumentError
from tests.support.new_games import variables_of


def scaffold(framework: Framework, **changes: str) -> GameScaffold:
    values = {"name": "My game", "key": "mygame", "callback": default_callback(framework)} | changes
    return GameScaffold(framework=framework, **{"settings_module": "mygame.settings", **values})


def variables(game: GameScaffold) -> dict[str, str]:
    return variables_of(game.environment().content)


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_configuration_holds_the_game_as_it_was_given(framework: Framework) -> None:
    name = 'Jeu "d\u00e9s" \\ \U0001f3b2'
    game = scaffold(framework, name=name)
    seed = tomllib.loads(game.configuration.content)["seed"]["app"]["mygame"]
    assert seed == {
        "display_name": name,
        "uri": "http://localhost:8000/",
        "oauth_callback": default_callback(framework),
        "secret": "dev",
    }


def test_every_environment_has_fresh_secrets_and_no_others_than_are_read() -> None:
    first, second = (variables(scaffold("flask")) for _ in range(2))
    assert not {first["SECRET_KEY"], first["ETERNALTWIN_STATE_KEY"]} & set(second.values())
    assert first["SECRET_KEY"] != first["ETERNALTWIN_STATE_KEY"]
    assert "SECRET_KEY" not in variables(scaffold("django"))
    assert first["ETERNALTWIN_STATE_KEY"] not in repr(scaffold("flask").environment())


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_the_commands_install_and_start_the_game(framework: Framework) -> None:
    game = scaffold(framework)
    assert game.address == "http://localhost:8000/"
    assert game.commands[0].startswith('pip install "eternaltwin[')
    assert game.commands[-1].startswith(("flask", "uvicorn", "python game.py", "python manage.py runserver"))


def test_settings_of_django_may_lie_beside_manage_py() -> None:
    paths = [file.path for file in scaffold("django", settings_module="settings").code]
    assert paths == ["settings.py", "urls.py", "templates/home.html"]


@pytest.mark.parametrize(
    ("framework", "changes", "problem"),
    [
        ("flask", {"name": " "}, "name of a game"),
        ("flask", {"name": "a\nb"}, "name of a game"),
        ("flask", {"key": "My game"}, "key of a game"),
        ("flask", {"callback": "localhost/x/callback"}, "must be a URL"),
        ("flask", {"callback": "http://localhost/x/callback?a=b"}, "must be a URL"),
        ("flask", {"callback": 'http://localhost/"/callback'}, "must be a URL"),
        ("flask", {"callback": "http://localhost/callback"}, "must end with /callback below a folder"),
        ("flask", {"callback": "http://localhost/x/callback/"}, "must end with /callback below a folder"),
        ("django", {"callback": "http://localhost/x/callback"}, "must end with /callback/ below a folder"),
        ("plain", {"callback": "http://localhost/"}, "must be a URL"),
    ],
)
def test_a_wrong_value_is_refused(framework: Framework, changes: dict[str, str], problem: str) -> None:
    with pytest.raises(InvalidArgumentError, match=problem):
        scaffold(framework, **changes)


def test_the_key_of_a_game_follows_from_its_name() -> None:
    assert key_of("  My Game! 2 ") == "my_game_2"
    assert key_of("Zo\u00e9's Game") == "zoe_s_game"
    assert key_of("\u2764") == ""
