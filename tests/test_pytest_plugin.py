"""The fixtures for the tests of games, in separate test runs."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import PackageNotFoundError, distribution
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from _pytest.pytester import Pytester, RunResult

pytest_plugins = ["pytester"]

PLUGIN = "eternaltwin.pytest_plugin"


def run(pytester: Pytester, program: str, *arguments: str, conftest: str = "") -> RunResult:
    """Run tests with this plugin and no other; warnings are errors."""
    pytester.makeconftest(conftest)
    pytester.makepyfile(program)
    return pytester.runpytest_subprocess("-p", PLUGIN, "-p", "no:cacheprovider", "-W", "error", *arguments)


@pytest.fixture(autouse=True)
def without_other_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    monkeypatch.delenv("PYTEST_PLUGINS", raising=False)


def test_players_sign_in_with_both_clients(pytester: Pytester) -> None:
    program = """
import asyncio
from eternaltwin.connections import async_connections
from eternaltwin.users import User

def test_sync(eternaltwin_server, eternaltwin_connection, eternaltwin_user):
    zoe = eternaltwin_user("zoe", is_administrator=True)
    code, state = eternaltwin_server.authorization_code(zoe, eternaltwin_connection)
    assert User.from_authorization_code(code, state) == zoe
    assert zoe.username == "Zoe" and zoe.is_administrator
    assert User.get(zoe.identifier).is_administrator
    assert eternaltwin_connection.url == f"{eternaltwin_server.url}/"

def test_asyncio(eternaltwin_server, eternaltwin_connection, eternaltwin_user):
    adam = eternaltwin_user("adam", "Adam (2)", "secret secret")
    async def sign_in():
        code, state = eternaltwin_server.authorization_code(adam, async_connections["default"])
        user = await User.afrom_authorization_code(code, state)
        await async_connections["default"].close()
        return user
    assert asyncio.run(sign_in()).username == "Adam (2)"
"""
    run(pytester, program).assert_outcomes(passed=2)


def test_the_server_is_reset_for_every_test(pytester: Pytester) -> None:
    program = """
import pytest

urls = set()

@pytest.mark.parametrize("turn", [1, 2])
def test_server(eternaltwin_server, eternaltwin_user, turn):
    urls.add(eternaltwin_server.url)
    assert len(urls) == 1
    assert len(eternaltwin_server.world.users()) == 6
    assert eternaltwin_server.requests == []
    eternaltwin_user("zoe")
    eternaltwin_server.fail_next(times=10)
"""
    run(pytester, program).assert_outcomes(passed=2)


def test_the_former_connections_are_restored(pytester: Pytester) -> None:
    program = """
import pytest
from eternaltwin.connections import async_connections, connections, configure

SETTINGS = dict(client_id="mygame@clients", client_secret="s", redirect_uri="http://g.test/cb", state_key="k" * 32)

@pytest.fixture
def own():
    configure(default=SETTINGS, other=SETTINGS)
    return connections["default"], async_connections["default"]

@pytest.fixture
def check(own, request):
    yield
    assert (connections["default"], async_connections["default"]) == own
    assert connections["default"] is own[0]
    assert "other" in connections

@pytest.fixture
def check_none():
    configure()
    yield
    assert "default" not in connections and "default" not in async_connections

def test_there_was_one(check, eternaltwin_connection):
    assert connections["default"] is eternaltwin_connection

def test_there_was_none(check_none, eternaltwin_connection):
    assert async_connections["default"].url == eternaltwin_connection.url

def test_it_was_taken_away(check_none, eternaltwin_connection):
    connections.remove_connection("default")
"""
    run(pytester, program).assert_outcomes(passed=3)


def test_server_and_game_can_be_chosen(pytester: Pytester) -> None:
    conftest = """
import pytest

APP = {"display_name": "Mine", "uri": "http://m.test/", "oauth_callback": "http://m.test/cb", "secret": "mine"}

@pytest.fixture(scope="session")
def eternaltwin_server_settings():
    return {"in_process": True, "api_version": "0.16.4", "config": {"seed": {"app": {"mygame": APP}}}}

@pytest.fixture(scope="session")
def eternaltwin_game():
    return "mygame"
"""
    program = """
import asyncio
import pytest
from eternaltwin.exceptions import UnsupportedByServerError
from eternaltwin.users import User

def test_chosen(eternaltwin_server, eternaltwin_connection):
    assert eternaltwin_server.url == "http://eternaltwin.test"
    assert eternaltwin_connection.redirect_uri == "http://m.test/cb"
    with pytest.raises(UnsupportedByServerError):
        User.search()
    with pytest.raises(UnsupportedByServerError):
        asyncio.run(User.asearch())
"""
    run(pytester, program, conftest=conftest).assert_outcomes(passed=1)


def test_the_fixtures_are_documented(pytester: Pytester) -> None:
    result = run(pytester, "", "--fixtures", "-q")
    result.stdout.fnmatch_lines(["eternaltwin_server *", "*Reset the server for a test.*"])


def test_the_plugin_imports_nothing_before_it_is_used() -> None:
    program = f"""
import sys
import pytest
before = set(sys.modules)
import {PLUGIN}
print(*sorted({{name.partition(".")[0] for name in set(sys.modules) - before}}))
print(*sorted(name for name in sys.modules if name.startswith("eternaltwin.")))
"""
    result = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    packages, modules = result.stdout.splitlines()
    assert packages == "eternaltwin"
    assert set(modules.split()) <= {"eternaltwin.version", PLUGIN}


def test_the_installed_package_registers_the_plugin() -> None:
    try:
        entry_points = distribution("eternaltwin").entry_points
    except PackageNotFoundError:
        pytest.skip("the package is not installed, only on the path")
    (entry_point,) = entry_points.select(group="pytest11")
    assert entry_point.value == PLUGIN
