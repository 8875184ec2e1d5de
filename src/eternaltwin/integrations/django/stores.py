"""Where used sign-ins are remembered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, cast

from asgiref.sync import sync_to_async
from django.db import DatabaseError, IntegrityError, router, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from eternaltwin.exceptions import ConfigurationError, LoginStoreError
from eternaltwin.login import DjangoCacheStore, MemoryStore, RedisStore, SingleUseStore, SQLiteStore

if TYPE_CHECKING:
    from collections.abc import Callable

_FORMS = (
    "'database', 'memory', 'cache' or 'cache:ALIAS', 'sqlite:PATH', a URL such as 'redis://localhost:6379/0', the"
    " dotted path of a store or of a class of stores, or a store"
)
_URL_SCHEMES = ("redis://", "rediss://", "unix://", "valkey://", "valkeys://")


class DatabaseStore:
    """Remembers in the site's own database, for all processes that use it.

    Each sign-in inserts a row under a key that only one of them can insert, and removes the rows
    that are no longer needed.
    """

    def consume(self, key: str, ttl: int) -> bool:
        """See [`consume`][eternaltwin.login.SingleUseStore.consume]."""
        from eternaltwin.integrations.django.models import UsedLogin

        now = timezone.now()
        database = router.db_for_write(UsedLogin)
        used = UsedLogin.objects.using(database)
        try:
            used.filter(deadline__lte=now).delete()
            # durable: a transaction around it could take the insertion back
            with transaction.atomic(using=database, durable=True):
                used.create(key=key, deadline=now + timedelta(seconds=ttl))
        except IntegrityError:
            return False
        except DatabaseError as exc:
            raise LoginStoreError(f"the table of used sign-ins cannot be written: {type(exc).__name__}: {exc}") from exc
        return True

    async def aconsume(self, key: str, ttl: int) -> bool:
        """See [`consume`][eternaltwin.login.SingleUseStore.consume]."""
        return await sync_to_async(self.consume)(key, ttl)

    def __repr__(self) -> str:
        return "<DatabaseStore>"


def store_of(setting: object) -> SingleUseStore:
    """The store that a setting means.

    Raises:
        ConfigurationError: it means none.
    """
    if isinstance(setting, str):
        return _named(setting)
    if isinstance(setting, SingleUseStore):
        return setting
    raise _unknown(setting)


def _named(text: str) -> SingleUseStore:
    kind, _, rest = text.partition(":")
    if text.startswith(_URL_SCHEMES):
        return RedisStore(text)
    if kind == "cache":
        return DjangoCacheStore(rest or "default")
    if kind == "sqlite":
        return SQLiteStore(rest)
    if text in ("database", "memory"):
        return DatabaseStore() if text == "database" else MemoryStore()
    return _imported(text)


def _imported(path: str) -> SingleUseStore:
    try:
        found = cast("object", import_string(path))
    except ImportError:
        raise _unknown(path) from None
    if isinstance(found, type) and issubclass(found, SingleUseStore):
        found = cast("Callable[[], object]", found)()
    if isinstance(found, SingleUseStore) and not isinstance(found, type):
        return found
    raise _unknown(path)


def _unknown(setting: object) -> ConfigurationError:
    return ConfigurationError(f"store is {setting!r}, but must be {_FORMS}", setting="store")
