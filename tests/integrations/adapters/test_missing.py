"""The error of an adapter whose library is not installed."""

from __future__ import annotations

import subprocess
import sys

import pytest


def told(adapter: str, missing: str) -> str:
    code = f"import sys; sys.modules[{missing!r}] = None; import eternaltwin.integrations.{adapter}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr


@pytest.mark.parametrize(
    ("adapter", "missing", "library", "extra"),
    [
        ("social_core", "social_core", "social-auth-core", "social-core"),
        ("httpx_oauth", "httpx_oauth", "httpx-oauth", "httpx-oauth"),
    ],
)
def test_a_missing_extra_is_one_sentence(adapter: str, missing: str, library: str, extra: str) -> None:
    last = told(adapter, missing).splitlines()[-1]
    assert last.startswith("eternaltwin.exceptions.MissingExtraError: ")
    assert f'this integration needs {library}: pip install "eternaltwin[{extra}]"' in last


@pytest.mark.parametrize(("adapter", "missing"), [("social_core", "requests"), ("httpx_oauth", "httpx")])
def test_other_missing_modules_keep_their_error(adapter: str, missing: str) -> None:
    assert told(adapter, missing).splitlines()[-1].startswith("ModuleNotFoundError")


def test_the_adapter_for_authlib_imports_nothing_of_it() -> None:
    assert not told("authlib", "authlib")
