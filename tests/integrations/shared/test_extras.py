"""Tests of integrations whose framework is not installed."""

from __future__ import annotations

import subprocess
import sys

import pytest


def errors_of_import(module: str, missing: str) -> str:
    """Import an integration in a process without a module, and return what it writes to stderr."""
    code = f"import sys; sys.modules[{missing!r}] = None; import eternaltwin.integrations.{module}"
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False).stderr


@pytest.mark.parametrize(
    ("module", "missing", "package", "extra"),
    [
        ("social_core", "social_core", "social-auth-core", "social-core"),
        ("httpx_oauth", "httpx_oauth", "httpx-oauth", "httpx-oauth"),
        ("flask", "flask", "flask", "flask"),
        ("flask", "werkzeug", "werkzeug", "flask"),
        ("starlette", "starlette", "starlette", "starlette"),
        ("starlette", "itsdangerous", "itsdangerous", "starlette"),
        ("starlette", "jinja2", "jinja2", "starlette"),
        ("fastapi", "fastapi", "fastapi", "fastapi"),
        ("fastapi", "starlette", "starlette", "fastapi"),
        ("fastapi", "itsdangerous", "itsdangerous", "fastapi"),
        ("fastapi", "jinja2", "jinja2", "fastapi"),
        ("django", "django", "django", "django"),
        ("django.apps", "django", "django", "django"),
        *(
            (f"allauth{module}", missing, missing, "allauth")
            for module in ("", ".apps", ".provider")
            for missing in ("django", "allauth", "requests")
        ),
    ],
)
def test_a_missing_extra_is_one_sentence(module: str, missing: str, package: str, extra: str) -> None:
    last = errors_of_import(module, missing).splitlines()[-1]
    assert last == (
        "eternaltwin.exceptions.MissingExtraError:"
        f' this integration needs {package}: pip install "eternaltwin[{extra}]"'
    )


@pytest.mark.parametrize(
    ("module", "missing"),
    [
        ("social_core", "requests"),
        ("httpx_oauth", "httpx"),
        ("flask", "eternaltwin.integrations.shared.settings"),
        ("starlette", "eternaltwin.integrations.shared.settings"),
        ("fastapi", "eternaltwin.integrations.shared.settings"),
        ("allauth.provider", "allauth.socialaccount"),
    ],
)
def test_other_missing_modules_keep_their_error(module: str, missing: str) -> None:
    assert errors_of_import(module, missing).splitlines()[-1].startswith("ModuleNotFoundError")


def test_the_adapter_for_authlib_does_not_import_it() -> None:
    assert not errors_of_import("authlib", "authlib")
