"""Tests of the migrations."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor


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
