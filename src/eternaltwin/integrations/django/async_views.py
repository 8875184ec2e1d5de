"""The async views, for sites under ASGI: no thread waits while Eternaltwin responds.

They do the same as those of [`views`][eternaltwin.integrations.django.views].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib import auth

from eternaltwin.connections import DEFAULT_ALIAS
from eternaltwin.exceptions import LoginError
from eternaltwin.integrations.django import connecting, pages, sign_in, signals
from eternaltwin.integrations.django.guards import guarded
from eternaltwin.integrations.django.lookups import aaccount_of
from eternaltwin.integrations.django.middleware import cookie_headers
from eternaltwin.integrations.django.models import EternaltwinAccount
from eternaltwin.integrations.shared.profiles import game_errors, login_cookies, profile_errors, setting_errors
from eternaltwin.users import User

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from eternaltwin.login import Login


@guarded("GET", "HEAD", "POST", has_cors=True)
async def login(request: HttpRequest, alias: str = DEFAULT_ALIAS) -> HttpResponse:
    """Async variant of [`login`][eternaltwin.integrations.django.views.login]."""
    if request.method == "POST":
        return sign_in.begin(pages.flow_of(alias), request, await request.auser(), alias)
    if sign_in.wants_json(request):
        return sign_in.guest_response()
    return await sync_to_async(pages.login_page)(request, alias)  # a template may read the database


@guarded("GET")
async def callback(request: HttpRequest, alias: str = DEFAULT_ALIAS) -> HttpResponse:
    """Async variant of [`callback`][eternaltwin.integrations.django.views.callback]."""
    query = sign_in.take_query(request)
    subject: str | None = None
    try:
        with setting_errors():
            flow = pages.flow_of(alias)
        with game_errors():
            elsewhere = sign_in.forwarded(flow, request, query)
            if elsewhere is not None:
                return elsewhere
            subject = sign_in.subject_of(await request.auser())
            finished = await flow.acomplete(query, cookie_headers(request), subject=subject)
        with login_cookies(finished), game_errors():
            response = sign_in.finished(finished)
            await _accept(request, finished, alias)
    except LoginError as exc:
        return sign_in.failed(request, exc, alias, is_signed_in=subject is not None)
    return response


async def _accept(request: HttpRequest, finished: Login[User], alias: str) -> None:
    with profile_errors():
        profile = await User.aget(finished.user.identifier, alias, fresh=True)
    sign_in.add_profile(finished.user, profile)
    if finished.process == "connect":
        user = sign_in.signed_in(await request.auser())
        await sync_to_async(connecting.connect_account)(user, finished.user, alias)
    else:
        await _sign_in(request, finished, alias)


async def _sign_in(request: HttpRequest, finished: Login[User], alias: str) -> None:
    found = await auth.aauthenticate(request, eternaltwin_login=finished, eternaltwin_connection=alias)
    user = sign_in.accepted(found)
    if await request.session.ahas_key(auth.SESSION_KEY):
        await request.session.acycle_key()  # auth.alogin() keeps the key if the same user signs in again
    try:
        await auth.alogin(request, user)
        await signals.logged_in.asend(EternaltwinAccount, **sign_in.logged_in_arguments(request, user, finished))
    except Exception:  # a receiver of a signal turns the player away, or fails
        await auth.alogout(request)
        raise


@guarded("GET", "HEAD", "POST", has_cors=True)
async def logout(request: HttpRequest) -> HttpResponse:
    """Async variant of [`logout`][eternaltwin.integrations.django.views.logout]."""
    if request.method != "POST":
        return await sync_to_async(pages.logout_page)(request)
    await auth.alogout(request)
    return sign_in.left(request, settings.LOGOUT_REDIRECT_URL)


@guarded("POST", has_cors=True)
async def disconnect(request: HttpRequest) -> HttpResponse:
    """Async variant of [`disconnect`][eternaltwin.integrations.django.views.disconnect]."""
    try:
        user = sign_in.signed_in(await request.auser())
        await sync_to_async(connecting.disconnect_account)(user)
    except LoginError as exc:
        return sign_in.failed(request, exc, DEFAULT_ALIAS, is_signed_in=False)
    if (await auth.aget_user(request)).is_anonymous:
        await auth.alogout(request)
    return sign_in.left(request, settings.LOGIN_REDIRECT_URL)


@guarded("GET", "HEAD", has_cors=True)
async def me(request: HttpRequest) -> HttpResponse:
    """Async variant of [`me`][eternaltwin.integrations.django.views.me]."""
    return sign_in.player_response(await aaccount_of(await request.auser()))
