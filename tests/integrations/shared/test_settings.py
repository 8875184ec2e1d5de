"""The settings that the integrations have in common."""

from __future__ import annotations

import pytest

from eternaltwin.exceptions import ConfigurationError
from eternaltwin.integrations.shared.settings import LoginSettings, checked_scope, derived_state_keys


@pytest.mark.parametrize(
    ("scope", "checked"), [("base", "base"), (["base", "forum:write"], ("base", "forum:write")), (("base",), ("base",))]
)
def test_scopes(scope: object, checked: object) -> None:
    assert checked_scope(scope) == checked


def test_scopes_of_a_generator_are_read_once() -> None:
    settings = LoginSettings(scope=(name for name in ("base", "forum:write")))
    assert settings.scope == ("base", "forum:write")


@pytest.mark.parametrize("scope", [None, 3, [], ["base", 3]])
def test_other_scopes_are_refused(scope: object) -> None:
    with pytest.raises(ConfigurationError, match="scope must be a string") as caught:
        checked_scope(scope)
    assert caught.value.setting == "scope"


def test_home_is_below_the_root_unless_it_is_set() -> None:
    assert LoginSettings().home_below("") == "/"
    assert LoginSettings().home_below("/games") == "/games/"
    assert LoginSettings().home_below("//evil.example") == "/"
    assert LoginSettings(home="/arena").home_below("/games") == "/arena"


def test_derived_keys_depend_on_the_secret_and_on_the_connection() -> None:
    keys = [*derived_state_keys(["old", b"new"], "default"), *derived_state_keys(["old"], "other")]
    assert len({key.encode({"a": 1}) for key in keys}) == 3
    assert derived_state_keys([b"old"], "default")[0].decode(keys[0].encode({"a": 1})) == {"a": 1}
