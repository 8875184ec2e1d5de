"""Fixtures: the site under test, its databases, and its development servers."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, cast

import django
import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connections
from django.test.utils import override_settings
from django.utils import translation

from eternaltwin.devserver import DevServer
from tests.integrations.django.databases import ChosenDatabase, in_thread
from tests.integrations.django.site_servers import connection_settings
from tests.integrations.django.visitors import Visitor
from tests.support.postgresql import postgresql

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.devserver.domain.records import UserRecord
    from tests.integrations.django.site_servers import DjangoGame

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.integrations.django.settings")
django.setup()

#: The models whose rows the migrations create, and which are kept between tests.
_KEPT = {"contenttypes.ContentType", "auth.Permission"}


CALLBACK = "http://testserver/eternaltwin/callback/"
OTHER_CALLBACK = "http://testserver/eternaltwin/other/callback/"


def _server() -> DevServer:
    apps_of_games = {
        "game": {"display_name": "The game", "oauth_callback": CALLBACK, "secret": "the secret of the game"},
        "other": {"display_name": "The other", "oauth_callback": OTHER_CALLBACK, "secret": "the secret of the other"},
    }
    return DevServer({"seed": {"app": apps_of_games}})


@pytest.fixture(scope="session")
def shared_server() -> Iterator[DevServer]:
    """Start the development server that all tests share."""
    with _server() as server:
        yield server


@pytest.fixture(scope="session")
def shared_other_server() -> Iterator[DevServer]:
    """Start a second development server, of another operator."""
    with _server() as server:
        yield server


@pytest.fixture
def server(shared_server: DevServer) -> Iterator[DevServer]:
    """Reset the development server, and set the connection `default` to it."""
    shared_server.reset()
    with override_settings(ETERNALTWIN={"default": connection_settings(shared_server, "game", CALLBACK)}):
        yield shared_server


@pytest.fixture
def other_server(server: DevServer, shared_other_server: DevServer) -> Iterator[DevServer]:
    """Set the connection `other` to the second server, and allow sign-ins with both."""
    shared_other_server.reset()
    both = {
        "default": connection_settings(server, "game", CALLBACK),
        "other": connection_settings(shared_other_server, "other", OTHER_CALLBACK),
    }
    with override_settings(ETERNALTWIN=both, ETERNALTWIN_LOGIN={"connections": ["default", "other"]}):
        yield shared_other_server


@pytest.fixture(scope="session")
def sqlite() -> Iterator[str]:
    """Migrate a SQLite database and return its alias."""
    call_command("migrate", verbosity=0)
    yield "default"
    connections["default"].close()


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """Migrate a PostgreSQL database and return its alias."""
    with postgresql() as folder:
        defaults = cast("dict[str, object]", connections.settings["default"])
        chosen = {"ENGINE": "django.db.backends.postgresql", "NAME": "postgres", "USER": "postgres", "HOST": folder}
        connections.settings["postgres"] = {**defaults, **chosen, "OPTIONS": {}}
        ChosenDatabase.chosen = "postgres"
        call_command("migrate", database="postgres", verbosity=0)
        ChosenDatabase.chosen = "default"
        yield "postgres"
        connections["postgres"].close()
        del connections.settings["postgres"]


@pytest.fixture(autouse=True)
def no_language() -> Iterator[None]:
    """Reset the language of the thread, which a request leaves active."""
    yield
    translation.deactivate()


def empty(alias: str) -> None:
    """Delete all rows of a database except for those that the migrations created."""
    for model in reversed(apps.get_models()):
        if model._meta.label not in _KEPT:
            model._base_manager.using(alias).all().delete()


@pytest.fixture
def database(sqlite: str) -> Iterator[str]:
    """Use an empty SQLite database for all models."""
    yield sqlite
    empty(sqlite)


@pytest.fixture(params=["sqlite", "postgres"])
def each_database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Use an empty database for all models: SQLite, then PostgreSQL."""
    alias: str = request.getfixturevalue(str(request.param))
    monkeypatch.setattr(ChosenDatabase, "chosen", alias)
    yield alias
    empty(alias)


@pytest.fixture
def game(running: tuple[DjangoGame, DevServer]) -> Iterator[DjangoGame]:
    """Return the running site of a module with a browser, and empty its database afterwards."""
    yield running[0]
    print(running[0].log())  # pytest shows it with a failure
    in_thread(lambda: empty("default"))


@pytest.fixture
def eternaltwin(running: tuple[DjangoGame, DevServer]) -> DevServer:
    """Reset the development server of the running site, and return it."""
    running[1].reset()
    return running[1]


@pytest.fixture(params=["sync", "async"])
def visitor(request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """Return a simulated browser, for the sync views and for the async views."""
    is_async = request.param == "async"
    with override_settings(ROOT_URLCONF=f"tests.integrations.django.{'async_urls' if is_async else 'urls'}"):
        yield Visitor(is_async)


@pytest.fixture
def zoe(server: DevServer) -> UserRecord:
    """Add a player."""
    return server.add_user("zoe", "Zoé")
