"""What is loaded when: a game's start is quick, and needs nothing that it does not use."""

from __future__ import annotations

import subprocess
import sys

import pytest

import eternaltwin

HEAVY = ["aiohttp", "asyncio", "cryptography", "jwt", "msgspec", "urllib3", "httptools", "ssl", "litestar", "click"]


def loaded(code: str) -> set[str]:
    """Which of the heavy packages an interpreter has loaded after some code."""
    script = f"{code}\nimport sys\nprint(*[name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing() -> None:
    assert loaded("import eternaltwin") == set()


def test_a_first_blocking_call_loads_neither_aiohttp_nor_cryptography() -> None:
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
    assert not found & {"aiohttp", "asyncio", "cryptography", "jwt", "litestar", "click"}


@pytest.mark.parametrize("name", ["User", "configure", "HS256Key", "LoginFlow", "Token", "State", "EternalTwinError"])
def test_names_are_importable_from_the_package(name: str) -> None:
    assert getattr(eternaltwin, name).__name__ == name
    assert name in dir(eternaltwin)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Usr'"):
        eternaltwin.__getattr__("Usr")
