"""Tests of front ends in JavaScript: of the same site, and of trusted origins."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, cast

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User as Local
from django.test.utils import override_settings

from eternaltwin.integrations.django.models import EternaltwinAccount
from tests.integrations.support.visitors import target_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.http import HttpResponse

    from eternaltwin.devserver import DevServer
    from eternaltwin.devserver.domain.records import UserRecord
    from tests.integrations.django.visitors import Visitor

pytestmark = pytest.mark.usefixtures("database")

FRONT = "http://localhost:5173"
JSON = {"Accept": "application/json"}


@pytest.fixture
def trusting(server: DevServer) -> Iterator[None]:
    """Trust the front end."""
    with override_settings(ETERNALTWIN_LOGIN={"trusted_origins": [FRONT]}):
        yield


def send(visitor: Visitor, path: str, content: dict[str, str], **headers: str) -> HttpResponse:
    """Send a POST request with JSON."""
    body = {"data": json.dumps(content), "content_type": "application/json"}
    return call(visitor, "post", path, **body, headers={**JSON, **headers})


def options(visitor: Visitor, path: str, **headers: str) -> HttpResponse:
    """Send a preflight request."""
    return call(visitor, "options", path, headers=headers)


def call(visitor: Visitor, method: str, path: str, **arguments: object) -> HttpResponse:
    """Send a request with the client of a simulated browser."""
    send_request = getattr(visitor.client, method)
    sender = async_to_sync(send_request) if visitor.is_async else send_request
    return cast("HttpResponse", sender(path, **arguments))


def content_of(response: HttpResponse) -> dict[str, object]:
    """Return the JSON of a response."""
    assert response.headers["Content-Type"] == "application/json"
    return cast("dict[str, object]", json.loads(response.content))


def test_a_page_of_the_same_site_gets_the_url_as_json(visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
    visitor.get("/")  # sets the cookie of the CSRF token
    token = visitor.client.cookies["csrftoken"].value
    assert send(visitor, "/eternaltwin/login/", {"next": "/arena/one/"}).status_code == 403
    response = send(visitor, "/eternaltwin/login/", {"next": "/arena/one/"}, **{"X-CSRFToken": token})
    assert response.status_code == 200
    url = str(content_of(response)["url"])
    assert visitor.get(target_of(server.authorize(url, zoe))).headers["Location"] == "/arena/one/"
    assert visitor.player == "Zoé"
    token = visitor.client.cookies["csrftoken"].value
    response = send(visitor, "/eternaltwin/logout/", {"next": "/arena/two/"}, **{"X-CSRFToken": token})
    assert content_of(response) == {"url": "/arena/two/"}
    assert visitor.player is None


def test_a_trusted_front_end_signs_in_and_gets_its_player_back(
    visitor: Visitor, trusting: None, server: DevServer, zoe: UserRecord
) -> None:
    response = send(visitor, "/eternaltwin/login/", {"next": f"{FRONT}/arena"}, Origin=FRONT)
    assert response.headers["Access-Control-Allow-Origin"] == FRONT
    assert response.headers["Access-Control-Allow-Credentials"] == "true"
    assert "Origin" in response.headers["Vary"]
    callback = target_of(server.authorize(str(content_of(response)["url"]), zoe))
    assert visitor.get(callback).headers["Location"] == f"{FRONT}/arena"
    me = visitor.get("/eternaltwin/me/", Origin=FRONT)
    assert (me.status_code, me.headers["Access-Control-Allow-Origin"]) == (200, FRONT)


def test_other_origins_are_not_trusted(visitor: Visitor, trusting: None) -> None:
    for origin in ("http://localhost:5174", "https://evil.example", "null"):
        response = send(visitor, "/eternaltwin/login/", {}, Origin=origin)
        assert response.status_code == 403
        assert "Access-Control-Allow-Origin" not in response.headers
        assert "Access-Control-Allow-Origin" not in options(visitor, "/eternaltwin/me/", Origin=origin).headers
    response = send(visitor, "/eternaltwin/login/", {"next": "https://evil.example/"}, Origin=FRONT)
    assert response.status_code == 200


def test_preflight_requests(visitor: Visitor, trusting: None) -> None:
    for view in ("login", "logout", "me", "disconnect"):
        response = options(visitor, f"/eternaltwin/{view}/", Origin=FRONT)
        assert (response.status_code, response.headers["Access-Control-Allow-Origin"]) == (204, FRONT)
        assert "Content-Type" in response.headers["Access-Control-Allow-Headers"]
    assert options(visitor, "/eternaltwin/callback/", Origin=FRONT).status_code == 405
    with override_settings(ETERNALTWIN_LOGIN={}):
        assert options(visitor, "/eternaltwin/me/", Origin=FRONT).status_code == 405


def test_me(visitor: Visitor, server: DevServer, zoe: UserRecord) -> None:
    response = visitor.get("/eternaltwin/me/")
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Eternaltwin")
    assert content_of(response) == {"error": "Sign in with Eternaltwin first."}
    visitor.sign_in(server, zoe)
    account = EternaltwinAccount.objects.get()
    assert account.last_login_at is not None
    assert content_of(visitor.get("/eternaltwin/me/")) == {
        "identifier": str(zoe.id),
        "display_name": "Zoé",
        "is_administrator": False,
        "logged_in_at": account.last_login_at.isoformat().replace("+00:00", "Z"),
    }


def test_me_of_an_administrator(visitor: Visitor, server: DevServer) -> None:
    visitor.sign_in(server, server.add_user("alice_ii", "Alice II", is_administrator=True))
    assert content_of(visitor.get("/eternaltwin/me/"))["is_administrator"] is True


def test_me_of_a_user_with_a_password(visitor: Visitor, server: DevServer) -> None:
    Local.objects.create_user("boss", password="secret")
    visitor.enter("boss")
    assert visitor.get("/eternaltwin/me/").status_code == 401


def test_a_script_that_is_sent_to_the_page_of_the_button_gets_the_status_401(
    visitor: Visitor, server: DevServer
) -> None:
    """`login_required` redirects there."""
    response = visitor.get("/eternaltwin/login/?next=/arena/one/", **JSON)
    assert response.status_code == 401
    assert content_of(response) == {"error": "Sign in with Eternaltwin first."}


def test_failures_are_json_too(visitor: Visitor, trusting: None) -> None:
    response = send(visitor, "/eternaltwin/login/", {"process": "connect"}, Origin=FRONT)
    assert response.status_code == 409
    message = "You are not signed in as the player who wanted to connect an account. Please start again."
    assert content_of(response) == {"error": message, "reason": "other-player"}
    response = send(
        visitor, "/eternaltwin/login/", {"process": "connect"}, **{"Origin": FRONT, "Accept-Language": "fr"}
    )
    assert str(content_of(response)["error"]).startswith("Vous n’êtes pas connecté")
