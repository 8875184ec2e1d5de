"""The protection of the views: CSRF, caches, error reports, and the scripts of trusted origins."""

from __future__ import annotations

from functools import reduce
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar, cast

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import transaction
from django.http import HttpResponse, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.cache import patch_vary_headers
from django.utils.decorators import decorator_from_middleware
from django.utils.deprecation import MiddlewareMixin
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from eternaltwin.integrations.django import conf
from eternaltwin.integrations.shared.origins import cors_headers, preflight_headers

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest

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
                decorator_from_middleware(TrustingCsrfMiddleware) if has_cors else csrf_protect,
                require_http_methods(methods),
                *([decorator_from_middleware(CorsMiddleware)] if has_cors else []),
                never_cache,
                login_not_required,
            ],
        )
        protected = reduce(lambda wrapped, wrapper: wrapper(wrapped), wrappers, view)
        vars(protected)["csrf_exempt"] = has_cors  # from the middleware of the site: the check is above
        return protected

    return decorate


class TrustingCsrfMiddleware(CsrfViewMiddleware):
    """Checks the CSRF token of a request, unless a script of a trusted origin has sent it."""

    def process_view(
        self, request: HttpRequest, callback: Any, callback_args: Any, callback_kwargs: Any
    ) -> HttpResponseForbidden | None:
        """Check a request.

        Args:
            request: The request.
            callback: The view.
            callback_args: Its positional arguments.
            callback_kwargs: Its keyword arguments.

        Returns:
            The response to a request without a valid token, else None.
        """
        if _origin(request) in conf.options().trusted_origins:
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)


class CorsMiddleware(MiddlewareMixin):
    """Answers the preflight requests of trusted origins, and lets their scripts read the responses."""

    def process_request(self, request: HttpRequest) -> HttpResponse | None:
        """Answer a preflight request.

        Args:
            request: The request.

        Returns:
            The response with the status 204. None for other requests, and if no origin is trusted.
        """
        trusted_origins = conf.options().trusted_origins
        if request.method != "OPTIONS" or not trusted_origins:
            return None
        return HttpResponse(status=HTTPStatus.NO_CONTENT, headers=preflight_headers(_origin(request), trusted_origins))

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Add the headers that a script needs to read a response.

        Args:
            request: The request.
            response: The response, which is changed.

        Returns:
            The same response.
        """
        headers = cors_headers(_origin(request), conf.options().trusted_origins)
        if headers:
            patch_vary_headers(response, [headers.pop("Vary")])
        for name, value in headers.items():
            response.headers[name] = value
        return response


def _origin(request: HttpRequest) -> str | None:
    return request.headers.get("Origin")
