"""A site with a custom user model, in its own process: signs two players in and prints their user names.

python -m tests.integrations.django.own_users.site MODEL
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING
from uuid import UUID

import django
from django.conf import settings

from tests.integrations.django import settings as usual

if TYPE_CHECKING:
    from collections.abc import Callable

INSTALLED = ["django.contrib.auth", "django.contrib.contenttypes", "django.contrib.sessions"]


def main(model: str) -> None:
    """Sign two players in, twice each, and print the results as JSON."""
    new_user = "tests.integrations.django.own_users.models.new_number_user"
    settings.configure(
        AUTH_USER_MODEL=f"own_users.{model}",
        AUTHENTICATION_BACKENDS=usual.AUTHENTICATION_BACKENDS,
        ALLOWED_HOSTS=usual.ALLOWED_HOSTS,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        ETERNALTWIN=usual.ETERNALTWIN,
        ETERNALTWIN_LOGIN={"new_user": new_user} if model == "NumberUser" else {},
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        INSTALLED_APPS=[*INSTALLED, "eternaltwin.integrations.django", "tests.integrations.django.own_users"],
        MIDDLEWARE=[name for name in usual.MIDDLEWARE if "messages" not in name],
        ROOT_URLCONF="tests.integrations.django.own_users.urls",
        SECRET_KEY=usual.SECRET_KEY,
        USE_TZ=True,
    )
    django.setup()
    from django.core.checks import run_checks
    from django.core.management import call_command

    call_command("migrate", run_syncdb=True, verbosity=0)
    checks = [str(message.id) for message in run_checks()]
    print(json.dumps({"names": sign_in(), "overtaken": sign_in_overtaken(), "checks": checks}))


def sign_in() -> list[str]:
    """Sign two players of the same name in, twice each, and return their user names."""
    from django.contrib.auth import authenticate

    from eternaltwin.integrations.django.backends import EternaltwinBackend
    from eternaltwin.login import Login
    from eternaltwin.tokens import Token
    from eternaltwin.users import User

    names: list[str] = []
    for number in (1, 2, 1, 2):
        player = User(str(UUID(int=number)), "Zoé", None, None, None)
        user = authenticate(None, eternaltwin_login=Login(player, Token.bearer("x"), None, ()))
        assert user is not None
        assert EternaltwinBackend().get_user(user.pk) == user
        names.append(str(user.get_username()))
    return names


def sign_in_overtaken() -> list[bool]:
    """Sign a player in during another sign-in of the same player; return which of the two created the account."""
    from django.db import connection

    from eternaltwin.integrations.django.accounts import sign_in_account
    from eternaltwin.users import User

    player = User(str(UUID(int=3)), "Zoé", None, None, None)
    statements: list[str] = []
    are_new: list[bool] = []

    def overtake(
        execute: Callable[[str, object, bool, dict[str, object]], object],
        sql: str,
        params: object,
        many: bool,
        context: dict[str, object],
    ) -> object:
        statements.append(sql)
        if len(statements) == 2:
            are_new.append(sign_in_account(player, "default")[1])
        return execute(sql, params, many, context)

    with connection.execute_wrapper(overtake):
        are_new.append(sign_in_account(player, "default")[1])
    return are_new


if __name__ == "__main__":
    main(sys.argv[1])
