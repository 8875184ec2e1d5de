"""Accounts can be claimed by a run of `sync_eternaltwin_users`, so that several runs share the work."""

from __future__ import annotations

from typing import ClassVar

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies: ClassVar = [("eternaltwin", "0002_account_identifier")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="eternaltwinaccount",
            name="claimed_by",
            field=models.UUIDField(default=None, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="eternaltwinaccount",
            name="claimed_until",
            field=models.DateTimeField(default=None, editable=False, null=True),
        ),
    ]
