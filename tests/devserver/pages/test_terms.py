"""The page on which players accept the terms of service."""

from __future__ import annotations

from eternaltwin.devserver.config import config_of
from tests.support.asgi_server import Server

PAGE = "/tos-accept"


def test_a_player_who_owes_the_terms_accepts_them_and_can_sign_in() -> None:
    with Server(config_of({"seed": {"user": {"zoe": {"must_accept_terms": True}}}}, "Virtual")) as server:
        zoe = server.world.open_session("zoe")
        assert "cannot sign in to games without accepting" in server.get(PAGE, sid=zoe).text
        foreign = server.request("POST", PAGE, sid=zoe, headers={"origin": "https://evil.example"})
        assert (foreign.status, server.authorize(zoe).status) == (403, 403)
        assert "has accepted the terms" in server.request("POST", PAGE, sid=zoe).text
        assert server.authorize(zoe).status == 303


def test_guests_log_in_first() -> None:
    with Server() as server:
        for method in ("GET", "POST"):
            response = server.request(method, PAGE)
            assert (response.status, response.headers["location"]) == (303, "/login?next=%2Ftos-accept")


def test_the_released_server_has_no_such_page() -> None:
    with Server(api_version="0.16.4") as server:
        assert server.get(PAGE).status == 404
