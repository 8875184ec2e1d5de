"""Tests of the middleware that reads cookies strictly."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

import pytest
from asgiref.sync import async_to_sync
from django.conf import settings
from django.contrib.auth.models import User as Local
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, AsyncRequestFactory, Client, RequestFactory
from django.test.utils import override_settings

from eternaltwin.integrations.django.middleware import StrictCookiesMiddleware

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer

#: White space of Unicode that Chromium allows in the names of cookies, in UTF-8, as characters of a WSGI environment.
SPACES = ["\u2000", "\xa0", "\x85", "\u3000", "\x0b", "\x1c"]


def cookies(header: str) -> dict[str, str]:
    """Return the cookies of a request as a view behind the middleware sees them."""
    request = RequestFactory().get("/", HTTP_COOKIE=header)
    seen: list[dict[str, str]] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.COOKIES)
        return HttpResponse()

    StrictCookiesMiddleware(view)(request)
    return seen[0]


def raw(text: str) -> str:
    """Return text as a WSGI environment contains its UTF-8 encoding."""
    return text.encode().decode("latin-1")


@pytest.mark.parametrize("space", SPACES)
def test_white_space_of_unicode_makes_no_other_cookie(space: str) -> None:
    assert cookies(raw(f"{space}sessionid=evil; a=1; sessionid{space}=evil")) == {"a": "1"}


def test_a_raw_no_break_space_makes_no_other_cookie() -> None:
    for space in "\xa0\x85":
        assert "sessionid" not in cookies(f"{space}sessionid=evil; a=1")


def test_values_are_those_of_django() -> None:
    assert cookies(' a=1;\tb="x\\054y";c=d=e; ;f;g=') == {"a": "1", "b": "x,y", "c": "d=e", "g": ""}
    assert cookies(raw("name=Zoé")) == {"name": "Zoé"}
    assert cookies("") == {}


def test_a_cookie_that_occurs_twice_is_absent() -> None:
    assert cookies("sessionid=mine; a=1; sessionid=evil") == {"a": "1"}


def session_of(user: Local) -> str:
    """Return the key of a session in which a user is signed in."""
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client.cookies["sessionid"].value


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("is_async", [False, True])
def test_a_planted_session_signs_nobody_in(is_async: bool, server: DevServer) -> None:
    """A host below the site's can set such a cookie with the attribute `Domain`."""
    key = session_of(Local.objects.create_user("attacker"))
    assert SessionStore(key).load()
    planted = f"\xa0sessionid={key}" if is_async else raw(f"\u2000sessionid={key}")
    assert 'id="own"' not in page_with(planted, is_async)
    assert 'id="own"' in page_with(f"sessionid={key}", is_async)
    usual = [name for name in settings.MIDDLEWARE if "StrictCookies" not in name]
    with override_settings(MIDDLEWARE=usual):
        assert is_async or 'id="own"' in page_with(planted, is_async)


def page_with(header: str, is_async: bool) -> str:
    """Return the front page for a request with a `Cookie` header."""
    headers = {"Cookie": header}
    if is_async:
        return async_to_sync(AsyncClient().get)("/", headers=headers).content.decode()
    return Client().get("/", headers=headers).content.decode()


def test_async_requests_stay_async() -> None:
    async def view(request: HttpRequest) -> HttpResponse:
        return HttpResponse(str(sorted(request.COOKIES)))

    async def run() -> bytes:
        request = AsyncRequestFactory().get("/", headers={"Cookie": "\x85sessionid=evil; a=1"})
        response = StrictCookiesMiddleware(view)(request)
        assert isinstance(response, Awaitable)
        finished = await response
        assert isinstance(finished, HttpResponse)
        return finished.content

    assert async_to_sync(run)() == b"['a']"
