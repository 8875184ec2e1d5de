"""The stores of used sign-ins."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeGuard

from asgiref.sync import sync_to_async
from django.core.cache import DEFAULT_CACHE_ALIAS
from django.db import DatabaseError, IntegrityError, router, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from eternaltwin.exceptions import LoginStoreError
from eternaltwin.integrations.shared.stores import as_store, find_store
from eternaltwin.login import DjangoCacheStore, SingleUseStore

if TYPE_CHECKING:
    from collections.abc import Callable

#: The strings that name a store in Django only, for messages.
_DJANGO_NAMES = "'database', 'cache' or 'cache:ALIAS', the dotted path of a store or of a class of stores"


class DatabaseStore:
    """Stores used sign-ins in the database of the site, which all processes share.

    Each sign-in inserts a row with its key as the primary key, so that only one insertion succeeds, and
    deletes expired rows.
    """

    def consume(self, key: str, ttl: int) -> bool:
        """Mark a key as used.

        Args:
            key: 64 hexadecimal digits.
            ttl: Seconds for which the key must be stored.

        Returns:
            True for the first call with the key, False for every other call within `ttl` seconds.

        Raises:
            LoginStoreError: The table cannot be written.
        """
        from eternaltwin.integrations.django.models import UsedLogin

        now = timezone.now()
        database = router.db_for_write(UsedLogin)
        used = UsedLogin.objects.using(database)
        try:
            used.filter(deadline__lte=now).delete()
            # durable: an outer transaction could roll the insertion back
            with transaction.atomic(using=database, durable=True):
                used.create(key=key, deadline=now + timedelta(seconds=ttl))
        except IntegrityError:
            return False
        except DatabaseError as exc:
            problem = f"the table of used sign-ins cannot be written: {type(exc).__name__}: {exc}"
        else:
            return True
        raise LoginStoreError(problem)

    async def aconsume(self, key: str, ttl: int) -> bool:
        """Async variant of [`consume`][eternaltwin.integrations.django.stores.DatabaseStore.consume]."""
        return await sync_to_async(self.consume)(key, ttl)

    def __repr__(self) -> str:
        return "<DatabaseStore>"


def store_of(setting: object) -> SingleUseStore:
    """Return the store that a setting means.

    Args:
        setting: A string that [`find_store`][eternaltwin.integrations.shared.stores.find_store] knows,
            `"database"`, `"cache"`, `"cache:ALIAS"`, a dotted path, or a store.

    Returns:
        The store.

    Raises:
        ConfigurationError: `setting` does not name a store.
    """
    return find_store(setting, _DJANGO_NAMES, _django_store)


def cache_alias(setting: object) -> str | None:
    """Return the alias of the cache that a setting names.

    Args:
        setting: A value that `store_of` accepts.

    Returns:
        The alias, `default` for `"cache"`; None if the store is not a cache of Django.
    """
    kind, _, alias = setting.partition(":") if isinstance(setting, str) else ("", "", "")
    return (alias or DEFAULT_CACHE_ALIAS) if kind == "cache" else None


def _django_store(name: str) -> SingleUseStore | None:
    if name == "database":
        return DatabaseStore()
    alias = cache_alias(name)
    return _imported(name) if alias is None else DjangoCacheStore(alias)


def _imported(path: str) -> SingleUseStore | None:
    try:
        imported: object = import_string(path)
    except ImportError:
        return None
    return as_store(imported()) if _is_class_of_stores(imported) else as_store(imported)


def _is_class_of_stores(value: object) -> TypeGuard[Callable[[], object]]:
    return isinstance(value, type) and issubclass(value, SingleUseStore)
