"""Tests of the protection of the views: no login is required, and error reports show no local variable."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.conf import settings
from django.test import RequestFactory
from django.test.utils import override_settings
from django.views.debug import ExceptionReporter, SafeExceptionReporterFilter

from eternaltwin.integrations.django import async_views, views
from tests.integrations.django.visitors import Visitor

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord

PACKAGE = "eternaltwin.integrations.django"

#: The pages and the function that each view calls, which fails: its name, for GET requests.
VIEWS = {
    "login/": "pages.login_page",
    "callback/": "pages.flow_of",
    "failed/expired/": "pages.failed_page",
    "logout/": "pages.logout_page",
    "me/": "sign_in.player_response",
}

pytestmark = pytest.mark.usefixtures("database", "server")


@pytest.fixture(params=["sync", "async"])
def visitor(request: pytest.FixtureRequest) -> Visitor:
    """Return a simulated browser, for the sync views and for the async views."""
    return Visitor(request.param == "async")


def with_views_of(visitor: Visitor, **changes: object) -> override_settings:
    """Change settings, and choose the views that the visitor uses."""
    urls = "async_urls" if visitor.is_async else "urls"
    return override_settings(ROOT_URLCONF=f"tests.integrations.django.{urls}", **changes)


def test_no_view_requires_a_login_on_a_site_that_requires_it_everywhere(
    visitor: Visitor, server: DevServer, zoe: UserRecord
) -> None:
    required = "django.contrib.auth.middleware.LoginRequiredMiddleware"
    changes = {"MIDDLEWARE": [*settings.MIDDLEWARE, required], "LOGIN_URL": "/required/"}
    with with_views_of(visitor, **changes):
        assert visitor.get("/elsewhere").headers["Location"] == "/required/?next=/elsewhere"
        found = {path: visitor.get(f"/eternaltwin/{path}") for path in VIEWS}
        assert {path: response.status_code for path, response in found.items()} == {
            "login/": 200,
            "callback/": 303,
            "failed/expired/": 400,
            "logout/": 200,
            "me/": 401,
        }
        assert visitor.submit("/eternaltwin/disconnect/", page="/eternaltwin/login/").headers["Location"] == (
            "/eternaltwin/failed/other-player/"
        )
        begun = visitor.submit("/eternaltwin/login/", page="/eternaltwin/login/").headers["Location"]
        callback = server.authorize(begun, zoe).removeprefix("http://testserver")
        assert visitor.get(callback).headers["Location"] == "/"
        assert visitor.get("/elsewhere").status_code == 200


@pytest.mark.parametrize("path", VIEWS)
def test_error_reports_show_no_local_variable_of_a_view(
    visitor: Visitor, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object, **kwargs: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(f"{PACKAGE}.{VIEWS[path]}", fail)
    with with_views_of(visitor), pytest.raises(ZeroDivisionError) as caught:
        visitor.get(f"/eternaltwin/{path}")
    error = caught.value
    reporter = ExceptionReporter(RequestFactory().get("/"), type(error), error, error.__traceback__)
    files = {views.__file__, async_views.__file__}
    shown = [
        value
        for frame in reporter.get_traceback_data()["frames"]
        if frame["filename"] in files
        for _, value in frame["vars"]
    ]
    assert shown
    assert set(shown) == {repr(SafeExceptionReporterFilter.cleansed_substitute)}
