"""Tests of the pages of the administration site."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.contrib.auth.models import Permission
from django.contrib.auth.models import User as Local
from django.test import Client

from eternaltwin.integrations.django.accounts import mark_deleted, record, sign_in_account
from eternaltwin.integrations.django.forms import MoveForm
from eternaltwin.integrations.django.models import EternaltwinAccount
from eternaltwin.users import User

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


def test_deleting_an_account_says_what_it_means_and_offers_to_move_it(client: Client) -> None:
    zoe = account("Zoé <II>")
    page = client.get(f"{PAGE}{zoe.pk}/delete/").content.decode()
    assert "comes back as somebody new" in page
    assert f'href="{PAGE}{zoe.pk}/move/">Move to another user</a>' in page
    selected = client.post(PAGE, {"action": "delete_selected", "_selected_action": [str(zoe.pk)]}).content.decode()
    assert "comes back as somebody new" in selected


def test_the_action_moves_an_account_to_another_user(client: Client) -> None:
    zoe, old = account("Zoé <II>"), Local.objects.get(username="Zoé")
    new = Local.objects.create_user("new", password="secret")
    response = client.post(PAGE, {"action": "move_to_another_user", "_selected_action": [str(zoe.pk)]})
    assert response.headers["Location"] == f"{PAGE}{zoe.pk}/move/"
    page = client.get(response.headers["Location"]).content.decode()
    assert "Nothing is merged" in page
    response = client.post(f"{PAGE}{zoe.pk}/move/", {"user": "new"}, follow=True)
    assert "The account has been moved." in response.content.decode()
    assert account("Zoé <II>").user == new
    assert Local.objects.get(pk=old.pk).username == "Zoé"
    assert (
        "Moved from the user &#x27;Zoé&#x27; to &#x27;new&#x27;."
        in client.get(f"{PAGE}{zoe.pk}/history/").content.decode()
    )


@pytest.mark.parametrize(
    ("name", "message"), [("nobody", "There is no such user."), ("Yan", "has an Eternaltwin account already")]
)
def test_an_account_is_not_moved_to_nobody_and_not_merged(client: Client, name: str, message: str) -> None:
    zoe = account("Zoé <II>")
    assert message in client.post(f"{PAGE}{zoe.pk}/move/", {"user": name}).content.decode()
    assert account("Zoé <II>").user == zoe.user


def test_only_one_account_is_moved_at_a_time(client: Client) -> None:
    both = [str(account(name).pk) for name in ("Zoé <II>", "Yan")]
    page = client.post(PAGE, {"action": "move_to_another_user", "_selected_action": both}, follow=True)
    assert "Select one account to move." in page.content.decode()
    assert client.get(f"{PAGE}{UUID(int=9)}/move/").status_code == 404


def staff(*codenames: str) -> Client:
    """Return the client of a member of the staff with some permissions."""
    user = Local.objects.create_user("clerk", password="secret", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client = Client()
    client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def test_moving_needs_the_permission_to_change_users(client: Client) -> None:
    zoe = account("Zoé <II>")
    clerk = staff("change_eternaltwinaccount", "view_eternaltwinaccount")
    assert clerk.get(f"{PAGE}{zoe.pk}/move/").status_code == 403
    assert "move_to_another_user" not in clerk.get(PAGE).content.decode()


def test_nobody_becomes_a_superuser_by_moving_an_account(client: Client) -> None:
    zoe = account("Zoé <II>")
    clerk = staff("change_eternaltwinaccount", "view_eternaltwinaccount", "change_user")
    page = clerk.post(f"{PAGE}{zoe.pk}/move/", {"user": "boss"}).content.decode()
    assert "Only superusers move accounts of superusers." in page
    assert account("Zoé <II>").user == zoe.user
    assert client.post(f"{PAGE}{zoe.pk}/move/", {"user": "boss"}).status_code == 302
    assert clerk.post(f"{PAGE}{zoe.pk}/move/", {"user": "clerk"}).status_code == 200
    assert account("Zoé <II>").user.get_username() == "boss"


def test_an_account_that_is_overtaken_is_not_moved(client: Client) -> None:
    zoe, new = account("Zoé <II>"), Local.objects.create_user("new")
    form = MoveForm({"user": "new"}, account=zoe, mover=Local.objects.get(username="boss"))
    assert form.is_valid()
    EternaltwinAccount.objects.create(identifier=UUID(int=3), user=new, display_name="Max")
    assert not form.move()
    assert "has an Eternaltwin account already" in str(form.errors)


def test_the_page_of_a_user_shows_the_account_its_names_and_its_last_sign_in(client: Client) -> None:
    zoe = account("Zoé <II>")
    page = client.get(f"/admin/auth/user/{zoe.user.pk}/change/").content.decode()
    assert "Zoé &lt;II&gt;, Zoé" in page
    assert str(ZOE) in page
    assert "Last sign-in:" in page
    assert f'href="{PAGE}{zoe.pk}/change/"' in page
    boss = Local.objects.get(username="boss")
    assert str(ZOE) not in client.get(f"/admin/auth/user/{boss.pk}/change/").content.decode()
    assert client.get("/admin/auth/user/add/").status_code == 200
