"""Editors and `help()` list every setting of a sign-in, with its type, its default and its meaning."""

from __future__ import annotations

import inspect
from dataclasses import fields

import pytest

from eternaltwin.integrations import fastapi, flask, starlette
from eternaltwin.integrations.shared.settings import LoginSettings

CLASSES = [flask.Eternaltwin, starlette.EternaltwinLogin, fastapi.EternaltwinLogin]


def documentation_of_settings(subject: type) -> str:
    """Return the section `Args` of a class."""
    return str(inspect.getdoc(subject)).partition("Args:\n")[2].partition("Raises:\n")[0]


@pytest.mark.parametrize("subject", CLASSES, ids=lambda subject: f"{subject.__module__}")
def test_settings_are_typed_and_documented(subject: type) -> None:
    parameters = inspect.signature(subject).parameters
    settings = documentation_of_settings(subject)
    for name, parameter in parameters.items():
        assert parameter.kind in {inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY}
        assert parameter.annotation is not inspect.Parameter.empty
        assert f"    {name}: " in settings
    for field in fields(LoginSettings):
        assert parameters[field.name].default == field.default


def test_starlette_and_fastapi_have_the_same_settings() -> None:
    _, first, second = CLASSES
    assert inspect.signature(first) == inspect.signature(second)
    assert documentation_of_settings(first) == documentation_of_settings(second)
