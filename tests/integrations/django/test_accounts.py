"""Tests of accounts: created once, identified by the UUID alone, kept up to date."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.models import User as Local
from django.core.exceptions import PermissionDenied
from django.db import connections, models
from django.template import engines
from django.test.utils import override_settings
from hypothesis import given
from hypothesis import strategies as st

from eternaltwin.exceptions import AccountRefusedError, ConfigurationError
from eternaltwin.integrations.django.accounts import aaccount_of, account_of, mark_deleted, record, sign_in_account
from eternaltwin.integrations.django.backends import EternaltwinBackend
from eternaltwin.integrations.django.connecting import connect_account, disconnect_account, move_account
from eternaltwin.integrations.django.models import EternaltwinAccount, EternaltwinName, UsedLogin
from eternaltwin.integrations.django.signals import (
    account_connected,
    account_deleted,
    account_disconnected,
    account_moved,
    name_changed,
)
from eternaltwin.integrations.django.usernames import fit_name, username_field, usernames
from eternaltwin.login import Login
from eternaltwin.tokens import Token
from eternaltwin.users import User

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from django.contrib.auth.base_user import AbstractBaseUser
    from django.dispatch import Signal

    from eternaltwin.devserver import DevServer

THREADS = 50


def player(name: str = "Zoé", identifier: str | None = None, deleted_at: datetime | None = None) -> User:
    """Return a player, as a sign-in returns it."""
    return User(identifier or str(uuid4()), name, None, None, deleted_at)


def profile(identifier: UUID, *, is_administrator: bool = False, deleted_at: datetime | None = None) -> User:
    """Return a player, as read from Eternaltwin with the profile."""
    return User(str(identifier), "Zoé", is_administrator, datetime(2020, 1, 1, tzinfo=UTC), deleted_at)


def username_of(account: EternaltwinAccount) -> str:
    """Return the user name of an account's user."""
    return account.user.get_username()


def at_once(task: Callable[[int], object], count: int = THREADS) -> list[object]:
    """Run a task in many threads that start together, and return the results."""
    start = Barrier(count)

    def wait_and_run(number: int) -> object:
        try:
            start.wait()
            return task(number)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(wait_and_run, range(count)))


@pytest.fixture
def sent_signals() -> Iterator[list[tuple[str, object]]]:
    """Return a list that collects the signals sent."""
    seen: list[tuple[str, object]] = []

    def receiver(kind: str) -> Callable[..., None]:
        def record(*, account: EternaltwinAccount, **arguments: object) -> None:
            seen.append((kind, (arguments.get("old"), arguments.get("new")) if "new" in arguments else account))

        return record

    kinds: dict[str, Signal] = {"renamed": name_changed, "deleted": account_deleted}
    receivers = {kind: receiver(kind) for kind in kinds}
    for kind, signal in kinds.items():
        signal.connect(receivers[kind])
    yield seen
    for kind, signal in kinds.items():
        signal.disconnect(receivers[kind])


@pytest.mark.usefixtures("each_database")
class TestOnEachDatabase:
    """Tests of what can differ between databases."""

    def test_simultaneous_first_sign_ins_create_one_account(self) -> None:
        zoe = player()
        results = at_once(lambda _: sign_in_account(zoe, "default")[1])
        assert sorted(map(str, results)) == ["False"] * (THREADS - 1) + ["True"]
        account = EternaltwinAccount.objects.get()
        assert (account.identifier, account.display_name) == (UUID(zoe.identifier), "Zoé")
        assert get_user_model()._base_manager.get() == account.user
        assert [name.display_name for name in account.names.all()] == ["Zoé"]

    def test_simultaneous_sign_ins_of_players_with_the_same_name(self) -> None:
        at_once(lambda _: sign_in_account(player("Zoé (la Grande)"), "default"))
        names = {username_of(account) for account in EternaltwinAccount.objects.all()}
        assert len(names) == THREADS
        assert "Zoé_la_Grande" in names
        assert all(name.startswith("Zoé_la_Grande") for name in names)

    def test_simultaneous_sign_ins_of_players_whose_names_differ_in_case(self) -> None:
        """Databases compare user names with their case, so looking before inserting is not enough."""

        def name(number: int) -> str:
            return "".join(letter.upper() if number >> bit & 1 else letter for bit, letter in enumerate("zoé_ii"))

        assert len({name(number) for number in range(THREADS)}) > THREADS / 2
        at_once(lambda number: sign_in_account(player(name(number)), "default"))
        accounts = EternaltwinAccount.objects.all()
        names = [username_of(account).casefold() for account in accounts]
        assert len(set(names)) == len(names) == THREADS
        assert "zoé_ii" in names
        assert {account.username_key for account in accounts} == set(names)

    def test_name_changed_is_sent_once(self, sent_signals: list[tuple[str, object]]) -> None:
        zoe = player()
        sign_in_account(zoe, "default")
        renamed = player("Zoé II", zoe.identifier)
        at_once(lambda _: sign_in_account(renamed, "default"), 10)
        assert sent_signals == [("renamed", ("Zoé", "Zoé II"))]
        account = EternaltwinAccount.objects.get()
        assert [name.display_name for name in account.names.all()] == ["Zoé II", "Zoé"]
        assert username_of(account) == "Zoé"

    def test_a_key_is_consumed_once(self) -> None:
        from eternaltwin.integrations.django.stores import DatabaseStore

        store = DatabaseStore()
        assert sorted(map(str, at_once(lambda _: store.consume("a" * 64, 60)))) == ["False"] * 49 + ["True"]
        assert UsedLogin.objects.count() == 1


@pytest.mark.usefixtures("database")
class TestAccounts:
    """Tests that need one database only."""

    def test_timestamps(self) -> None:
        account, is_new = sign_in_account(player(), "default")
        assert is_new
        assert account.last_login_at is not None
        before = account.last_login_at
        assert account.created_at <= before
        again, is_new = sign_in_account(player("Zoé", str(account.identifier)), "default")
        assert not is_new
        assert again.last_login_at is not None
        assert again.last_login_at > before
        assert (again.created_at, str(again)) == (account.created_at, "Zoé")

    def test_a_user_name_is_never_a_password_or_an_email(self) -> None:
        account, _ = sign_in_account(player("zoe@example.com"), "default")
        assert username_of(account) == "zoe_example.com"
        assert not account.user.has_usable_password()

    def test_local_users_are_never_taken_over(self) -> None:
        """Neither a name nor an e-mail address leads to a user that is already there."""
        local = Local.objects.create_user("Alice", "bob", "secret")
        administrator = Local.objects.create_superuser("root", "root@example.com", "secret")
        for name in ("Alice", "ALICE", "bob", "root", "root@example.com"):
            account, is_new = sign_in_account(player(name), "default")
            assert is_new
            assert account.user not in (local, administrator)
            assert not Local.objects.get(pk=account.user.pk).is_staff
        assert set(Local.objects.values_list("username", flat=True)) == {
            "Alice", "root", "Alice_2", "ALICE_3", "bob", "root_2", "root_example.com",
        }  # fmt: skip

    def test_cve_2024_32879_ids_in_another_case_are_the_same_account(self) -> None:
        """CVE-2024-32879: ids were compared without case where the database did so."""
        identifier = "abcdefab-cdef-4bcd-8fab-cdefabcdefab"
        first, _ = sign_in_account(player("Zoé", identifier), "default")
        second, is_new = sign_in_account(player("Zoé", identifier.upper()), "default")
        assert not is_new
        assert second == first
        assert sign_in_account(player("Zoé", identifier.replace("a", "b")), "default")[1]

    def test_cve_2025_65431_a_reused_display_name_is_another_account(self) -> None:
        """CVE-2025-65431: accounts were identified by a name that its owner can change."""
        zoe, _ = sign_in_account(player("Zoé"), "default")
        record(zoe, player("Yan", str(zoe.identifier)))
        thief, is_new = sign_in_account(player("Zoé"), "default")
        assert is_new
        assert thief.user != zoe.user
        assert sign_in_account(player("Zoé", str(zoe.identifier)), "default")[0].user == zoe.user

    def test_mix_up_between_two_connections_with_different_servers(self, other_server: DevServer) -> None:
        """The operator of another server can give its players the UUIDs of this one's."""
        zoe, _ = sign_in_account(player(), "default")
        copy, is_new = sign_in_account(player("Zoé", str(zoe.identifier)), "other")
        assert is_new
        assert copy.identifier == zoe.identifier
        assert (copy.pk == zoe.pk, copy.user == zoe.user) == (False, False)
        assert mark_deleted(player("Zoé", str(zoe.identifier), datetime.now(UTC)), "other")
        assert not EternaltwinAccount.objects.get(pk=zoe.pk).is_deleted

    def test_a_uuid_that_another_server_claims_first_locks_nobody_out(self, other_server: DevServer) -> None:
        thief, _ = sign_in_account(player("thief"), "other")
        zoe, is_new = sign_in_account(player("Zoé", str(thief.identifier)), "default")
        assert is_new
        assert zoe.user != thief.user
        assert sign_in_account(player("Zoé", str(thief.identifier)), "default") == (zoe, False)
        assert sign_in_account(player("thief", str(thief.identifier)), "other") == (thief, False)

    def test_an_account_of_a_connection_that_the_settings_lack_makes_nobody_new(self, server: DevServer) -> None:
        zoe, _ = sign_in_account(player(), "default")
        EternaltwinAccount.objects.update(connection="gone")
        with pytest.raises(ConfigurationError, match=r"rename_eternaltwin_connection gone .*retired_connections"):
            sign_in_account(player("Zoé", str(zoe.identifier)), "default")
        assert EternaltwinAccount.objects.get() == zoe

    @override_settings(ETERNALTWIN_LOGIN={"retired_connections": ["rogue"]})
    def test_a_uuid_that_a_retired_connection_has_claimed_locks_nobody_out(self, server: DevServer) -> None:
        thief, _ = sign_in_account(player("thief"), "rogue")
        zoe, is_new = sign_in_account(player("Zoé", str(thief.identifier)), "default")
        assert is_new
        assert (zoe.connection, zoe.user == thief.user) == ("default", False)
        assert sign_in_account(player("Zoé", str(thief.identifier)), "default") == (zoe, False)
        old = Local.objects.create_user("old")
        identifier = str(sign_in_account(player("another thief"), "rogue")[0].identifier)
        assert connect_account(old, player("Yan", identifier), "default").user == old
        assert EternaltwinAccount.objects.filter(connection="rogue").count() == 2

    def test_an_alias_that_is_not_configured_has_accounts_of_its_own(self) -> None:
        zoe, _ = sign_in_account(player(), "elsewhere")
        assert zoe.connection == "elsewhere"
        assert sign_in_account(player("Zoé", str(zoe.identifier)), "elsewhere") == (zoe, False)

    def test_two_connections_to_one_server_share_their_accounts(self, server: DevServer) -> None:
        from django.conf import settings

        with override_settings(ETERNALTWIN={**settings.ETERNALTWIN, "second": settings.ETERNALTWIN["default"]}):
            zoe, _ = sign_in_account(player(), "second")
            assert zoe.connection == "default"
            assert sign_in_account(player("Zoé", str(zoe.identifier)), "default") == (zoe, False)
            EternaltwinAccount.objects.update(connection="second")
            assert sign_in_account(player("Zoé", str(zoe.identifier)), "default") == (zoe, False)

    def test_deleted_players_are_refused_and_marked(self, sent_signals: list[tuple[str, object]]) -> None:
        account, _ = sign_in_account(player(), "default")
        deleted_player = player("Zoé", str(account.identifier), datetime(2026, 1, 1, tzinfo=UTC))
        for _ in range(2):
            with pytest.raises(AccountRefusedError, match="is deleted"):
                sign_in_account(deleted_player, "default")
        account.refresh_from_db()
        assert account.deleted_at == datetime(2026, 1, 1, tzinfo=UTC)
        assert sent_signals == [("deleted", account)]

    def test_the_signals_have_their_arguments_and_the_model_as_sender(self) -> None:
        sent: list[dict[str, object]] = []

        def collect(*, account: EternaltwinAccount, **arguments: object) -> None:
            sent.append({**arguments, "account": account.identifier})

        signals = (name_changed, account_deleted, account_connected, account_disconnected, account_moved)
        for signal in signals:
            signal.connect(collect)
        try:
            account, _ = sign_in_account(player(), "default")
            sign_in_account(player("Zoé II", str(account.identifier)), "default")
            old, other = account.user, get_user_model()._base_manager.create(username="other")
            other.set_password("a long password")
            other.save()
            move_account(account, other)
            disconnect_account(other)
            connected = connect_account(other, player("Zoé III"), "default")
            assert mark_deleted(player("x", str(connected.identifier), datetime(2026, 1, 1, tzinfo=UTC)), "default")
        finally:
            for signal in signals:
                signal.disconnect(collect)
        assert [each.pop("sender") for each in sent] == [EternaltwinAccount] * 5
        first, second = account.identifier, connected.identifier
        assert sent == [
            {"signal": name_changed, "account": first, "old": "Zoé", "new": "Zoé II"},
            {"signal": account_moved, "account": first, "old": old, "new": other},
            {"signal": account_disconnected, "account": first, "user": other},
            {"signal": account_connected, "account": second},
            {"signal": account_deleted, "account": second},
        ]

    def test_deleted_players_without_an_account_create_none(self) -> None:
        with pytest.raises(AccountRefusedError):
            sign_in_account(player(deleted_at=datetime.now(UTC)), "default")
        assert not EternaltwinAccount.objects.exists()

    def test_restored_players_can_sign_in_again(self) -> None:
        account, _ = sign_in_account(player(), "default")
        mark_deleted(player("Zoé", str(account.identifier), datetime.now(UTC)), "default")
        again, _ = sign_in_account(profile(account.identifier), "default")
        assert not again.is_deleted

    def test_a_sign_in_without_a_profile_restores_nobody(self) -> None:
        """The exchange of a code does not report whether an account is deleted."""
        account, _ = sign_in_account(player(), "default")
        mark_deleted(player("Zoé", str(account.identifier), datetime.now(UTC)), "default")
        with pytest.raises(AccountRefusedError, match="was deleted at Eternaltwin when its profile was last read"):
            sign_in_account(player("Zoé", str(account.identifier)), "default")
        account.refresh_from_db()
        record(account, player("Yan", str(account.identifier)))
        assert account.is_deleted
        record(account, profile(account.identifier))
        assert not account.is_deleted

    def test_very_long_names(self) -> None:
        account, _ = sign_in_account(player("é" * 300), "default")
        assert (len(account.display_name), len(username_of(account))) == (255, 150)

    def test_very_long_names_that_case_folding_lengthens(self) -> None:
        """Case-folding turns `ΐ` into three characters, so the first candidates share one key."""
        names = [username_of(sign_in_account(player("ΐ" * 200), "default")[0]) for _ in range(3)]
        assert [len(name) for name in names] == [150, 32, 32]

    def test_an_assigned_user_name_stays_taken(self) -> None:
        """A name that players remember must not lead to somebody else."""
        zoe, _ = sign_in_account(player(), "default")
        Local.objects.filter(pk=zoe.user.pk).update(username="Yan")
        assert username_of(sign_in_account(player("ZOÉ"), "default")[0]) == "ZOÉ_2"
        zoe.user.delete()
        assert username_of(sign_in_account(player("zoé"), "default")[0]) == "zoé"

    def test_accounts_that_the_game_created_itself(self) -> None:
        for name in ("Zoé", "Yan"):
            user = Local.objects.create_user(name)
            EternaltwinAccount.objects.create(identifier=uuid4(), user=user, display_name=name)
        assert set(EternaltwinAccount.objects.values_list("username_key", flat=True)) == {None}
        assert username_of(sign_in_account(player(), "default")[0]) == "Zoé_2"

    def test_str_of_records(self) -> None:
        account, _ = sign_in_account(player(), "default")
        assert str(EternaltwinName.objects.get()) == "Zoé"
        assert str(UsedLogin(key="ab")) == "ab"
        assert str(account) == "Zoé"


def always_taken(player: User, username: str) -> AbstractBaseUser:
    """Return a user whose name is always taken."""
    return Local(username="taken")


@pytest.mark.usefixtures("database")
class TestNewUsers:
    """Users that the game creates itself, with `ETERNALTWIN_LOGIN["new_user"]`."""

    def test_new_user_is_called(self) -> None:
        def new_user(zoe: User, username: str) -> AbstractBaseUser:
            return Local(username=f"p-{username}", first_name=zoe.username)

        with override_settings(ETERNALTWIN_LOGIN={"new_user": new_user}):
            account, _ = sign_in_account(player("Zoé la Grande"), "default")
        assert Local.objects.get(pk=account.user.pk).first_name == "Zoé la Grande"
        assert username_of(account) == "p-Zoé_la_Grande"

    def test_players_have_no_usable_password_whatever_new_user_does(self) -> None:
        def new_user(zoe: User, username: str) -> AbstractBaseUser:
            return Local.objects.create_user(username, password="the same for all")

        with override_settings(ETERNALTWIN_LOGIN={"new_user": new_user}):
            account, _ = sign_in_account(player(), "default")
        assert not Local.objects.get(pk=account.user.pk).has_usable_password()
        assert authenticate(None, username="Zoé", password="the same for all") is None

    @pytest.mark.parametrize("returned", [None, "zoe"])
    def test_new_user_that_returns_no_user(self, returned: object) -> None:
        def new_user(zoe: User, username: str) -> object:
            return returned

        with (
            override_settings(ETERNALTWIN_LOGIN={"new_user": new_user}),
            pytest.raises(ConfigurationError, match="new_user must return an unsaved User, not"),
        ):
            sign_in_account(player(), "default")

    def test_a_user_that_cannot_be_created(self) -> None:
        Local.objects.create_user("taken")
        with (
            override_settings(ETERNALTWIN_LOGIN={"new_user": always_taken}),
            pytest.raises(ConfigurationError, match="if the user model requires more"),
        ):
            sign_in_account(player(), "default")
        assert not EternaltwinAccount.objects.exists()


def map_staff(user: AbstractBaseUser, is_administrator: bool) -> None:
    """Make administrators of Eternaltwin members of the staff."""
    assert isinstance(user, Local)
    user.is_staff = is_administrator


@pytest.mark.usefixtures("database")
class TestAdministrators:
    """Administrators of Eternaltwin, with and without `ETERNALTWIN_LOGIN["administrator"]`."""

    def test_administrators_are_players_like_all_others_by_default(self) -> None:
        account, _ = sign_in_account(profile(uuid4(), is_administrator=True), "default")
        user = Local.objects.get(pk=account.user.pk)
        assert (user.is_staff, user.is_superuser) == (False, False)

    def test_the_option_gives_rights_and_takes_them_away(self) -> None:
        def is_staff() -> bool:
            return Local.objects.get().is_staff

        identifier = uuid4()
        with override_settings(ETERNALTWIN_LOGIN={"administrator": map_staff}):
            account, _ = sign_in_account(profile(identifier, is_administrator=True), "default")
            assert is_staff()
            sign_in_account(player("Zoé", str(identifier)), "default")  # nothing is known without a profile
            assert is_staff()
            Local.objects.update(first_name="changed meanwhile")
            for _ in range(2):  # the second time, there is nothing to change
                record(account, profile(identifier))
        assert not is_staff()
        assert Local.objects.get().first_name == "changed meanwhile"

    @pytest.mark.parametrize("is_administrator", [True, False])
    def test_rights_do_not_stay_with_a_user_who_loses_the_account(self, is_administrator: bool) -> None:
        """A member of the staff of the game, whose account is no administrator, keeps their own rights."""
        old, new = Local.objects.create_user("old", password="secret"), Local.objects.create_user("new")
        given = profile(uuid4(), is_administrator=is_administrator)
        with override_settings(ETERNALTWIN_LOGIN={"administrator": map_staff}):
            account = connect_account(old, given, "default")
            assert Local.objects.get(pk=old.pk).is_staff is is_administrator
            Local.objects.update(is_staff=True)
            move_account(account, new)
            assert Local.objects.get(pk=old.pk).is_staff is not is_administrator
            connect_account(old, profile(uuid4(), is_administrator=is_administrator), "default")
            Local.objects.update(is_staff=True)
            disconnect_account(Local.objects.get(pk=old.pk))
        assert Local.objects.get(pk=old.pk).is_staff is not is_administrator
        assert Local.objects.get(pk=new.pk).is_staff


@pytest.mark.usefixtures("database")
class TestAccountOf:
    """The account of a user who may have none."""

    def test_the_account_of_players_and_of_others(self) -> None:
        account, _ = sign_in_account(player(), "default")
        assert account_of(Local.objects.get(pk=account.user.pk)) == account
        assert account_of(Local.objects.create_user("boss", password="secret")) is None
        assert account_of(AnonymousUser()) is None

    def test_async_code_reads_it_once(self) -> None:
        account, _ = sign_in_account(player(), "default")
        users = Local.objects.get(pk=account.user.pk), Local.objects.create_user("boss", password="secret")

        async def shown() -> list[tuple[object, str]]:
            template = engines["django"].from_string("{% load eternaltwin %}{{ user|eternaltwin_account }}")
            return [(await aaccount_of(user), template.render({"user": user})) for user in users]

        assert async_to_sync(shown)() == [(account, "Zoé"), (None, "None")]


@pytest.mark.usefixtures("database")
class TestBackend:
    """The authentication backend."""

    def test_other_credentials_are_ignored(self) -> None:
        Local.objects.create_user("zoe", password="secret")
        backend = EternaltwinBackend()
        assert backend.authenticate(None, "zoe", "secret") is None
        assert backend.authenticate(None, eternaltwin_login="zoe") is None
        login = Login(player(), Token.bearer("x"), None, ())
        assert backend.authenticate(None, eternaltwin_login=login, eternaltwin_connection=1) is None
        local = authenticate(None, username="zoe", password="secret")
        assert local is not None
        assert backend.get_user(local.pk) is None  # signed in by another backend

    def test_a_refusal_stops_other_backends(self, caplog: pytest.LogCaptureFixture) -> None:
        account, _ = sign_in_account(player(), "default")
        Local.objects.update(is_active=False)
        login = Login(player("Zoé", str(account.identifier)), Token.bearer("x"), None, ())
        with pytest.raises(PermissionDenied) as caught:
            EternaltwinBackend().authenticate(None, eternaltwin_login=login)
        assert str(caught.value) == str(caught.value.__cause__)
        assert caplog.messages == [f"Sign-in refused: {caught.value}"]
        assert authenticate(None, eternaltwin_login=login) is None

    def test_permissions_are_those_of_the_user(self) -> None:
        login = Login(player(), Token.bearer("x"), None, ())
        user = authenticate(None, eternaltwin_login=login)
        assert isinstance(user, Local)
        assert not user.has_perm("eternaltwin.view_eternaltwinaccount")
        user.is_superuser = True
        assert user.has_perm("eternaltwin.view_eternaltwinaccount")


@given(st.text(max_size=64), st.uuids())
def test_every_name_becomes_a_valid_user_name(name: str, identifier: UUID) -> None:
    field = username_field()
    names = list(usernames(name, identifier, field))
    assert len({name.casefold() for name in names}) > 5
    for candidate in names:
        field.run_validators(candidate)
        assert "@" not in candidate


def test_names_with_unsuitable_characters() -> None:
    assert [fit_name(name) for name in ("((( )))", "", "Zoé la  Grande", "ﬁn", "a@b")] == [
        "player",
        "player",
        "Zoé_la_Grande",
        "fin",
        "a_b",
    ]


def test_user_names_that_must_be_email_addresses() -> None:
    field: models.EmailField[str, str] = models.EmailField()
    assert list(usernames("Zoé", UUID(int=7), field)) == ["00000000-0000-0000-0000-000000000007@eternaltwin.invalid"]
