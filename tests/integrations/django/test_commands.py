"""Tests of the commands that move an account to another user, and that rename a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User as Local
from django.core.management import CommandError, call_command
from django.test.utils import override_settings

from eternaltwin.integrations.django.accounts import sign_in_account
from eternaltwin.integrations.django.models import EternaltwinAccount
from eternaltwin.integrations.django.signals import account_moved
from eternaltwin.users import User

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer

pytestmark = pytest.mark.usefixtures("database")


def sign_in(name: str = "Zoé", connection: str = "default", identifier: str | None = None) -> EternaltwinAccount:
    """Sign a player in, and return the account."""
    return sign_in_account(User(identifier or str(uuid4()), name, None, None, None), connection)[0]


def test_an_account_is_moved_to_another_user(capsys: pytest.CaptureFixture[str]) -> None:
    account = sign_in()
    old, new = account.user, Local.objects.create_user("new", password="secret")
    seen: list[tuple[object, object]] = []

    def moved(*, old: Local, new: Local, **_: object) -> None:
        seen.append((old.get_username(), new.get_username()))

    account_moved.connect(moved)
    try:
        call_command("move_eternaltwin_account", str(account.identifier), "new")
    finally:
        account_moved.disconnect(moved)
    printed = capsys.readouterr().out
    assert "Zoé signs in as 'new' now." in printed
    assert "The user 'Zoé' keeps everything else, and can no longer sign in." in printed
    assert seen == [("Zoé", "new")]
    assert sign_in("Zoé", identifier=str(account.identifier)).user == new
    assert Local.objects.filter(pk=old.pk).exists()
    undo = printed.partition("manage.py ")[2].split()
    call_command(*undo)
    assert EternaltwinAccount.objects.get().user == old
    assert "can still sign in with a password" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["Yan", "Zoé"])
def test_an_account_is_not_moved_to_a_user_who_has_one(name: str) -> None:
    zoe, _ = sign_in(), sign_in("Yan")
    with pytest.raises(CommandError, match=f"the user '{name}' has an Eternaltwin account already"):
        call_command("move_eternaltwin_account", str(zoe.identifier), name)
    assert EternaltwinAccount.objects.get(pk=zoe.pk).user == zoe.user


def test_an_account_or_a_user_that_does_not_exist(server: DevServer) -> None:
    zoe = sign_in()
    with pytest.raises(CommandError, match="there is no user 'nobody'"):
        call_command("move_eternaltwin_account", str(zoe.identifier), "nobody")
    with pytest.raises(CommandError, match=r"there is no account 00000000-.* of the connection 'default'"):
        call_command("move_eternaltwin_account", str(UUID(int=1)), "Zoé")
    with override_settings(ETERNALTWIN={}), pytest.raises(CommandError, match="must contain the connections"):
        call_command("move_eternaltwin_account", str(zoe.identifier), "Zoé")


def test_a_connection_is_renamed(server: DevServer, capsys: pytest.CaptureFixture[str]) -> None:
    zoe = sign_in(connection="old")
    call_command("rename_eternaltwin_connection", "old", "default")
    assert capsys.readouterr().out == "1 accounts of 'old' belong to 'default' now.\n"
    assert sign_in(identifier=str(zoe.identifier)) == zoe


def test_a_connection_is_not_renamed_to_another_server(other_server: DevServer) -> None:
    sign_in()
    with pytest.raises(CommandError, match="lead to different servers"):
        call_command("rename_eternaltwin_connection", "default", "other")
    with pytest.raises(CommandError, match="ETERNALTWIN has no connection 'new': rename it there first"):
        call_command("rename_eternaltwin_connection", "default", "new")
    assert EternaltwinAccount.objects.get().connection == "default"


@override_settings(ETERNALTWIN_LOGIN={"retired_connections": ["old"]})
def test_a_retired_connection_is_not_renamed(server: DevServer) -> None:
    sign_in(connection="old")
    with pytest.raises(CommandError, match="accounts are those of other players"):
        call_command("rename_eternaltwin_connection", "old", "default")
    assert EternaltwinAccount.objects.get().connection == "old"


def test_players_with_an_account_of_each_alias_are_not_merged(server: DevServer) -> None:
    zoe = sign_in()
    user = Local.objects.create_user("copy")
    EternaltwinAccount.objects.create(identifier=zoe.identifier, user=user, connection="old", display_name="Zoé")
    with pytest.raises(CommandError, match="1 players have an account of each"):
        call_command("rename_eternaltwin_connection", "old", "default")
