"""Which connection a command uses."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from eternaltwin.cli.config import choose_profile, config_folder
from eternaltwin.cli.connections import VARIABLES, ChosenConnection, opened
from eternaltwin.cli.drafts import Draft
from eternaltwin.cli.options import complete_profiles
from eternaltwin.exceptions import ConfigurationError
from tests.support.commands import run_command

FILE = """
default = "local"

[profiles.local]
url = "http://127.0.0.1:50320/"
client_id = "mygame@clients"
client_secret = "s3cr3t"
redirect_uri = "http://localhost:8000/oauth/callback"
state_key = "at least 32 bytes that only the game knows"

[profiles.live]
url = "https://eternaltwin.example/"
public_url = "https://public.example/"
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Use a folder of the test, and no variable of the environment."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    for name in (*VARIABLES.values(), "ETERNALTWIN_CLI_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "eternaltwin").mkdir()
    return tmp_path / "eternaltwin"


@pytest.fixture
def file(folder: Path) -> Path:
    path = folder / "config.toml"
    path.write_text(FILE, encoding="utf-8")
    return path


def address(chosen: ChosenConnection) -> str:
    with opened(chosen) as client:
        return client.url


def test_without_anything_it_is_eternaltwin_org() -> None:
    assert address(ChosenConnection()) == "https://eternaltwin.org/"


@pytest.mark.usefixtures("file")
def test_options_outrank_the_environment_and_that_the_default_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    assert address(ChosenConnection()) == "http://127.0.0.1:50320/"
    monkeypatch.setenv("ETERNALTWIN_CLI_PROFILE", "live")
    assert address(ChosenConnection()) == "https://eternaltwin.example/"
    monkeypatch.setenv("ETERNALTWIN_URL", "http://environment.example/")
    assert address(ChosenConnection()) == "http://environment.example/"
    assert address(ChosenConnection(profile="local")) == "http://127.0.0.1:50320/"
    assert address(ChosenConnection(url="http://option.example")) == "http://option.example/"


@pytest.mark.usefixtures("file")
def test_a_profile_hides_its_secrets() -> None:
    profile = choose_profile("local")
    assert profile is not None
    assert profile.client_secret == "s3cr3t"
    assert repr(profile) == "<CommandProfile http://127.0.0.1:50320/>"


@pytest.mark.usefixtures("file")
def test_an_address_replaces_both_of_a_profile() -> None:
    with opened(ChosenConnection(url="http://option.example", profile="live", timeout=2.5)) as client:
        assert (client.url, client.public_url, client.timeout) == ("http://option.example/",) * 2 + (2.5,)


@pytest.mark.usefixtures("file")
def test_the_settings_of_a_game_are_used_if_they_are_complete() -> None:
    with opened(ChosenConnection()) as client:
        assert client.client_id == "mygame@clients"


def test_incomplete_settings_of_a_game_are_an_error_only_if_it_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETERNALTWIN_CLIENT_ID", "mygame@clients")
    assert address(ChosenConnection()) == "https://eternaltwin.org/"
    with (
        pytest.raises(ConfigurationError, match="'client_secret' is missing"),
        opened(ChosenConnection(), needs_game=True),
    ):
        pass


@pytest.mark.usefixtures("file")
def test_a_profile_does_not_show_its_secrets() -> None:
    assert repr(choose_profile("local")) == "<CommandProfile http://127.0.0.1:50320/>"


@pytest.mark.usefixtures("file")
def test_an_unknown_profile_is_an_error_that_names_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match=r"there is no profile 'x' in .*; there are: local, live"):
        address(ChosenConnection(profile="x"))


def test_a_profile_without_a_file_is_an_error() -> None:
    with pytest.raises(ConfigurationError, match=r"there is no profile 'x' in .*; there are: none"):
        address(ChosenConnection(profile="x"))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"[profiles", "is not TOML"),
        (b"\xff", "is not TOML"),
        (b"[profiles.x]\nsecret = 's3cr3t'", "Object contains unknown field `secret`"),
        (b"[profiles.x]\nurl = 5", r"Expected `str \| null`, got `int` - at `\$.profiles\[...\].url`"),
    ],
)
def test_a_wrong_file_is_an_error_that_shows_no_secret(folder: Path, content: bytes, problem: str) -> None:
    (folder / "config.toml").write_bytes(content)
    with pytest.raises(ConfigurationError, match=f"config.toml: {problem}") as caught:
        address(ChosenConnection())
    assert "s3cr3t" not in str(caught.value)


def test_a_file_that_cannot_be_read_is_an_error(folder: Path) -> None:
    (folder / "config.toml").mkdir()
    with pytest.raises(ConfigurationError, match="cannot be read: Is a directory"):
        address(ChosenConnection())


def test_profiles_are_completed(file: Path) -> None:
    def complete(text: str) -> list[str]:
        return complete_profiles(None, None, text)

    assert complete("l") == ["local", "live"]
    assert complete("lo") == ["local"]
    file.write_text("nonsense", encoding="utf-8")
    assert complete("") == []


@pytest.mark.parametrize("variable", ["XDG_CONFIG_HOME", "APPDATA"])
def test_a_relative_folder_is_ignored(variable: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CONFIG_HOME", "APPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(variable, "relative")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert config_folder() == tmp_path / ".config" / "eternaltwin"


def test_without_a_home_folder_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_home() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setattr(Path, "home", no_home)
    done = run_command("whoami")
    assert done.status == 2
    assert "set HOME or XDG_CONFIG_HOME" in done.errors
    Draft("text").discard()
    assert complete_profiles(None, None, "") == []


def test_a_server_that_cannot_be_reached_is_reported_once_without_its_log() -> None:
    done = run_command("users", "count", "--url", "http://127.0.0.1:1")
    assert done.errors.count("cannot be reached") == 1
    # Otherwise, Python prints warnings for which nobody has set up a handler.
    assert any(
        isinstance(handler, logging.NullHandler) for handler in logging.getLogger("eternaltwin.retries").handlers
    )
