"""The views: starting a sign-in, finishing it, signing out.

They are blocking: right under WSGI, and under ASGI, where Django runs them in a thread. Those of
:mod:`eternaltwin.integrations.django.async_views` do the same without holding a thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import auth

from eternaltwin.connections import DEFAULT_ALIAS
from eternaltwin.exceptions import LoginError
from eternaltwin.integrations.django import conf, signals, steps
from eternaltwin.integrations.django.models import EternaltwinAccount

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from eternaltwin.login import Login
    from eternaltwin.users import User


@steps.guarded("GET", "HEAD", "POST")
def login(request: HttpRequest, alias: str = DEFAULT_ALIAS) -> HttpResponse:
    """Start a sign-in by POST; GET shows the button for it."""
    if request.method != "POST":
        return steps.login_page(request, alias)
    flow = steps.flow_of(alias)
    steps.warn_of_other_host(request, alias)
    return steps.started(flow.begin(request.POST.get("next"), conf.options().scope, request.COOKIES))


@steps.guarded("GET")
def callback(request: HttpRequest, alias: str = DEFAULT_ALIAS) -> HttpResponse:
    """Finish a sign-in, and go on to where the player wanted to go, or to a page that says what is wrong."""
    flow = steps.flow_of(alias)
    query = steps.taken_query(request)
    try:
        finished = flow.complete(query, request.COOKIES)
        _sign_in(request, finished, alias)
    except LoginError as exc:
        return steps.failed(request, exc, alias)
    return steps.finished(finished)


def _sign_in(request: HttpRequest, finished: Login[User], alias: str) -> None:
    found = auth.authenticate(request, eternaltwin_login=finished, eternaltwin_connection=alias)
    user = steps.accepted(found, finished)
    if auth.SESSION_KEY in request.session:
        request.session.cycle_key()  # auth.login() does it for the others only
    auth.login(request, user)
    signals.logged_in.send(EternaltwinAccount, **steps.logged_in_arguments(request, user, finished))


@steps.guarded("GET", "HEAD")
def failed(request: HttpRequest, word: str, alias: str = DEFAULT_ALIAS) -> HttpResponse:
    """Say why a player was not signed in."""
    return steps.failed_page(request, word, alias)


@steps.guarded("POST")
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out of this game; the player stays signed in at Eternaltwin."""
    auth.logout(request)
    return steps.logged_out(request)
