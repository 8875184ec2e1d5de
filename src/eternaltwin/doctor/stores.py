"""Do the stores work that the settings name?"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING
from uuid import uuid4

from eternaltwin.doctor.findings import Finding
from eternaltwin.exceptions import EternalTwinError
from eternaltwin.login import MemoryStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from eternaltwin.doctor.setups import CheckedSetup

STORES_CHECK = "stores"


def check_stores(setup: CheckedSetup) -> Iterator[Finding]:
    """Use the store of used sign-ins and that of profiles, once each.

    The former gets a random key that nothing else uses, for a second.

    Args:
        setup: The set-up.

    Yields:
        A finding for each store that is known, or one that there is none.
    """
    store, cache = setup.given.store, setup.settings.profile_cache
    findings = list[Finding]()
    if isinstance(store, MemoryStore):
        summary = "Used sign-ins are kept in the memory of this process, which is not enough for several processes"
        advice = "For several processes, use a store that they share."
        findings.append(Finding(STORES_CHECK, "note", "memory-store", summary, "", advice))
    elif store is not None:
        findings.append(_used("store of used sign-ins", lambda: store.consume(secrets.token_hex(32), 1)))
    if cache is not None:
        findings.append(_used("store of profile_cache", lambda: cache.store.read([str(uuid4())])))
    yield from findings or [Finding.ok(STORES_CHECK, "The settings name no store")]


def _used(name: str, use: Callable[[], object]) -> Finding:
    try:
        use()
    except EternalTwinError as exc:
        advice = "Start the server of the store, and check its address in the settings."
        return Finding(STORES_CHECK, "error", "store-down", f"The {name} cannot be used", f"{exc}.", advice)
    return Finding.ok(STORES_CHECK, f"The {name} works")
