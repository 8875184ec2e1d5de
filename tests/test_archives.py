"""Archived accounts of Dinoparc, Hammerfest and Twinoid."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from eternaltwin.archives import DinoparcDinoz, DinoparcUser, HammerfestUser, TwinoidUser
from eternaltwin.exceptions import InvalidArgumentError, NotFoundError, ServerError
from eternaltwin.tokens import Token
from tests.support.fakes import ALICE, TOKEN, json_response, short_user
from tests.support.variants import recorded, sent

if TYPE_CHECKING:
    from tests.support.variants import Variant

THEN = "2021-01-01T00:00:00.000Z"
LATER = "2022-02-02T00:00:00.000Z"
ACT = {"time": THEN, "user": short_user()}
OWNERS: dict[str, object] = {"current": {"link": ACT, "unlink": None, "user": short_user()}, "old": []}
OLD_OWNERS: dict[str, object] = {"current": None, "old": [{"link": ACT, "unlink": ACT, "user": short_user()}]}


def latest(value: object) -> dict[str, object]:
    return {"latest": {"period": {"start": THEN, "end": None}, "retrieved": {"latest": LATER}, "value": value}}


DINOPARC_USER: dict[str, object] = {
    "type": "DinoparcUser",
    "server": "dinoparc.com",
    "id": "205",
    "archived_at": THEN,
    "username": "nalikapalu",
    "coins": latest(10_000),
    "dinoz": latest([{"type": "DinoparcDinoz", "server": "dinoparc.com", "id": "7"}]),
    "inventory": latest({"1": 3}),
    "collection": latest({"rewards": ["1", "2"], "epic_rewards": ["dgold"]}),
    "etwin": OWNERS,
}
DINOZ: dict[str, object] = {
    "type": "DinoparcDinoz",
    "server": "sp.dinoparc.com",
    "id": "7",
    "archived_at": THEN,
    "name": latest("Yasumi"),
    "owner": latest({"type": "DinoparcUser", "server": "sp.dinoparc.com", "id": "205", "username": "nalikapalu"}),
    "location": latest("3"),
    "race": latest("A race that is new"),
    "skin": latest("Ac9OrgxOWu1pd7Fp"),
    "life": latest(12),
    "level": latest(30),
    "experience": latest(85),
    "danger": latest(-13),
    "in_tournament": latest(False),
    "elements": latest({"fire": 10, "earth": 4, "water": 8, "thunder": 7, "air": 9}),
    "skills": latest({"Dexterity": 2, "Swim": 5}),
}
HAMMERFEST_USER: dict[str, object] = {
    "type": "HammerfestUser",
    "server": "hammerfest.fr",
    "id": "127",
    "username": "elseabora",
    "archived_at": THEN,
    "profile": latest(
        {"best_score": 5, "best_level": -1, "game_completed": False, "items": ["0"], "quests": {"0": "Complete"}}
    ),
    "inventory": None,
    "etwin": OLD_OWNERS,
}
TWINOID_USER: dict[str, object] = {
    "type": "TwinoidUser",
    "id": "38",
    "archived_at": THEN,
    "display_name": "Demurgos",
    "links": [
        {
            "site": {"type": "TwinoidSite", "id": 2, "host": "mush.vg"},
            "user": latest({"type": "TwinoidSiteUser", "id": 9}),
        },
        {"site": {"type": "TwinoidSite", "id": 3, "host": None}, "user": latest(None)},
    ],
    "etwin": {"current": None, "old": []},
}


def test_a_dinoparc_user(variant: Variant) -> None:
    script = variant.script(json_response(200, DINOPARC_USER))
    user = variant.call(DinoparcUser, "get", "dinoparc.com", 205)
    assert sent(script.requests[0]) == ("GET", "/api/v1/archive/dinoparc/dinoparc.com/users/205", None)
    assert isinstance(user, DinoparcUser)
    assert (user.id, user.username, user.archived_at) == ("205", "nalikapalu", datetime(2021, 1, 1, tzinfo=UTC))
    assert user.coins is not None
    assert (user.coins.value, user.coins.latest.retrieved.latest) == (10_000, datetime(2022, 2, 2, tzinfo=UTC))
    assert user.dinoz is not None
    assert [dinoz.id for dinoz in user.dinoz.value] == ["7"]
    assert user.collection is not None
    assert user.collection.value.epic_rewards == ["dgold"]
    assert user.linked_user is not None
    assert (user.linked_user.identifier, user.linked_user.username) == (ALICE, "Alice")


def test_a_dinoz(variant: Variant) -> None:
    script = variant.script(json_response(200, DINOZ))
    dinoz = variant.call(DinoparcDinoz, "get", "sp.dinoparc.com", "7", identity=Token.bearer(TOKEN))
    assert sent(script.requests[0]) == ("GET", "/api/v1/archive/dinoparc/sp.dinoparc.com/dinoz/7", None)
    assert script.requests[0].headers["Authorization"] == f"Bearer {TOKEN}"
    assert isinstance(dinoz, DinoparcDinoz)
    assert dinoz.owner is not None
    assert (dinoz.owner.value.name, dinoz.owner.value.server) == ("nalikapalu", "sp.dinoparc.com")
    assert dinoz.elements is not None
    assert dinoz.elements.value.thunder == 7
    assert dinoz.skills is not None
    assert dinoz.skills.value == {"Dexterity": 2, "Swim": 5}


def test_a_hammerfest_user(variant: Variant) -> None:
    script = variant.script(json_response(200, HAMMERFEST_USER))
    user = variant.call(HammerfestUser, "get", "hammerfest.fr", "0127")
    assert sent(script.requests[0]) == ("GET", "/api/v1/archive/hammerfest/hammerfest.fr/users/127", None)
    assert isinstance(user, HammerfestUser)
    assert user.profile is not None
    assert user.profile.value.quests == {"0": "Complete"}
    assert (user.inventory, user.linked_user) == (None, None)
    assert user.etwin.old[0].user.display_name.current.value == "Alice"


def test_a_twinoid_user(variant: Variant) -> None:
    script = variant.script(json_response(200, TWINOID_USER))
    user = variant.call(TwinoidUser, "get", 38)
    assert sent(script.requests[0]) == ("GET", "/api/v1/archive/twinoid/users/38", None)
    assert isinstance(user, TwinoidUser)
    assert user.linked_user is None
    accounts = [link.user.value for link in user.links]
    assert [account and account.id for account in accounts] == [9, None]
    assert [link.site.host for link in user.links] == ["mush.vg", None]


def test_scores_of_twinoid(variant: Variant) -> None:
    script = variant.script(json_response(200, [{"site": {"type": "TwinoidSite", "id": 2}, "points": 12.0}]))
    scores = variant.call(TwinoidUser, "scores", 38)
    assert sent(script.requests[0]) == ("GET", "/api/v1/archive/twinoid/users/38/scores", None)
    assert [(score.site.id, score.points) for score in scores] == [(2, 12.0)]


def test_rewards_of_twinoid(variant: Variant) -> None:
    body = {
        "stats": [{"stat_key": "wins", "score": 3, "rarity": 1}],
        "rewards": [{"achievement_key": "ten_wins", "points": 1.5}],
    }
    script = variant.script(json_response(200, body))
    rewards = variant.call(TwinoidUser, "rewards", "38", 2)
    assert sent(script.requests[0]) == ("GET", "/api/v1/archive/twinoid/users/38/rewards/2", None)
    assert (rewards.stats[0].stat_key, rewards.rewards[0].points) == ("wins", 1.5)


@pytest.mark.parametrize(
    ("kind", "arguments", "recording"),
    [
        (DinoparcUser, ("dinoparc.com", 1), "archive dinoparc/dinoparc.com/users/1"),
        (DinoparcDinoz, ("dinoparc.com", 1), "archive dinoparc/dinoparc.com/dinoz/1"),
        (HammerfestUser, ("hammerfest.fr", 127), "archive hammerfest/hammerfest.fr/users/127"),
        (TwinoidUser, (1,), "archive twinoid/users/1"),
    ],
)
def test_unknown_accounts(variant: Variant, kind: object, arguments: tuple[object, ...], recording: str) -> None:
    variant.script(recorded(recording))
    with pytest.raises(NotFoundError, match="NotFound"):
        variant.call(kind, "get", *arguments)


def test_a_server_without_scores(variant: Variant) -> None:
    variant.script(recorded("archive twinoid/users/1/scores"))
    with pytest.raises(ServerError):
        variant.call(TwinoidUser, "scores", 1)


@pytest.mark.parametrize(
    ("kind", "name", "arguments", "message"),
    [
        (DinoparcUser, "get", ("hammerfest.fr", 1), "server must be one of dinoparc.com, en.dinoparc.com"),
        (DinoparcUser, "get", ("dinoparc.com/..", 1), "server must be one of"),
        (DinoparcUser, "get", ("dinoparc.com", -1), "user_id must be an integer from 0"),
        (DinoparcDinoz, "get", (None, 1), "server must be one of"),
        (DinoparcDinoz, "get", ("dinoparc.com", "1/.."), "dinoz_id must be"),
        (HammerfestUser, "get", ("dinoparc.com", 1), "server must be one of hammerfest.fr, hfest.net"),
        (HammerfestUser, "get", ("hfest.net", 0), "user_id must be an integer from 1"),
        (TwinoidUser, "get", (True,), "user_id must be"),
        (TwinoidUser, "get", (10**9,), "user_id must be"),
        (TwinoidUser, "get", ("",), "user_id must be"),
        (TwinoidUser, "scores", ("²",), "user_id must be"),
        (TwinoidUser, "rewards", (1, "2"), "site_id must be"),
        (TwinoidUser, "rewards", (1, -1), "site_id must be"),
    ],
)
def test_malformed_references_to_accounts(
    variant: Variant, kind: object, name: str, arguments: tuple[object, ...], message: str
) -> None:
    script = variant.script(json_response())
    with pytest.raises(InvalidArgumentError, match=message):
        variant.call(kind, name, *arguments)
    assert script.requests == []
