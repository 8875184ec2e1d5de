"""The URL patterns with the sync views: `path("eternaltwin/", include("eternaltwin.integrations.django.urls"))`."""

from __future__ import annotations

from eternaltwin.integrations.django import views
from eternaltwin.integrations.django.routes import APP_NAME, routes

__all__ = ["app_name", "urlpatterns"]

app_name = APP_NAME
urlpatterns = routes(
    login=views.login,
    callback=views.callback,
    failed=views.failed,
    logout=views.logout,
    disconnect=views.disconnect,
    me=views.me,
)
