"""Updating the stored accounts from Eternaltwin."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import F, Q
from django.utils import timezone

from eternaltwin.connections import async_connections
from eternaltwin.exceptions import EternalTwinError, NotFoundError
from eternaltwin.integrations.django.accounts import mark_deleted, record
from eternaltwin.integrations.django.models import EternaltwinAccount
from eternaltwin.users import User

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    CheckResult = User | EternalTwinError

#: Number of accounts that are read before their changes are stored.
BATCH_SIZE = 100

#: Number of failures in a row after which a run stops.
MAX_FAILURES = 20


@dataclass
class SyncCounts:
    """What a run has done, in numbers of accounts.

    Attributes:
        checked: Accounts that were read from Eternaltwin.
        renamed: Those of them with a new display name.
        deleted: Those of them that were not known to be deleted.
        unknown: Accounts that the server does not know.
        failed: Accounts that could not be read.
    """

    checked: int = 0
    renamed: int = 0
    deleted: int = 0
    unknown: int = 0
    failed: int = 0

    @property
    def done(self) -> int:
        """The number of accounts that were processed, with or without success."""
        return self.checked + self.unknown + self.failed


class SyncStoppedError(EternalTwinError):
    """Too many failures in a row: the server cannot be reached, or refuses the requests."""


class Synchronization:
    """One run over the accounts of a connection, starting with those that were checked longest ago.

    Changes are stored batch by batch, so the next run continues where an interrupted one ended.

    Args:
        connection: Alias of the connection.
        before: Accounts that were checked at this time or later are left out.
        limit: Maximum number of accounts to check, at least 1. None means no limit.
        concurrency: Maximum number of simultaneous requests, at least 1.
        on_progress: Called with the counts after every account.

    Attributes:
        counts: What the run has done so far.
    """

    def __init__(
        self,
        connection: str,
        *,
        before: datetime,
        limit: int | None = None,
        concurrency: int = 10,
        on_progress: Callable[[SyncCounts], None] = lambda _: None,
    ) -> None:
        self.counts = SyncCounts()
        self._connection = connection
        self._before = before
        self._limit = limit
        self._concurrency = concurrency
        self._on_progress = on_progress
        self._failures_in_a_row = 0

    @property
    def total(self) -> int:
        """The number of accounts that are due to be checked, at most the limit."""
        count = self._due().count()
        return count if self._limit is None else min(count, self._limit)

    def run(self) -> SyncCounts:
        """Check the accounts that are due, and close the connection's client for asyncio.

        Returns:
            What the run has done, the same object as `counts`.

        Raises:
            SyncStoppedError: 20 accounts in a row could not be read. The accounts before them are stored.
            UnknownConnectionError: There is no such connection.
            ConfigurationError: The settings of the connection are wrong.
        """
        client = async_connections.get_connection(self._connection)
        with asyncio.Runner() as runner:
            try:
                for accounts in self._batches():
                    results = runner.run(self.fetch([account.identifier for account in accounts]))
                    self._store(accounts, results)
            finally:
                runner.run(client.close())
        return self.counts

    def _due(self) -> QuerySet[EternaltwinAccount]:
        due = Q(synced_at=None) | Q(synced_at__lt=self._before)
        return EternaltwinAccount.objects.filter(due, connection=self._connection)

    def _batches(self) -> Iterator[list[EternaltwinAccount]]:
        """Yield the due accounts, each once, even those that stay due because reading them failed."""
        order = F("synced_at").asc(nulls_first=True)
        ids = list(self._due().order_by(order, "pk").values_list("pk", flat=True)[: self._limit])
        for start in range(0, len(ids), BATCH_SIZE):
            yield list(EternaltwinAccount.objects.filter(pk__in=ids[start : start + BATCH_SIZE]))

    async def fetch(self, ids: Sequence[UUID]) -> list[CheckResult]:
        """Read accounts from the server, at most `concurrency` at a time.

        Args:
            ids: UUIDs of the accounts.

        Returns:
            For each account, in the same order, the user, or the error that reading it raised.
        """
        slots = asyncio.Semaphore(self._concurrency)

        async def fetch_one(identifier: UUID) -> CheckResult:
            async with slots:
                try:
                    return await User.aget(identifier, self._connection)
                except EternalTwinError as exc:
                    return exc

        return await asyncio.gather(*(fetch_one(identifier) for identifier in ids))

    def _store(self, accounts: list[EternaltwinAccount], results: list[CheckResult]) -> None:
        for account, result in zip(accounts, results, strict=True):
            if isinstance(result, User):
                self._store_user(account, result)
            else:
                self._count_failure(account, result)
            self._on_progress(self.counts)

    def _store_user(self, account: EternaltwinAccount, player: User) -> None:
        self._failures_in_a_row = 0
        self.counts.checked += 1
        if player.deleted_at is not None:
            self.counts.deleted += mark_deleted(player, self._connection)
        else:
            self.counts.renamed += record(account, player)

    def _count_failure(self, account: EternaltwinAccount, failure: EternalTwinError) -> None:
        if isinstance(failure, NotFoundError):
            self._failures_in_a_row = 0
            self.counts.unknown += 1
            EternaltwinAccount.objects.filter(pk=account.pk).update(synced_at=timezone.now())
            return
        self.counts.failed += 1
        self._failures_in_a_row += 1
        if self._failures_in_a_row >= MAX_FAILURES:
            raise SyncStoppedError(f"{MAX_FAILURES} accounts in a row could not be checked; the last error: {failure}")
