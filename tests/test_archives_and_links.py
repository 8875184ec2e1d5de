"""Archived accounts and links, against a development server in the same process."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from eternaltwin import accounts
from eternaltwin.archives import DinoparcDinoz, DinoparcUser, HammerfestUser, TwinoidUser
from eternaltwin.connections import async_connections, connections
from eternaltwin.devserver import DevServer
from eternaltwin.exceptions import ConflictError, ForbiddenError
from eternaltwin.identities import Session
from eternaltwin.users import User

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.variants import Variant

DINOZ = {"name": "Yasumi", "elements": {"fire": 10, "earth": 4, "water": 8, "thunder": 7, "air": 9}}
MUSH = {
    "host": "mush.vg",
    "user_id": 9,
    "points": 12.5,
    "stats": [{"stat_key": "wins", "score": 3, "rarity": 1}],
    "rewards": [{"achievement_key": "ten_wins", "points": 1.5}],
}
SEEDS = {
    "seed": {
        "dinoparc_user": {
            "dino": {"server": "dinoparc.com", "id": 1, "username": "dino", "coins": 1000, "dinoz": {"7": DINOZ}}
        },
        "hammerfest_user": {"igor": {"server": "hammerfest.fr", "id": 127, "best_score": 1000, "linked_to": "bob"}},
        "twinoid_user": {"twino": {"id": 38, "display_name": "Twino", "game": {"2": MUSH}}},
    }
}


@pytest.fixture(autouse=True)
def _server(variant: Variant) -> Iterator[None]:
    """A server with archived accounts, to which the library is connected."""
    registry = connections if variant.is_sync else async_connections
    with DevServer.in_process(SEEDS) as server:
        registry["default"] = server.connection_settings(is_async=not variant.is_sync)
        yield


def test_archived_accounts(variant: Variant) -> None:
    dino = variant.call(DinoparcUser, "get", "dinoparc.com", 1)
    assert (dino.username, dino.coins.value, dino.linked_user) == ("dino", 1000, None)
    igor = variant.call(HammerfestUser, "get", "hammerfest.fr", "127")
    assert (igor.profile.value.best_score, igor.linked_user.username) == (1000, "Bob")
    assert variant.call(TwinoidUser, "get", 38).display_name == "Twino"


def test_what_archived_accounts_own(variant: Variant) -> None:
    (owned,) = variant.call(DinoparcUser, "get", "dinoparc.com", 1).dinoz.value
    dinoz = variant.call(DinoparcDinoz, "get", owned.server, owned.id)
    assert (dinoz.name.value, dinoz.owner.value.name, dinoz.elements.value.thunder) == ("Yasumi", "dino", 7)
    assert (dinoz.race, dinoz.level) == (None, None)
    (link,) = variant.call(TwinoidUser, "get", 38).links
    assert (link.site.host, link.user.value.id) == ("mush.vg", 9)
    assert [(score.site.id, score.points) for score in variant.call(TwinoidUser, "scores", 38)] == [(2, 12.5)]
    won = variant.call(TwinoidUser, "rewards", 38, 2)
    assert (won.stats[0].stat_key, won.rewards[0].points) == ("wins", 1.5)


def test_linking_and_unlinking(variant: Variant) -> None:
    alice = variant.call(Session, "login", "alice", "aaaaaaaaaa")
    bob = variant.call(Session, "login", "bob", "bbbbbbbbbb")
    linked = variant.call(accounts, "link", bob.user, "twinoid.com", 38, identity=alice)
    assert linked.current.user.id == "38"
    links = variant.call(User, "get", bob.user.identifier).links
    assert (links.twinoid.current.user.id, links.hammerfest_fr.current.user.id) == ("38", "127")
    assert variant.call(TwinoidUser, "get", 38).linked_user == bob.user
    assert variant.call(accounts, "unlink", bob.user, "twinoid.com", 38, identity=bob).current is None
    assert variant.call(TwinoidUser, "get", 38).linked_user is None


def test_links_that_are_refused(variant: Variant) -> None:
    alice = variant.call(Session, "login", "alice", "aaaaaaaaaa")
    with pytest.raises(ConflictError):
        variant.call(accounts, "link", alice.user, "hammerfest.fr", 127, identity=alice)
    bob = variant.call(Session, "login", "bob", "bbbbbbbbbb")
    with pytest.raises(ForbiddenError):
        variant.call(accounts, "link", bob.user, "twinoid.com", 38, identity=bob)
