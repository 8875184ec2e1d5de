"""Accounts are identified by their UUID at Eternaltwin and by their connection, no longer by the UUID alone.

Existing accounts keep their primary key, so that foreign keys of games stay valid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar
from uuid import uuid4

from django.db import migrations, models
from django.db.models import F

if TYPE_CHECKING:
    from django.apps.registry import Apps
    from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def copy_identifiers(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Copy the primary keys, which were the UUIDs at Eternaltwin."""
    accounts = apps.get_model("eternaltwin", "EternaltwinAccount")._base_manager
    accounts.using(schema_editor.connection.alias).update(identifier=F("id"))


class Migration(migrations.Migration):
    dependencies: ClassVar = [("eternaltwin", "0001_initial")]

    operations: ClassVar = [
        migrations.AddField(
            model_name="eternaltwinaccount",
            name="identifier",
            field=models.UUIDField(editable=False, null=True, verbose_name="Eternaltwin id"),
        ),
        migrations.RunPython(copy_identifiers, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="eternaltwinaccount",
            name="identifier",
            field=models.UUIDField(editable=False, verbose_name="Eternaltwin id"),
        ),
        migrations.AlterField(
            model_name="eternaltwinaccount",
            name="id",
            field=models.UUIDField(default=uuid4, editable=False, primary_key=True, serialize=False),
        ),
        migrations.AddField(
            model_name="eternaltwinaccount",
            name="is_administrator",
            field=models.BooleanField(
                default=None, editable=False, null=True, verbose_name="administrator of Eternaltwin"
            ),
        ),
        migrations.AddConstraint(
            model_name="eternaltwinaccount",
            constraint=models.UniqueConstraint(
                fields=("identifier", "connection"), name="eternaltwin_account_of_connection"
            ),
        ),
    ]
