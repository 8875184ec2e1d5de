"""The URLs of the site."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def profile(request: HttpRequest) -> HttpResponse:
    """Return the user name of the signed-in user."""
    return HttpResponse(request.user.get_username())


urlpatterns = [path("accounts/profile/", profile), path("accounts/", include("allauth.urls"))]
