"""The URLs of the site with its own users."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [path("eternaltwin/", include("eternaltwin.integrations.django.urls"))]
