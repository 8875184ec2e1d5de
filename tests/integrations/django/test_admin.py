"""Tests of the pages of the administration site."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from uuid import UUID

import pytest
from django.contrib.auth.models import User as Local
from django.test import Client

from eternaltwin.integrations.django.accounts import mark_deleted, record, sign_in_account
from eternaltwin.users import User

if TYPE_CHECKING:
    from eternaltwin.integrations.django.models import EternaltwinAccount

PAGE = "/admin/eternaltwin/eternaltwinaccount/"
ZOE, YAN = UUID(int=1), UUID(int=2)


@pytest.fixture
def client(each_database: str) -> Client:
    """Return the client of an administrator, on a site with two players."""
    for identifier, name in ((ZOE, "Zoé"), (YAN, "Yan")):
        sign_in_account(User(str(identifier), name, None, None, None), "default")
    zoe = account("Zoé")
    record(zoe, User(str(ZOE), "Zoé <II>", None, None, None))
    mark_deleted(User(str(YAN), "Yan", None, None, datetime.now(UTC)), "default")
    Local.objects.create_superuser("boss", password="secret")
    client = Client()
    assert client.login(username="boss", password="secret")
    return client


def account(name: str) -> EternaltwinAccount:
    """Return the account with a display name."""
    from eternaltwin.integrations.django.models import EternaltwinAccount

    return EternaltwinAccount.objects.get(display_name=name)


def found(client: Client, query: str) -> str:
    """Return the names of the players that a search finds."""
    response = client.get(f"{PAGE}{query}")
    assert response.status_code == 200
    rows = response.content.decode().partition('id="result_list"')[2]
    names = {"Zoé &lt;II&gt;": "Zoé", ">Yan<": "Yan"}
    return " and ".join(name for text, name in names.items() if text in rows)


def test_searching_and_filtering(client: Client) -> None:
    assert found(client, "") == "Zoé and Yan"
    assert found(client, "?q=zoé") == "Zoé"
    assert found(client, "?q=ii") == "Zoé"
    assert found(client, f"?q={YAN}") == "Yan"
    assert found(client, "?q=nobody") == ""
    assert found(client, "?deleted=yes") == "Yan"
    assert found(client, "?deleted=no") == "Zoé"
    assert found(client, "?connection=default") == "Zoé and Yan"


def test_an_account_can_be_read_not_changed(client: Client) -> None:
    zoe = account("Zoé <II>")
    page = client.get(f"{PAGE}{zoe.pk}/change/").content.decode()
    assert f'href="/admin/auth/user/{zoe.user.pk}/change/">Zoé</a>' in page
    assert str(ZOE) in page
    assert page.count("Zoé &lt;II&gt;") >= 2  # the current name, and the history
    assert 'name="display_name"' not in page
    assert client.get(f"{PAGE}add/").status_code == 403


def test_users_without_pages(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    client.get(PAGE)  # the first request resolves the URLs of the pages, with the real name
    monkeypatch.setattr(Local._meta, "model_name", "hidden")
    page = client.get(f"{PAGE}{account('Zoé <II>').pk}/change/").content.decode()
    assert "/admin/auth/hidden/" not in page
    assert "Zoé" in page
