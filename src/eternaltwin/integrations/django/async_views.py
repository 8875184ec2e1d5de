"""The async views, for sites under ASGI: no thread waits while Eternaltwin responds.

They do the same as those of [`views`][eternaltwin.integrations.django.views].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
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
async def login(request: HttpRequest, alias: str = DEFAULT_ALIAS) -> HttpResponse:
    """Async variant of [`login`][eternaltwin.integrations.django.views.login]."""
    if request.method != "POST":
        return await sync_to_async(sign_in.login_page)(request, alias)  # a template may read the database
    flow = sign_in.flow_of(alias)
    sign_in.warn_of_other_host(request, alias)
    return sign_in.started(await flow.abegin(request.POST.get("next"), conf.options().scope, request.COOKIES))


@sign_in.guarded("GET")
async def callback(request: HttpRequest, alias: str = DEFAULT_ALIAS) -> HttpResponse:
    """Async variant of [`callback`][eternaltwin.integrations.django.views.callback]."""
    flow = sign_in.flow_of(alias)
    query = sign_in.take_query(request)
    try:
        finished = await flow.acomplete(query, request.COOKIES)
        with login_cookies(finished):
            await _sign_in(request, finished, alias)
    except LoginError as exc:
        return sign_in.failed(request, exc, alias)
    return sign_in.finished(finished)


async def _sign_in(request: HttpRequest, finished: Login[User], alias: str) -> None:
    found = await auth.aauthenticate(request, eternaltwin_login=finished, eternaltwin_connection=alias)
    user = sign_in.accepted(found)
    if await request.session.ahas_key(auth.SESSION_KEY):
        await request.session.acycle_key()  # auth.alogin() keeps the key if the same user signs in again
    try:
        await auth.alogin(request, user)
        await signals.logged_in.asend(EternaltwinAccount, **sign_in.logged_in_arguments(request, user, finished))
    except LoginError:  # a receiver of a signal turns the player away
        await auth.alogout(request)
        raise


@sign_in.guarded("POST")
async def logout(request: HttpRequest) -> HttpResponse:
    """Async variant of [`logout`][eternaltwin.integrations.django.views.logout]."""
    await auth.alogout(request)
    return sign_in.logged_out(request)
