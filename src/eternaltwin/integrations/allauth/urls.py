"""The URL patterns, in the module where django-allauth expects them."""

from __future__ import annotations

from allauth.socialaccount.providers.oauth2.urls import default_urlpatterns

from eternaltwin.integrations.allauth.provider import EternaltwinProvider

urlpatterns = default_urlpatterns(EternaltwinProvider)
