"""Tests of connecting accounts to users who sign in in another way, and of disconnecting them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User as Local
from django.db import IntegrityError
from django.test.utils import override_settings

from eternaltwin.exceptions import (
    AccountRefusedError,
    AccountTakenError,
    AlreadyConnectedError,
    InvalidArgumentError,
    OnlyAccountError,
)
from eternaltwin.integrations.django import connecting
from eternaltwin.integrations.django.accounts import sign_in_account
from eternaltwin.integrations.django.connecting import connect_account, disconnect_account, move_account
from eternaltwin.integrations.django.creation import account_for
from eternaltwin.integrations.django.models import EternaltwinAccount
from eternaltwin.integrations.django.signals import account_connected, account_disconnected, account_moved
from eternaltwin.users import User
from tests.integrations.django.visitors import Visitor

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def old(visitor: Visitor) -> Local:
    """Sign a user with a password in."""
    user = Local.objects.create_user("old", password="secret")
    visitor.enter("old")
    return user


@pytest.fixture
def sent() -> Iterator[list[tuple[str, object]]]:
    """Return a list that collects the signals about connected accounts."""
    seen: list[tuple[str, object]] = []

    def connected(*, account: EternaltwinAccount, **_: object) -> None:
        seen.append(("connected", account.user.get_username()))

    def disconnected(*, account: EternaltwinAccount, user: Local, **_: object) -> None:
        seen.append(("disconnected", (account.display_name, user.get_username())))

    account_connected.connect(connected)
    account_disconnected.connect(disconnected)
    yield seen
    account_connected.disconnect(connected)
    account_disconnected.disconnect(disconnected)


def test_a_user_with_a_password_connects_an_account(
    visitor: Visitor, server: DevServer, zoe: UserRecord, old: Local, sent: list[tuple[str, object]]
) -> None:
    response = visitor.sign_in(server, zoe, "/arena/one/", process="connect")
    assert response.headers["Location"] == "/arena/one/"
    assert (visitor.user, visitor.player) == ("old", "Zoé")
    account = EternaltwinAccount.objects.get()
    assert (account.user, account.connection, account.username_key) == (old, "default", None)
    assert account.last_login_at is not None
    assert [name.display_name for name in account.names.all()] == ["Zoé"]
    assert Local.objects.get().has_usable_password()
    assert sent == [("connected", "old")]
    elsewhere = Visitor(visitor.is_async)
    elsewhere.sign_in(server, zoe)
    assert elsewhere.user == "old"


def test_the_button_connects(visitor: Visitor, server: DevServer, old: Local) -> None:
    page = visitor.get("/").content.decode()
    assert '<input type="hidden" name="process" value="connect">' in page
    assert "Connect with Eternaltwin</button>" in page
    assert "connect" not in Visitor(visitor.is_async).get("/").content.decode()


def test_an_account_that_has_a_player_already_is_not_merged(
    visitor: Visitor, server: DevServer, zoe: UserRecord, old: Local
) -> None:
    Visitor(visitor.is_async).sign_in(server, zoe)
    word, page = visitor.fail(visitor.callback_of(server, zoe, process="connect"))
    assert word == "taken"
    assert "belongs to another player here" in page
    assert "<h1>Nothing has changed</h1>" in page
    assert visitor.user == "old"
    assert EternaltwinAccount.objects.get().user != old


def test_a_user_who_has_an_account_already_connects_no_other(
    visitor: Visitor, server: DevServer, zoe: UserRecord, old: Local
) -> None:
    visitor.sign_in(server, zoe, process="connect")
    word, page = visitor.fail(visitor.callback_of(server, server.add_user("yan"), process="connect"))
    assert word == "connected"
    assert "Disconnect it first." in page
    assert "eternaltwin-button" not in page.partition("<body>")[2]
    assert EternaltwinAccount.objects.get().display_name == "Zoé"


def test_connecting_the_same_account_again_changes_nothing(
    visitor: Visitor, server: DevServer, zoe: UserRecord, old: Local, sent: list[tuple[str, object]]
) -> None:
    for _ in range(2):
        assert visitor.sign_in(server, zoe, process="connect").headers["Location"] == "/"
    assert sent == [("connected", "old")]


def test_nobody_connects_an_account_without_being_signed_in(visitor: Visitor, server: DevServer) -> None:
    response = visitor.submit("/eternaltwin/login/", {"process": "connect", "next": "/arena/one/"})
    assert response.headers["Location"] == "/eternaltwin/failed/other-player/?next=/arena/one/&process=connect"
    page = visitor.get(response.headers["Location"])
    assert page.status_code == 409
    assert "Sign in with Eternaltwin" not in page.content.decode()  # after which the player would be somebody new
    assert not server.requests


@pytest.mark.parametrize("is_other", [True, False])
def test_only_the_user_who_wanted_to_connect_gets_the_account(
    visitor: Visitor, server: DevServer, zoe: UserRecord, old: Local, is_other: bool
) -> None:
    callback = visitor.callback_of(server, zoe, process="connect")
    if is_other:
        Local.objects.create_user("other", password="secret")
        visitor.enter("other")
    else:
        visitor.submit("/eternaltwin/logout/")
    word, page = visitor.fail(callback)
    assert word == "other-player"
    assert "Connect with Eternaltwin" in page
    assert not EternaltwinAccount.objects.exists()


@pytest.mark.parametrize("is_refused", [True, False])
def test_connecting_that_fails_can_be_tried_again_and_makes_nobody_new(
    visitor: Visitor, server: DevServer, zoe: UserRecord, old: Local, is_refused: bool
) -> None:
    callback = visitor.callback_of(server, zoe, "/arena/one/", process="connect")
    if is_refused:
        callback = re.sub("code=[^&]*", "error=access_denied", callback)
    else:
        server.fail_next(503, path="/oauth/token")
    page = visitor.fail(callback)[1]
    assert "Nothing has changed" in page
    assert "Connect with Eternaltwin" in page
    hidden = dict(re.findall(r'type="hidden" name="(next|process)" value="([^"]*)"', page))
    assert hidden == {"next": "/arena/one/", "process": "connect"}
    assert visitor.sign_in(server, zoe, **hidden).headers["Location"] == "/arena/one/"
    assert EternaltwinAccount.objects.get().user == old
    assert Local.objects.count() == 1


def test_a_deleted_account_is_not_connected() -> None:
    user = Local.objects.create_user("old")
    player = User(str(uuid4()), "Zoé", None, user.date_joined, user.date_joined)
    with pytest.raises(AccountRefusedError, match="is deleted at Eternaltwin"):
        connect_account(user, player, "default")


def test_a_user_who_signs_out_meanwhile_gets_no_account(server: DevServer) -> None:
    from django.contrib.auth.models import AnonymousUser

    from eternaltwin.exceptions import OtherPlayerError
    from eternaltwin.integrations.django import sign_in

    with pytest.raises(OtherPlayerError):
        sign_in.signed_in(AnonymousUser())


@pytest.mark.parametrize("overtaker", ["user", "account", "both"])
def test_two_requests_that_connect_at_the_same_time(monkeypatch: pytest.MonkeyPatch, overtaker: str) -> None:
    user = Local.objects.create_user("old")
    zoe, yan = (User(str(uuid4()), name, None, None, None) for name in ("Zoé", "Yan"))

    def build_later(*arguments: Any) -> EternaltwinAccount:
        monkeypatch.undo()
        if overtaker == "account":
            sign_in_account(zoe, "default")
        else:
            connect_account(user, yan if overtaker == "user" else zoe, "default")
        return account_for(*arguments)

    monkeypatch.setattr(connecting, "account_for", build_later)
    if overtaker == "both":
        assert connect_account(user, zoe, "default").user == user
        return
    error, message = (
        (AlreadyConnectedError, f"the user {user.pk} has another account")
        if overtaker == "user"
        else (AccountTakenError, f"the account {zoe.identifier} belongs to another user")
    )
    with pytest.raises(error) as caught:
        connect_account(user, zoe, "default")
    assert str(caught.value) == message


def test_another_error_of_the_database_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def insert(account: EternaltwinAccount) -> None:
        raise IntegrityError("something else")

    monkeypatch.setattr(connecting, "insert_account", insert)
    with pytest.raises(IntegrityError, match="something else"):
        connect_account(Local.objects.create_user("old"), User(str(uuid4()), "Zoé", None, None, None), "default")


def test_a_user_without_another_way_to_sign_in_is_not_disconnected(server: DevServer) -> None:
    account, _ = sign_in_account(User(str(uuid4()), "Zoé", None, None, None), "default")
    with pytest.raises(OnlyAccountError) as caught:
        disconnect_account(account.user)
    assert str(caught.value) == (
        f"the user {account.user.pk} has no usable password, or the site has no backend for passwords"
    )


def test_a_player_who_is_deleted_meanwhile_is_marked(server: DevServer) -> None:
    account, _ = sign_in_account(User(str(uuid4()), "Zoé", None, None, None), "default")
    deleted = User(str(account.identifier), "Zoé", None, None, account.created_at)
    with pytest.raises(AccountRefusedError) as caught:
        connect_account(account.user, deleted, "default")
    assert str(caught.value) == f"the account {deleted.identifier} is deleted at Eternaltwin"
    account.refresh_from_db()
    assert account.deleted_at == account.created_at


def test_disconnecting(
    visitor: Visitor, server: DevServer, zoe: UserRecord, old: Local, sent: list[tuple[str, object]]
) -> None:
    visitor.sign_in(server, zoe, process="connect")
    response = visitor.submit("/eternaltwin/disconnect/", {"next": "/arena/one/"})
    assert (response.status_code, response.headers["Location"]) == (303, "/arena/one/")
    assert (visitor.user, visitor.player) == ("old", None)
    assert sent[1:] == [("disconnected", ("Zoé", "old"))]
    assert visitor.submit("/eternaltwin/disconnect/").headers["Location"] == "/"  # there is nothing to disconnect
    with override_settings(LOGIN_REDIRECT_URL="/arena/hello/", LOGOUT_REDIRECT_URL="/arena/bye/"):
        assert visitor.submit("/eternaltwin/disconnect/").headers["Location"] == "/arena/hello/"
    elsewhere = Visitor(visitor.is_async)
    elsewhere.sign_in(server, zoe)
    assert elsewhere.user == "Zoé"


def test_a_user_who_signed_in_with_the_account_is_signed_out(
    visitor: Visitor, server: DevServer, zoe: UserRecord, old: Local
) -> None:
    visitor.sign_in(server, zoe, process="connect")
    elsewhere = Visitor(visitor.is_async)
    elsewhere.sign_in(server, zoe)
    assert elsewhere.submit("/eternaltwin/disconnect/").headers["Location"] == "/"
    assert elsewhere.user is None


def test_the_only_way_to_sign_in_is_not_disconnected(visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
    visitor.sign_in(server, zoe)
    response = visitor.submit("/eternaltwin/disconnect/")
    assert response.headers["Location"] == "/eternaltwin/failed/only-account/"
    page = visitor.get("/eternaltwin/failed/only-account/")
    assert page.status_code == 409
    assert "so it stays connected. Set a password first." in page.content.decode()
    assert visitor.player == "Zoé"


def test_a_password_is_no_way_to_sign_in_without_its_backend(server: DevServer) -> None:
    account, _ = sign_in_account(User(str(uuid4()), "Zoé", None, None, None), "default")
    account.user.set_password("secret")
    backend = "eternaltwin.integrations.django.backends.EternaltwinBackend"
    with override_settings(AUTHENTICATION_BACKENDS=[backend]):
        assert not connecting.has_other_sign_in(account.user)
    disconnect_account(account.user)
    assert not EternaltwinAccount.objects.exists()


def test_disconnecting_needs_a_token_and_a_user(visitor: Visitor, server: DevServer) -> None:
    assert visitor.post("/eternaltwin/disconnect/").status_code == 403
    assert visitor.get("/eternaltwin/disconnect/").status_code == 405
    assert visitor.submit("/eternaltwin/disconnect/").headers["Location"] == "/eternaltwin/failed/other-player/"


def test_an_account_that_is_gone_is_not_moved(server: DevServer) -> None:
    account, _ = sign_in_account(User(str(uuid4()), "Zoé", None, None, None), "default")
    other = Local.objects.create_user("other")
    EternaltwinAccount.objects.all().delete()
    moved: list[object] = []

    def record(**arguments: object) -> None:
        moved.append(arguments)

    account_moved.connect(record)
    try:
        with pytest.raises(InvalidArgumentError):
            move_account(account, other)
    finally:
        account_moved.disconnect(record)
    assert moved == []
    assert account.user != other
