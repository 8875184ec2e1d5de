"""The URL patterns, in the module where django-allauth expects them."""

from __future__ import annotations

from allauth.socialaccount.providers.oauth2.urls import default_urlpatterns
from django.urls import path

from eternaltwin.integrations.allauth.provider import EternaltwinProvider
from eternaltwin.integrations.allauth.views import FAILED, failed

urlpatterns = [
    *default_urlpatterns(EternaltwinProvider),
    path("eternaltwin/login/failed/<word>/", failed, name=FAILED),
]
