"""Views of the pages with values that do not matter to a test."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from eternaltwin.devserver.pages.request_filter import RequestFilter
from eternaltwin.devserver.pages.views import HomeView, LoginView, PlayerSearch

_HOME = HomeView(
    now=datetime(2030, 1, 2, 3, 4, 5, tzinfo=UTC),
    is_clock_movable=True,
    user=None,
    search=PlayerSearch("", (), 0),
    deleted=(),
    games=(),
    sign_ins=(),
    filter=RequestFilter(),
    requests=(),
    faults=(),
    traces=(),
    lines=(),
    problem=None,
    submitted={},
    address="/",
    nonce="nonce",
)
_LOGIN = LoginView(next=None, request=None, user=None, search=PlayerSearch("", (), 0), rejected=None)


def home_view(**values: object) -> HomeView:
    """Return a view of the front page with some values of its own."""
    return msgspec.structs.replace(_HOME, **values)


def login_view(**values: object) -> LoginView:
    """Return a view of the login page with some values of its own."""
    return msgspec.structs.replace(_LOGIN, **values)
