"""Imports load a package only when it is needed."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

import eternaltwin

HEAVY = ["aiohttp", "asyncio", "cryptography", "jwt", "msgspec", "urllib3", "httptools", "ssl", "starlette", "click"]


def loaded(code: str) -> set[str]:
    """Return the names of the heavy packages that a new interpreter has loaded after running code."""
    script = f"{code}\nimport sys\nprint(*[name for name in {HEAVY} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(result.stdout.split())


def test_importing_the_package_loads_no_heavy_package() -> None:
    assert loaded("import eternaltwin") == set()


def test_a_first_sync_call_loads_neither_aiohttp_nor_cryptography() -> None:
    code = """
from eternaltwin import HS256Key, User, configure
from eternaltwin.exceptions import ConnectError
configure(default={
    "client_id": "a", "client_secret": "b", "redirect_uri": "http://x/y", "state_key": HS256Key("k" * 32),
    "url": "http://127.0.0.1:1", "retries": 0,
})
try:
    User.get("f3d8fb84-d150-4ac0-bc83-101aa86f2526")
except ConnectError:
    pass
else:
    raise SystemExit(1)
"""
    found = loaded(code)
    assert found >= {"urllib3", "httptools"}
    assert not found & {"aiohttp", "asyncio", "cryptography", "jwt", "starlette", "click"}


@pytest.mark.parametrize("name", ["User", "configure", "HS256Key", "LoginFlow", "Token", "State", "EternalTwinError"])
def test_names_are_importable_from_the_package(name: str) -> None:
    assert getattr(eternaltwin, name).__name__ == name
    assert name in dir(eternaltwin)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Usr'"):
        eternaltwin.__getattr__("Usr")


def test_a_star_import_defines_every_public_name() -> None:
    code = "from eternaltwin import *\nassert {'User', 'configure', 'LoginFlow', '__version__'} <= set(globals())"
    assert {"aiohttp", "cryptography"}.isdisjoint(loaded(code))


def test_the_help_of_the_package_shows_its_names() -> None:
    result = subprocess.run([sys.executable, "-m", "pydoc", "eternaltwin"], capture_output=True, text=True, check=True)
    for name in ("class User", "class LoginFlow", "configure(", "server_info("):
        assert name in result.stdout


def test_every_public_name_of_the_package_exists() -> None:
    assert {*eternaltwin.__all__} <= {*dir(eternaltwin)}
    for name in eternaltwin.__all__:
        assert getattr(eternaltwin, name) is not None


@pytest.mark.parametrize(
    "module",
    [
        "accounts",
        "archives",
        "connections",
        "cookies",
        "enums",
        "error_responses",
        "exceptions",
        "forum",
        "headers",
        "identities",
        "keys",
        "login",
        "models",
        "pytest_plugin",
        "responses",
        "server",
        "states",
        "tokens",
        "users",
        "version",
    ],
)
def test_every_public_name_of_a_module_exists(module: str) -> None:
    found = import_module(f"eternaltwin.{module}")
    assert found.__all__
    for name in found.__all__:
        assert hasattr(found, name)
