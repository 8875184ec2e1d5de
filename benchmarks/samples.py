"""The users on the servers of the benchmarks."""

from __future__ import annotations

import json
from uuid import UUID

PLAYER_ID = "9f310484-963b-446b-af69-797feec6813f"
PLAYER_LOGIN = "bench"
PLAYER_PASSWORD = "correct horse battery"
CLIENT_ID = "bench@clients"
CLIENT_SECRET = "secret of the benchmark"
REDIRECT_URI = "http://localhost:8000/oauth/callback"
STATE_KEY = b"a key for benchmarks, used nowhere else"
PAGE_SIZE = 100

_SITES = (
    "dinoparc_com",
    "en_dinoparc_com",
    "hammerfest_es",
    "hammerfest_fr",
    "hfest_net",
    "sp_dinoparc_com",
    "twinoid",
)


def user(identifier: str = PLAYER_ID, name: str = "Bench", is_linked: bool = False) -> dict[str, object]:
    """Return a user as in the response to `GET /api/v1/users/{id}`, with or without accounts of older games."""
    short = {"type": "User", "id": identifier, "display_name": {"current": {"value": name}}}
    account = {"type": "HammerfestUser", "server": "hammerfest.fr", "id": "123", "username": name.lower()}
    linked = {"link": {"time": "2026-11-24T06:49:16.974Z", "user": short}, "unlink": None, "user": account}
    return {
        **short,
        "created_at": "2026-11-24T06:49:16.974Z",
        "deleted_at": None,
        "is_administrator": False,
        "links": {site: {"current": linked if is_linked else None, "old": []} for site in _SITES},
    }


def user_body() -> bytes:
    """Return the body of the response for one user."""
    return json.dumps(user(), separators=(",", ":")).encode()


def page_body(is_linked: bool = False) -> bytes:
    """Return the body of the response for a full page of users, with or without accounts of older games."""
    items = [user(str(UUID(int=number)), f"Player {number}", is_linked) for number in range(PAGE_SIZE)]
    page = {"offset": 0, "limit": PAGE_SIZE, "count": 12345, "items": items}
    return json.dumps(page, separators=(",", ":")).encode()


def server_configuration() -> str:
    """Return the configuration of the development server of the benchmarks: one user and one game."""
    return f"""\
[seed.app.bench]
display_name = "Benchmark"
uri = "http://localhost:8000/"
oauth_callback = {json.dumps(REDIRECT_URI)}
secret = {json.dumps(CLIENT_SECRET)}

[seed.user.bench]
id = {json.dumps(PLAYER_ID)}
username = {json.dumps(PLAYER_LOGIN)}
display_name = "Bench"
password = {json.dumps(PLAYER_PASSWORD)}
"""
