"""The protection of the views: CSRF, caches, error reports, and the scripts of trusted origins."""

from __future__ import annotations

from functools import reduce, wraps
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeVar, cast

from asgiref.sync import iscoroutinefunction, markcoroutinefunction
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from eternaltwin.integrations.django import conf
from eternaltwin.integrations.shared.origins import cors_headers, preflight_headers

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from django.http import HttpRequest

    Response = HttpResponse | Awaitable[HttpResponse]

DjangoView = TypeVar("DjangoView", bound="Callable[..., object]")


def guarded(*methods: str, has_cors: bool = False) -> Callable[[DjangoView], DjangoView]:
    """Return a decorator that protects a view, independently of the site's middleware.

    The view has CSRF protection, is not cached, requires no login, and its local variables are hidden in
    error reports. Each statement is committed at once, even if the site uses `ATOMIC_REQUESTS`: a used
    sign-in must stay used if the request fails later.

    Args:
        *methods: HTTP methods that the view accepts.
        has_cors: Whether scripts of the option `trusted_origins` may call the view, without a CSRF token: a browser
            sends the header `Origin`, which no page can set.

    Returns:
        The decorator.
    """

    def decorate(view: DjangoView) -> DjangoView:
        for database in settings.DATABASES:
            view = cast("DjangoView", transaction.non_atomic_requests(using=database)(view))
        wrappers = cast(
            "list[Callable[[DjangoView], DjangoView]]",
            [
                sensitive_variables(),
                _csrf_or_trusted if has_cors else csrf_protect,
                require_http_methods(methods),
                _cors if has_cors else _same,
                never_cache,
                login_not_required,
            ],
        )
        protected = reduce(lambda wrapped, wrapper: wrapper(wrapped), wrappers, view)
        vars(protected)["csrf_exempt"] = has_cors  # from the middleware of the site: the check is above
        return protected

    return decorate


def _same(view: DjangoView) -> DjangoView:
    return view


def _csrf_or_trusted(view: Callable[..., Response]) -> Callable[..., Response]:
    """Check the CSRF token of a request, unless a script of a trusted origin has sent it."""
    checked = csrf_protect(view)

    def choose(request: HttpRequest, *args: object, **kwargs: object) -> Response:
        is_trusted = _origin(request) in conf.options().trusted_origins
        return (view if is_trusted else checked)(request, *args, **kwargs)

    return _like(view, choose)


def _cors(view: Callable[..., Response]) -> Callable[..., Response]:
    """Answer the preflight requests of trusted origins, and let their scripts read the responses."""

    def respond(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if _is_preflight(request):
            return _preflight(request)
        return _readable(request, cast("HttpResponse", view(request, *args, **kwargs)))

    async def arespond(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if _is_preflight(request):
            return _preflight(request)
        return _readable(request, await cast("Awaitable[HttpResponse]", view(request, *args, **kwargs)))

    return _like(view, arespond if iscoroutinefunction(view) else respond)


def _like(view: Callable[..., Response], wrapper: Callable[..., Response]) -> Callable[..., Response]:
    wrapped = wraps(view)(wrapper)
    if iscoroutinefunction(view) and not iscoroutinefunction(wrapped):
        markcoroutinefunction(wrapped)
    return wrapped


def _origin(request: HttpRequest) -> str | None:
    return request.headers.get("Origin")


def _is_preflight(request: HttpRequest) -> bool:
    return request.method == "OPTIONS" and bool(conf.options().trusted_origins)


def _preflight(request: HttpRequest) -> HttpResponse:
    headers = preflight_headers(_origin(request), conf.options().trusted_origins)
    return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=headers)


def _readable(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    headers = cors_headers(_origin(request), conf.options().trusted_origins)
    if headers:
        patch_vary_headers(response, [headers.pop("Vary")])
    for name, value in headers.items():
        response.headers[name] = value
    return response
