"""The views that start a sign-in, finish it, and sign out.

They are synchronous: use them under WSGI. Under ASGI, Django runs them in a thread; the views of
[`async_views`][eternaltwin.integrations.django.async_views] do the same without occupying one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import auth

from eternaltwin.connections import DEFAULT_ALIAS
from eternaltwin.exceptions import LoginError
from eternaltwin.integrations.django import conf, sign_in, signals
from eternaltwin.integrations.django.models import EternaltwinAccount
from eternaltwin.integrations.shared.profiles import login_cookies

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from eternaltwin.login import Login
    from eternaltwin.users import User


@sign_in.guarded("GET", "HEAD", "POST")
def login(request: HttpRequest, alias: str = DEFAULT_ALIAS) -> HttpResponse:
    """Start a sign-in. A GET request shows a page with the button, which sends the POST request.

    Args:
        request: The request. The form field `next` is the path to return to after the sign-in.
        alias: Alias of the connection to sign in with.

    Returns:
        For POST, the redirect to Eternaltwin; for GET, the page.

    Raises:
        Http404: Players may not sign in with that connection.
    """
    if request.method != "POST":
        return sign_in.login_page(request, alias)
    flow = sign_in.flow_of(alias)
    sign_in.warn_of_other_host(request, alias)
    return sign_in.started(flow.begin(request.POST.get("next"), conf.options().scope, request.COOKIES))


@sign_in.guarded("GET")
def callback(request: HttpRequest, alias: str = DEFAULT_ALIAS) -> HttpResponse:
    """Finish a sign-in.

    Args:
        request: The request, whose query contains the code and the state.
        alias: Alias of the connection to sign in with.

    Returns:
        A redirect to the `next` path of the sign-in or to `LOGIN_REDIRECT_URL`; if the sign-in
        failed, to the page that explains the reason.

    Raises:
        Http404: Players may not sign in with that connection.
    """
    flow = sign_in.flow_of(alias)
    query = sign_in.take_query(request)
    try:
        finished = flow.complete(query, request.COOKIES)
        with login_cookies(finished):
            _sign_in(request, finished, alias)
    except LoginError as exc:
        return sign_in.failed(request, exc, alias)
    return sign_in.finished(finished)


def _sign_in(request: HttpRequest, finished: Login[User], alias: str) -> None:
    found = auth.authenticate(request, eternaltwin_login=finished, eternaltwin_connection=alias)
    user = sign_in.accepted(found)
    if auth.SESSION_KEY in request.session:
        request.session.cycle_key()  # auth.login() keeps the key if the same user signs in again
    try:
        auth.login(request, user)
        signals.logged_in.send(EternaltwinAccount, **sign_in.logged_in_arguments(request, user, finished))
    except LoginError:  # a receiver of a signal turns the player away
        auth.logout(request)
        raise


@sign_in.guarded("GET", "HEAD")
def failed(request: HttpRequest, word: str, alias: str = DEFAULT_ALIAS) -> HttpResponse:
    """Show the page that explains why a sign-in failed.

    Args:
        request: The request.
        word: The reason, a key of `eternaltwin.integrations.shared.failures.FAILURES`.
        alias: Alias of the connection that the sign-in used.

    Returns:
        The page, with the status of the reason.

    Raises:
        Http404: There is no such reason, or players may not sign in with that connection.
    """
    return sign_in.failed_page(request, word, alias)


@sign_in.guarded("POST")
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out of the game. The player stays signed in at Eternaltwin.

    Args:
        request: The request. The form field `next` is the path to go to.

    Returns:
        A redirect to `next`, to `LOGOUT_REDIRECT_URL`, or to the root of the site.
    """
    auth.logout(request)
    return sign_in.logged_out(request)
