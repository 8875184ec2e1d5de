"""Asking Eternaltwin again about the accounts that this game has."""

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

    Answer = User | EternalTwinError

#: How many accounts are asked about before what was learned is written down.
BATCH = 100

#: After how many failures, with no success in between, nothing more is tried.
PATIENCE = 20


@dataclass
class Tally:
    """What a run has learned.

    Attributes:
        checked: accounts that Eternaltwin has told of.
        renamed, deleted: of these, the ones with a new display name, and the newly deleted ones.
        unknown: accounts that the server does not know.
        failed: accounts that it could not be asked about.
    """

    checked: int = 0
    renamed: int = 0
    deleted: int = 0
    unknown: int = 0
    failed: int = 0

    @property
    def done(self) -> int:
        """Accounts that have been dealt with, however."""
        return self.checked + self.unknown + self.failed


class SyncStoppedError(EternalTwinError):
    """Too many failures in a row: the server cannot be reached, or refuses."""


class Synchronization:
    """One run over the accounts of a connection, those first that were checked longest ago.

    What is learned is written down batch by batch, so a run that ends early is continued by the next.

    Args:
        connection: its alias.
        before: accounts that were checked since then are left out.
        limit: how many accounts, at the most.
        concurrency: how many are asked about at a time.
        on_progress: is called after every account.
    """

    def __init__(
        self,
        connection: str,
        *,
        before: datetime,
        limit: int | None = None,
        concurrency: int = 10,
        on_progress: Callable[[Tally], None] = lambda _: None,
    ) -> None:
        self.tally = Tally()
        self._connection = connection
        self._before = before
        self._limit = limit
        self._concurrency = concurrency
        self._on_progress = on_progress
        self._failures_in_a_row = 0

    @property
    def total(self) -> int:
        """How many accounts there are to check."""
        count = self._due().count()
        return count if self._limit is None else min(count, self._limit)

    def run(self) -> Tally:
        """Check the accounts.

        Raises:
            SyncStoppedError: the server fails again and again.
        """
        client = async_connections.get_connection(self._connection)
        with asyncio.Runner() as runner:
            try:
                for accounts in self._batches():
                    answers = runner.run(self.ask([account.pk for account in accounts]))
                    self._keep(accounts, answers)
            finally:
                runner.run(client.close())
        return self.tally

    def _due(self) -> QuerySet[EternaltwinAccount]:
        due = Q(synced_at=None) | Q(synced_at__lt=self._before)
        return EternaltwinAccount.objects.filter(due, connection=self._connection)

    def _batches(self) -> Iterator[list[EternaltwinAccount]]:
        """The accounts, each once, even those that stay due since asking about them failed."""
        order = F("synced_at").asc(nulls_first=True)
        ids = list(self._due().order_by(order, "pk").values_list("pk", flat=True)[: self._limit])
        for start in range(0, len(ids), BATCH):
            yield list(EternaltwinAccount.objects.filter(pk__in=ids[start : start + BATCH]))

    async def ask(self, ids: Sequence[UUID]) -> list[Answer]:
        """What the server says of accounts, a few at a time."""
        turn = asyncio.Semaphore(self._concurrency)

        async def ask(identifier: UUID) -> Answer:
            async with turn:
                try:
                    return await User.aget(identifier, self._connection)
                except EternalTwinError as exc:
                    return exc

        return await asyncio.gather(*(ask(identifier) for identifier in ids))

    def _keep(self, accounts: list[EternaltwinAccount], answers: list[Answer]) -> None:
        for account, answer in zip(accounts, answers, strict=True):
            if isinstance(answer, User):
                self._keep_one(account, answer)
            else:
                self._note_failure(account, answer)
            self._on_progress(self.tally)

    def _keep_one(self, account: EternaltwinAccount, player: User) -> None:
        self._failures_in_a_row = 0
        self.tally.checked += 1
        if player.deleted_at is not None:
            self.tally.deleted += mark_deleted(player, self._connection)
        else:
            self.tally.renamed += record(account, player)

    def _note_failure(self, account: EternaltwinAccount, failure: EternalTwinError) -> None:
        if isinstance(failure, NotFoundError):
            self._failures_in_a_row = 0
            self.tally.unknown += 1
            EternaltwinAccount.objects.filter(pk=account.pk).update(synced_at=timezone.now())
            return
        self.tally.failed += 1
        self._failures_in_a_row += 1
        if self._failures_in_a_row >= PATIENCE:
            raise SyncStoppedError(f"{PATIENCE} accounts in a row could not be checked; the last one: {failure}")
