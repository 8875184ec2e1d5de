"""A user as an object: shown, copied, pickled, converted to JSON, read again."""

from __future__ import annotations

import copy
import io
import json
import pickle
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from fastapi.encoders import jsonable_encoder
from rich.console import Console
from rich.pretty import pretty_repr

from eternaltwin import User
from eternaltwin.exceptions import (
    InvalidArgumentError,
    NotFoundError,
    UnexpectedResponseError,
    UnsupportedByServerError,
)
from eternaltwin.models import Links
from eternaltwin.tokens import Token
from tests.support.fakes import ALICE, TOKEN, full_user, json_response
from tests.support.tracebacks import leaks_of_failure
from tests.support.variants import recorded

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.support.variants import Variant

CREATED = datetime(2026, 11, 24, 7, 16, 5, 302_000, tzinfo=UTC)

#: The public profile, but the links.
PROFILE: dict[str, object] = {
    "identifier": ALICE,
    "username": "Alice",
    "is_administrator": True,
    "created_at": "2026-11-24T07:16:05.302000Z",
    "deleted_at": None,
}


class Player(User):
    """A subclass of a game."""

    score = 0


def player(**attributes: object) -> Player:
    """Return a player with a token, and everything that only they may read."""
    user = Player(ALICE, "Alice", True, CREATED, None, Token.bearer(TOKEN))
    vars(user).update({"login_name": "l0gin", "email_address": "alice@m4il.test", "has_password": True, **attributes})
    return user


def assert_nothing_private(shown: str) -> None:
    assert [secret for secret in (TOKEN, "l0gin", "m4il", "has_password") if secret in shown] == []


def test_the_display_name_is_the_username() -> None:
    assert player().display_name == player().username == "Alice"


def test_a_user_as_a_dict_is_ready_for_json_and_without_a_token() -> None:
    shown = json.dumps(player().to_dict())
    assert json.loads(shown) == {**PROFILE, "links": None}
    assert_nothing_private(shown)


def test_a_user_as_a_dict_has_the_links_as_the_server_sends_them(variant: Variant) -> None:
    variant.script(recorded("get user as guest"))
    user = variant.call(User, "get", ALICE)
    links = json.loads(json.dumps(user.to_dict()))["links"]
    assert links["twinoid"] == {"current": None, "old": []}
    assert links.keys() >= {"dinoparc_com", "hammerfest_fr"}


@pytest.mark.parametrize("links", [None, 5, {"twinoid": {"current": "nobody"}}])
def test_links_of_another_shape_are_an_error_when_they_are_read(variant: Variant, links: object) -> None:
    variant.script(json_response(200, {**full_user(), "links": links}))
    user = variant.call(User, "get", ALICE)
    assert user.username == "Alice"
    with pytest.raises(UnexpectedResponseError, match=rf"the links of user {ALICE}, sent JSON of another shape: "):
        _ = user.links
    with pytest.raises(UnexpectedResponseError, match="check"):
        user.to_dict()


def test_the_error_for_links_of_another_shape_does_not_show_them(variant: Variant) -> None:
    variant.script(json_response(200, {**full_user(), "links": {"twinoid": {"current": "n0body", "old": []}}}))
    user = variant.call(User, "get", ALICE)
    assert leaks_of_failure(lambda: user.links, "n0body") == []


def test_links_that_have_not_been_read_are_copied_and_pickled(variant: Variant) -> None:
    variant.script(recorded("get user as guest"))
    user = variant.call(User, "get", ALICE)
    copies = [copy.copy(user), copy.deepcopy(user), pickle.loads(pickle.dumps(user))]
    assert user.links is user.links
    assert [copied.links for copied in copies] == [user.links] * 3 == [Links()] * 3


def test_links_are_those_of_a_server_that_sends_none(variant: Variant) -> None:
    variant.script(json_response(200, {name: value for name, value in full_user().items() if name != "links"}))
    assert variant.call(User, "get", ALICE).links == Links()


def test_links_can_be_replaced() -> None:
    user = player()
    user.links = Links()
    assert user.links == Links()
    user.links = None
    assert user.links is None


CONVERSIONS: dict[str, Callable[[User], Any]] = {
    "msgspec": msgspec.to_builtins,
    "msgspec.json": lambda user: json.loads(msgspec.json.encode(user)),
    "FastAPI": jsonable_encoder,
    "a list in FastAPI": lambda user: jsonable_encoder({"players": [user]})["players"][0],
    "dataclasses": lambda user: msgspec.to_builtins(asdict(user)),
}


@pytest.mark.parametrize("name", CONVERSIONS)
def test_other_libraries_convert_a_user_without_what_is_private(name: str) -> None:
    converted = CONVERSIONS[name](player())
    times = {"created_at": CREATED.isoformat()} if "FastAPI" in name else {}
    assert converted == {**PROFILE, **times}
    assert_nothing_private(json.dumps(converted))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_the_pickle_of_a_user_never_holds_the_token(protocol: int) -> None:
    user = player(score=5)
    pickled = pickle.dumps(user, protocol)
    assert TOKEN.encode() not in pickled
    read: Player = pickle.loads(pickled)
    assert (type(read), read.token, read.username, read.created_at, read.score) == (Player, None, "Alice", CREATED, 5)
    assert read == user
    assert user.token is not None


@pytest.mark.parametrize("make", [copy.copy, copy.deepcopy])
def test_a_copy_of_a_user_has_the_token(make: Callable[[Player], Player]) -> None:
    user = player(score=[5])
    copied = make(user)
    assert type(copied) is Player
    assert copied is not user
    assert vars(copied) == vars(user)
    assert (copied.score is user.score) is (make is copy.copy)


def test_rich_shows_a_user_readably() -> None:
    shown = pretty_repr(player())
    assert shown.splitlines()[:3] == ["Player(", f"    identifier='{ALICE}',", "    username='Alice',"]
    file = io.StringIO()
    Console(file=file, width=300).print([player()])
    assert "username='Alice'" in file.getvalue()
    assert_nothing_private(shown + file.getvalue())


#: The method that IPython calls.
SHOWN_BY_IPYTHON = "_repr_pretty_"


class Printer:
    """A printer of IPython."""

    shown = ""

    def text(self, text: str, /) -> None:
        self.shown += text


def test_ipython_shows_a_user_readably() -> None:
    printer = Printer()
    show: Callable[[Printer, bool], None] = getattr(player(), SHOWN_BY_IPYTHON)
    show(printer, False)
    assert printer.shown.splitlines()[:3] == ["Player(", f"    identifier='{ALICE}',", "    username='Alice',"]
    assert printer.shown.endswith("    deleted_at=None,\n)")
    assert_nothing_private(printer.shown)


def test_refresh_updates_the_profile_and_keeps_the_token(variant: Variant) -> None:
    deleted = "2026-11-24T07:16:11.251Z"
    script = variant.script(json_response(410, {**full_user("Alicia", deleted_at=deleted), "has_password": False}))
    user = player(score=5)
    assert variant.call(user, "refresh") is None
    assert (user.username, user.is_administrator, user.created_at) == ("Alicia", True, CREATED)
    assert user.deleted_at == datetime(2026, 11, 24, 7, 16, 11, 251_000, tzinfo=UTC)
    assert (user.links is None, user.login_name, user.email_address, user.has_password) == (False, None, None, False)
    assert (user.token, user.score) == (Token.bearer(TOKEN), 5)
    assert script.requests[0].target == f"/api/v1/users/{ALICE}"
    assert "Authorization" not in script.requests[0].headers


def test_refresh_with_the_identity_of_the_user(variant: Variant) -> None:
    script = variant.script(json_response(200, full_user())).accepting()
    user = player()
    variant.call(user, "refresh", identity=user)
    assert script.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"


def test_refresh_of_an_unknown_user_changes_nothing(variant: Variant) -> None:
    variant.script(json_response(404, {"error": "user not found"}))
    user = player()
    with pytest.raises(NotFoundError):
        variant.call(user, "refresh")
    assert vars(user) == vars(player())


def listing(*names: str, count: int, offset: int = 0) -> dict[str, object]:
    users = [full_user(name, f"00000000-0000-4000-8000-{offset + index:012}") for index, name in enumerate(names)]
    return {"offset": offset, "limit": 100, "count": count, "items": users}


def test_find_finds_the_exact_display_name(variant: Variant) -> None:
    variant.script(
        json_response(200, listing("Zoe2", "zoe", count=4)),
        json_response(200, listing("Zoe", "Zoe", count=4, offset=2)),
    )
    user = variant.call(Player, "find", "Zoe")
    assert (type(user), user.username, user.identifier[-1]) == (Player, "Zoe", "2")


def test_find_asks_for_no_more_pages_than_necessary(variant: Variant) -> None:
    script = variant.script(json_response(200, listing("Zoe", "Zoe2", count=400)))
    assert variant.call(User, "find", "Zoe").username == "Zoe"
    assert [request.target for request in script.requests] == ["/api/v1/users?q=Zoe&limit=100&offset=0"]


def test_find_returns_none_for_a_name_that_nobody_has(variant: Variant) -> None:
    variant.script(json_response(200, listing("Zoe2", count=1)))
    assert variant.call(User, "find", "Zoe") is None


def test_find_reports_a_server_that_lists_no_users(variant: Variant) -> None:
    variant.script(json_response(405), json_response(200, {"eternaltwin": {"version": "0.16.4"}}))
    with pytest.raises(UnsupportedByServerError, match=r"0\.16\.4, which cannot list users"):
        variant.call(User, "find", "Zoe")


@pytest.mark.parametrize("name", [None, 5, "\ud800"])
def test_find_refuses_what_is_no_name(variant: Variant, name: object) -> None:
    script = variant.script(json_response(200, listing(count=0)))
    with pytest.raises(InvalidArgumentError, match="name must be"):
        variant.call(User, "find", name)
    assert script.requests == []
