"""Tests of callbacks that are over, or fail in the code of the game, and of several domains with one callback."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.models import User as Local
from django.core.exceptions import ValidationError
from django.test.utils import override_settings

from eternaltwin.integrations.django.accounts import mark_deleted
from eternaltwin.integrations.django.models import EternaltwinAccount
from eternaltwin.integrations.django.signals import logged_in
from eternaltwin.users import User
from tests.integrations.django.visitors import Visitor

if TYPE_CHECKING:
    from collections.abc import Callable

    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord

pytestmark = pytest.mark.usefixtures("database")


@pytest.mark.parametrize("how", ["replayed", "expired", "other browser"])
def test_a_stale_callback_leads_a_signed_in_player_on(
    visitor: Visitor, server: DevServer, zoe: UserRecord, later: Callable[[float], None], how: str
) -> None:
    callback = visitor.callback_of(server, zoe, "/arena/one/")
    if how == "replayed":
        visitor.get(callback)
    else:
        visitor.sign_in(server, zoe)
    if how == "expired":
        later(1000)
    elif how == "other browser":
        visitor.client.cookies = type(visitor.client.cookies)(
            {name: morsel.value for name, morsel in visitor.client.cookies.items() if "login" not in name}
        )
    response = visitor.get(callback)
    expected = "/arena/one/" if how != "other browser" else "/"
    assert (response.status_code, response.headers["Location"]) == (303, expected)
    assert visitor.player == "Zoé"


def test_a_stale_callback_of_a_guest_keeps_next(visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
    callback = visitor.callback_of(server, zoe, "/arena/one/?round=2")
    visitor.get(callback)
    visitor.submit("/eternaltwin/logout/")
    response = visitor.get(callback)
    assert response.headers["Location"] == "/eternaltwin/failed/replayed/?next=/arena/one/%3Fround%3D2"
    page = visitor.get(response.headers["Location"]).content.decode()
    assert 'name="next" value="/arena/one/?round=2"' in page
    assert (
        "value="
        not in visitor.get("/eternaltwin/failed/replayed/?next=//evil.example")
        .content.decode()
        .partition('name="next"')[2]
    )


def broken_user(player: User, username: str) -> Local:
    """Fail to create a user."""
    raise LookupError("no room for players")


def no_user(player: User, username: str) -> None:
    """Return no user."""


def invalid_user(player: User, username: str) -> Local:
    """Refuse a user as a form would."""
    raise ValidationError("level is required")


def incomplete_user(player: User, username: str) -> Local:
    """Return a user whom no database accepts."""
    user = Local(username=username)
    vars(user)["is_active"] = None
    return user


@pytest.mark.parametrize("new_user", [broken_user, no_user, invalid_user, incomplete_user])
def test_the_callback_redirects_when_a_user_cannot_be_created(
    visitor: Visitor,
    server: DevServer,
    zoe: UserRecord,
    caplog: pytest.LogCaptureFixture,
    new_user: Callable[[User, str], Local | None],
) -> None:
    with override_settings(ETERNALTWIN_LOGIN={"new_user": new_user}):
        callback = visitor.callback_of(server, zoe, "/arena/one/")
        response = visitor.get(callback)
    word = "game" if new_user in (broken_user, invalid_user) else "setup"
    assert response.headers["Location"] == f"/eternaltwin/failed/{word}/?next=/arena/one/"
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.exc_info is not None
    assert "Traceback" in caplog.text
    assert "creation.py" in caplog.text
    code = callback.partition("code=")[2].partition("&")[0]
    assert code not in caplog.text
    assert not Local.objects.exists()
    assert visitor.user is None


def test_the_callback_redirects_when_a_receiver_fails(
    visitor: Visitor, server: DevServer, zoe: UserRecord, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(**_: object) -> None:
        raise ZeroDivisionError("no gold")

    callback = visitor.callback_of(server, zoe)
    logged_in.connect(fail)
    try:
        assert visitor.fail(callback)[0] == "game"
    finally:
        logged_in.disconnect(fail)
    assert "ZeroDivisionError: no gold" in caplog.text
    assert visitor.user is None


def test_the_callback_redirects_with_wrong_settings(
    visitor: Visitor, server: DevServer, zoe: UserRecord, caplog: pytest.LogCaptureFixture
) -> None:
    callback = visitor.callback_of(server, zoe, "/arena/one/")
    with override_settings(ETERNALTWIN_LOGIN={"max_age": "ten minutes"}):
        response = visitor.get(callback)
    assert (response.status_code, response.headers["Location"]) == (303, "/eternaltwin/failed/setup/")
    (record,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert record.exc_info is not None
    assert "max_age" in caplog.text


def test_a_stale_callback_redirects_without_a_url_of_the_name_in_the_settings(
    visitor: Visitor, server: DevServer, zoe: UserRecord, caplog: pytest.LogCaptureFixture
) -> None:
    callback = visitor.callback_of(server, zoe)
    visitor.get(callback)
    with override_settings(LOGIN_REDIRECT_URL="no_such_name"):
        response = visitor.get(callback)
    assert (response.status_code, response.headers["Location"]) == (303, "/")
    assert "LOGIN_REDIRECT_URL is no path, and no name of a URL of the site" in caplog.text


def test_an_interruption_is_not_swallowed(server: DevServer, zoe: UserRecord) -> None:
    def interrupt(**_: object) -> None:
        raise KeyboardInterrupt

    visitor = Visitor()
    callback = visitor.callback_of(server, zoe)
    logged_in.connect(interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            visitor.get(callback)
    finally:
        logged_in.disconnect(interrupt)
    assert visitor.user is None


@pytest.mark.parametrize("debug", [True, False])
def test_the_page_shows_the_cause_with_debug_only(
    visitor: Visitor, server: DevServer, zoe: UserRecord, debug: bool
) -> None:
    with override_settings(ETERNALTWIN_LOGIN={"new_user": broken_user}, DEBUG=debug):
        _, page = visitor.fail(visitor.callback_of(server, zoe))
    assert ("caused by LookupError: no room for players" in page) is debug


def test_the_profile_is_read_at_a_sign_in(visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
    seen: list[User] = []

    def remember(*, login: object, **_: object) -> None:
        seen.append(vars(login)["user"])

    logged_in.connect(remember)
    try:
        visitor.sign_in(server, zoe)
    finally:
        logged_in.disconnect(remember)
    (user,) = seen
    assert (user.is_administrator, user.created_at is not None) == (zoe.is_administrator, True)
    account = EternaltwinAccount.objects.get()
    assert account.is_administrator is zoe.is_administrator
    mark_deleted(User(str(zoe.id), "Zoé", None, None, account.created_at), "default")
    assert visitor.player is None
    visitor.sign_in(server, zoe)  # the profile says that the account is not deleted
    assert visitor.player == "Zoé"


def test_a_profile_that_says_deleted_refuses_the_player(
    visitor: Visitor, server: DevServer, zoe: UserRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor.sign_in(server, zoe)
    account = EternaltwinAccount.objects.get()
    deleted = User(str(zoe.id), "Zoé", False, account.created_at, account.created_at)

    def get(identifier: str, using: str, *, fresh: bool) -> User:
        assert fresh  # a cache may have an older profile
        return deleted

    async def aget(identifier: str, using: str, *, fresh: bool) -> User:
        assert fresh
        return deleted

    monkeypatch.setattr(User, "get", get)
    monkeypatch.setattr(User, "aget", aget)
    assert visitor.fail(visitor.callback_of(server, zoe))[0] == "account"
    assert EternaltwinAccount.objects.get().is_deleted


def test_a_profile_that_cannot_be_read_signs_nobody_in(visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
    callback = visitor.callback_of(server, zoe)
    server.fail_next(503, times=10, path=f"/api/v1/users/{zoe.id}")
    assert visitor.fail(callback)[0] == "unreachable"
    assert visitor.user is None


DOMAINS = ["http://testserver", "http://fr.testserver"]


def test_each_domain_signs_in_by_the_same_callback(visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
    hosts = ["testserver", "fr.testserver"]
    with override_settings(ETERNALTWIN_LOGIN={"domains": DOMAINS}, ALLOWED_HOSTS=hosts):
        started = visitor.submit("/eternaltwin/login/", {"next": "/arena/one/"}, host="fr.testserver")
        callback = server.authorize(started.headers["Location"], zoe)
        path = callback.removeprefix("http://testserver")
        response = visitor.get(path)
        assert response.status_code == 303
        elsewhere = response.headers["Location"]
        assert elsewhere.startswith("http://fr.testserver/eternaltwin/callback/?")
        assert response.headers["Referrer-Policy"] == "no-referrer"
        response = visitor.get(elsewhere.removeprefix("http://fr.testserver"), Host="fr.testserver")
        assert response.headers["Location"] == "/arena/one/"
        assert visitor.sign_in(server, zoe).headers["Location"] == "/"
    assert visitor.player == "Zoé"


def test_no_other_domain_gets_a_code(visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
    with override_settings(ETERNALTWIN_LOGIN={"domains": DOMAINS}, ALLOWED_HOSTS=["testserver", "evil.testserver"]):
        started = visitor.submit("/eternaltwin/login/", host="evil.testserver")
        callback = server.authorize(started.headers["Location"], zoe).removeprefix("http://testserver")
        assert "evil" not in visitor.get(callback).headers["Location"]
