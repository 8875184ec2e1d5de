"""The URL patterns of the site under test."""

from __future__ import annotations

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path

_PAGE = """{% load eternaltwin %}<!doctype html><title>Game</title>
{% if user.is_authenticated %}
<p id="player">{{ user.eternaltwin_account.display_name }}</p>
<form method="post" action="{% url "eternaltwin:logout" %}">{% csrf_token %}<button>Sign out</button></form>
{% else %}
<p id="guest">Nobody is signed in.</p>
{% eternaltwin_button next=request.get_full_path %}
{% endif %}
<a href="/elsewhere">Elsewhere</a>"""


def front(request: HttpRequest, **_: str) -> HttpResponse:
    """Return a page with the name of the signed-in player, and the button to sign in or out."""
    return HttpResponse(engines["django"].from_string(_PAGE).render({}, request))


urlpatterns = [
    path("", front),
    path("arena/<slug:place>/", front),
    path("elsewhere", front),
    path("eternaltwin/", include("eternaltwin.integrations.django.urls")),
    path("admin/", admin.site.urls),
]
