"""What the views of both colours do alike: everything that waits for nothing."""

from __future__ import annotations

import logging
from functools import reduce
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar, cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.handlers.asgi import ASGIRequest
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render, resolve_url
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from eternaltwin.connections import DEFAULT_ALIAS
from eternaltwin.exceptions import AccountRefusedError
from eternaltwin.integrations.django import conf
from eternaltwin.integrations.shared import origins
from eternaltwin.integrations.shared.failures import FAILURES, failure_word, log_failure
from eternaltwin.integrations.shared.logs import remove_asgi_query, remove_wsgi_query
from eternaltwin.integrations.shared.pages import REDIRECT_HEADERS
from eternaltwin.login import safe_next

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.http import HttpRequest

    from eternaltwin.exceptions import LoginError
    from eternaltwin.login import Cookie, Login, LoginFlow, Redirect
    from eternaltwin.users import User

View = TypeVar("View", bound="Callable[..., object]")

logger = logging.getLogger("eternaltwin.integrations.django")


class SeeOther(HttpResponseRedirect):
    """303: go there with GET. It takes the place of this page in the browser's history."""

    status_code = HTTPStatus.SEE_OTHER


def guarded(*methods: str) -> Callable[[View], View]:
    """What every view needs, whatever the site's middleware: CSRF protection, no caching, no secrets in reports.

    Each statement is committed at once, also where the site has `ATOMIC_REQUESTS`: a sign-in that
    fails later must stay used.
    """

    def decorate(view: View) -> View:
        for database in settings.DATABASES:
            view = cast("View", transaction.non_atomic_requests(using=database)(view))
        wrappers = cast(
            "list[Callable[[View], View]]",
            [sensitive_variables(), csrf_protect, require_http_methods(methods), never_cache, login_not_required],
        )
        return reduce(lambda wrapped, wrapper: wrapper(wrapped), wrappers, view)

    return decorate


def flow_of(alias: str) -> LoginFlow[User]:
    """The sign-in with a connection; raises Http404 where players may not sign in with it."""
    if alias not in conf.options().connections:
        raise Http404(f"players cannot sign in with the connection {alias!r}")
    return conf.flow(alias)


def url_of(request: HttpRequest, name: str, alias: str, **kwargs: str) -> str:
    """The URL of another of these views, wherever the site has included them."""
    match = request.resolver_match
    namespace = match.namespace if match is not None else "eternaltwin"
    others = kwargs if alias == DEFAULT_ALIAS else {"alias": alias, **kwargs}
    return reverse(f"{namespace}:{name}", kwargs=others)


def login_page(request: HttpRequest, alias: str) -> HttpResponse:
    """The page with the button: a GET of another site's must not start a sign-in."""
    flow_of(alias)
    context = {"login_url": url_of(request, "login", alias), "next": safe_next(request.GET.get("next")) or ""}
    return render(request, "eternaltwin/login.html", context)


def failed_page(request: HttpRequest, word: str, alias: str) -> HttpResponse:
    """The page that says why a player was not signed in."""
    failure = FAILURES.get(word)
    if failure is None:
        raise Http404("there is no such reason")
    flow_of(alias)
    context = {"login_url": url_of(request, "login", alias), "user_message": gettext(failure.message), "reason": word}
    return render(request, "eternaltwin/failed.html", context, status=failure.status)


def warn_of_other_host(request: HttpRequest, alias: str) -> None:
    """Warn a developer if a sign-in starts on another host than the callback's."""
    if settings.DEBUG:
        origins.warn_of_other_host(request.get_host(), alias, logger, is_debug=True)


def started(redirect: Redirect) -> HttpResponse:
    """The answer that sends the player to Eternaltwin."""
    return _closed(SeeOther(redirect.url), redirect.cookies)


def taken_query(request: HttpRequest) -> str:
    """The callback's query, taken out of the request: no report and no log can show it any more.

    Servers write their access logs from the same environment, once the answer is there (tried with
    gunicorn and uvicorn).
    """
    environ: dict[str, object] = vars(request)["META"]
    query = remove_wsgi_query(environ, request.path)
    vars(request)["GET"] = QueryDict()
    if isinstance(request, ASGIRequest):
        remove_asgi_query(cast("dict[str, object]", request.scope))
    return query


def accepted(user: AbstractBaseUser | None, finished: Login[User]) -> AbstractBaseUser:
    """The user that a backend has answered for a player; raises AccountRefusedError where none has."""
    if user is not None:
        return user
    exc = AccountRefusedError("no authentication backend accepts the account; the log says why")
    exc.cookies = finished.cookies
    raise exc


def logged_in_arguments(request: HttpRequest, user: AbstractBaseUser, finished: Login[User]) -> dict[str, object]:
    """The arguments of the signal `logged_in`."""
    facts = vars(user)
    account = cast("object", getattr(user, "eternaltwin_account", None))
    return {
        "account": account,
        "created": facts.get("eternaltwin_is_new", False),
        "request": request,
        "login": finished,
    }


def failed(request: HttpRequest, exc: LoginError, alias: str) -> HttpResponse:
    """The answer to a callback that signs nobody in."""
    log_failure(logger, exc)
    return _closed(SeeOther(url_of(request, "failed", alias, word=failure_word(exc))), exc.cookies)


def finished(login: Login[User]) -> HttpResponse:
    """The answer to a callback that has signed a player in."""
    target = login.next or resolve_url(settings.LOGIN_REDIRECT_URL)
    return _closed(SeeOther(target), login.cookies)


def logged_out(request: HttpRequest) -> HttpResponse:
    """The answer to a logout."""
    default = resolve_url(settings.LOGOUT_REDIRECT_URL) if settings.LOGOUT_REDIRECT_URL else "/"
    return SeeOther(safe_next(request.POST.get("next")) or default)


def _closed(response: HttpResponse, cookies: Iterable[Cookie]) -> HttpResponse:
    """An answer whose URL nobody else learns, with cookies."""
    response.headers["Referrer-Policy"] = REDIRECT_HEADERS["Referrer-Policy"]
    for cookie in cookies:
        response.set_cookie(
            cookie.name,
            cookie.value,
            max_age=cookie.max_age,
            path=cookie.path,
            secure=cookie.secure,
            httponly=cookie.httponly,
            samesite="Lax",
        )
    return response
