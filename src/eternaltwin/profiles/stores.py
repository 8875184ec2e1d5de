"""What a store of profiles is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class KeptEntry(NamedTuple):
    """An entry to keep.

    Attributes:
        content: The entry. It contains no secret.
        seconds: Seconds after which the store may forget it, more than 0.
    """

    content: bytes
    seconds: float


class Leases(NamedTuple):
    """What `lease` of a store has found.

    Attributes:
        granted: For each key, in order, whether the caller has its lease now.
        entries: For each key, in order, the entry that is kept now. None if there is none.
    """

    granted: Sequence[bool]
    entries: Sequence[bytes | None]


class ProfileStore(Protocol):
    """Keeps entries, for one process or for many. Each call is one round trip, however many keys it has.

    Keys are UUIDs in lower case. An entry may be lost at any time. Whoever asks the server for a profile takes the
    lease of its key first, so that nobody else asks at the same time. A lease ends by `settle`, `write` or `forget`, or
    when its time has passed.

    A store that cannot do what it is asked for raises a
    [`ProfileStoreError`][eternaltwin.exceptions.ProfileStoreError]. The call of the game then goes to the server.
    """

    def read(self, keys: Sequence[str]) -> Sequence[bytes | None]:
        """Return entries.

        Args:
            keys: Their keys.

        Returns:
            For each key, in order, the entry. None if there is none.
        """
        ...

    def lease(self, keys: Sequence[str], token: str, seconds: float) -> Leases:
        """Take the leases of keys that nobody has, and after that read the entries of all keys.

        Args:
            keys: The keys.
            token: A random string, by which `settle` recognizes the leases.
            seconds: Seconds after which the leases end by themselves.

        Returns:
            Which leases were taken, and the entries.
        """
        ...

    def settle(self, token: str, entries: Mapping[str, KeptEntry | None]) -> None:
        """Write entries and end their leases. An entry whose lease has ended already is not written.

        Args:
            token: The token of the leases.
            entries: The entries by key. None only ends the lease.
        """
        ...

    def write(self, entries: Mapping[str, KeptEntry]) -> None:
        """Write entries without a lease, and end the leases of others.

        Args:
            entries: The entries by key.
        """
        ...

    def forget(self, keys: Sequence[str]) -> None:
        """Remove entries, and end the leases of others, so that they do not write what they read before.

        Args:
            keys: The keys.
        """
        ...

    async def aread(self, keys: Sequence[str]) -> Sequence[bytes | None]:
        """Async variant of [`read`][eternaltwin.profiles.ProfileStore.read]."""
        ...

    async def alease(self, keys: Sequence[str], token: str, seconds: float) -> Leases:
        """Async variant of [`lease`][eternaltwin.profiles.ProfileStore.lease]."""
        ...

    async def asettle(self, token: str, entries: Mapping[str, KeptEntry | None]) -> None:
        """Async variant of [`settle`][eternaltwin.profiles.ProfileStore.settle]."""
        ...

    async def awrite(self, entries: Mapping[str, KeptEntry]) -> None:
        """Async variant of [`write`][eternaltwin.profiles.ProfileStore.write]."""
        ...

    async def aforget(self, keys: Sequence[str]) -> None:
        """Async variant of [`forget`][eternaltwin.profiles.ProfileStore.forget]."""
        ...
