"""Tests of the system checks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, User
from django.core.checks import WARNING, run_checks
from django.db import models
from django.test.utils import override_settings

from eternaltwin.integrations.django.checks.sites import BACKEND
from eternaltwin.keys import HS256Key
from eternaltwin.login import MemoryStore
from tests.integrations.django.settings import MIDDLEWARE as SITE_MIDDLEWARE

if TYPE_CHECKING:
    from django.core.checks import CheckMessage

RIGHT: dict[str, object] = {
    "client_id": "game@clients",
    "client_secret": "the secret of the game",
    "redirect_uri": "https://testserver/eternaltwin/callback/",
}
STRICT = "eternaltwin.integrations.django.middleware.StrictCookiesMiddleware"
LARGE = {"OPTIONS": {"MAX_ENTRIES": 10_000}}
SITE: dict[str, Any] = {
    "ETERNALTWIN": {"default": RIGHT},
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
}


def found(*, deploy: bool = False, **settings: Any) -> list[str]:
    """Return the ids of the problems of a valid site with these settings changed."""
    return [str(message.id).removeprefix("eternaltwin.") for message in messages(deploy=deploy, **settings)]


def messages(*, deploy: bool = False, **settings: Any) -> list[CheckMessage]:
    """Return the problems, after checking that each has a hint."""
    with override_settings(**{**SITE, **settings}):
        all_messages = run_checks(include_deployment_checks=deploy)
    own_messages = [message for message in all_messages if str(message.id).startswith("eternaltwin.")]
    assert all(message.hint for message in own_messages)
    return own_messages


def connection(**changes: object) -> dict[str, dict[str, object]]:
    """Return the setting `ETERNALTWIN` with one valid connection with these settings changed."""
    return {"default": {**RIGHT, **changes}}


def test_a_valid_site_has_no_problems() -> None:
    assert found() == []
    assert found(deploy=True) == []


@pytest.mark.parametrize("value", [None, {}, "x", {"default": "x"}, connection(timeout=-1), connection(client_ids="x")])
def test_e001_connections(value: object) -> None:
    assert found(ETERNALTWIN=value) == ["E001"]


@pytest.mark.parametrize("flat", [RIGHT, {"client_id": "game@clients"}, {"url": "http://x", "default": RIGHT}])
def test_e001_a_flat_setting_is_shown_how_to_name_its_connection(flat: dict[str, object]) -> None:
    (message,) = messages(ETERNALTWIN=flat)
    assert message.id == "eternaltwin.E001"
    assert f'ETERNALTWIN = {{"default": {{"{next(iter(flat))}": ..., ...}}}}' in message.msg
    assert found(ETERNALTWIN={"default": RIGHT, "url": RIGHT}) == []


def test_e001_a_connection_that_only_reads_is_told_what_is_missing() -> None:
    (message,) = messages(ETERNALTWIN={"default": {"url": "http://localhost:50320"}})
    assert message.id == "eternaltwin.E001"
    assert "'client_id' is missing, and so are 'client_secret', 'redirect_uri'" in message.msg


def test_e001_a_client_id_that_no_client_has() -> None:
    (message,) = messages(ETERNALTWIN=connection(client_id="game"))
    assert message.id == "eternaltwin.E001"
    assert "did you mean 'game@clients'?" in message.msg


def test_e001_names_the_connection_and_no_secret() -> None:
    (message,) = messages(ETERNALTWIN={"default": RIGHT, "second": {**RIGHT, "redirect_uri": "/callback"}})
    assert message.msg.startswith("ETERNALTWIN['second']: redirect_uri must be absolute")
    (message,) = messages(ETERNALTWIN=connection(state_key="too short"))
    assert "too short" not in message.msg


@pytest.mark.parametrize("settings", [{"SECRET_KEY": "x" * 31}, {"SECRET_KEY_FALLBACKS": ["x" * 32, b"x"]}], ids=str)
def test_e001_secrets_from_which_no_key_can_be_derived(settings: dict[str, Any]) -> None:
    (name,) = settings
    (message,) = messages(**settings)
    assert message.id == "eternaltwin.E001"
    assert message.msg.startswith(f"{name}: {name} must have at least 32 random bytes: python -c ")
    assert message.hint == f"Correct {name} in your settings."
    with_key = connection(state_key="a key of its own, of more than 32 bytes")
    assert found(ETERNALTWIN=with_key, **settings) == []


@pytest.mark.parametrize(
    "value",
    [
        [],
        {"max_ages": 5},
        {"whatever_that_is": 5},
        {"max_age": 0},
        {"cookie_name": "a b"},
        {"secure": "yes"},
        {"scope": 1},
        {"connections": []},
        {"connections": [1]},
        {"connections": 1},
        {"store": "nowhere"},
        {"store": "django.db.models.Model"},
        {"store": "pathlib.Path"},
        {"store": 5},
        {"store": "sqlite:/no/such/folder/at/all.sqlite3"},
        {"new_user": "no.such.function"},
        {"new_user": 5},
        {"administrator": "no.such.function"},
        {"administrator": 5},
        {"home": "//elsewhere.example/"},
        {"game_name": " "},
        {"labels": ["Eternaltwin"]},
        {"retired_connections": 5},
        {"retired_connections": [5]},
        {"labels": {"default": 5}},
    ],
)
def test_e002_options(value: object) -> None:
    assert found(ETERNALTWIN_LOGIN=value) == ["E002"]
    assert found(deploy=True, ETERNALTWIN_LOGIN=value) == ["E002"]


def test_e002_a_domain_that_would_get_codes_over_http() -> None:
    (message,) = messages(ETERNALTWIN_LOGIN={"domains": ["https://testserver", "http://testserver"]})
    assert message.id == "eternaltwin.E002"
    assert "'domains'] contains 'http://testserver', but the redirect_uri of 'default' is https" in message.msg
    local = connection(redirect_uri="http://testserver/eternaltwin/callback/")
    assert found(ETERNALTWIN=local, ETERNALTWIN_LOGIN={"domains": ["http://testserver"]}) == []


def test_e005_a_domain_that_the_site_does_not_serve() -> None:
    domains = ["https://testserver", "https://fr.elsewhere.example:8443"]
    (message,) = messages(ETERNALTWIN_LOGIN={"domains": domains})
    assert message.id == "eternaltwin.E005"
    assert "contains 'https://fr.elsewhere.example:8443', but 'fr.elsewhere.example' is not in" in message.msg
    assert found(ALLOWED_HOSTS=["testserver", ".elsewhere.example"], ETERNALTWIN_LOGIN={"domains": domains}) == []


def test_e002_names_the_nearest_key() -> None:
    (message,) = messages(ETERNALTWIN_LOGIN={"max_ages": 5})
    assert "did you mean 'max_age'?" in message.msg
    (message,) = messages(ETERNALTWIN_LOGIN={"zzz": 5})
    assert "the keys are connections, store" in message.msg


def test_e003_a_missing_connection() -> None:
    assert found(ETERNALTWIN_LOGIN={"connections": ["default", "second"]}) == ["E003"]
    assert found(ETERNALTWIN={"x": RIGHT}, ETERNALTWIN_LOGIN={"connections": "default"}) == ["E003"]


def test_e011_a_retired_connection_that_is_in_use() -> None:
    assert found(ETERNALTWIN_LOGIN={"retired_connections": ["rogue"]}) == []
    (message,) = messages(ETERNALTWIN_LOGIN={"retired_connections": ["rogue", "default"]})
    assert (message.id, "'default'" in message.msg) == ("eternaltwin.E011", True)


@pytest.mark.parametrize("path", ["", "/", "/callback", "/eternaltwin/callback", "/eternaltwin/login/", "/no/such/"])
def test_e004_a_redirect_uri_that_leads_elsewhere(path: str) -> None:
    (message,) = messages(ETERNALTWIN=connection(redirect_uri=f"https://testserver{path}"))
    assert message.id == "eternaltwin.E004"
    assert "to /eternaltwin/callback/" in str(message.hint)


def test_e004_urls_that_are_not_included() -> None:
    (message,) = messages(ROOT_URLCONF="tests.integrations.django.no_urls")
    assert message.id == "eternaltwin.E004"
    assert "include(" in str(message.hint)


def test_e004_a_second_connection_has_a_callback_of_its_own() -> None:
    options = {"connections": ["default", "second"]}
    second = {**RIGHT, "redirect_uri": "https://testserver/eternaltwin/second/callback/"}
    assert found(ETERNALTWIN={"default": RIGHT, "second": second}, ETERNALTWIN_LOGIN=options) == []
    (message,) = messages(ETERNALTWIN={"default": RIGHT, "second": RIGHT}, ETERNALTWIN_LOGIN=options)
    assert message.id == "eternaltwin.E004"
    assert "to /eternaltwin/second/callback/" in str(message.hint)


@pytest.mark.parametrize(
    ("uri", "hosts", "debug", "is_right"),
    [
        ("https://testserver/eternaltwin/callback/", ["testserver"], False, True),
        ("https://TESTSERVER:444/eternaltwin/callback/", ["testserver"], False, True),
        ("https://evil.example/eternaltwin/callback/", ["testserver"], False, False),
        ("http://localhost:8000/eternaltwin/callback/", [], True, True),
        ("http://game.example/eternaltwin/callback/", [], True, False),
        ("http://localhost:8000/eternaltwin/callback/", [], False, False),
    ],
)
def test_e005_hosts(uri: str, hosts: list[str], debug: bool, is_right: bool) -> None:
    local = connection(redirect_uri=uri, url="http://127.0.0.1:50320")
    ids = found(ETERNALTWIN=local, ALLOWED_HOSTS=hosts, DEBUG=debug)
    assert ids == ([] if is_right else ["E005"])


def test_e006_backends() -> None:
    assert found(AUTHENTICATION_BACKENDS=["django.contrib.auth.backends.ModelBackend"]) == ["E006"]


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("eternaltwin.integrations.django.backend.EternaltwinBackend", f"Did you mean {BACKEND!r}?"),
        ("eternaltwin.integrations.django.EternaltwinBackend", f"Did you mean {BACKEND!r}?"),
        ("django.contrib.auth.backends.ModelBackends", "Did you mean 'django.contrib.auth.backends.ModelBackend'?"),
        ("EternaltwinBackend", f"Did you mean {BACKEND!r}?"),
        ("mygame.EternalTwinBackend", f"Did you mean {BACKEND!r}?"),
        ("zzz", "Correct or remove it."),
    ],
)
def test_e006_a_typo_in_the_backends_is_no_traceback(path: str, hint: str) -> None:
    (message,) = messages(AUTHENTICATION_BACKENDS=[path])
    assert (message.id, message.hint) == ("eternaltwin.E006", hint)
    assert repr(path) in message.msg


def test_e007_sessions_and_users() -> None:
    assert found(MIDDLEWARE=[STRICT, "django.middleware.common.CommonMiddleware"], USE_I18N=False) == ["E007", "E007"]
    function = "django.views.decorators.csrf.csrf_exempt"
    assert found(MIDDLEWARE=[STRICT, function], USE_I18N=False) == ["E007", "E007"]
    assert found(MIDDLEWARE=[STRICT, "no.such.middleware"], USE_I18N=False) == ["E007", "E007"]


def test_w007_a_site_with_several_languages_needs_the_middleware_that_chooses_one() -> None:
    without = [path for path in settings.MIDDLEWARE if not path.endswith(".LocaleMiddleware")]
    assert found(MIDDLEWARE=without) == ["W007"]
    assert found(MIDDLEWARE=without, USE_I18N=False) == []
    assert found(MIDDLEWARE=without, LANGUAGES=[("fr", "Français")]) == []
    (message,) = messages(MIDDLEWARE=without)
    assert (message.level, "LocaleMiddleware" in str(message.hint)) == (WARNING, True)


def test_e007_apps(monkeypatch: pytest.MonkeyPatch) -> None:
    def is_installed(name: str) -> bool:
        return "auth" not in name

    monkeypatch.setattr("django.apps.apps.is_installed", is_installed)
    assert "E007" in found()


@pytest.mark.parametrize(
    ("store", "ids", "deployed"),
    [
        ("database", [], []),
        ("memory", [], ["W101"]),
        ("cache", ["W004"], ["W004", "W101"]),
        ("cache:shared", [], []),
        ("cache:none", ["E008"], ["E008"]),
        ("cache:dummy", ["E008"], ["E008"]),
        ("cache:files", ["E008"], ["E008"]),
        ("redis://localhost:1/0", [], []),
        ("eternaltwin.login.MemoryStore", [], ["W101"]),
        ("tests.integrations.django.test_checks.STORE", [], []),
        (MemoryStore(), [], ["W101"]),
    ],
)
def test_e008_and_w101_stores(store: object, ids: list[str], deployed: list[str]) -> None:
    caches = {
        "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
        "shared": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", **LARGE, "LOCATION": "cache"},
        "dummy": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
        "files": {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": "/tmp"},
    }
    assert found(CACHES=caches, ETERNALTWIN_LOGIN={"store": store}) == ids
    assert found(deploy=True, CACHES=caches, ETERNALTWIN_LOGIN={"store": store}) == deployed


def test_e009_secure_cookies() -> None:
    assert found(ETERNALTWIN_LOGIN={"secure": False}) == ["E009"]
    assert found(ETERNALTWIN_LOGIN={"secure": True}) == []
    plain = connection(redirect_uri="http://testserver/eternaltwin/callback/")
    assert found(ETERNALTWIN=plain, ETERNALTWIN_LOGIN={"secure": True}) == ["E009"]
    local = connection(redirect_uri="http://127.0.0.1/eternaltwin/callback/")
    assert found(ETERNALTWIN=local, ETERNALTWIN_LOGIN={"secure": True}) == []
    (message,) = messages(ETERNALTWIN_LOGIN={"secure": False})
    assert message.msg.startswith("ETERNALTWIN_LOGIN['secure'] is False, but the redirect_uri of 'default' starts with")


def test_e010_user_models(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.contrib.auth.models.User.USERNAME_FIELD", "id")
    assert "E010" in found()
    assert "E010" not in found(ETERNALTWIN_LOGIN={"new_user": stand_in})


FIELDS: list[tuple[models.Field[Any, Any], bool]] = [
    (models.IntegerField(), True),
    (models.DateField(), True),
    (models.ForeignKey(Group, models.CASCADE), True),
    (models.EmailField(unique=True), True),
    (models.IntegerField(unique=True, default=1), True),
    (models.IntegerField(null=True), False),
    (models.IntegerField(default=1), False),
    (models.IntegerField(db_default=1), False),
    (models.CharField(max_length=9), False),
    (models.EmailField(unique=True, null=True, default=None), False),
    (models.UUIDField(unique=True, default=uuid4), False),
    (models.DateTimeField(auto_now_add=True), False),
]


@pytest.mark.parametrize(("field", "is_required"), FIELDS)
def test_e010_finds_required_fields(
    monkeypatch: pytest.MonkeyPatch, field: models.Field[Any, Any], is_required: bool
) -> None:
    field.set_attributes_from_name("level")
    monkeypatch.setattr(User._meta, "concrete_fields", (*User._meta.concrete_fields, field))
    own = [message for message in messages() if message.id == "eternaltwin.E010"]
    assert [message.msg.partition(",")[0] for message in own] == (["User requires level"] if is_required else [])


@pytest.mark.parametrize(
    ("constraint", "is_required"),
    [
        (models.UniqueConstraint(fields=["level"], name="one"), True),
        (models.UniqueConstraint(fields=["level", "email"], name="two"), False),
        (models.UniqueConstraint(fields=["level"], condition=models.Q(level__gt=1), name="some"), False),
        (models.CheckConstraint(condition=models.Q(level__gt=1), name="check"), False),
    ],
)
def test_e010_finds_fields_that_a_constraint_makes_unique(
    monkeypatch: pytest.MonkeyPatch, constraint: models.BaseConstraint, is_required: bool
) -> None:
    field: models.Field[Any, Any] = models.IntegerField(default=1)
    field.set_attributes_from_name("level")
    monkeypatch.setattr(User._meta, "concrete_fields", (*User._meta.concrete_fields, field))
    monkeypatch.setattr(User._meta, "constraints", [constraint])
    assert ("eternaltwin.E010" in [message.id for message in messages()]) is is_required


def test_w001_prefixes() -> None:
    below = connection(redirect_uri="https://testserver/games/dice/eternaltwin/callback/")
    (message,) = messages(ETERNALTWIN=below)
    assert message.id == "eternaltwin.W001"
    assert "'/games/dice'" in str(message.hint)


def test_w001_a_known_prefix(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.urls import set_script_prefix

    set_script_prefix("/games/dice/")
    try:
        assert found(ETERNALTWIN=connection(redirect_uri="https://testserver/games/dice/eternaltwin/callback/")) == []
        assert found() == ["E004"]
    finally:
        set_script_prefix("/")


@pytest.mark.parametrize("value", ["Strict", "None", False])
def test_w002_same_site(value: object) -> None:
    assert found(SESSION_COOKIE_SAMESITE=value) == ["W002"]


def test_w003_keys() -> None:
    secret = "a secret that is long enough for a key"
    assert found(ETERNALTWIN=connection(state_key=secret, client_secret=secret)) == ["W003"]
    assert found(SECRET_KEY=secret, ETERNALTWIN=connection(state_key=secret)) == ["W003"]
    assert found(ETERNALTWIN=connection(state_key=HS256Key(secret))) == []
    assert found(SECRET_KEY=secret, ETERNALTWIN=connection(state_key=HS256Key(secret))) == ["W003"]
    new = "another secret that is long enough for a key"
    (message,) = messages(SECRET_KEY=secret, ETERNALTWIN=connection(state_key=[new, secret]))
    assert message.msg == "The state_key of 'default' is also used as another secret."
    assert str(message.hint).startswith("Leave state_key out, so that a key is derived from SECRET_KEY, or create one:")


@pytest.mark.parametrize(
    ("backend", "settings", "entries"),
    [
        ("db.DatabaseCache", {}, 300),
        ("db.DatabaseCache", {"OPTIONS": {"MAX_ENTRIES": 9_999}}, 9_999),
        ("db.DatabaseCache", {"OPTIONS": {"MAX_ENTRIES": "many"}}, 300),
        ("db.DatabaseCache", {"OPTIONS": {"MAX_ENTRIES": None}}, 300),
        ("db.DatabaseCache", {"max_entries": "500", **LARGE}, 500),
        ("db.DatabaseCache", LARGE, None),
        ("locmem.LocMemCache", {}, 300),
        ("locmem.LocMemCache", LARGE, None),
        ("redis.RedisCache", {}, None),
    ],
)
def test_w004_caches_that_remove_entries(backend: str, settings: dict[str, object], entries: int | None) -> None:
    cache = {"BACKEND": f"django.core.cache.backends.{backend}", "LOCATION": "there", **settings}
    warnings = messages(CACHES={"default": cache, "small": cache}, ETERNALTWIN_LOGIN={"store": "cache:small"})
    assert [message.id for message in warnings] == (["eternaltwin.W004"] if entries else [])
    for message in warnings:
        assert f"the cache 'small', a {backend.partition('.')[2]} that" in message.msg
        assert f"more than {entries}:" in message.msg
        assert "CACHES['small']['OPTIONS']['MAX_ENTRIES'] to at least 10000" in str(message.hint)


@pytest.mark.parametrize("entries", [300, 500])
def test_w004_counts_as_django_does(entries: int) -> None:
    """A cache holds as many used sign-ins as the warning reports, and removes some with the next."""
    caches = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            "LOCATION": f"of {entries}",
            "OPTIONS": {"MAX_ENTRIES": entries} if entries != 300 else {},
        }
    }
    (message,) = messages(CACHES=caches, ETERNALTWIN_LOGIN={"store": "cache"})
    assert f"more than {entries}:" in message.msg
    with override_settings(CACHES=caches):
        from django.core.cache import cache

        assert all(cache.add(str(number), 1, 600) for number in range(entries))
        assert not any(cache.add(str(number), 1, 600) for number in range(entries))
        assert cache.add("more", 1, 600)
        assert any(cache.add(str(number), 1, 600) for number in range(entries))


@pytest.mark.parametrize(
    ("uri", "url", "debug", "ids"),
    [
        ("http://localhost:8000/eternaltwin/callback/", None, True, ["W005"]),
        ("http://localhost:8000/eternaltwin/callback/", "https://eternaltwin.org/", True, ["W005"]),
        ("http://localhost:8000/eternaltwin/callback/", None, False, []),
        ("http://localhost:8000/eternaltwin/callback/", "http://127.0.0.1:50320", True, []),
        ("https://testserver/eternaltwin/callback/", None, True, []),
    ],
)
def test_w005_a_game_on_this_machine_without_url(uri: str, url: str | None, debug: bool, ids: list[str]) -> None:
    hosts = ["localhost", "testserver"]
    assert found(ETERNALTWIN=connection(redirect_uri=uri, url=url), DEBUG=debug, ALLOWED_HOSTS=hosts) == ids


@pytest.mark.parametrize(
    ("place", "problem"), [(None, "is missing"), (3, "comes too late"), (2, "comes too late"), (1, ""), (0, "")]
)
def test_w006_cookies_are_read_strictly_before_they_are_used(place: int | None, problem: str) -> None:
    middleware = [path for path in SITE_MIDDLEWARE if path != STRICT]
    if place is not None:
        middleware.insert(place, STRICT)
    own = messages(MIDDLEWARE=middleware)
    assert [message.id for message in own] == (["eternaltwin.W006"] if problem else [])
    assert all(f"StrictCookiesMiddleware {problem}" in message.msg for message in own)


def test_w102_plain_http() -> None:
    plain = connection(redirect_uri="http://testserver/eternaltwin/callback/")
    assert found(ETERNALTWIN=plain) == []
    assert found(deploy=True, ETERNALTWIN=plain) == ["W102"]


def test_w103_cookies_of_the_site() -> None:
    assert found(deploy=True, SESSION_COOKIE_SECURE=False, CSRF_COOKIE_SECURE=False) == ["W103", "W103"]


@pytest.mark.parametrize("url", ["http://localhost:50320", "http://x.localhost", "http://127.8.1.1", "http://[::1]:1"])
def test_w104_eternaltwin_on_this_machine(url: str) -> None:
    assert found(deploy=True, ETERNALTWIN=connection(url=url)) == []


def test_w104_and_w105_eternaltwin_over_the_network() -> None:
    assert found(deploy=True, ETERNALTWIN=connection(url="http://eternaltwin.example")) == ["W104"]
    assert found(deploy=True, ETERNALTWIN=connection(verify_ssl=False)) == ["W105"]
    second = {**RIGHT, "redirect_uri": "http://elsewhere.example/", "verify_ssl": False}
    assert found(deploy=True, ETERNALTWIN={"default": RIGHT, "tools": second}) == ["W105"]


def test_every_id_is_documented() -> None:
    from pathlib import Path

    from eternaltwin.integrations.django import checks

    page = Path(__file__).parents[3] / "docs" / "django.md"
    listed = re.findall(r"^- `(eternaltwin\.[EW]\d+)`:", str(checks.__doc__), re.MULTILINE)
    assert len(listed) == 23
    assert not [number for number in listed if number.removeprefix("eternaltwin.") not in page.read_text()]


def stand_in() -> None:
    """A placeholder for a function that creates users."""


class Shared:
    """A custom store."""

    def consume(self, key: str, ttl: int) -> bool:
        return bool(key) and ttl > 0

    async def aconsume(self, key: str, ttl: int) -> bool:
        return self.consume(key, ttl)


STORE = Shared()
