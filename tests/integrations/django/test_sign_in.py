"""What the views of a sign-in pass on, and what the operator reads of failures."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User as Local
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import QueryDict
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext, override_settings

from eternaltwin.exceptions import ConfigurationError, OtherPlayerError
from eternaltwin.integrations.django import sign_in
from eternaltwin.integrations.django.accounts import sign_in_account
from eternaltwin.integrations.django.backends import EternaltwinBackend
from eternaltwin.integrations.django.connecting import connect_account
from eternaltwin.integrations.django.models import EternaltwinAccount
from eternaltwin.login import Cookie, Login
from eternaltwin.tokens import Token
from eternaltwin.users import User

if TYPE_CHECKING:
    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord
    from tests.integrations.django.visitors import Visitor

pytestmark = pytest.mark.usefixtures("database")

LOGGER = "eternaltwin.integrations.django"
ZOE = "9f310484-963b-446b-af69-797feec6813f"


def player(identifier: str = ZOE) -> User:
    return User(identifier, "Zoé", False, None, None)


def login_of(user: User) -> Login[User]:
    return Login(user, Token.bearer("token"), None, ())


def test_a_callback_that_is_over_is_in_the_log_of_a_player_who_is_signed_in(
    visitor: Visitor, server: DevServer, zoe: UserRecord, caplog: pytest.LogCaptureFixture
) -> None:
    callback = visitor.callback_of(server, zoe)
    visitor.get(callback)
    with caplog.at_level(logging.INFO, LOGGER):
        visitor.get(callback)
    assert (
        caplog.records[-1]
        .getMessage()
        .startswith("a callback that is over was opened by a player who is signed in: LoginReplayedError: ")
    )


def test_the_log_says_why_a_guest_cannot_connect_or_disconnect(
    visitor: Visitor, server: DevServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, LOGGER):
        visitor.submit("/eternaltwin/login/", {"process": "connect"})
        visitor.submit("/eternaltwin/disconnect/")
    assert [record.getMessage().partition(": ")[2] for record in caplog.records] == [
        "OtherPlayerError: nobody is signed in who could connect an account",
        "OtherPlayerError: nobody is signed in",
    ]


def test_the_log_says_that_no_backend_accepts_an_account(
    visitor: Visitor, server: DevServer, zoe: UserRecord, caplog: pytest.LogCaptureFixture
) -> None:
    visitor.sign_in(server, zoe)
    Local.objects.update(is_active=False)
    with caplog.at_level(logging.INFO, LOGGER):
        assert visitor.fail(visitor.callback_of(server, zoe))[0] == "account"
    messages = [record.getMessage() for record in caplog.records if record.name.startswith(LOGGER)]
    assert [message.partition(": ")[0] for message in messages] == ["Sign-in refused", "nobody was signed in"]
    assert messages[0].startswith("Sign-in refused: the user ")
    assert messages[1].endswith(
        "AccountRefusedError: no authentication backend accepts the account; see the log for the reason"
    )


def test_a_refused_account_is_a_permission_that_is_denied_with_its_reason(server: DevServer) -> None:
    sign_in_account(player(), "default")
    Local.objects.update(is_active=False)
    with pytest.raises(PermissionDenied) as caught:
        EternaltwinBackend().authenticate(None, eternaltwin_login=login_of(player()))
    assert f"{caught.value}" == f"{caught.value.__cause__}" != ""


def test_the_account_of_a_session_is_read_with_its_user(server: DevServer) -> None:
    account, _ = sign_in_account(player(), "default")
    with CaptureQueriesContext(connection) as queries:
        user: Any = EternaltwinBackend().get_user(account.user.pk)
        assert user.eternaltwin_account.display_name == "Zoé"
    assert len(queries) == 1


def test_the_oldest_of_many_open_sign_ins_are_forgotten(visitor: Visitor, server: DevServer) -> None:
    for _ in range(12):
        visitor.begin()
    open_sign_ins = [name for name, morsel in visitor.client.cookies.items() if "_login-" in name and morsel.value]
    assert len(open_sign_ins) == 10


def test_a_sign_in_does_not_depend_on_who_is_signed_in_when_it_starts(
    visitor: Visitor, server: DevServer, zoe: UserRecord
) -> None:
    visitor.sign_in(server, "alice")
    callback = visitor.callback_of(server, zoe, "/arena/one/")
    visitor.submit("/eternaltwin/logout/")
    assert visitor.get(callback).headers["Location"] == "/arena/one/"
    assert visitor.player == "Zoé"


def test_no_parameters_are_left_in_the_request() -> None:
    request = RequestFactory().get("/eternaltwin/callback/?code=secret&state=secret")
    assert request.GET["code"] == "secret"
    assert sign_in.take_query(request) == "code=secret&state=secret"
    assert QueryDict() == request.GET


def test_the_arguments_of_the_signal_for_a_user_of_another_backend(server: DevServer) -> None:
    request, finished = RequestFactory().get("/"), login_of(player())
    user = Local.objects.create_user("old")
    assert sign_in.logged_in_arguments(request, user, finished) == {
        "account": None,
        "created": False,
        "request": request,
        "login": finished,
    }


@pytest.mark.parametrize("secure", [True, False])
def test_cookies_are_set_with_their_path_and_over_https_only_if_they_say_so(secure: bool) -> None:
    cookie = Cookie("ticket", "value", 60, secure=secure, path="/arena")
    response = sign_in.finished(Login(player(), Token.bearer("token"), "/arena", (cookie,)))
    morsel = response.cookies["ticket"]
    assert (morsel["path"], bool(morsel["secure"]), morsel["max-age"]) == ("/arena", secure, 60)


def test_no_warning_is_logged_on_a_domain_of_the_game(
    visitor: Visitor, server: DevServer, caplog: pytest.LogCaptureFixture
) -> None:
    domains = {"domains": ["http://testserver", "http://fr.testserver"]}
    with override_settings(DEBUG=True, ALLOWED_HOSTS=["*"], ETERNALTWIN_LOGIN=domains):
        visitor.submit("/eternaltwin/login/", host="fr.testserver")
        assert not caplog.records
        visitor.submit("/eternaltwin/login/", host="de.testserver")
    assert "This sign-in starts on de.testserver" in caplog.text


def test_no_account_is_connected_that_may_be_known_by_another_alias(server: DevServer) -> None:
    owner, user = Local.objects.create_user("owner"), Local.objects.create_user("old")
    EternaltwinAccount.objects.create(user=owner, connection="before", identifier=UUID(ZOE), display_name="Zoé")
    with pytest.raises(ConfigurationError, match="is new to the connection 'default', but known from the connection"):
        connect_account(user, player(), "default")


def test_nobody_is_signed_in_by_an_anonymous_user() -> None:
    from django.contrib.auth.models import AnonymousUser

    with pytest.raises(OtherPlayerError, match=r"^nobody is signed in$"):
        sign_in.signed_in(AnonymousUser())
