"""What Eternaltwin accepts as telemetry."""

from __future__ import annotations

import pytest

from eternaltwin.rules.telemetry import service_of


@pytest.mark.parametrize(
    ("key", "service"),
    [
        ("brute@clients", ("brute", "production")),
        ("brute_production@clients", ("brute", "production")),
        ("brute_old_staging@clients", ("brute", "old_staging")),
        ("brute__x@clients", ("brute", "_x")),
        ("brute_@clients", None),
        ("_brute@clients", None),
        ("brute", None),
        ("9f310484-963b-446b-af69-797feec6813f", None),
        ("1brute@clients", None),
    ],
)
def test_the_service_of_a_game_is_in_its_key(key: str, service: tuple[str, str] | None) -> None:
    assert service_of(key) == service
