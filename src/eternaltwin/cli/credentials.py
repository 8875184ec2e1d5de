"""The secrets of accounts: in the system's keyring, or, if a person says so, in a file that only its owner can read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeAlias

import msgspec

from eternaltwin.cli.failures import CommandFailedError
from eternaltwin.cli.known_accounts import changing_private_files, read_private, write_private
from eternaltwin.exceptions import InvalidArgumentError, MissingExtraError
from eternaltwin.hidden import clears_frames, hide

if TYPE_CHECKING:
    from eternaltwin.cli.known_accounts import KnownAccount, SignInMethod, Storage
    from eternaltwin.identities import Session
    from eternaltwin.tokens import Token

#: What a person who signs in gets: the id of a session, or a token.
Secret: TypeAlias = "Session | Token"

#: Keyrings that keep nothing, or keep it in the clear, by the start of their module's name.
_UNSAFE = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")

_FILE = "secrets.json"

_REFUSED = "there is no keyring on this machine that can keep a secret"
_INSTEAD = "install one (such as gnome-keyring), set ETERNALTWIN_TOKEN, or accept a plain file with --insecure-storage"


class SecretStore(Protocol):
    """Keeps secrets, by server and account."""

    def read(self, server: str, identifier: str) -> str | None:
        """Return a secret.

        Args:
            server: Address of the server.
            identifier: Id of the account.

        Returns:
            The secret. None if there is none.
        """
        ...

    def write(self, server: str, identifier: str, secret: str) -> None:
        """Keep a secret, in place of the one before it.

        Args:
            server: Address of the server.
            identifier: Id of the account.
            secret: The secret.
        """
        ...

    def delete(self, server: str, identifier: str) -> None:
        """Forget a secret, if there is one.

        Args:
            server: Address of the server.
            identifier: Id of the account.
        """
        ...


class KeyringStore:
    """The system's keyring, with an entry for each server and account.

    Raises:
        MissingExtraError: The package `keyring` is not installed.
        CommandFailedError: There is no keyring, or it keeps secrets in the clear.
    """

    def __init__(self) -> None:
        try:
            import keyring
        except ModuleNotFoundError:
            raise MissingExtraError(
                'keeping a sign-in needs keyring: pip install "eternaltwin[cli]"', name="keyring"
            ) from None
        from keyring.errors import KeyringError

        self._keyring = keyring
        self._errors = KeyringError
        backend = keyring.get_keyring()
        chained: list[object] = getattr(backend, "backends", None) or [backend]
        if any(type(each).__module__.startswith(_UNSAFE) for each in chained):
            raise CommandFailedError(_REFUSED, _INSTEAD)

    @clears_frames
    def read(self, server: str, identifier: str) -> str | None:
        """Return a secret.

        Args:
            server: Address of the server.
            identifier: Id of the account.

        Returns:
            The secret. None if there is none.

        Raises:
            CommandFailedError: The keyring is locked, or does not work.
        """
        try:
            return hide(self._keyring.get_password(_service(server), identifier))
        except self._errors as exc:
            failure = _unusable(exc)
        raise failure

    @clears_frames
    def write(self, server: str, identifier: str, secret: str) -> None:
        """Keep a secret, in place of the one before it.

        Args:
            server: Address of the server.
            identifier: Id of the account.
            secret: The secret.

        Raises:
            CommandFailedError: The keyring is locked, or does not work.
        """
        try:
            return self._keyring.set_password(_service(server), identifier, str(secret))
        except self._errors as exc:
            failure = _unusable(exc)
        raise failure

    def delete(self, server: str, identifier: str) -> None:
        """Forget a secret, if there is one.

        Args:
            server: Address of the server.
            identifier: Id of the account.

        Raises:
            CommandFailedError: The keyring is locked, or does not work.
        """
        if self.read(server, identifier) is None:
            return
        try:
            self._keyring.delete_password(_service(server), identifier)
        except self._errors as exc:
            raise _unusable(exc) from None


def _service(server: str) -> str:
    return f"eternaltwin {server}"


def _unusable(exc: Exception) -> CommandFailedError:
    return CommandFailedError(
        f"the keyring does not work ({type(exc).__name__})", "unlock it, or sign in with --insecure-storage"
    )


class FileStore:
    """A file that only its owner can read. What reads the owner's files, such as a backup, has the secrets."""

    @clears_frames
    def read(self, server: str, identifier: str) -> str | None:
        """Return a secret.

        Args:
            server: Address of the server.
            identifier: Id of the account.

        Returns:
            The secret. None if there is none.

        Raises:
            ConfigurationError: The file cannot be read, others may read it, or it is malformed.
        """
        return hide(self._secrets().get(server, {}).get(identifier))

    @clears_frames
    def write(self, server: str, identifier: str, secret: str) -> None:
        """Keep a secret, in place of the one before it.

        Args:
            server: Address of the server.
            identifier: Id of the account.
            secret: The secret.

        Raises:
            ConfigurationError: The file cannot be read or written.
        """
        with changing_private_files():
            secrets = self._secrets()
            secrets.setdefault(server, {})[identifier] = str(secret)  # no HiddenStr, which JSON has none of
            write_private(_FILE, secrets)

    @clears_frames
    def delete(self, server: str, identifier: str) -> None:
        """Forget a secret, if there is one.

        Args:
            server: Address of the server.
            identifier: Id of the account.

        Raises:
            ConfigurationError: The file cannot be read or written.
        """
        if self.read(server, identifier) is None:
            return
        with changing_private_files():
            secrets = self._secrets()
            secrets.get(server, {}).pop(identifier, None)
            write_private(_FILE, {name: kept for name, kept in secrets.items() if kept})

    def _secrets(self) -> dict[str, dict[str, str]]:
        empty: dict[str, dict[str, str]] = {}
        return read_private(_FILE, dict[str, dict[str, str]], empty)


def store_of(storage: Storage) -> SecretStore:
    """Return the store of a kind.

    Args:
        storage: The kind.

    Returns:
        The store.

    Raises:
        MissingExtraError: The package `keyring` is not installed.
        CommandFailedError: There is no keyring, or it keeps secrets in the clear.
    """
    return KeyringStore() if storage == "keyring" else FileStore()


def method_of(secret: Secret) -> SignInMethod:
    """Return how an account has signed in.

    Args:
        secret: A session or a token.

    Returns:
        The name of the method.
    """
    from eternaltwin.tokens import Token

    return "token" if isinstance(secret, Token) else "session"


@clears_frames
def keep(store: SecretStore, account: KnownAccount, secret: Secret) -> None:
    """Keep the secret of an account.

    Args:
        store: Where.
        account: The account.
        secret: A session or a token.
    """
    from eternaltwin.tokens import Token

    content = secret.to_dict() if isinstance(secret, Token) else secret.identifier
    store.write(account.server, account.identifier, hide(msgspec.json.encode(content).decode()))


@clears_frames
def kept(account: KnownAccount) -> Secret | None:
    """Return the secret of an account.

    Args:
        account: The account.

    Returns:
        A session or a token. None if it is not there any more, or malformed.

    Raises:
        CommandFailedError: The keyring cannot be used.
        ConfigurationError: The file with the secrets cannot be read.
    """
    from eternaltwin.identities import Session
    from eternaltwin.tokens import Token

    text = store_of(account.storage).read(account.server, account.identifier)
    if text is None:
        return None
    try:
        if account.method == "session":
            return Session(hide(msgspec.json.decode(str(text), type=str)))
        return Token.from_dict(msgspec.json.decode(str(text), type=dict[str, object]))
    except (msgspec.DecodeError, InvalidArgumentError):
        return None
