"""The routes of paths, for statistics."""

from __future__ import annotations

import pytest

from eternaltwin.clients import endpoints
from eternaltwin.clients.endpoints import route_of

ROUTES: list[str] = [value for name, value in vars(endpoints).items() if name.isupper()]


@pytest.mark.parametrize("route", ROUTES)
def test_a_path_belongs_to_its_route(route: str) -> None:
    names = {"user_id": "an-id", "site": "twinoid.com", "section": "main_fr", "thread": "t", "post": "p"}
    assert route_of(route.format(**names, server="hfest.net", id="1")) == route


@pytest.mark.parametrize("path", ["", "/", "/api/v2", "/api/v1/", "/api/v1/users/", "/api/v1/users/a/b", "/actions/1"])
def test_other_paths_have_no_route(path: str) -> None:
    assert route_of(path) is None


def test_every_route_is_exported() -> None:
    assert {name for name in vars(endpoints) if name.isupper()} == set(endpoints.__all__) - {"route_of"}
