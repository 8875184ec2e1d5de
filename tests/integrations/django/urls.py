"""The URL patterns of the site under test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.contrib.auth import login
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import include, path

from eternaltwin.integrations.django.admin import EternaltwinUserAdminMixin

if TYPE_CHECKING:
    UserAdminBase = UserAdmin[User]
else:
    UserAdminBase = UserAdmin

admin.site.unregister(User)


@admin.register(User)
class PlayerAdmin(EternaltwinUserAdminMixin, UserAdminBase):
    """The pages of users, with their Eternaltwin accounts."""


_PAGE = """{% load eternaltwin %}<!doctype html><title>Game</title>
{% if user.is_authenticated %}
<p id="own">{{ user.get_username }}</p>
{% with account=user|eternaltwin_account %}{% if account %}<p id="player">{{ account.display_name }}</p>
<form method="post" action="{% url "eternaltwin:disconnect" %}">{% csrf_token %}<button>Disconnect</button></form>
{% else %}<p id="guest">Not connected.</p>{% eternaltwin_button process="connect" %}{% endif %}{% endwith %}
<form method="post" action="{% url "eternaltwin:logout" %}">{% csrf_token %}<button>Sign out</button></form>
{% else %}
<p id="guest">Nobody is signed in.</p>
{% eternaltwin_button next=request.get_full_path %}
<form method="post" action="/enter/">{% csrf_token %}<label>Name <input name="name"></label>
<button>Enter</button></form>
{% endif %}
<a href="/elsewhere">Elsewhere</a>"""


def front(request: HttpRequest, **_: str) -> HttpResponse:
    """Return a page with the name of the signed-in player, and the button to sign in or out."""
    return HttpResponse(engines["django"].from_string(_PAGE).render({}, request))


def enter(request: HttpRequest) -> HttpResponse:
    """Sign a user in to the game itself, as with a password."""
    user, _ = User.objects.get_or_create(username=request.POST["name"])
    user.set_password("secret")
    user.save()
    login(request, user, "django.contrib.auth.backends.ModelBackend")
    return redirect("/")


urlpatterns = [
    path("", front),
    path("arena/<slug:place>/", front),
    path("elsewhere", front),
    path("enter/", enter),
    path("eternaltwin/", include("eternaltwin.integrations.django.urls")),
    path("admin/", admin.site.urls),
]
