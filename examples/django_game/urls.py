"""The URL patterns of the game."""

from __future__ import annotations

from django.urls import include, path

from examples.django_game.dice import views

urlpatterns = [
    path("", views.table, name="table"),
    path("roll/", views.roll, name="roll"),
    path("eternaltwin/", include("eternaltwin.integrations.django.urls")),
]
