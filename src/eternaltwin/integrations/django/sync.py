"""Updating the stored accounts from Eternaltwin.

[`check_accounts`][eternaltwin.integrations.django.sync.check_accounts] checks one batch. Any number of processes and
machines may call it, or run the command `sync_eternaltwin_users`, at the same time: each account is checked by one.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from django.db import connections as databases
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from eternaltwin.connections import DEFAULT_ALIAS, async_connections
from eternaltwin.exceptions import EternalTwinError, NotFoundError
from eternaltwin.integrations.django import conf
from eternaltwin.integrations.django.accounts import mark_deleted, record
from eternaltwin.integrations.django.lookups import database
from eternaltwin.integrations.django.models import EternaltwinAccount
from eternaltwin.users import User

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime
    from uuid import UUID

    from django.db.models import QuerySet

    CheckResult = User | EternalTwinError

__all__ = ["SyncCounts", "SyncStoppedError", "Synchronization", "check_accounts"]

#: Number of accounts that are claimed and read before their changes are stored.
BATCH_SIZE = 100

#: For how long a claim lasts if the process that has claimed an account ends without checking it.
CLAIM_TIME = timedelta(minutes=10)

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


def check_accounts(
    connection: str = DEFAULT_ALIAS,
    *,
    older_than: timedelta = timedelta(hours=12),
    size: int = BATCH_SIZE,
    concurrency: int = 10,
) -> SyncCounts:
    """Check one batch of accounts: those that were checked longest ago, and that nobody else checks at the moment.

    Call it as a task of Celery or of Django, or from cron, on as many machines as there are. An account that could not
    be read is tried again ten minutes later.

    Args:
        connection: Alias of the connection.
        older_than: Accounts that were checked within this time are left out.
        size: Maximum number of accounts to check, at least 1.
        concurrency: Maximum number of simultaneous requests, at least 1.

    Returns:
        What was done. Its `done` is 0 if there is nothing left to check.

    Raises:
        SyncStoppedError: 20 accounts in a row could not be read.
        UnknownConnectionError: There is no such connection.
        ConfigurationError: A setting is wrong.

    Example:
        >>> @shared_task
        ... def check_eternaltwin_accounts():
        ...     if check_accounts().done:
        ...         check_eternaltwin_accounts.delay()
    """
    conf.configure()
    run = Synchronization(connection, before=timezone.now() - older_than, concurrency=concurrency)
    return run.check_batch(size)


class Synchronization:
    """One run over the accounts of a connection, starting with those that were checked longest ago.

    A batch of accounts is claimed before it is read, so that several runs at the same time share the accounts. Changes
    are stored batch by batch, so the next run continues where an interrupted one ended.

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
        self._id = uuid4()

    @property
    def total(self) -> int:
        """The number of accounts that are due to be checked, at most the limit."""
        count = self._due().count()
        return count if self._limit is None else min(count, self._limit)

    def run(self) -> SyncCounts:
        """Check the accounts that are due, each once, even those that stay due because reading them failed.

        Returns:
            What the run has done, the same object as `counts`.

        Raises:
            SyncStoppedError: 20 accounts in a row could not be read. The accounts before them are stored.
            UnknownConnectionError: There is no such connection.
            ConfigurationError: The settings of the connection are wrong.
        """
        try:
            while self._left != 0 and self._check(min(BATCH_SIZE, self._left or BATCH_SIZE)):
                pass
        finally:
            self._release(EternaltwinAccount.objects.using(database()))
        return self.counts

    def check_batch(self, size: int) -> SyncCounts:
        """Check one batch of the accounts that are due.

        Accounts that could not be read stay claimed, and are due again when the claim has expired.

        Args:
            size: Maximum number of accounts to check, at least 1.

        Returns:
            What the run has done, the same object as `counts`.

        Raises:
            SyncStoppedError: 20 accounts in a row could not be read. The accounts before them are stored.
            UnknownConnectionError: There is no such connection.
            ConfigurationError: The settings of the connection are wrong.
        """
        try:
            self._check(size)
        except BaseException:
            self._release(EternaltwinAccount.objects.using(database()))
            raise
        return self.counts

    @property
    def _left(self) -> int | None:
        return None if self._limit is None else self._limit - self.counts.done

    def _check(self, size: int) -> bool:
        """Check at most so many accounts, and return whether there were any."""
        client = async_connections.get_connection(self._connection)
        accounts = self._claim(size)
        if accounts:
            with asyncio.Runner() as runner:
                try:
                    results = runner.run(self.fetch([account.identifier for account in accounts]))
                finally:
                    runner.run(client.close())
            self._store(accounts, results)
            read = (account.pk for account, result in zip(accounts, results, strict=True) if _is_known(result))
            self._release(EternaltwinAccount.objects.using(database()).filter(pk__in=list(read)))
        return bool(accounts)

    def _due(self) -> QuerySet[EternaltwinAccount]:
        now = timezone.now()
        due = Q(synced_at=None) | Q(synced_at__lt=self._before)
        free = Q(claimed_until=None) | Q(claimed_until__lte=now)
        return EternaltwinAccount.objects.using(database()).filter(due, free, connection=self._connection)

    def _claim(self, size: int) -> list[EternaltwinAccount]:
        """Claim accounts that are due, and return them."""
        order = F("synced_at").asc(nulls_first=True)
        due = self._due().order_by(order, "pk")
        claim = {"claimed_by": self._id, "claimed_until": timezone.now() + CLAIM_TIME}
        can_skip = databases[database()].features.has_select_for_update_skip_locked
        with transaction.atomic(using=database()):
            candidates = due.select_for_update(skip_locked=True) if can_skip else due
            ids: Iterable[UUID] = list(candidates.values_list("pk", flat=True)[:size])
            # Without SKIP LOCKED, others may have the same candidates. A row is updated by one of them only.
            self._due().filter(pk__in=ids).update(**claim)
        mine = EternaltwinAccount.objects.using(database()).filter(pk__in=ids, claimed_by=self._id)
        return list(mine.order_by(order, "pk"))

    def _release(self, accounts: QuerySet[EternaltwinAccount]) -> None:
        accounts.filter(claimed_by=self._id).update(claimed_by=None, claimed_until=None)

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
                    return await User.aget(identifier, self._connection, fresh=True)
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


def _is_known(result: CheckResult) -> bool:
    """Return whether it is known what the server has about an account, also if it has nothing."""
    return isinstance(result, User | NotFoundError)
