"""Objects of the forum use the connection or the client that they were read with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin.connections import async_connections, connections
from eternaltwin.exceptions import (
    InvalidArgumentError,
)
from eternaltwin.forum import Section, Thread
from tests.forum.samples import (
    CONFIG,
    ME,
    post_json,
)
from tests.support.fakes import ALICE, json_response
from tests.support.variants import recorded

if TYPE_CHECKING:
    from tests.support.variants import Variant


def test_objects_use_the_connection_that_they_were_read_over(variant: Variant) -> None:
    script = variant.script(
        recorded("forum section after thread"),
        CONFIG,
        recorded("forum section after thread"),
        recorded("forum create post"),
        json_response(200, post_json(2, 2)),
        recorded("forum create thread"),
        recorded("forum add moderator"),
        recorded("forum create post"),
        alias="other",
    )
    found = variant.call(Section, "get", "main_fr", "other")
    threads = variant.call(found, "threads")
    reply = variant.call(threads[0], "reply", "Second", identity=ME)
    variant.call(reply, "edit", "Edited", identity=ME)
    created = variant.call(Thread, "create", found, "Hello", "World", identity=ME)
    variant.call(found, "grant_moderator", ALICE, identity=ME)
    variant.call(created, "reply", "Second", identity=ME)
    assert len(script.requests) == 8


def test_another_connection_can_be_named(variant: Variant) -> None:
    one = variant.script(recorded("forum section after thread"), alias="one")
    other = variant.script(CONFIG, recorded("forum section after thread"), recorded("forum create post"), alias="other")
    found = variant.call(Section, "get", "main_fr", "one")
    page = variant.call(found, "threads", using="other")
    variant.call(page[0], "reply", "Second", identity=ME)
    assert (len(one.requests), len(other.requests)) == (1, 3)


def test_objects_use_the_client_that_they_were_read_with(variant: Variant) -> None:
    script = variant.script(recorded("forum section after thread"), recorded("forum create thread"), alias="other")
    client = connections["other"] if variant.is_sync else async_connections["other"]
    found = variant.call(Section, "get", "main_fr", client)
    variant.call(Thread, "create", found, "Hello", "World", identity=ME)
    assert len(script.requests) == 2


def test_objects_that_were_read_with_a_client_of_the_other_variant(variant: Variant) -> None:
    import asyncio

    variant.script(recorded("forum section after thread"), alias="other")
    if variant.is_sync:
        found = Section.get("main_fr", connections["other"])
        with pytest.raises(InvalidArgumentError, match="read with a sync client"):
            asyncio.run(found.athreads())
    else:
        found = asyncio.run(Section.aget("main_fr", async_connections["other"]))
        with pytest.raises(InvalidArgumentError, match="read with an async client"):
            found.threads()


class Board(Section):
    """A subclass of a game."""


def test_subclasses(variant: Variant) -> None:
    variant.script(recorded("forum sections"), recorded("forum add moderator"))
    boards = variant.call(Board, "list")
    assert {type(board) for board in boards} == {Board}
    assert type(variant.call(boards[0], "grant_moderator", ALICE, identity=ME)) is Board
