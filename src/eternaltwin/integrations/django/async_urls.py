"""The URL patterns with the async views, for sites under ASGI.

Include them instead of those of `urls`: `path("eternaltwin/", include("eternaltwin.integrations.django.async_urls"))`.
"""

from __future__ import annotations

from eternaltwin.integrations.django import async_views, views
from eternaltwin.integrations.django.routes import APP_NAME, routes

__all__ = ["app_name", "urlpatterns"]

app_name = APP_NAME
urlpatterns = routes(
    login=async_views.login,
    callback=async_views.callback,
    failed=views.failed,
    logout=async_views.logout,
    disconnect=async_views.disconnect,
    me=async_views.me,
)
