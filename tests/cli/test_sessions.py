"""The commands `login`, `logout`, `whoami` and `accounts`."""

from __future__ import annotations

import errno
import json
import os
import socket
import stat
import struct
import subprocess
import sys
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import keyring
import pytest

from eternaltwin.cli.accounts import complete_accounts
from eternaltwin.cli.callers import signed_in_caller
from eternaltwin.cli.credentials import FileStore
from eternaltwin.cli.failures import NotSignedInError
from eternaltwin.cli.known_accounts import known_accounts
from eternaltwin.clients.sync.clients import Eternaltwin
from eternaltwin.exceptions import ConfigurationError
from eternaltwin.tokens import Token
from tests.support.command_servers import PASSWORD, CommandServer, opening
from tests.support.http_browsers import HTTPBrowser
from tests.support.keyrings import ChainedKeyring, MemoryKeyring, no_keyring
from tests.support.sockets import listen_on_free_port, port_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from keyring.backend import KeyringBackend


NOBODY = "eternaltwin: nobody is signed in to {}/\nnext: sign in with: eternaltwin login\n"


def secrets_of(memory: MemoryKeyring) -> list[str]:
    return [secret.strip('"') for secret in memory.entries.values()]


# --- name and password


def test_a_session_is_kept_in_the_keyring_and_nowhere_else(
    commands: CommandServer, memory_keyring: MemoryKeyring, settings_folder: Path
) -> None:
    done = commands.sign_in()
    assert done == (0, f"Signed in to {commands.server.url}/ as Alice.\n", "")
    assert [service for service, _ in memory_keyring.entries] == [f"eternaltwin {commands.server.url}/"]
    (secret,) = secrets_of(memory_keyring)
    kept = "".join(file.read_text() for file in settings_folder.iterdir())
    assert "Alice" in kept
    assert secret not in kept + "".join(commands.sign_in("--json")[1:])


def test_a_wrong_password_is_an_error_that_does_not_show_it(commands: CommandServer) -> None:
    done = commands.sign_in(password="hunter22")
    assert (done.status, done.output) == (4, "")
    assert "hunter22" not in done.errors
    assert "next: sign in with: eternaltwin login" in done.errors


def test_an_empty_password_is_wrong_usage(commands: CommandServer) -> None:
    done = commands.sign_in(password="")
    assert done.status == 2
    assert "no password in its first line" in done.errors


def test_nobody_is_asked_for_a_name_or_a_password_without_a_terminal(commands: CommandServer) -> None:
    assert "give --username" in commands.run("login").errors
    done = commands.run("login", "--username", "alice", "--json")
    assert done.status == 2
    assert "give --password-stdin" in done.json()["error"]["message"]


def test_a_password_over_plain_http_to_another_machine_is_noted(
    commands: CommandServer,
) -> None:
    environment = {"ETERNALTWIN_URL": "http://machine.invalid:9/"}
    done = commands.run("login", "--username", "a", "--password-stdin", typed="b\n", environment=environment)
    assert done.status == 3
    assert done.errors.startswith(
        "eternaltwin: the password goes to http://machine.invalid:9/ without encryption\neternaltwin: "
    )


# --- where it is kept


@pytest.mark.parametrize("backend", [no_keyring, lambda: ChainedKeyring(MemoryKeyring(), no_keyring())])
def test_without_a_keyring_it_refuses_before_it_reads_a_password(
    commands: CommandServer, backend: Callable[[], KeyringBackend]
) -> None:
    keyring.set_keyring(backend())
    done = commands.sign_in()
    assert done.status == 1
    assert done.errors.startswith("eternaltwin: there is no keyring on this machine that can keep a secret\nnext: ")
    assert commands.server.requests == []


def test_a_chain_of_good_keyrings_is_used(commands: CommandServer) -> None:
    chain = ChainedKeyring(MemoryKeyring())
    keyring.set_keyring(chain)
    assert commands.sign_in().status == 0
    assert chain.entries


def test_a_locked_keyring_is_an_error(commands: CommandServer, memory_keyring: MemoryKeyring) -> None:
    assert commands.sign_in().status == 0
    memory_keyring.is_locked = True
    for arguments in (("whoami", "--check"), ("logout",)):
        done = commands.run(*arguments)
        assert (done.status, done.errors.partition("\n")[0]) == (
            1,
            "eternaltwin: the keyring does not work (KeyringLocked)",
        )
    assert commands.sign_in().status == 1
    assert commands.run("whoami").status == 0  # which needs no secret


def test_a_secret_that_the_keyring_does_not_delete_stays_known(
    commands: CommandServer, memory_keyring: MemoryKeyring
) -> None:
    commands.sign_in()
    memory_keyring.is_read_only = True
    assert commands.run("logout").status == 1
    assert commands.run("whoami").status == 0


def test_without_the_package_keyring_it_says_what_to_install(
    commands: CommandServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    done = commands.sign_in()
    assert (done.status, done.errors) == (
        2,
        'eternaltwin: keeping a sign-in needs keyring: pip install "eternaltwin[cli]"\n',
    )


def test_a_plain_file_is_written_only_if_it_is_asked_for_and_only_its_owner_can_read_it(
    commands: CommandServer, memory_keyring: MemoryKeyring, settings_folder: Path
) -> None:
    keyring.set_keyring(no_keyring())
    done = commands.sign_in("--insecure-storage")
    assert done.status == 0
    assert "whoever can read your files can act as you" in done.errors
    assert {stat.S_IMODE(file.stat().st_mode) for file in settings_folder.iterdir()} == {0o600}
    assert stat.S_IMODE(settings_folder.stat().st_mode) == 0o700
    assert commands.run("whoami", "--check", "--json").json()["is_accepted"] is True
    keyring.set_keyring(memory_keyring)
    assert commands.sign_in().status == 0
    assert (settings_folder / "secrets.json").read_text() == "{}"


def test_a_file_that_others_can_read_is_refused(commands: CommandServer, settings_folder: Path) -> None:
    assert commands.sign_in("--insecure-storage").status == 0
    (settings_folder / "secrets.json").chmod(0o644)
    done = commands.run("whoami", "--check")
    assert done.status == 2
    assert "others may read or write it: chmod 600 it, and change your password" in done.errors


@pytest.mark.parametrize(
    ("name", "content"), [("accounts.json", "{"), ("accounts.json", "[{}]"), ("secrets.json", "5")]
)
def test_a_malformed_file_is_an_error(commands: CommandServer, settings_folder: Path, name: str, content: str) -> None:
    assert commands.sign_in("--insecure-storage").status == 0
    (settings_folder / name).write_text(content)
    done = commands.run("whoami", "--check")
    assert (done.status, done.errors) == (
        2,
        f"eternaltwin: {settings_folder / name}: is malformed: remove it, and sign in again\n",
    )
    assert complete_accounts(None, None, "A") == (["Alice"] if name == "secrets.json" else [])


def test_files_that_cannot_be_read_or_written_are_errors(commands: CommandServer, settings_folder: Path) -> None:
    (settings_folder / "accounts.json").mkdir(parents=True)
    assert "accounts.json: cannot be read: Is a directory" in commands.run("accounts").errors
    (settings_folder / "accounts.json").rmdir()
    settings_folder.rename(settings_folder.with_name("moved"))
    settings_folder.write_text("a file")
    assert "cannot be read: Not a directory" in commands.run("accounts").errors


def test_a_file_that_cannot_be_replaced_stays_as_it_was(
    commands: CommandServer, settings_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_: int) -> None:
        raise OSError(28, "No space left on device")

    assert commands.sign_in("--insecure-storage").status == 0
    before = {file.name: file.read_bytes() for file in settings_folder.iterdir()}
    monkeypatch.setattr(os, "fsync", fail)
    done = commands.sign_in("--insecure-storage", username="bob", password="b" * 10)
    assert done.status == 2
    assert "secrets.json: cannot be written: No space left on device" in done.errors
    assert {file.name: file.read_bytes() for file in settings_folder.iterdir()} == before


# --- who is signed in


def test_whoami_needs_no_network(commands: CommandServer) -> None:
    assert commands.run("whoami") == (4, "", NOBODY.format(commands.server.url))
    commands.sign_in()
    count = len(commands.server.requests)
    shown = commands.run("whoami", "--json").json()
    assert (shown["username"], shown["method"], shown["storage"]) == ("Alice", "session", "keyring")
    assert shown["is_accepted"] is None
    assert len(commands.server.requests) == count
    assert "Alice" in commands.run("whoami").output


def test_whoami_with_check_fails_when_the_server_has_ended_the_session(commands: CommandServer) -> None:
    commands.sign_in()
    commands.server.reset()
    done = commands.run("whoami", "--check")
    assert (done.status, done.output) == (4, "")
    assert "does not accept the sign-in any more" in done.errors


def test_a_secret_that_has_gone_from_the_keyring_means_to_sign_in_again(
    commands: CommandServer, memory_keyring: MemoryKeyring
) -> None:
    commands.sign_in()
    memory_keyring.entries = dict.fromkeys(memory_keyring.entries, "{")
    assert commands.run("whoami", "--check").status == 4
    memory_keyring.entries.clear()
    done = commands.run("whoami", "--check")
    assert done.status == 4
    assert "is not in the keyring any more" in done.errors
    assert commands.run("logout").status == 0
    assert commands.run("accounts", "--json").json()["items"] == []


def test_the_token_of_the_environment_outranks_the_sign_in(commands: CommandServer) -> None:
    commands.sign_in()
    environment = {"ETERNALTWIN_TOKEN": commands.token("bob")}
    shown = commands.run("whoami", "--json", environment=environment).json()
    assert (shown["username"], shown["storage"]) == (None, "environment")
    shown = commands.run("whoami", "--json", "--check", environment=environment).json()
    assert (shown["username"], shown["is_accepted"]) == ("Bob", True)
    done = commands.run("login", "--username", "alice", "--password-stdin", typed=PASSWORD, environment=environment)
    assert "commands use ETERNALTWIN_TOKEN instead, until it is unset" in done.errors


def test_a_malformed_token_of_the_environment_is_an_error_that_does_not_show_it(commands: CommandServer) -> None:
    done = commands.run("whoami", environment={"ETERNALTWIN_TOKEN": "not a token"})
    assert (done.status, done.errors) == (2, "eternaltwin: ETERNALTWIN_TOKEN is not an access token\n")


def test_other_commands_get_the_identity_of_who_is_signed_in(
    commands: CommandServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Eternaltwin(url=commands.server.url) as client:
        with pytest.raises(NotSignedInError, match="nobody is signed in to"):
            signed_in_caller(client)
        commands.sign_in()
        assert commands.server.login("alice") != signed_in_caller(client)
        monkeypatch.setenv("ETERNALTWIN_TOKEN", "secret")
        assert signed_in_caller(client) == Token.bearer("secret")


# --- several accounts


def test_the_last_who_signed_in_is_current_and_accounts_switches(commands: CommandServer) -> None:
    commands.sign_in()
    commands.sign_in(username="bob", password="b" * 10)
    listed = commands.run("accounts", "--json").json()
    assert [(item["username"], item["is_current"]) for item in listed["items"]] == [("Alice", False), ("Bob", True)]
    assert listed["count"] == 2
    assert commands.run("accounts", "use", "Alice").output == f"Commands use Alice on {commands.server.url}/.\n"
    assert commands.run("whoami", "--check", "--json").json()["username"] == "Alice"
    shown = commands.run("accounts").output.splitlines()
    assert [line.split()[0] for line in shown[1:]] == [f"{commands.server.url}/", "*"]
    assert commands.run("accounts", "use", listed["items"][1]["identifier"], "--json").json()["username"] == "Bob"
    assert complete_accounts(None, None, "B") == ["Bob"]


def test_accounts_of_another_server_stay_current_there(commands: CommandServer) -> None:
    commands.sign_in()
    other = CommandServer()
    with other.server:
        other.sign_in(username="bob", password="b" * 10)
        assert other.run("whoami", "--json").json()["username"] == "Bob"
    assert commands.run("whoami", "--json").json()["username"] == "Alice"


def test_an_account_that_has_not_signed_in_cannot_be_used(commands: CommandServer) -> None:
    assert commands.run("accounts") == (0, "", "")
    commands.sign_in()
    done = commands.run("accounts", "use", "Zoe")
    assert done.status == 1
    assert "'Zoe' has not signed in to" in done.errors


# --- signing out


def test_logout_ends_the_session_on_the_server_and_forgets_it(
    commands: CommandServer, memory_keyring: MemoryKeyring
) -> None:
    commands.sign_in()
    done = commands.run("logout")
    assert done == (0, f"Signed out of {commands.server.url}/ as Alice.\n", "")
    assert [(request.method, request.path) for request in commands.server.requests][-1] == (
        "DELETE",
        "/api/v1/auth/self",
    )
    assert memory_keyring.entries == {}
    assert commands.run("logout") == (4, "", NOBODY.format(commands.server.url))


def test_logout_forgets_a_session_also_if_the_server_cannot_be_told(commands: CommandServer) -> None:
    commands.sign_in("--insecure-storage")
    commands.server.fail_next(500, times=5)
    done = commands.run("logout", "Alice", "--json")
    assert (done.status, done.json()["username"]) == (0, "Alice")
    assert "the session is only forgotten here" in done.errors
    assert commands.run("accounts", "--json").json()["count"] == 0


# --- in the browser


def test_a_person_signs_in_in_the_browser_at_the_callback_of_the_game(
    commands: CommandServer, monkeypatch: pytest.MonkeyPatch, memory_keyring: MemoryKeyring
) -> None:
    pages: list[tuple[int, str, str]] = []
    monkeypatch.setattr("webbrowser.open", opening(lambda address: pages.extend(commands.visit(address))))
    done = commands.sign_in_in_the_browser("--json")
    assert (done.status, done.json()["method"], done.json()["username"]) == (0, "token", "Alice")
    assert done.errors.startswith("eternaltwin: sign in in the browser: http://localhost:")
    assert commands.run("whoami", "--check", "--json").json()["is_accepted"] is True
    (secret,) = secrets_of(memory_keyring)
    assert secret not in done.output + done.errors
    done = commands.run("logout")
    assert done.errors.startswith("eternaltwin: the server cannot revoke the token")
    assert [page[0] for page in pages] == [303, 200]
    assert "Hello, Alice" in pages[1][2]


def test_another_browser_another_host_and_a_second_start_get_nowhere(
    commands: CommandServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def visit(address: str) -> None:
        browser, other = HTTPBrowser(address), HTTPBrowser(address)
        seen.append(other.open(address.replace("localhost", "127.0.0.1"))[0])
        location = browser.open(address)[1]
        seen.append(other.open(address)[0])
        callback = commands.server.authorize(location, "alice")
        seen.append(other.open(callback)[0])
        seen.append(other.open(callback.partition("?")[0])[0])
        seen.append(browser.open(callback)[0])

    monkeypatch.setattr("webbrowser.open", opening(visit))
    assert commands.sign_in_in_the_browser().status == 0
    assert seen[:4] == [421, 404, 400, 400]


def test_a_browser_that_goes_away_does_not_end_the_sign_in(
    commands: CommandServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def visit(address: str) -> None:
        parts = urlsplit(address)
        with socket.create_connection((parts.hostname or "", parts.port or 0)) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        commands.visit(address)

    monkeypatch.setattr("webbrowser.open", opening(visit))
    done = commands.sign_in_in_the_browser()
    assert done.status == 0
    assert "Traceback" not in done.errors


def test_a_refused_sign_in_ends_the_command(commands: CommandServer, monkeypatch: pytest.MonkeyPatch) -> None:
    def visit(address: str) -> None:
        browser = HTTPBrowser(address)
        callback = commands.server.authorize(browser.open(address)[1], "alice")
        state = callback.partition("state=")[2].partition("&")[0]
        browser.open(f"{commands.callback}?error=access_denied&state={state}")

    monkeypatch.setattr("webbrowser.open", opening(visit))
    done = commands.sign_in_in_the_browser()
    assert done.status == 1
    assert "the player refused to sign in" in done.errors


def test_a_server_that_goes_away_during_a_sign_in_is_reported_as_such(
    commands: CommandServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def visit(address: str) -> None:
        browser = HTTPBrowser(address)
        callback = commands.server.authorize(browser.open(address)[1], "alice")
        commands.server.fail_next(None, times=9, delay=1, path="/oauth/token")
        browser.open(callback)

    monkeypatch.setattr("webbrowser.open", opening(visit))
    assert commands.sign_in_in_the_browser("--timeout", "0.1").status == 3


def test_nobody_in_the_browser_is_an_error_and_no_browser_prints_the_address_only(commands: CommandServer) -> None:
    done = commands.sign_in_in_the_browser("--no-browser", "--wait", "0.05")
    assert done.status == 1
    assert "nobody has signed in in the browser" in done.errors
    assert "next: look at what its page says" in done.errors


def test_a_callback_where_the_game_listens_is_an_error(commands: CommandServer) -> None:
    with listen_on_free_port() as taken:
        environment = {**commands.game, "ETERNALTWIN_REDIRECT_URI": f"http://127.0.0.1:{port_of(taken)}/callback"}
        done = commands.run("login", environment=environment)
    assert done.status == 1
    assert "cannot listen at the callback" in done.errors
    assert "next: stop the game" in done.errors


def test_no_other_user_can_listen_at_the_other_address_of_localhost(
    commands: CommandServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Browsers may try `::1` first, and a listener there would get the address of the sign-in and the code."""
    pages: list[int] = []

    def visit(address: str) -> None:
        other = address.replace("localhost", "[::1]")
        pages.append(HTTPBrowser(other).open(other)[0])
        pages.extend(page[0] for page in commands.visit(address))

    monkeypatch.setattr("webbrowser.open", opening(visit))
    assert commands.sign_in_in_the_browser().status == 0
    assert pages == [421, 303, 200]
    port = urlsplit(commands.callback).port or 0
    with socket.create_server(("::1", port), family=socket.AF_INET6):
        done = commands.sign_in_in_the_browser()
    assert done.status == 1
    assert "cannot listen at the callback" in done.errors
    socket.create_server(("127.0.0.1", port)).close()  # nothing is left open


def test_a_callback_at_an_address_is_listened_at_there_only(commands: CommandServer) -> None:
    port = urlsplit(commands.callback).port or 0
    environment = {**commands.game, "ETERNALTWIN_REDIRECT_URI": f"http://127.0.0.1:{port}/oauth/callback"}
    with socket.create_server(("::1", port), family=socket.AF_INET6):
        done = commands.run("login", "--no-browser", "--wait", "0.05", environment=environment)
    assert "nobody has signed in in the browser" in done.errors


def test_a_machine_without_ipv6_needs_no_other_address(
    commands: CommandServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_ipv6(*_: object) -> None:
        raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")

    monkeypatch.setattr("eternaltwin.cli.browser_sign_ins._Neighbour", no_ipv6)
    monkeypatch.setattr("webbrowser.open", opening(commands.visit))
    assert commands.sign_in_in_the_browser().status == 0


@pytest.mark.parametrize(
    "callback", ["https://localhost/c", "http://game.example/c", "http://192.168.0.1/c", "https://127.0.0.1/c"]
)
def test_a_callback_elsewhere_means_name_and_password(commands: CommandServer, callback: str) -> None:
    done = commands.run("login", environment={**commands.game, "ETERNALTWIN_REDIRECT_URI": callback})
    assert "give --username" in done.errors


def test_a_wrong_scope_is_reported_before_anybody_signs_in(commands: CommandServer) -> None:
    done = commands.run("login", "--scope", 'a"b', environment=commands.game)
    assert done.status == 2


def test_what_a_browser_prints_is_no_data_and_one_in_the_terminal_does_not_hold_the_sign_in_up(
    commands: CommandServer, tmp_path: Path
) -> None:
    program = tmp_path / "browser"
    program.write_text("#!/bin/sh\necho Opening in existing browser session.\nexec sleep 5 >&- 2>&-\n")
    program.chmod(0o755)
    command = [sys.executable, "-m", "eternaltwin", "login", "--insecure-storage", "--wait", "0.05", "--json"]
    environment = {**os.environ, **commands.game, "ETERNALTWIN_URL": commands.server.url, "BROWSER": f"{program} %s"}
    done = subprocess.run(command, check=False, env=environment, capture_output=True, text=True, timeout=20)
    assert json.loads(done.stdout)["error"]["message"] == "nobody has signed in in the browser"
    assert "Opening in existing browser session.\n" in done.stderr


# --- several at once


def test_a_folder_that_cannot_be_written_is_an_error(settings_folder: Path) -> None:
    settings_folder.write_text("a file in its place")
    with pytest.raises(ConfigurationError, match="cannot be written"):
        FileStore().write("http://s/", "name", "secret")


def test_sign_ins_at_the_same_time_lose_none(settings_folder: Path) -> None:
    """Each process reads the files before any has written them, unless they wait for each other."""
    code = """
import sys
from eternaltwin.cli.credentials import FileStore
from eternaltwin.cli.known_accounts import KnownAccount, remember
for number in range(20):
    name = f"{sys.argv[1]}-{number}"
    FileStore().write("http://s/", name, "secret")
    remember(KnownAccount(
        server="http://s/", identifier=name, username=name, method="session", storage="file", is_current=True
    ))
"""
    running = [subprocess.Popen([sys.executable, "-c", code, str(number)]) for number in range(2)]
    assert [process.wait() for process in running] == [0, 0]
    assert len(known_accounts()) == 40
    assert sum(account.is_current for account in known_accounts()) == 1
    assert len(json.loads((settings_folder / "secrets.json").read_text())["http://s/"]) == 40
    assert {stat.S_IMODE(file.stat().st_mode) for file in settings_folder.iterdir()} == {0o600}
