"""Imports load a package only when it is needed."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import eternaltwin
from tests.support.definitions import exported, is_defined, public_definitions, split_name

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent

#: Names of the package in a text. `eternaltwin.toml` and `eternaltwin.env` are files; loggers and telemetry have names
#: of their own.
_NAME = re.compile(r"`(eternaltwin(?:\.(?!toml|env|requests|retries|request_id|profile_cache)\w+)+)`")
_IMPORT = re.compile(r"^\s*from (eternaltwin[\w.]*) import ([^\n(#]+)", re.MULTILINE)

#: Modules that can only be imported in a site of Django.
DJANGO_APPS = ("eternaltwin.integrations.django", "eternaltwin.integrations.allauth")

#: Modules whose import paths hold, whether a page names them or not.
PROMISED = [
    "accounts",
    "archives",
    "clients.abc.clients",
    "clients.abc.users",
    "clients.asyncio.clients",
    "clients.asyncio.users",
    "clients.endpoints",
    "clients.settings",
    "clients.sync.clients",
    "clients.sync.users",
    "connections",
    "cookies",
    "devserver",
    "devserver.config",
    "doctor",
    "enums",
    "error_responses",
    "exceptions",
    "forum",
    "headers",
    "identities",
    "integrations.authlib",
    "integrations.django.accounts",
    "integrations.django.async_urls",
    "integrations.django.backends",
    "integrations.django.models",
    "integrations.django.signals",
    "integrations.django.sync",
    "integrations.django.urls",
    "integrations.fastapi",
    "integrations.flask",
    "integrations.httpx_oauth",
    "integrations.social_core",
    "integrations.starlette",
    "keys",
    "languages",
    "login",
    "models",
    "profiles",
    "pytest_plugin",
    "responses",
    "server",
    "states",
    "telemetry",
    "testing",
    "tokens",
    "users",
    "version",
]

HEAVY = [
    *("aiohttp", "asyncio", "cryptography", "jwt", "msgspec", "urllib3", "httptools", "ssl", "starlette", "click"),
    *("google", "opentelemetry"),
]


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
    "client_id": "aa@clients", "client_secret": "b", "redirect_uri": "http://x/y", "state_key": HS256Key("k" * 32),
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


def documented_names() -> dict[str, set[str]]:
    """Return the modules that the pages for users name, each with the names that they take from it."""
    found = dict[str, set[str]]()
    for page in [ROOT / "README.md", *ROOT.glob("docs/*.md")]:
        for name in _dotted_names(page.read_text(encoding="utf-8")):
            module, attributes = split_name(name)
            found.setdefault(module, set()).update(attributes[:1])
    return found


def _dotted_names(text: str) -> Iterator[str]:
    yield from _NAME.findall(text)
    for module, names in _IMPORT.findall(text):
        yield from (f"{module}.{name.split()[0]}" for name in names.split(","))


DOCUMENTED = documented_names()

#: The public modules: those whose names users import, as the pages do or as earlier versions promised.
PUBLIC = sorted({*DOCUMENTED, *(f"eternaltwin.{name}" for name in PROMISED)})


@pytest.mark.parametrize("module", PUBLIC)
def test_a_public_module_lists_its_names(module: str) -> None:
    names = exported(module)
    assert names is not None
    assert [name for name in names if not is_defined(f"{module}.{name}") and name != "__version__"] == []
    assert public_definitions(module) <= {*names}
    assert DOCUMENTED.get(module, set()) <= {*names}


@pytest.mark.parametrize("module", [name for name in PUBLIC if not name.startswith(DJANGO_APPS)])
def test_the_names_of_a_public_module_can_be_imported(module: str) -> None:
    found = import_module(module)
    assert found.__all__ == exported(module)
    assert [name for name in found.__all__ if not hasattr(found, name)] == []


def test_the_help_of_the_development_server_shows_its_names() -> None:
    command = [sys.executable, "-m", "pydoc", "eternaltwin.devserver"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    for name in ("class DevServer", "class UserRecord", "load_config("):
        assert name in done.stdout
