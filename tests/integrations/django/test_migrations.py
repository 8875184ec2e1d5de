"""Tests of the migrations."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.contrib.auth.models import User as Local
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from eternaltwin.integrations.django.accounts import sign_in_account
from eternaltwin.integrations.django.models import EternaltwinAccount
from eternaltwin.users import User


def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", "eternaltwin", check=True, dry_run=True, verbosity=0)


@pytest.mark.usefixtures("each_database")
def test_tables_are_dropped_and_created() -> None:
    from tests.integrations.django.databases import ChosenDatabase

    connection = connections[ChosenDatabase.chosen]
    call_command("migrate", "eternaltwin", "zero", database=connection.alias, verbosity=0)
    assert "eternaltwin_eternaltwinaccount" not in connection.introspection.table_names()
    call_command("migrate", database=connection.alias, verbosity=0)
    assert "eternaltwin_eternaltwinaccount" in connection.introspection.table_names()
    assert not MigrationExecutor(connection).migration_plan(
        MigrationExecutor(connection).loader.graph.leaf_nodes("eternaltwin")
    )


@pytest.mark.usefixtures("each_database")
def test_existing_accounts_keep_their_primary_key_and_get_it_as_identifier() -> None:
    from tests.integrations.django.databases import ChosenDatabase

    connection = connections[ChosenDatabase.chosen]
    executor = MigrationExecutor(connection)
    executor.migrate([("eternaltwin", "0001_initial")])
    apps = executor.loader.project_state([("eternaltwin", "0001_initial"), ("auth", "0001_initial")]).apps
    user = Local.objects.create_user("zoe")
    old = apps.get_model("eternaltwin", "EternaltwinAccount")(id=UUID(int=7), user_id=user.pk, display_name="Zoé")
    old.save(force_insert=True)
    apps.get_model("eternaltwin", "EternaltwinName")(account_id=old.pk, display_name="Zoé").save(force_insert=True)

    call_command("migrate", database=connection.alias, verbosity=0)
    account = EternaltwinAccount.objects.get()
    assert (account.pk, account.identifier, account.user) == (UUID(int=7), UUID(int=7), user)
    assert [name.display_name for name in account.names.all()] == ["Zoé"]
    assert sign_in_account(User(str(UUID(int=7)), "Zoé", None, None, None), "default") == (account, False)
