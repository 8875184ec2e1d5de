"""The command `init`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.devserver import load_config
from tests.support.commands import run_command
from tests.support.new_games import parts_of, variables_of

if TYPE_CHECKING:
    from pathlib import Path


def test_the_configuration_is_written_and_says_so(tmp_path: Path) -> None:
    folder = tmp_path / "my-game"
    folder.mkdir()
    done = run_command("init", "--folder", str(folder), "--framework", "plain")
    assert done.errors == "eternaltwin: wrote eternaltwin.toml; to undo it, delete what was written\n"
    assert [file.name for file in folder.iterdir()] == ["eternaltwin.toml"]
    app = load_config(folder / "eternaltwin.toml").seed.app["my_game"]
    assert (app.display_name, app.oauth_callback) == ("my-game", "http://localhost:8000/oauth/callback")
    assert done.output.endswith("python game.py\n# then open http://localhost:8000/\n")


def test_a_file_is_replaced_only_if_it_is_forced(tmp_path: Path) -> None:
    file = tmp_path / "eternaltwin.toml"
    file.write_text("precious")
    command = ("init", "--folder", str(tmp_path), "--name", "My game", "--framework", "flask")
    done = run_command(*command)
    assert (done.status, done.output) == (1, "")
    assert done.errors == "eternaltwin: eternaltwin.toml exists\nnext: move it, or replace it with --force\n"
    assert file.read_text() == "precious"
    assert run_command(*command, "--force").status == 0
    assert "My game" in file.read_text()


def test_the_framework_is_found_or_the_choice_is_explained(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("flask\n")
    found = run_command("init", "--folder", str(tmp_path), "--name", "My game", "--json").json()
    assert (found["framework"], found["client_id"]) == ("flask", "my_game@clients")
    (tmp_path / "requirements.txt").unlink()
    done = run_command("init", "--folder", str(tmp_path), "--name", "My game", "--force")
    assert "choose with --framework" in done.errors


def test_files_of_django_are_those_of_the_project(tmp_path: Path) -> None:
    (tmp_path / "manage.py").write_text('os.environ.setdefault("DJANGO_SETTINGS_MODULE", "site.conf.settings")')
    done = run_command("init", "--folder", str(tmp_path), "--name", "My game")
    assert list(parts_of(done.output))[1:3] == ["site/conf/settings.py", "site/conf/urls.py"]
    assert "# ---- at the end of site/conf/urls.py ----" in done.output


@pytest.mark.parametrize(("before", "after"), [(None, ""), ("*.pyc\n", "*.pyc\n"), ("*.pyc", "*.pyc\n")])
def test_secrets_are_written_for_their_owner_and_kept_from_git(tmp_path: Path, before: str | None, after: str) -> None:
    if before is not None:
        (tmp_path / ".gitignore").write_text(before)
    command = ("init", "--folder", str(tmp_path), "--name", "My game", "--framework", "flask", "--apply")
    done = run_command(*command)
    environment = tmp_path / "eternaltwin.env"
    assert environment.stat().st_mode & 0o777 == 0o600
    values = variables_of(environment.read_text())
    assert values["ETERNALTWIN_CLIENT_ID"] == "my_game@clients"
    assert not any(secret in done.output for secret in (values["ETERNALTWIN_STATE_KEY"], values["SECRET_KEY"]))
    assert (tmp_path / ".gitignore").read_text() == f"{after}eternaltwin.env\n"
    assert "to undo it, remove its last line" in done.errors
    assert run_command(*command).errors.startswith("eternaltwin: eternaltwin.toml and eternaltwin.env exists")
    again = run_command(*command, "--force", "--json").json()
    assert (again["written"], again["ignored"]) == (["eternaltwin.toml", "eternaltwin.env"], [])
    assert variables_of(environment.read_text())["SECRET_KEY"] != values["SECRET_KEY"]
    assert (tmp_path / ".gitignore").read_text() == f"{after}eternaltwin.env\n"


def test_a_list_of_ignored_files_that_cannot_be_changed_is_reported(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").mkdir()
    done = run_command("init", "--folder", str(tmp_path), "--name", "My game", "--framework", "flask", "--apply")
    assert done.status == 0
    assert "add eternaltwin.env to it, which contains secrets" in done.errors


def test_a_wrong_value_is_wrong_usage_and_nothing_is_written(tmp_path: Path) -> None:
    done = run_command("init", "--folder", str(tmp_path), "--name", "1", "--framework", "flask")
    assert (done.status, "the key of a game must be" in done.errors) == (2, True)
    assert "give --key" in done.errors
    callback = ("--callback", "https://mygame.example/login/callback", "--key", "g1")
    assert run_command("init", "--folder", str(tmp_path), "--framework", "flask", "--name", "1", *callback).status == 0
    assert run_command("init", "--folder", str(tmp_path), "--framework", "flask", "--callback", "x").status == 2
