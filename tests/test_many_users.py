"""Many users at once, over transports that count the calls under way, in both variants."""

from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin import User, configure
from eternaltwin.connections import connections
from eternaltwin.exceptions import AuthenticationError, InvalidArgumentError, ServerError, UnexpectedResponseError
from eternaltwin.identities import Session
from tests.support.fakes import changed_settings, json_response, self_response
from tests.support.many_calls import Directory, SyncDirectory, serve_directory, user_id, user_response
from tests.support.variants import Variant

if TYPE_CHECKING:
    from eternaltwin.clients.http.requests import HTTPRequest
    from eternaltwin.responses import Response

IDS = [user_id(number) for number in range(20)]
RESPONSES = {user_id(number): user_response(number) for number in range(20)}


class Player(User):
    """A subclass of a game."""


def test_many_users_are_keyed_by_identifier_in_the_order_given(variant: Variant) -> None:
    serve_directory(variant, RESPONSES)
    wanted = [IDS[3], IDS[1].upper(), UUID(IDS[2])]
    users = variant.call(Player, "get_many", iter(wanted))
    assert list(users) == [IDS[3], IDS[1], IDS[2]]
    assert [(user.identifier, user.username, type(user)) for user in users.values()] == [
        (IDS[3], "User 3", Player),
        (IDS[1], "User 1", Player),
        (IDS[2], "User 2", Player),
    ]


def test_many_users_are_asked_for_once_each(variant: Variant) -> None:
    directory = serve_directory(variant, RESPONSES)
    users = variant.call(User, "get_many", [IDS[5], IDS[4], IDS[5].upper(), IDS[4]])
    assert list(users) == [IDS[5], IDS[4]]
    assert sorted(directory.asked) == [IDS[4], IDS[5]]


def test_of_many_users_unknown_ones_are_absent_and_deleted_ones_are_there(variant: Variant) -> None:
    deleted = user_response(1, "2026-11-24T07:16:11.130Z")
    serve_directory(variant, {**RESPONSES, IDS[1]: deleted})
    users = variant.call(User, "get_many", [user_id(77), IDS[1], IDS[0]])
    assert list(users) == [IDS[1], IDS[0]]
    assert users[IDS[1]].deleted_at is not None
    assert users[IDS[0]].deleted_at is None


@pytest.mark.parametrize("count", [0, 1])
def test_few_users_may_be_many(variant: Variant, count: int) -> None:
    directory = serve_directory(variant, RESPONSES)
    assert list(variant.call(User, "get_many", IDS[:count])) == IDS[:count] == directory.asked


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"ids": [IDS[0], "Demurgos"]}, "user_id must be"),
        ({"ids": [IDS[0], None]}, "user_id must be"),
        ({"ids": IDS[0]}, "ids must be an iterable of user ids"),
        ({"ids": None}, "ids must be an iterable of user ids"),
        ({"ids": IDS, "concurrency": 0}, "concurrency must be an integer, at least 1"),
        ({"ids": IDS, "concurrency": "10"}, "concurrency must be an integer, at least 1"),
        ({"ids": IDS, "identity": "alice"}, "identity must be"),
        ({"ids": [], "identity": 5}, "identity must be"),
    ],
)
def test_a_malformed_argument_refuses_many_users_before_anything_is_sent(
    variant: Variant, arguments: dict[str, Any], message: str
) -> None:
    directory = serve_directory(variant, RESPONSES)
    with pytest.raises(InvalidArgumentError, match=message):
        variant.call(User, "get_many", **arguments)
    assert directory.asked == []


@pytest.mark.parametrize(
    ("response", "error"),
    [(json_response(500), ServerError), (json_response(200, {"no": "user"}), UnexpectedResponseError)],
)
def test_the_first_failure_ends_many_calls(variant: Variant, response: Response, error: type[Exception]) -> None:
    directory = serve_directory(variant, {**RESPONSES, IDS[2]: response})
    with pytest.raises(error):
        variant.call(User, "get_many", IDS, concurrency=1)
    assert directory.asked == IDS[:3]


def test_the_first_failure_does_not_wait_for_the_calls_under_way(variant: Variant) -> None:
    held = frozenset(IDS[:3])
    directory = serve_directory(variant, {**RESPONSES, IDS[3]: json_response(500)}, crowd=4, held=held)
    with pytest.raises(ServerError):
        variant.call(User, "get_many", IDS, concurrency=4)
    assert sorted(directory.asked) == IDS[:4]
    assert sorted(directory.cancelled) == ([] if variant.is_sync else IDS[:3])
    directory.may_respond.set()


@pytest.mark.parametrize("concurrency", [1, 2, 7])
def test_exactly_as_many_calls_as_wanted_are_under_way(variant: Variant, concurrency: int) -> None:
    directory = serve_directory(variant, RESPONSES, crowd=concurrency)
    assert list(variant.call(User, "get_many", IDS, concurrency=concurrency)) == IDS
    assert directory.most == concurrency


def test_ten_calls_are_under_way_by_default(variant: Variant) -> None:
    directory = serve_directory(variant, RESPONSES, crowd=10)
    variant.call(User, "get_many", IDS)
    assert directory.most == 10


def test_no_more_calls_are_under_way_than_there_are_connections(variant: Variant) -> None:
    directory = serve_directory(variant, RESPONSES, crowd=3, pool_size=3)
    assert list(variant.call(User, "get_many", IDS, concurrency=100)) == IDS
    assert directory.most == 3


def test_many_calls_ask_once_whether_their_credentials_are_accepted(variant: Variant) -> None:
    directory = serve_directory(variant, {**RESPONSES, "self": self_response()})
    assert list(variant.call(User, "get_many", IDS, identity=Session("sid"))) == IDS
    assert sorted(directory.asked) == [*IDS, "self"]


def test_many_calls_fail_for_credentials_that_are_not_accepted_before_a_user_is_asked_for(variant: Variant) -> None:
    directory = serve_directory(variant, {**RESPONSES, "self": json_response(200, {"type": "Guest"})})
    with pytest.raises(AuthenticationError, match="the session is not valid"):
        variant.call(User, "get_many", IDS, identity=Session("sid"))
    assert directory.asked == ["self"]


def test_threads_have_the_context_of_their_caller() -> None:
    name = contextvars.ContextVar("name", default="nobody")
    seen: set[str] = set()

    class Watching(SyncDirectory):
        def send(self, request: HTTPRequest) -> Response:
            seen.add(name.get())
            return super().send(request)

    configure()
    connections["default"] = changed_settings(transport=Watching(RESPONSES))
    name.set("Zoe")
    User.get_many(IDS)
    configure()
    assert seen == {"Zoe"}


@given(
    numbers=st.lists(st.integers(0, 30)),
    concurrency=st.integers(1, 12),
    kind=st.sampled_from(["sync", "asyncio"]),
)
def test_many_users_are_those_that_get_returns(numbers: list[int], concurrency: int, kind: str) -> None:
    variant = Variant(kind)
    directory: Directory = serve_directory(variant, RESPONSES)
    users = variant.call(User, "get_many", map(user_id, numbers), concurrency=concurrency)
    assert list(users) == [user_id(number) for number in dict.fromkeys(numbers) if number < 20]
    assert all(user.identifier == identifier for identifier, user in users.items())
    assert sorted(directory.asked) == sorted(map(user_id, set(numbers)))
    configure()
