"""Profiles of accounts, from the cache of the connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from asgiref.sync import async_to_sync
from django.test.utils import override_settings

from eternaltwin.integrations.django import conf
from eternaltwin.integrations.django.accounts import sign_in_account
from eternaltwin.integrations.django.sync import check_accounts
from eternaltwin.users import User
from tests.integrations.django.conftest import CALLBACK
from tests.integrations.django.site_servers import connection_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord
    from eternaltwin.integrations.django.models import EternaltwinAccount

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def account(server: DevServer, zoe: UserRecord) -> Iterator[EternaltwinAccount]:
    """Sign a player in, with a cache of profiles."""
    settings = {**connection_settings(server, "game", CALLBACK), "profile_cache": "memory"}
    with override_settings(ETERNALTWIN={"default": settings}):
        conf.configure()
        yield sign_in_account(User(str(zoe.id), "Zoé", None, None, None), "default")[0]
    conf.configure()


def test_an_account_has_a_profile(account: EternaltwinAccount, server: DevServer, zoe: UserRecord) -> None:
    assert account.profile().username == async_to_sync(account.aprofile)().username == "Zoé"
    server.world.rename(zoe.id, "Zoé la Grande")
    assert account.profile().username == async_to_sync(account.aprofile)().username == "Zoé"
    assert account.profile(fresh=True).username == "Zoé la Grande"
    assert async_to_sync(account.aprofile)().username == "Zoé la Grande"


def test_the_synchronization_refreshes_what_the_cache_has(
    account: EternaltwinAccount, server: DevServer, zoe: UserRecord
) -> None:
    account.profile()
    server.world.rename(zoe.id, "Zoé la Grande")
    type(account).objects.update(synced_at=None)
    assert check_accounts().renamed == 1
    asked = len(server.requests)
    assert account.profile().username == "Zoé la Grande"
    assert len(server.requests) == asked
