"""The accounts that have signed in on this machine, and where their secrets are kept. Nothing of it is secret."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import TYPE_CHECKING, Literal, TypeAlias, TypeVar

import msgspec

from eternaltwin.cli.config import config_folder
from eternaltwin.exceptions import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Generator

#: Where a secret is: in the system's keyring, or in a file that only its owner can read.
Storage: TypeAlias = Literal["keyring", "file"]

#: What a secret is: the session of a name and a password, or the token of a sign-in in the browser.
SignInMethod: TypeAlias = Literal["session", "token"]

Content = TypeVar("Content")


class KnownAccount(msgspec.Struct, frozen=True, kw_only=True):
    """An account that has signed in.

    Attributes:
        server: Address of its server, with a final `/`.
        identifier: Its id.
        username: Its display name, as it was at the sign-in.
        method: How it has signed in.
        storage: Where its secret is.
        is_current: Whether commands use it, if they use its server.
    """

    server: str
    identifier: str
    username: str
    method: SignInMethod
    storage: Storage
    is_current: bool


def known_accounts() -> list[KnownAccount]:
    """Return the accounts that have signed in.

    Returns:
        The accounts, in the order of their sign-ins.

    Raises:
        ConfigurationError: Their file cannot be read, or is malformed.
    """
    return read_private("accounts.json", list[KnownAccount], [])


def current_account(server: str) -> KnownAccount | None:
    """Return the account that commands use.

    Args:
        server: Address of the server.

    Returns:
        The account. None if nobody is signed in there.

    Raises:
        ConfigurationError: The file of the accounts cannot be read, or is malformed.
    """
    return next((known for known in known_accounts() if known.server == server and known.is_current), None)


def remember(account: KnownAccount) -> None:
    """Add an account that is the current one of its server, in place of what is known of it.

    Args:
        account: The account.

    Raises:
        ConfigurationError: The file of the accounts cannot be read or written.
    """
    with changing_private_files():
        others = [_set_aside(known) if known.server == account.server else known for known in _without(account)]
        write_private("accounts.json", [*others, account])


def forget(account: KnownAccount) -> None:
    """Remove an account.

    Args:
        account: The account.

    Raises:
        ConfigurationError: The file of the accounts cannot be read or written.
    """
    with changing_private_files():
        write_private("accounts.json", _without(account))


def _without(account: KnownAccount) -> list[KnownAccount]:
    removed = (account.server, account.identifier)
    return [known for known in known_accounts() if (known.server, known.identifier) != removed]


def _set_aside(account: KnownAccount) -> KnownAccount:
    return msgspec.structs.replace(account, is_current=False)


def read_private(name: str, kind: type[Content], default: Content) -> Content:
    """Read a file of the command line's folder.

    Args:
        name: Name of the file.
        kind: What its JSON is.
        default: What to return if there is no file.

    Returns:
        Its content.

    Raises:
        ConfigurationError: It cannot be read, others may read it, or it is malformed. The message shows none of it.
    """
    path = config_folder() / name
    try:
        with path.open("rb") as file:
            _check_private(path, os.fstat(file.fileno()).st_mode)
            return msgspec.json.decode(file.read(), type=kind)
    except FileNotFoundError:
        return default
    except OSError as exc:
        problem = f"cannot be read: {exc.strerror}"
    except msgspec.DecodeError:
        problem = "is malformed: remove it, and sign in again"
    raise ConfigurationError(f"{path}: {problem}")


def _check_private(path: Path, mode: int) -> None:
    if os.name == "posix" and mode & 0o077:
        raise ConfigurationError(f"{path}: others may read or write it: chmod 600 it, and change your password")


@contextmanager
def changing_private_files() -> Generator[None]:
    """Keep other processes from changing files of the command line's folder between reading and writing them.

    Windows has no such lock.

    Yields:
        None.

    Raises:
        ConfigurationError: The folder cannot be written.
    """
    path = config_folder() / ".lock"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as exc:
        problem = f"{path}: cannot be written: {exc.strerror}"
    else:
        with os.fdopen(number):  # which ends the lock
            with suppress(ImportError):
                import fcntl

                fcntl.flock(number, fcntl.LOCK_EX)
            yield
        return
    raise ConfigurationError(problem)


def write_private(name: str, content: object) -> None:
    """Replace a file of the command line's folder at once, by one that only its owner can read.

    Args:
        name: Name of the file.
        content: What to write, as JSON.

    Raises:
        ConfigurationError: It cannot be written.
    """
    path = config_folder() / name
    data = msgspec.json.format(msgspec.json.encode(content), indent=2)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _replace(path, data)
    except OSError as exc:
        problem = f"{path}: cannot be written: {exc.strerror}"
    else:
        return
    raise ConfigurationError(problem)


def _replace(path: Path, data: bytes) -> None:
    number, temporary = mkstemp(dir=path.parent, prefix=f".{path.name}.")  # nobody else can ever open it
    try:
        with os.fdopen(number, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(number)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
