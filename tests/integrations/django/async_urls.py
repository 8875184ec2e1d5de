"""The URL patterns of the site under test, with the async views."""

from __future__ import annotations

from django.urls import include, path

from tests.integrations.django.urls import enter, front

urlpatterns = [
    path("", front),
    path("arena/<slug:place>/", front),
    path("elsewhere", front),
    path("enter/", enter),
    path("eternaltwin/", include("eternaltwin.integrations.django.async_urls")),
]
