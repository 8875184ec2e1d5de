"""No traceback of a callback shows a secret, in the sync and in the async views."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from django.http import HttpResponse
from django.test import AsyncRequestFactory, RequestFactory
from django.test.utils import override_settings
from django.views.debug import ExceptionReporter

from eternaltwin.integrations.django.middleware import StrictCookiesMiddleware
from eternaltwin.integrations.django.signals import logged_in
from tests.integrations.django.visitors import Visitor
from tests.integrations.support.failing_callbacks import POINTS, Stopped, secrets_of, stop
from tests.support.tracebacks import leaks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from eternaltwin.devserver import DevServer

#: Where the views use a class of Django's own.
OWN_POINTS: dict[str, dict[str, Callable[..., object]]] = {
    "the store": {"eternaltwin.integrations.django.stores.DatabaseStore.consume": stop}
}

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture(params=["sync", "async"])
def visitor(request: pytest.FixtureRequest) -> Iterator[Visitor]:
    """Return a simulated browser, for the sync views and for the async views."""
    is_async = request.param == "async"
    with override_settings(ROOT_URLCONF=f"tests.integrations.django.{'async_urls' if is_async else 'urls'}"):
        yield Visitor(is_async)


def call(visitor: Visitor, target: str, cookies: dict[str, str]) -> object:
    """Call Django's handler as a server does: the functions of a simulated browser would show the target."""
    handler: Any = visitor.client.handler
    factory = AsyncRequestFactory() if visitor.is_async else RequestFactory()
    factory.cookies.load(cookies)
    request: Any = factory.get(target)
    return asyncio.run(handler(request.scope)) if visitor.is_async else handler(request.environ)


def stopped(visitor: Visitor, target: str) -> list[str]:
    """Return what the traceback of a callback shows, whose view is stopped."""
    cookies = {name: morsel.value for name, morsel in visitor.client.cookies.items()}
    with pytest.raises(Stopped) as caught:
        call(visitor, target, cookies)
    return leaks(caught.value, *secrets_of(target, cookies.values()))


@pytest.mark.parametrize("point", POINTS)
def test_no_traceback_of_a_callback_shows_a_code_a_state_a_ticket_or_a_token(
    visitor: Visitor, server: DevServer, point: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = visitor.callback_of(server, server.add_user("zoe", "Zoé"))
    for name, function in {**POINTS, **OWN_POINTS}[point].items():
        monkeypatch.setattr(name, function)
    assert stopped(visitor, target) == []


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize("name", ["eternaltwin_login", "own"])
def test_no_error_report_of_django_shows_a_ticket(server: DevServer, is_async: bool, name: str) -> None:
    with override_settings(ETERNALTWIN_LOGIN={"cookie_name": name}):
        visitor = Visitor()
        visitor.callback_of(server, server.add_user("zoe", "Zoé"))
    (cookie,) = [morsel for found, morsel in visitor.client.cookies.items() if found.startswith(name)]
    headers = {"Cookie": f"{cookie.key}={cookie.value}; theme=dark"}
    request: Any = (AsyncRequestFactory() if is_async else RequestFactory()).get("/", headers=headers)
    StrictCookiesMiddleware(lambda _: HttpResponse())(request)
    reporter = ExceptionReporter(request, None, None, None)
    for report in (reporter.get_traceback_text(), reporter.get_traceback_html()):
        assert cookie.key in report
        assert "dark" in report
        assert cookie.value.split(".")[1] not in report
    assert request.COOKIES[cookie.key] == cookie.value


def test_no_traceback_shows_a_secret_when_a_receiver_of_the_game_is_stopped(
    visitor: Visitor, server: DevServer
) -> None:
    target = visitor.callback_of(server, server.add_user("zoe", "Zoé"))
    logged_in.connect(stop)
    try:
        assert stopped(visitor, target) == []
    finally:
        logged_in.disconnect(stop)
