"""Archived accounts: those of the configuration, and unknown ones."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from eternaltwin.devserver.config import ServerConfigWarning, config_of
from eternaltwin.exceptions import ConfigurationError
from tests.support.asgi_server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eternaltwin.devserver.config import ServerConfig

ARCHIVE = "/api/v1/archive"
MUSH = {
    "host": "mush.vg",
    "user_id": 9,
    "points": 12.5,
    "stats": [{"stat_key": "wins", "score": 3, "rarity": 1}],
    "rewards": [{"achievement_key": "ten_wins", "points": 1.5}],
}
SEEDS = {
    "dinoparc_user": {
        "dino": {"server": "en.dinoparc.com", "id": 0, "coins": 38},
        "keeper": {
            "id": 205,
            "dinoz": {"7": {"name": "Yasumi", "race": "Pteroz", "level": 30, "skills": {"Swim": 5}}, "12": {}},
            "inventory": {"4": 10},
            "collection": {"rewards": ["1"], "epic_rewards": ["gold"]},
        },
    },
    "hammerfest_user": {
        "elseabora": {"id": 127, "username": "Elseabora", "best_score": 1000, "best_level": 16, "linked_to": "alice"},
        "igor": {"id": 128, "items": ["0", "1000"], "quests": {"0": "Complete"}, "inventory": {"1000": 2}},
    },
    "twinoid_user": {
        "twino": {"id": 38, "display_name": "Twino"},
        "player": {"id": 39, "game": {"2": MUSH, "3": {"points": 1}, "4": {}}},
    },
}

KNOWN_FIELDS = {"name", "race", "level", "skills", "owner"}


def archived(**seeds: object) -> ServerConfig:
    return config_of({"seed": seeds}, "Virtual")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(archived(**SEEDS)) as opened:
        yield opened


def test_a_dinoparc_user(server: Server) -> None:
    user = server.get(f"{ARCHIVE}/dinoparc/en.dinoparc.com/users/00").json
    time = user["archived_at"]
    assert datetime.fromisoformat(time) == server.world.archived_at
    assert user == {
        "type": "DinoparcUser",
        "server": "en.dinoparc.com",
        "id": "0",
        "archived_at": time,
        "username": "dino",
        "coins": {
            "latest": {"period": {"start": time, "end": None}, "retrieved": {"latest": time}, "value": 38},
        },
        "dinoz": None,
        "inventory": None,
        "collection": None,
        "etwin": {"current": None, "old": []},
    }


def test_a_hammerfest_user_has_its_owner(server: Server) -> None:
    user = server.get(f"{ARCHIVE}/hammerfest/hammerfest.fr/users/127").json
    profile = user["profile"]["latest"]["value"]
    assert (user["username"], profile["best_score"], profile["best_level"]) == ("Elseabora", 1000, 16)
    assert user["etwin"]["current"]["user"]["display_name"]["current"]["value"] == "Alice"


def test_a_twinoid_user(server: Server) -> None:
    user = server.get(f"{ARCHIVE}/twinoid/users/38").json
    assert (user["id"], user["display_name"], user["links"]) == ("38", "Twino", [])
    assert server.get(f"{ARCHIVE}/twinoid/users/38/scores").json == []
    assert server.get(f"{ARCHIVE}/twinoid/users/38/rewards/-1").json == {"stats": [], "rewards": []}


def test_a_dinoparc_user_has_dinoz_and_collections(server: Server) -> None:
    user = server.get(f"{ARCHIVE}/dinoparc/dinoparc.com/users/205").json
    assert user["dinoz"]["latest"]["value"] == [
        {"type": "DinoparcDinoz", "server": "dinoparc.com", "id": "7"},
        {"type": "DinoparcDinoz", "server": "dinoparc.com", "id": "12"},
    ]
    assert user["inventory"]["latest"]["value"] == {"4": 10}
    assert user["collection"]["latest"]["value"] == {"rewards": ["1"], "epic_rewards": ["gold"]}


def test_a_dinoz(server: Server) -> None:
    dinoz = server.get(f"{ARCHIVE}/dinoparc/dinoparc.com/dinoz/07").json
    assert dinoz["id"] == "7"
    known = {name: found["latest"]["value"] for name, found in dinoz.items() if name in KNOWN_FIELDS}
    owner = {"type": "DinoparcUser", "server": "dinoparc.com", "id": "205", "username": "keeper"}
    assert known == {"name": "Yasumi", "race": "Pteroz", "level": 30, "skills": {"Swim": 5}, "owner": owner}
    unknown = {name for name, found in dinoz.items() if found is None}
    assert unknown == {"location", "skin", "life", "experience", "danger", "in_tournament", "elements"}


def test_a_hammerfest_user_has_items_and_quests(server: Server) -> None:
    user = server.get(f"{ARCHIVE}/hammerfest/hammerfest.fr/users/128").json
    profile = user["profile"]["latest"]["value"]
    assert (profile["items"], profile["quests"]) == (["0", "1000"], {"0": "Complete"})
    assert user["inventory"]["latest"]["value"] == {"1000": 2}


def test_a_twinoid_user_has_games(server: Server) -> None:
    links = server.get(f"{ARCHIVE}/twinoid/users/39").json["links"]
    assert [(link["site"], link["user"]["latest"]["value"]) for link in links] == [
        ({"type": "TwinoidSite", "id": 2, "host": "mush.vg"}, {"type": "TwinoidSiteUser", "id": 9}),
        ({"type": "TwinoidSite", "id": 3, "host": None}, None),
        ({"type": "TwinoidSite", "id": 4, "host": None}, None),
    ]
    assert server.get(f"{ARCHIVE}/twinoid/users/39/scores").json == [
        {"site": {"type": "TwinoidSite", "id": 2}, "points": 12.5},
        {"site": {"type": "TwinoidSite", "id": 3}, "points": 1.0},
    ]
    assert server.get(f"{ARCHIVE}/twinoid/users/39/rewards/02").json == {
        "stats": [{"stat_key": "wins", "score": 3, "rarity": 1}],
        "rewards": [{"achievement_key": "ten_wins", "points": 1.5}],
    }


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("dinoparc/dinoparc.com/users/0", 404, '{"error":"DinoparcUserNotFound"}'),
        ("dinoparc/dinoparc.com/dinoz/1", 404, '{"error":"DinoparcDinozNotFound"}'),
        ("hammerfest/hfest.net/users/127", 404, '{"error":"HammerfestUserNotFound"}'),
        ("twinoid/users/1", 404, '{"error":"TwinoidUserNotFound"}'),
        ("twinoid/users/1/scores", 500, '{"error":"InternalServerError"}'),
        ("twinoid/users/1/rewards/1", 500, '{"error":"InternalServerError"}'),
        ("dinoparc/hammerfest.fr/users/1", 400, "Invalid URL: Invalid DinoparcServer"),
        ("hammerfest/nope.com/users/1", 400, "Invalid URL: Invalid HammerfestServer"),
        ("dinoparc/dinoparc.com/dinoz/x", 400, "Invalid URL: Invalid DinoparcDinozId"),
        ("hammerfest/hfest.net/users/0", 400, "Invalid URL: Invalid HammerfestUserId"),
        ("twinoid/users/1000000000", 400, "Invalid URL: Invalid TwinoidUserId"),
        (f"twinoid/users/{'1' * 5000}", 400, "Invalid URL: Invalid TwinoidUserId"),
        (
            "twinoid/users/38/rewards/9223372036854775808",
            400,
            "Invalid URL: Cannot parse value at index 1 with value `9223372036854775808` to a `i64`",
        ),
    ],
)
def test_unknown_accounts_are_not_found(server: Server, path: str, status: int, body: str) -> None:
    response = server.get(f"{ARCHIVE}/{path}")
    assert (response.status, response.text) == (status, body)


@pytest.mark.parametrize(
    ("seeds", "problem"),
    [
        ({"twinoid_user": {"twino": {}}}, r"seed\.twinoid_user\.twino\.id: must be a whole number from 1 to 999999999"),
        ({"dinoparc_user": {"dino": {"id": -1}}}, "must be a whole number from 0"),
        ({"dinoparc_user": {"dino": {"id": 1, "server": "hfest.net"}}}, "must be one of 'dinoparc.com'"),
        ({"hammerfest_user": {"x": {"id": 1, "best_level": 256}}}, "from 0 to 255"),
        ({"hammerfest_user": {"x": {"id": 1, "username": ""}}}, "must be a string of 1 to 100 printable characters"),
        ({"hammerfest_user": {"x": {"id": 1, "linked_to": "No"}}}, "linked_to: must be 2 to 32 lower case letters"),
        ({"hammerfest_user": {"x": {"id": 1, "items": [0]}}}, r"user\.x\.items\[0\]: must be a string"),
        ({"dinoparc_user": {"x": {"id": 1, "inventory": []}}}, r"user\.x\.inventory: must be a table"),
        (
            {"dinoparc_user": {"x": {"id": 1, "dinoz": {"07": {}}}}},
            r"user\.x\.dinoz\.07: the key must be a whole number from 0 to 999999999",
        ),
        (
            {"dinoparc_user": {"x": {"id": 1, "dinoz": {"7": {"level": "30"}}}}},
            r"user\.x\.dinoz\.7\.level: must be a whole number from -2147483648",
        ),
        (
            {"twinoid_user": {"x": {"id": 1, "game": {"2": {"points": float("inf")}}}}},
            r"2\.points: must be a number from -1e\+15",
        ),
    ],
)
def test_malformed_seeds_are_reported(seeds: dict[str, object], problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        archived(**seeds)


def test_repr_of_seeds_contains_the_name() -> None:
    seed = archived(**SEEDS).seed
    shown = [*seed.dinoparc_user.values(), *seed.hammerfest_user.values(), *seed.twinoid_user.values()]
    assert repr(shown[1:3]) == "[DinoparcUserSeed('keeper'), HammerfestUserSeed('Elseabora')]"


def test_two_accounts_with_one_number_are_an_error() -> None:
    config = archived(twinoid_user={"one": {"id": 1}, "two": {"id": 1}})
    with pytest.raises(ConfigurationError, match=r"two archived accounts 1 of twinoid\.com") as caught:
        Server(config)
    assert caught.value.setting == "seed.twinoid_user.two"
    assert "seed.twinoid_user.one; change or remove one of them" in str(caught.value)


def test_two_dinoz_with_one_number_are_an_error() -> None:
    config = archived(dinoparc_user={"one": {"id": 1, "dinoz": {"7": {}}}, "two": {"id": 2, "dinoz": {"7": {}}}})
    with pytest.raises(ConfigurationError, match=r"two archived dinoz 7 of dinoparc\.com") as caught:
        Server(config)
    assert caught.value.setting == "seed.dinoparc_user.two.dinoz.7"


def test_an_unknown_key_of_a_dinoz_is_a_warning() -> None:
    with pytest.warns(ServerConfigWarning, match=r"unknown key seed\.dinoparc_user\.x\.dinoz\.7\.levle; did you mean"):
        archived(dinoparc_user={"x": {"id": 1, "dinoz": {"7": {"levle": 30}}}})


def test_an_account_that_is_linked_to_an_unknown_user_is_an_error() -> None:
    config = archived(twinoid_user={"one": {"id": 1, "linked_to": "nobody"}})
    with pytest.raises(ConfigurationError, match=r"no user 'nobody'; add seed\.user.nobody, or") as caught:
        Server(config)
    assert caught.value.setting == "seed.twinoid_user.one.linked_to"
