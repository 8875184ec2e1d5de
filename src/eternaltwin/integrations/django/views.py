"""The views: starting a sign-in, finishing it, signing out.

They are blocking: right under WSGI, and under ASGI, where Django runs them in a thread. Those of
[`async_views`][eternaltwin.integrations.django.async_views] do the same without holding a thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import auth

from eternaltwin.connections import DEFAULT_ALIAS
from eternaltwin.exceptions import LoginError
from eternaltwin.integrations.django import conf, sign_in, signals
from eternaltwin.integrations.django.models import EternaltwinAccount

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from eternaltwin.login import Login
    from eternaltwin.users import User


@sign_in.guarded("GET", "HEAD", "POST")
def login(request: HttpRequest, alias: str = DEFAULT_ALIAS) -> HttpResponse:
    """Start a sign-in by POST; GET shows the button for it."""
    if request.method != "POST":
        return sign_in.login_page(request, alias)
    flow = sign_in.flow_of(alias)
    sign_in.warn_of_other_host(request, alias)
    return sign_in.started(flow.begin(request.POST.get("next"), conf.options().scope, request.COOKIES))


@sign_in.guarded("GET")
def callback(request: HttpRequest, alias: str = DEFAULT_ALIAS) -> HttpResponse:
    """Finish a sign-in, and go on to where the player wanted to go, or to a page that says what is wrong."""
    flow = sign_in.flow_of(alias)
    query = sign_in.taken_query(request)
    try:
        finished = flow.complete(query, request.COOKIES)
        _sign_in(request, finished, alias)
    except LoginError as exc:
        return sign_in.failed(request, exc, alias)
    return sign_in.finished(finished)


def _sign_in(request: HttpRequest, finished: Login[User], alias: str) -> None:
    found = auth.authenticate(request, eternaltwin_login=finished, eternaltwin_connection=alias)
    user = sign_in.accepted(found, finished)
    if auth.SESSION_KEY in request.session:
        request.session.cycle_key()  # auth.login() does it for the others only
    auth.login(request, user)
    signals.logged_in.send(EternaltwinAccount, **sign_in.logged_in_arguments(request, user, finished))


@sign_in.guarded("GET", "HEAD")
def failed(request: HttpRequest, word: str, alias: str = DEFAULT_ALIAS) -> HttpResponse:
    """Say why a player was not signed in."""
    return sign_in.failed_page(request, word, alias)


@sign_in.guarded("POST")
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out of this game; the player stays signed in at Eternaltwin."""
    auth.logout(request)
    return sign_in.logged_out(request)
