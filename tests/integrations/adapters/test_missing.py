"""Tests of adapters whose library is not installed."""

from __future__ import annotations

import subprocess
import sys

import pytest


def errors_of_import(adapter: str, missing: str) -> str:
    """Import an adapter in a process without a module, and return what it writes to stderr."""
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
    last = errors_of_import(adapter, missing).splitlines()[-1]
    assert last.startswith("eternaltwin.exceptions.MissingExtraError: ")
    assert f'this integration needs {library}: pip install "eternaltwin[{extra}]"' in last


@pytest.mark.parametrize(("adapter", "missing"), [("social_core", "requests"), ("httpx_oauth", "httpx")])
def test_other_missing_modules_keep_their_error(adapter: str, missing: str) -> None:
    assert errors_of_import(adapter, missing).splitlines()[-1].startswith("ModuleNotFoundError")


def test_the_adapter_for_authlib_does_not_import_it() -> None:
    assert not errors_of_import("authlib", "authlib")
