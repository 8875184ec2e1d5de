"""The commands `login`, `logout` and `whoami`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, cast

import click
import msgspec

from eternaltwin.cli.accounts import complete_accounts, find_account
from eternaltwin.cli.callers import TOKEN_VARIABLE, signed_in_caller, token_of_environment
from eternaltwin.cli.connections import opened
from eternaltwin.cli.credentials import FileStore, keep, kept, method_of, store_of
from eternaltwin.cli.failures import NotSignedInError
from eternaltwin.cli.known_accounts import KnownAccount, current_account, forget, remember
from eternaltwin.cli.loopback import LONGEST, is_loopback
from eternaltwin.cli.options import DocumentedCommand, connection_options, json_option
from eternaltwin.cli.output import note, print_fields, print_json
from eternaltwin.cli.terminals import ask, browser
from eternaltwin.cli.visible_text import visible
from eternaltwin.exceptions import RequestError, TransportError
from eternaltwin.hidden import clears_frames, hide

if TYPE_CHECKING:
    from eternaltwin.cli.browser_sign_ins import CallbackListener
    from eternaltwin.cli.connections import ChosenConnection
    from eternaltwin.cli.credentials import Secret
    from eternaltwin.cli.known_accounts import Storage
    from eternaltwin.clients.sync.clients import Eternaltwin
    from eternaltwin.users import User


@click.command(cls=DocumentedCommand)
@connection_options
@click.option("--username", metavar="NAME", help="Sign in with this name and a password, not in the browser.")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
@click.option("--no-browser", is_flag=True, help="Open no browser, and only print the address to open.")
@click.option("--scope", default="base", show_default=True, help="Scopes for the browser, separated by spaces.")
@click.option(
    "--wait",
    metavar="SECONDS",
    type=click.FloatRange(0, LONGEST, min_open=True),
    default=300,
    show_default=True,
    help="How long to wait for the browser.",
)
@click.option("--insecure-storage", is_flag=True, help="Keep the sign-in in a file that only you can read.")
@json_option
@clears_frames
def login(
    connection: ChosenConnection,
    username: str | None,
    password_stdin: bool,
    no_browser: bool,
    scope: str,
    wait: float,
    insecure_storage: bool,
    is_json: bool,
) -> None:
    """Sign in, and keep the sign-in for the other commands.

    In the browser, if the connection is that of a game whose callback is on this machine; else by name and password.

    Args:
        connection: The options of the connection.
        username: Name to sign in with.
        password_stdin: Whether the password is on standard input.
        no_browser: Whether to print the address only.
        scope: The scopes to ask for.
        wait: Seconds to wait for the browser.
        insecure_storage: Whether to keep the sign-in in a file.
        is_json: Whether to print JSON.
    """
    storage: Storage = "file" if insecure_storage else "keyring"
    store = store_of(storage)  # before anybody types a password that could not be kept
    with opened(connection) as client:
        if username is None and not password_stdin and _has_own_callback(client):
            from eternaltwin.cli.browser_sign_ins import CallbackListener

            with CallbackListener(client, scope) as listener:
                note(f"sign in in the browser: {listener.start_url}")
                with browser(listener.start_url, is_opened=not no_browser):
                    user, secret = _in_browser(listener, wait)
        else:
            user, secret = _with_password(client, username, password_stdin)
        account = KnownAccount(
            server=client.url,
            identifier=user.identifier,
            username=user.username,
            method=method_of(secret),
            storage=storage,
            is_current=True,
        )
    keep(store, account, secret)
    remember(account)
    _settle(account)
    _show(account, f"Signed in to {account.server} as {visible(account.username)}.", is_json)


def _has_own_callback(client: Eternaltwin) -> bool:
    game = client.settings.oauth_client
    return game is not None and is_loopback(game.redirect_uri)


@clears_frames
def _with_password(client: Eternaltwin, username: str | None, is_on_stdin: bool) -> tuple[User, Secret]:
    from eternaltwin.identities import Session

    if client.url.startswith("http:") and not is_loopback(client.url):
        note(f"the password goes to {client.url} without encryption")
    name = ask("Username", "--username") if username is None else username
    password = hide(sys.stdin.readline().rstrip("\r\n") if is_on_stdin else _ask_password())
    if not password:
        raise click.UsageError("standard input has no password in its first line")
    session = Session.login(name, password, client)
    return cast("User", session.user), session  # of a login, it is known


def _ask_password() -> str:
    return ask("Password", "--password-stdin", is_hidden=True)


@clears_frames
def _in_browser(listener: CallbackListener, seconds: float) -> tuple[User, Secret]:
    done = listener.wait(seconds)
    return done.user, done.token


def _settle(account: KnownAccount) -> None:
    """Leave no older copy in the clear, and note what a person should know."""
    if account.storage == "file":
        note("the sign-in is kept in a plain file: whoever can read your files can act as you")
    else:
        FileStore().delete(account.server, account.identifier)
    if token_of_environment() is not None:
        note(f"commands use {TOKEN_VARIABLE} instead, until it is unset")


def _show(account: KnownAccount, sentence: str, is_json: bool) -> None:
    if is_json:
        print_json(account)
    else:
        click.echo(sentence)


@click.command(cls=DocumentedCommand)
@connection_options
@click.option("--check", is_flag=True, help="Ask the server whether it still accepts the sign-in.")
@json_option
@clears_frames
def whoami(connection: ChosenConnection, check: bool, is_json: bool) -> None:
    """Print who is signed in, without a network unless --check is given.

    Args:
        connection: The options of the connection.
        check: Whether to ask the server.
        is_json: Whether to print JSON.
    """
    with opened(connection) as client:
        shown = _of_environment(client.url) if token_of_environment() is not None else _of_account(client.url)
        if check:
            shown |= _checked(client)
    if is_json:
        print_json(shown)
    else:
        print_fields((name.replace("_", " "), value) for name, value in shown.items())


def _of_environment(server: str) -> dict[str, Any]:
    token: dict[str, Any] = {"server": server, "identifier": None, "username": None, "method": "token"}
    return {**token, "storage": "environment", "is_current": True, "is_accepted": None}


def _of_account(server: str) -> dict[str, Any]:
    account = current_account(server)
    if account is None:
        raise NotSignedInError(f"nobody is signed in to {server}")
    return {**msgspec.to_builtins(account), "is_accepted": None}


@clears_frames
def _checked(client: Eternaltwin) -> dict[str, Any]:
    from eternaltwin import identities

    seen = identities.whoami(client, identity=signed_in_caller(client))
    if seen.user is None:
        raise NotSignedInError(f"{client.url} does not accept the sign-in any more")
    return {"identifier": seen.user.identifier, "username": seen.user.username, "is_accepted": True}


@click.command(cls=DocumentedCommand)
@connection_options
@click.argument("name", required=False, shell_complete=complete_accounts)
@json_option
@clears_frames
def logout(connection: ChosenConnection, name: str | None, is_json: bool) -> None:
    """Forget a sign-in: that of NAME, or else the current one. A session is ended on the server, too.

    Args:
        connection: The options of the connection.
        name: Display name or id of the account.
        is_json: Whether to print JSON.
    """
    with opened(connection) as client:
        account = current_account(client.url) if name is None else find_account(client.url, name)
        if account is None:
            raise NotSignedInError(f"nobody is signed in to {client.url}")
        _end(client, account)
    store_of(account.storage).delete(account.server, account.identifier)
    forget(account)
    _show(account, f"Signed out of {account.server} as {visible(account.username)}.", is_json)


@clears_frames
def _end(client: Eternaltwin, account: KnownAccount) -> None:
    """End a session on the server, if that can be reached: it is forgotten here anyway."""
    from eternaltwin.identities import Session

    secret = kept(account)
    if not isinstance(secret, Session):
        note("the server cannot revoke the token of a sign-in in the browser: it is only forgotten here")
        return
    try:
        secret.logout(client)
    except (RequestError, TransportError) as exc:
        note(f"the session is only forgotten here: {exc}")
