"""The tables, as of 2.0.0."""

from __future__ import annotations

from typing import ClassVar

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies: ClassVar = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations: ClassVar = [
        migrations.CreateModel(
            name="UsedLogin",
            fields=[
                ("key", models.CharField(editable=False, max_length=64, primary_key=True, serialize=False)),
                ("deadline", models.DateTimeField(db_index=True)),
            ],
            options={
                "verbose_name": "used sign-in",
                "verbose_name_plural": "used sign-ins",
            },
        ),
        migrations.CreateModel(
            name="EternaltwinAccount",
            fields=[
                (
                    "id",
                    models.UUIDField(editable=False, primary_key=True, serialize=False, verbose_name="Eternaltwin id"),
                ),
                ("connection", models.CharField(default="default", max_length=64, verbose_name="connection")),
                ("display_name", models.CharField(db_index=True, max_length=255, verbose_name="display name")),
                (
                    "username_key",
                    models.CharField(default=None, editable=False, max_length=255, null=True, unique=True),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True, verbose_name="first seen")),
                ("updated_at", models.DateTimeField(auto_now=True, verbose_name="changed")),
                ("last_login_at", models.DateTimeField(blank=True, null=True, verbose_name="last sign-in")),
                ("synced_at", models.DateTimeField(blank=True, db_index=True, null=True, verbose_name="last checked")),
                ("deleted_at", models.DateTimeField(blank=True, null=True, verbose_name="deleted at Eternaltwin")),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="eternaltwin_account",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "Eternaltwin account",
                "verbose_name_plural": "Eternaltwin accounts",
                "ordering": ["display_name", "id"],
            },
        ),
        migrations.CreateModel(
            name="EternaltwinName",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("display_name", models.CharField(db_index=True, max_length=255, verbose_name="display name")),
                ("seen_at", models.DateTimeField(auto_now_add=True, verbose_name="first seen")),
                (
                    "account",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="names",
                        to="eternaltwin.eternaltwinaccount",
                        verbose_name="account",
                    ),
                ),
            ],
            options={
                "verbose_name": "display name",
                "verbose_name_plural": "display names",
                "ordering": ["-seen_at", "-id"],
            },
        ),
    ]
