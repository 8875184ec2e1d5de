"""The views that start a sign-in, finish it, and sign out.

They are synchronous: use them under WSGI. Under ASGI, Django runs them in a thread; the views of
[`async_views`][eternaltwin.integrations.django.async_views] do the same without occupying one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import auth

from eternaltwin.connections import DEFAULT_ALIAS
from eternaltwin.exceptions import LoginError
from eternaltwin.integrations.django import connecting, pages, sign_in, signals
from eternaltwin.integrations.django.guards import guarded
from eternaltwin.integrations.django.lookups import account_of
from eternaltwin.integrations.django.middleware import cookie_headers
from eternaltwin.integrations.django.models import EternaltwinAccount
from eternaltwin.integrations.shared.profiles import game_errors, login_cookies, profile_errors, setting_errors
from eternaltwin.users import User

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from eternaltwin.login import Login


@guarded("GET", "HEAD", "POST", has_cors=True)
def login(request: HttpRequest, alias: str = DEFAULT_ALIAS) -> HttpResponse:
    """Start a sign-in. A GET request shows a page with the button, which sends the POST request.

    Args:
        request: The request. The form field `next` is the path to return to after the sign-in, and `process` is
            `connect` to connect the account to the user who is signed in. A script may send both as JSON.
        alias: Alias of the connection to sign in with.

    Returns:
        For POST, the redirect to Eternaltwin, or its URL as JSON; for GET, the page, or the status 401 as JSON.

    Raises:
        Http404: Players may not sign in with that connection.
    """
    if request.method != "POST":
        return sign_in.guest_response() if sign_in.wants_json(request) else pages.login_page(request, alias)
    return sign_in.begin(pages.flow_of(alias), request, request.user, alias)


@guarded("GET")
def callback(request: HttpRequest, alias: str = DEFAULT_ALIAS) -> HttpResponse:
    """Finish a sign-in, or connect the account to the user who is signed in.

    Args:
        request: The request, whose query contains the code and the state.
        alias: Alias of the connection to sign in with.

    Returns:
        A redirect, whatever happens: to the `next` path of the sign-in or to `LOGIN_REDIRECT_URL`; if the sign-in
        failed, to the page that explains the reason; or to the domain where it started.

    Raises:
        Http404: Players may not sign in with that connection.
    """
    query = sign_in.take_query(request)
    subject: str | None = None
    try:
        with setting_errors():
            flow = pages.flow_of(alias)
        with game_errors():
            elsewhere = sign_in.forwarded(flow, request, query)
            if elsewhere is not None:
                return elsewhere
            subject = sign_in.subject_of(request.user)
            finished = flow.complete(query, cookie_headers(request), subject=subject)
        with login_cookies(finished), game_errors():
            response = sign_in.finished(finished)
            _accept(request, finished, alias)
    except LoginError as exc:
        return sign_in.failed(request, exc, alias, is_signed_in=subject is not None)
    return response


def _accept(request: HttpRequest, finished: Login[User], alias: str) -> None:
    with profile_errors():
        profile = User.get(finished.user.identifier, alias, fresh=True)
    sign_in.add_profile(finished.user, profile)
    if finished.process == "connect":
        connecting.connect_account(sign_in.signed_in(request.user), finished.user, alias)
    else:
        _sign_in(request, finished, alias)


def _sign_in(request: HttpRequest, finished: Login[User], alias: str) -> None:
    found = auth.authenticate(request, eternaltwin_login=finished, eternaltwin_connection=alias)
    user = sign_in.accepted(found)
    if auth.SESSION_KEY in request.session:
        request.session.cycle_key()  # auth.login() keeps the key if the same user signs in again
    try:
        auth.login(request, user)
        signals.logged_in.send(EternaltwinAccount, **sign_in.logged_in_arguments(request, user, finished))
    except Exception:  # a receiver of a signal turns the player away, or fails
        auth.logout(request)
        raise


@guarded("GET", "HEAD")
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
    return pages.failed_page(request, word, alias)


@guarded("GET", "HEAD", "POST", has_cors=True)
def logout(request: HttpRequest) -> HttpResponse:
    """Sign out of the game. The player stays signed in at Eternaltwin. A GET request shows a page with the button.

    Args:
        request: The request. The form field `next` is the path to go to.

    Returns:
        For GET, the page; for POST, a redirect to `next`, to `LOGOUT_REDIRECT_URL`, or to the root of the site; or its
        URL as JSON.
    """
    if request.method != "POST":
        return pages.logout_page(request)
    auth.logout(request)
    return sign_in.left(request, settings.LOGOUT_REDIRECT_URL)


@guarded("POST", has_cors=True)
def disconnect(request: HttpRequest) -> HttpResponse:
    """Disconnect the Eternaltwin account of the user who is signed in.

    A user who signed in with it is signed out. Whoever signs in with it afterwards is a new player.

    Args:
        request: The request. The form field `next` is the path to go to.

    Returns:
        A redirect to `next`, or to `LOGIN_REDIRECT_URL`; to the page of a failure if nobody is signed in, or if the
        user could not sign in any more; or the same as JSON.
    """
    try:
        user = sign_in.signed_in(request.user)
        connecting.disconnect_account(user)
    except LoginError as exc:
        return sign_in.failed(request, exc, DEFAULT_ALIAS, is_signed_in=False)
    if auth.get_user(request).is_anonymous:
        auth.logout(request)
    return sign_in.left(request, settings.LOGIN_REDIRECT_URL)


@guarded("GET", "HEAD", has_cors=True)
def me(request: HttpRequest) -> HttpResponse:
    """Return the signed-in player as JSON.

    Args:
        request: The request.

    Returns:
        An object with `identifier`, `display_name`, `is_administrator` and `logged_in_at`, or the status 401 if nobody
        is signed in, or a user without an Eternaltwin account.
    """
    return sign_in.player_response(account_of(request.user))
