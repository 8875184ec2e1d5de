"""Configuration files: where they are found, how they are merged, and errors."""

from __future__ import annotations

import json
import string
import tempfile
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, cast
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.devserver.config import (
    AppSeed,
    ServerConfigWarning,
    UserSeed,
    config_of,
    default_config,
    load_config,
)
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.rules.accounts import is_display_name, is_username

if TYPE_CHECKING:
    from eternaltwin.devserver.config import ConfigSource


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def from_json(folder: Path, content: object) -> Path:
    return write(folder, "eternaltwin.json", json.dumps(content))


def test_without_a_file_there_are_the_built_in_seeds(tmp_path: Path) -> None:
    config = load_config(folder=tmp_path)
    assert config == default_config()
    assert config.source is None
    assert list(config.seed.user) == ["alice", "bob", "charlie", "dan", "eve", "frank"]
    assert config.seed.user["alice"] == UserSeed(
        username="alice", display_name="Alice", password="aaaaaaaaaa", is_administrator=True
    )
    assert not config.seed.user["bob"].is_administrator
    assert config.seed.app["kingdom_dev"].oauth_callback == "http://localhost:8000/oauth/callback"
    assert len(config.seed.forum_section) == 15
    assert (config.backend.host, config.backend.port, config.backend.store) == ("::", 50320, "Memory")


def test_a_file_is_merged_over_the_seeds(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "eternaltwin.toml",
        """
        [backend]
        listen = "127.0.0.1:8080"
        secret = "signs"
        clock = "Virtual"

        [frontend]
        forum_posts_per_page = 5

        [seed.app.my_game]
        [seed.app.kingdom_dev]
        secret = "other"
        oauth_callback = "HTTP://LocalHost:80/back"

        [seed.user.zoe]
        password = "zzzzzzzzzz"
        [seed.user.bob]
        display_name = "Robert"

        [seed.forum_section.games]
        locale = "fr-FR"
        [seed.forum_section.main_en]
        display_name = "Main"
        """,
    )
    config = load_config(path)
    assert config.source == path
    assert (config.backend.host, config.backend.port) == ("127.0.0.1", 8080)
    assert (config.backend.secret, config.backend.clock) == ("signs", "Virtual")
    assert (config.frontend.forum_posts_per_page, config.frontend.forum_threads_per_page) == (5, 20)
    assert config.seed.app["my_game"] == AppSeed(
        display_name="my_game",
        uri="http://my_game.localhost/",
        oauth_callback="http://my_game.localhost/oauth/callback",
    )
    assert config.seed.app["kingdom_dev"].oauth_callback == "http://localhost/back"
    assert config.seed.app["kingdom_dev"].display_name == "Kingdom"
    assert config.seed.user["zoe"] == UserSeed(display_name="zoe", username="zoe", password="zzzzzzzzzz")
    assert config.seed.user["bob"].display_name == "Robert"
    assert config.seed.user["bob"].password == "b" * 10
    assert config.seed.forum_section["games"].display_name == "games"
    assert config.seed.forum_section["main_en"].locale == "en-US"


def test_null_removes_seeds(tmp_path: Path) -> None:
    path = from_json(
        tmp_path,
        {
            "backend": {"secret": None},
            "seed": {"user": {"bob": None, "nobody": None, "alice": {"password": None}}, "app": None},
        },
    )
    config = load_config(path)
    assert "bob" not in config.seed.user
    assert config.seed.user["alice"].password is None
    assert config.seed.app == {}
    assert len(config.backend.secret) == 64


def test_a_port_alone_keeps_the_address(tmp_path: Path) -> None:
    config = load_config(from_json(tmp_path, {"backend": {"port": 0}}))
    assert (config.backend.host, config.backend.port) == ("::", 0)


def test_profiles_start_from_other_defaults(tmp_path: Path) -> None:
    write(tmp_path, "eternaltwin.toml", "[backend]\nport = 1\n")
    production = load_config(folder=tmp_path, profile="production")
    assert production.seed.user == {}
    assert len(production.backend.secret) == 64
    assert load_config(folder=tmp_path, profile="test").backend.clock == "Virtual"
    assert load_config(folder=tmp_path, profile="mine").seed.user.keys() == default_config().seed.user.keys()
    assert load_config(folder=tmp_path, profile="sdk").source is None


ORDER = [
    "eternaltwin.dev.local.toml",
    "eternaltwin.dev.local.json",
    "eternaltwin.dev.toml",
    "eternaltwin.dev.json",
    "eternaltwin.local.toml",
    "eternaltwin.local.json",
    "eternaltwin.toml",
    "eternaltwin.json",
]


@given(names=st.sets(st.sampled_from(ORDER), min_size=1))
def test_the_first_file_in_the_official_order_wins(names: set[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            write(Path(folder), name, "{}" if name.endswith(".json") else "")
        source = load_config(folder=Path(folder)).source
    assert source is not None
    assert source.name == min(names, key=ORDER.index)


def test_files_are_looked_for_in_the_folders_above(tmp_path: Path) -> None:
    path = write(tmp_path, "eternaltwin.toml", "")
    folder = tmp_path / "game" / "src"
    folder.mkdir(parents=True)
    assert load_config(folder=folder).source == path.resolve()


def test_paths_may_be_strings(tmp_path: Path) -> None:
    path = write(tmp_path, "eternaltwin.toml", "[backend]\nport = 2\n")
    assert load_config(str(path)) == load_config(path)
    assert load_config(folder=str(tmp_path)) == load_config(folder=tmp_path)
    assert config_of(str(path)) == config_of(path)
    assert config_of(str(path)).backend.port == 2
    with pytest.raises(ConfigurationError, match="cannot be read: No such file"):
        config_of(f"{tmp_path}/none.toml")


@pytest.mark.parametrize("source", [3, b"eternaltwin.toml", ["eternaltwin.toml"]])
def test_a_configuration_of_another_type_is_refused(source: object) -> None:
    with pytest.raises(ConfigurationError, match="config must be the path of a file, a mapping") as caught:
        config_of(cast("ConfigSource", source))
    assert caught.value.setting == "config"


def test_the_working_folder_is_the_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path, "eternaltwin.toml", "")
    monkeypatch.chdir(tmp_path)
    assert load_config().source == path.resolve()


@pytest.mark.parametrize("extends", ['"./base.toml"', '["./base.toml"]', '{url = "./base.toml", format = "toml"}'])
def test_a_file_may_extend_others(tmp_path: Path, extends: str) -> None:
    write(tmp_path, "base.toml", '[backend]\nport = 1\nsecret = "base"\n')
    config = load_config(write(tmp_path, "eternaltwin.toml", f"extends = {extends}\n[backend]\nport = 2\n"))
    assert (config.backend.port, config.backend.secret) == (2, "base")


@pytest.mark.parametrize("extends", ['"https://example.test/base.toml"', "3", "[{}]", '"./eternaltwin.toml"'])
def test_a_wrong_value_of_extends_is_an_error(tmp_path: Path, extends: str) -> None:
    path = write(tmp_path, "eternaltwin.toml", f"extends = {extends}\n")
    with pytest.raises(ConfigurationError, match=r"eternaltwin\.toml: extends: must") as caught:
        load_config(path)
    assert caught.value.setting == "extends"


def test_keys_that_only_the_official_server_uses_are_ignored(tmp_path: Path) -> None:
    content = {
        "backend": {"mailer": "Network", "user_store": "Postgres", "oauth_client": "Mock"},
        "frontend": {"port": 50321, "uri": "http://localhost:50321/"},
        "postgres": {"name": "etwin"},
        "mailer": {},
        "scrypt": {},
        "opentelemetry": {},
        "sqlite": {},
    }
    assert load_config(from_json(tmp_path, content)).backend == default_config().backend


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"backend": {"prot": 1}}, r"eternaltwin\.json: unknown key backend\.prot; did you mean backend\.port\?"),
        ({"sed": {}}, r"unknown key sed; did you mean seed\?"),
        ({"seed": {"user": {"bob": {"pasword": "x"}}}}, r"seed\.user\.bob\.pasword; did you mean .*\.password\?"),
        ({"seed": {"wxyz": {}}}, r"unknown key seed\.wxyz$"),
        ({"frontend": {"wxyz": 1}}, r"unknown key frontend\.wxyz$"),
    ],
)
def test_an_unknown_key_is_a_warning_that_names_the_nearest(tmp_path: Path, content: object, message: str) -> None:
    with pytest.warns(ServerConfigWarning, match=message):
        load_config(from_json(tmp_path, content))


@pytest.mark.parametrize(
    ("content", "setting"),
    [
        ([], None),
        ({"backend": 3}, "backend"),
        ({"backend": {"listen": "nowhere"}}, "backend.listen"),
        ({"backend": {"listen": "[::]:70000"}}, "backend.listen"),
        ({"backend": {"listen": None}}, "backend.listen"),
        ({"backend": {"port": 65536}}, "backend.port"),
        ({"backend": {"port": "1"}}, "backend.port"),
        ({"backend": {"port": True}}, "backend.port"),
        ({"backend": {"secret": 1}}, "backend.secret"),
        ({"backend": {"clock": "Sundial"}}, "backend.clock"),
        ({"backend": {"store": "Paper"}}, "backend.store"),
        ({"frontend": {"forum_posts_per_page": 0}}, "frontend.forum_posts_per_page"),
        ({"seed": {"user": []}}, "seed.user"),
        ({"seed": {"user": {"bob": 3}}}, "seed.user.bob"),
        ({"seed": {"user": {"Bad Key": {}}}}, "seed.user.Bad Key"),
        ({"seed": {"user": {"bob": {"username": "robert"}}}}, "seed.user.bob.username"),
        ({"seed": {"user": {"bob": {"username": "B"}}}}, "seed.user.bob.username"),
        ({"seed": {"user": {"bob": {"display_name": "1"}}}}, "seed.user.bob.display_name"),
        ({"seed": {"user": {"bob": {"id": "1"}}}}, "seed.user.bob.id"),
        ({"seed": {"user": {"bob": {"is_administrator": 1}}}}, "seed.user.bob.is_administrator"),
        ({"seed": {"user": {"1": {"id": str(UUID(int=1))}}}}, "seed.user.1.display_name"),
        ({"seed": {"app": {"Bad": {}}}}, "seed.app.Bad"),
        ({"seed": {"app": {"game": {"uri": "/relative"}}}}, "seed.app.game.uri"),
        ({"seed": {"app": {"game": {"uri": "http://:80/"}}}}, "seed.app.game.uri"),
        ({"seed": {"app": {"game": {"uri": "http://a:x/"}}}}, "seed.app.game.uri"),
        ({"seed": {"app": {"game": {"oauth_callback": "http://a/\n"}}}}, "seed.app.game.oauth_callback"),
        ({"seed": {"app": {"game": {"oauth_callback": "http://\u00e9/"}}}}, "seed.app.game.oauth_callback"),
        ({"seed": {"app": {"game": {"display_name": ""}}}}, "seed.app.game.display_name"),
        ({"seed": {"app": {"game": {"secret": None}}}}, "seed.app.game.secret"),
        ({"seed": {"forum_section": {"x": {"locale": 3}}}}, "seed.forum_section.x.locale"),
    ],
)
def test_a_wrong_value_is_an_error_that_names_file_and_key(
    tmp_path: Path, content: object, setting: str | None
) -> None:
    path = from_json(tmp_path, content)
    with pytest.raises(ConfigurationError) as caught:
        load_config(path)
    assert caught.value.setting == setting
    assert str(caught.value).startswith(f"{path}: {setting or 'must'}")


REQUIREMENTS: list[tuple[dict[str, object], str]] = [
    ({"backend": 3}, "backend: must be a table"),
    ({"backend": {"listen": "nowhere"}}, "backend.listen: must be an address such as '[::]:50320'"),
    ({"backend": {"port": "1"}}, "backend.port: must be a whole number from 0 to 65535"),
    ({"backend": {"secret": 1}}, "backend.secret: must be a string"),
    ({"backend": {"clock": "Sundial"}}, "backend.clock: must be one of 'System', 'Virtual'"),
    ({"backend": {"store": "Paper"}}, "backend.store: must be one of 'Memory', 'Postgres', 'Sqlite'"),
    ({"sqlite": {"file": 1}}, "sqlite.file: must be a string"),
    ({"seed": {"user": {"zoe": {"id": "1"}}}}, "seed.user.zoe.id: must be a UUID"),
    ({"seed": {"user": {"zoe": {"password": 1}}}}, "seed.user.zoe.password: must be a string"),
    ({"seed": {"user": {"zoe": {"is_administrator": 1}}}}, "seed.user.zoe.is_administrator: must be true or false"),
    ({"seed": {"user": {"1": {}}}}, "seed.user.1: a user without an id must have a key of 2 to 32 lower case"),
    ({"seed": {"app": {"zoe": {"uri": 1}}}}, "seed.app.zoe.uri: must be an absolute URL"),
    ({"seed": {"twinoid_user": {"zoe": {"id": "x"}}}}, "seed.twinoid_user.zoe.id: must be a whole number"),
    ({"seed": {"hammerfest_user": {"zoe": {"items": {}}}}}, "seed.hammerfest_user.zoe.items: must be a list"),
    ({"seed": {"twinoid_user": {"zoe": {"game": {"2": {"stats": [{}]}}}}}}, "game.2.stats[0]: must have the key"),
    ({"seed": {"twinoid_user": {"zoe": {"game": {"2": {"stats": [3]}}}}}}, "game.2.stats[0]: must be a table"),
    (
        {"seed": {"twinoid_user": {"zoe": {"game": {"2": {"points": "x"}}}}}},
        "points: must be a number from -1e+15 to 1e",
    ),
    (
        {"seed": {"hammerfest_user": {"zoe": {"items": ["1", 2]}}}},
        "seed.hammerfest_user.zoe.items[1]: must be a string",
    ),
    ({"seed": {"hammerfest_user": {"zoe": {"quests": {"7": 2}}}}}, "hammerfest_user.zoe.quests.7: must be a string"),
    (
        {"seed": {"dinoparc_user": {"zoe": {"inventory": {"7": 1, "8": 0.5}}}}},
        "zoe.inventory.8: must be a whole number",
    ),
    (
        {"seed": {"dinoparc_user": {"zoe": {"dinoz": {"7": {"elements": {}}}}}}},
        "dinoz.7.elements: must have the key fire",
    ),
    ({"seed": {"dinoparc_user": {"zoe": {"dinoz": {"7": {"elements": 3}}}}}}, "dinoz.7.elements: must be a table"),
]


@pytest.mark.parametrize(("content", "message"), REQUIREMENTS)
def test_an_error_contains_what_the_value_must_be(content: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        config_of(content)
    assert message in str(caught.value)


def test_keys_that_no_file_sets_are_unknown() -> None:
    with pytest.warns(ServerConfigWarning) as caught:
        config_of(
            {"source": "x", "backend": {"host": "::"}, "seed": {"twinoid_user": {"zoe": {"id": 1, "server": "x"}}}}
        )
    assert [str(warning.message).partition(";")[0] for warning in caught] == [
        "DevServer(config): unknown key backend.host",
        "DevServer(config): unknown key seed.twinoid_user.zoe.server",
        "DevServer(config): unknown key source",
    ]


def test_a_user_with_an_id_may_have_any_username(tmp_path: Path) -> None:
    entry = {"id": str(UUID(int=7)).upper(), "username": "robert", "display_name": "Bob"}
    config = load_config(from_json(tmp_path, {"seed": {"user": {"Any Key": entry}}}))
    assert config.seed.user["Any Key"] == UserSeed(id=UUID(int=7), username="robert", display_name="Bob")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("eternaltwin.toml", b"[backend", "is not TOML"),
        ("eternaltwin.json", b"{", "is not JSON"),
        ("eternaltwin.toml", b"\xff", "is not valid UTF-8"),
        ("eternaltwin.json", b"[" * 100_000, "is nested too deeply"),
    ],
)
def test_a_file_that_cannot_be_decoded_is_an_error(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=message):
        load_config(path)


@pytest.mark.parametrize(
    ("name", "content"),
    [("eternaltwin.toml", b"[backend]\nport = 1"), ("eternaltwin.json", b'{"backend": {"port": 1}}')],
)
def test_a_byte_order_mark_is_skipped(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(b"\xef\xbb\xbf" + content)
    assert load_config(path).backend.port == 1


def test_a_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_config(tmp_path / "none.toml")


def test_secrets_are_not_shown() -> None:
    config = default_config()
    shown = repr(config)
    assert "aaaaaaaaaa" not in shown
    assert "'dev'" not in shown
    assert "Alice" in shown


# --- arbitrary content

SCALARS = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
KNOWN_KEYS = st.sampled_from(
    [
        "backend", "frontend", "seed", "user", "app", "forum_section", "bob", "kingdom_dev", "main_fr", "listen",
        "port", "secret", "clock", "store", "id", "username", "display_name", "password", "uri", "oauth_callback",
        "locale", "extends", "is_administrator", "forum_posts_per_page", "sqlite", "file", "postgres", "host",
        "dinoparc_user", "hammerfest_user", "twinoid_user", "dinoz", "game", "server", "linked_to", "coins", "items",
        "quests", "inventory", "collection", "stats", "points", "1", "07",
    ]
)  # fmt: skip
CONTENT = st.recursive(
    SCALARS,
    lambda inner: st.dictionaries(KNOWN_KEYS | st.text(max_size=8), inner, max_size=4) | st.lists(inner, max_size=2),
    max_leaves=12,
)


@given(content=CONTENT)
def test_any_content_is_settings_or_an_error_that_names_the_file(content: object) -> None:
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore", ServerConfigWarning)
        path = from_json(Path(folder), content)
        try:
            config, problem = load_config(path), None
        except ConfigurationError as exc:
            config, problem = default_config(), str(exc)
    assert problem is None or str(path) in problem
    for seed in config.seed.user.values():
        assert is_display_name(seed.display_name)
        assert seed.username is None or is_username(seed.username)


#: Values that TOML has and JSON has not.
ONLY_TOML = st.datetimes() | st.dates() | st.times() | st.floats()


def tables(values: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.dictionaries(KNOWN_KEYS | st.text(max_size=8), values, max_size=4)


FROM_TOML = st.recursive(SCALARS | ONLY_TOML, lambda inner: tables(inner) | st.lists(inner, max_size=2), max_leaves=12)


@given(content=tables(FROM_TOML) | st.fixed_dictionaries({"seed": tables(tables(tables(FROM_TOML)))}))
def test_any_table_is_settings_or_an_error_that_names_a_key(content: dict[str, object]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ServerConfigWarning)
        try:
            config, error = config_of(content), None
        except ConfigurationError as exc:
            config, error = default_config(), exc
    assert error is None or (error.setting and f": {error.setting}: " in str(error))
    assert isinstance(config.backend.secret, str)
    assert all(isinstance(seed.name, str) for seed in config.seed.twinoid_user.values())


USERNAMES = st.text(string.ascii_lowercase + "_", min_size=2, max_size=12)


@given(users=st.dictionaries(USERNAMES, st.booleans(), max_size=5), port=st.integers(0, 65535))
def test_a_written_file_is_read_back(users: dict[str, bool], port: int) -> None:
    lines = [f"[backend]\nport = {port}"]
    lines += [f"[seed.user.{name}]\nis_administrator = {str(flag).lower()}" for name, flag in users.items()]
    with tempfile.TemporaryDirectory() as folder:
        config = load_config(write(Path(folder), "eternaltwin.toml", "\n".join(lines)))
    assert config.backend.port == port
    assert {name: config.seed.user[name].is_administrator for name in users} == users
