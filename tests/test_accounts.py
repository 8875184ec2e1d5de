"""Accounts: changing, deleting, restoring, terms of service, links."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast
from uuid import UUID

import pytest

from eternaltwin import User, accounts
from eternaltwin.exceptions import (
    ConflictError,
    ForbiddenError,
    GoneError,
    InvalidArgumentError,
    RequestError,
    ServerError,
)
from eternaltwin.identities import Session
from tests.support.fakes import ALICE, full_user, json_response, short_user
from tests.support.variants import credentials, recorded, recorded_json, sent

if TYPE_CHECKING:
    from tests.support.variants import Variant

SID = "1af7a584-8b01-42d1-a2b0-04c2e8749f87"
NEWBIE = "c1c608b3-ee28-484d-9c6e-bd9bdb918320"
ME = Session(SID)
PATH = f"/api/v1/users/{NEWBIE}"
ACT = {"time": "2021-01-01T00:00:00.000Z", "user": short_user()}
TWINOID = {"type": "TwinoidUser", "id": "38", "display_name": "Demurgos"}
HAMMERFEST = {"type": "HammerfestUser", "server": "hammerfest.fr", "id": "127", "username": "elseabora"}
LINKED = {
    "current": {"link": ACT, "unlink": None, "user": TWINOID},
    "old": [{"link": ACT, "unlink": ACT, "remote": HAMMERFEST}],
}
NOT_LINKED: dict[str, object] = {"current": None, "old": []}


@pytest.mark.parametrize(
    ("name", "value", "body"),
    [
        ("change_display_name", "Newbie Two", {"display_name": "Newbie Two"}),
        ("change_username", "newbie_2", {"username": "newbie_2"}),
        ("change_username", None, {"username": None}),
        ("change_password", "pä", {"password": "70c3a4"}),
        ("change_password", None, {"password": None}),
    ],
)
def test_changing(variant: Variant, name: str, value: object, body: dict[str, object]) -> None:
    script = variant.script(recorded("patch display name"))
    user = cast("User", variant.call(accounts, name, NEWBIE, value, identity=ME))
    assert sent(script.requests[0]) == ("PATCH", PATH, body)
    assert credentials(script.requests[0]) == {"Cookie": f"sid={SID}"}
    assert script.requests[0].headers["Content-Type"] == "application/json"
    assert (user.username, user.login_name, user.email_address, user.has_password) == (
        "Newbie Two",
        "newbie",
        None,
        True,
    )


@pytest.mark.parametrize("user", [NEWBIE, NEWBIE.upper(), UUID(NEWBIE), User(NEWBIE, "Newbie", None, None, None)])
def test_the_account_is_a_user_or_an_id(variant: Variant, user: object) -> None:
    script = variant.script(recorded("tos get"))
    variant.call(accounts, "terms_of_service", user, identity=ME)
    assert script.requests[0].target == f"{PATH}/tos"


def test_a_name_that_is_locked(variant: Variant) -> None:
    variant.script(recorded("patch display name again (locked)"))
    with pytest.raises(ServerError, match="a display name for 30 days") as failure:
        variant.call(accounts, "change_display_name", NEWBIE, "Newbie Three", identity=ME)
    assert failure.value.server_message == "internal error"


def test_a_password_is_not_shown_when_the_server_echoes_it(variant: Variant) -> None:
    variant.script(json_response(422, b"bad opensesame 6f70656e736573616d65", [("content-type", "text/plain")]))
    with pytest.raises(RequestError) as failure:
        variant.call(accounts, "change_password", NEWBIE, "opensesame", identity=ME)
    assert "opensesame" not in str(failure.value)
    assert "6f70656e736573616d65" not in str(failure.value)


def test_an_account_of_another_user(variant: Variant) -> None:
    variant.script(recorded("patch forbidden"), recorded("self with session"))
    with pytest.raises(ForbiddenError, match="forbidden"):
        variant.call(accounts, "change_display_name", ALICE, "Hacked", identity=ME)


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("change_display_name", (NEWBIE, "x"), "display_name must be"),
        ("change_username", (NEWBIE, "Not Me"), "username must be"),
        ("change_password", (NEWBIE, ""), "password must be"),
        ("change_display_name", ("../auth", "Newbie"), "user_id must be a UUID"),
        ("terms_of_service", ("me",), "user_id must be a UUID"),
        ("accept_terms_of_service", ("",), "user_id must be a UUID"),
        ("delete", (None,), "user_id must be a UUID"),
        ("restore", ("x",), "user_id must be a UUID"),
        ("link", (NEWBIE, "nope.com", 1), "site must be one of dinoparc.com"),
        ("link", (NEWBIE, "twinoid.com", 0), "account_id must be an integer from 1"),
        ("unlink", (NEWBIE, "../..", 1), "site must be one of"),
        ("unlink", (NEWBIE, "dinoparc.com", -1), "account_id must be an integer from 0"),
        ("unlink", ("x", "dinoparc.com", 1), "user_id must be a UUID"),
    ],
)
def test_malformed_arguments_are_not_sent(
    variant: Variant, name: str, arguments: tuple[object, ...], message: str
) -> None:
    script = variant.script(json_response())
    with pytest.raises(InvalidArgumentError, match=message):
        variant.call(accounts, name, *arguments, identity=ME)
    assert script.requests == []


def test_terms_of_service(variant: Variant) -> None:
    accepted = {"is_tos_accepted": True, "acceptation_date": "2026-11-24T07:16:11.000Z"}
    script = variant.script(recorded("tos get"), recorded("tos accept"), recorded("tos get", **accepted))
    script.accepting()
    before = variant.call(accounts, "terms_of_service", NEWBIE, identity=ME)
    assert variant.call(accounts, "accept_terms_of_service", NEWBIE, identity=ME) is None
    after = variant.call(accounts, "terms_of_service", NEWBIE, identity=ME)
    assert (before.is_tos_accepted, before.acceptation_date) == (False, None)
    assert (after.is_tos_accepted, after.acceptation_date) == (True, datetime(2026, 11, 24, 7, 16, 11, tzinfo=UTC))
    methods = [(request.method, request.target) for request in script.requests]
    assert methods == [(method, f"{PATH}/tos") for method in ("GET", "POST", "GET")]


def test_terms_that_were_accepted_before(variant: Variant) -> None:
    variant.script(json_response(409, {"error": "already accepted"}))
    with pytest.raises(ConflictError, match="already accepted"):
        variant.call(accounts, "accept_terms_of_service", NEWBIE, identity=ME)


def test_deleting(variant: Variant) -> None:
    script = variant.script(recorded("delete self"))
    user = variant.call(accounts, "delete", NEWBIE, identity=ME)
    assert sent(script.requests[0]) == ("DELETE", PATH, None)
    assert user.identifier == NEWBIE


def test_deleting_again(variant: Variant) -> None:
    variant.script(recorded("delete again as admin"))
    with pytest.raises(GoneError):
        variant.call(accounts, "delete", NEWBIE, identity=ME)


def test_restoring(variant: Variant) -> None:
    restored = {
        "user": recorded_json("delete self"),
        "deleted_at": "2026-11-24T07:16:11.251Z",
        "username": {"Ok": None},
    }
    script = variant.script(json_response(200, restored))
    user = variant.call(accounts, "restore", NEWBIE, identity=ME)
    assert sent(script.requests[0]) == ("DELETE", f"{PATH}/deleted_at", None)
    assert (user.identifier, user.deleted_at) == (NEWBIE, None)


def test_a_server_that_cannot_restore(variant: Variant) -> None:
    variant.script(recorded("enable as admin"))
    with pytest.raises(ServerError, match="keep everything in memory cannot restore"):
        variant.call(accounts, "restore", NEWBIE, identity=ME)


@pytest.mark.parametrize(
    ("site", "order", "account"),
    [
        ("dinoparc.com", "dinoparc_user_id", {"type": "DinoparcUser", "server": "dinoparc.com", "id": "38"}),
        ("hfest.net", "hammerfest_user_id", {"type": "HammerfestUser", "server": "hfest.net", "id": "38"}),
        ("twinoid.com", "twinoid_user_id", {"type": "TwinoidUser", "id": "38"}),
    ],
)
def test_linking(variant: Variant, site: str, order: str, account: dict[str, str]) -> None:
    script = variant.script(json_response(200, LINKED), json_response(200, NOT_LINKED))
    link = cast("accounts.Link", variant.call(accounts, "link", NEWBIE, site, 38, identity=ME))
    unlinked = cast("accounts.Link", variant.call(accounts, "unlink", NEWBIE, site, "38", identity=ME))
    assert sent(script.requests[0]) == ("PUT", f"{PATH}/links/{site}", {"method": "Ref", order: "38"})
    assert sent(script.requests[1]) == ("DELETE", f"{PATH}/links/{site}", account)
    assert link.current is not None
    assert (link.current.user.name, link.current.user.id) == ("Demurgos", "38")
    assert [old.remote.name for old in link.old] == ["elseabora"]
    assert (unlinked.current, unlinked.old) == (None, [])


@pytest.mark.parametrize("name", ["link twinoid (admin ref)", "link hammerfest (admin ref)"])
def test_an_account_that_the_server_does_not_know(variant: Variant, name: str) -> None:
    variant.script(recorded(name))
    with pytest.raises(ServerError, match="do not know the archived account"):
        variant.call(accounts, "link", NEWBIE, "twinoid.com", 1, identity=ME)


def test_the_links_of_a_user(variant: Variant) -> None:
    variant.script(json_response(200, {**full_user(), "links": {"twinoid": LINKED}}))
    user = cast("User", variant.call(User, "get", ALICE))
    assert user.links is not None
    assert user.links.twinoid.current is not None
    assert user.links.twinoid.current.user.name == "Demurgos"
    assert user.links.twinoid.current.link.time == datetime(2021, 1, 1, tzinfo=UTC)
    assert (user.links.hfest_net.current, user.links.hfest_net.old) == (None, [])


def test_attributes_that_only_the_user_may_read(variant: Variant) -> None:
    variant.script(recorded("get user self session"), recorded("get user as guest"))
    myself = cast("User", variant.call(User, "get", ALICE, identity=ME))
    alice = cast("User", variant.call(User, "get", ALICE))
    assert (myself.login_name, myself.email_address, myself.has_password) == ("user1", None, True)
    assert (alice.login_name, alice.email_address, alice.has_password) == (None, None, None)


def test_unknown_attributes_of_a_user() -> None:
    user = User(ALICE, "Alice", None, None, None)
    assert (user.links, user.login_name, user.email_address, user.has_password) == (None, None, None, None)
