"""The URLs of a site that has forgotten those of django-allauth."""

from __future__ import annotations

urlpatterns: list[object] = []
