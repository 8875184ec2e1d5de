"""What the checks of a set-up ask the server, whose responses tell one mistake from another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.doctor import Finding, check_setup

if TYPE_CHECKING:
    from tests.live.target import Target


def findings_of(target: Target, **changes: str) -> dict[str, Finding]:
    """Return the findings about the server, by name."""
    return {found.name: found for found in check_setup({**target.settings(), **changes})}


@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        ({}, ("ok", "ok")),
        ({"client_secret": "wrong"}, ("wrong-secret", "ok")),
        ({"client_id": "nosuch@clients"}, ("unknown-client", "skipped")),
        ({"redirect_uri": "http://localhost:8080/oauth/callback"}, ("ok", "other-callback")),
        ({"client_secret": "wrong", "redirect_uri": "http://localhost/"}, ("wrong-secret", "other-callback")),
    ],
)
def test_one_mistake_is_told_from_another(target: Target, changes: dict[str, str], codes: tuple[str, str]) -> None:
    found = findings_of(target, **changes)
    assert (found["server"].level, found["clock"].name) == ("ok", "clock")
    assert (found["client"].code, found["redirect_uri"].code) == codes


def test_the_registered_callback_is_shown(target: Target) -> None:
    registered = target.settings()["redirect_uri"]
    found = findings_of(target, redirect_uri=f"{registered}/")["redirect_uri"]
    assert found.detail.splitlines()[0] == f"registered: {registered}"


def test_another_name_of_the_server_is_the_same_server(target: Target) -> None:
    found = findings_of(target, public_url=target.url.replace("127.0.0.1", "localhost"))["public_url"]
    assert "same server" in found.summary
