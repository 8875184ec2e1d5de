"""The player that a token belongs to."""

from __future__ import annotations

from uuid import UUID

import pytest

from eternaltwin.exceptions import InvalidTokenError
from eternaltwin.integrations.shared.identities import PlayerIdentity, identity_of

UPPER = "9F310484-963B-446B-AF69-797FEEC6813F"
USER = {"type": "User", "id": UPPER, "display_name": {"current": {"value": "Zoé"}}}
CLIENT = {"type": "OauthClient", "id": UPPER, "key": "game@clients", "display_name": "The game"}
GOOD = {"type": "AccessToken", "scope": "Default", "client": CLIENT, "user": USER}


def test_cve_2024_32879_and_2025_65431_ids_that_differ_only_in_case_are_one() -> None:
    for client_id in ("game@clients", UPPER, UPPER.lower()):
        assert identity_of(GOOD, client_id) == PlayerIdentity(UPPER.lower(), "Zoé")
    assert identity_of(GOOD, UPPER.lower()).as_dict() == {"id": UPPER.lower(), "display_name": "Zoé"}


@pytest.mark.parametrize(
    "body",
    [
        {"type": "Guest", "scope": "Default"},
        {"type": "User", "scope": "Default", "user": USER, "is_administrator": True},
        {**GOOD, "client": {**CLIENT, "id": str(UUID(int=0)), "key": "other@clients"}},
        {**GOOD, "user": {**USER, "id": "zoe"}},
        {"error": "x"},
        [],
        None,
        "text",
    ],
)
def test_other_responses_are_refused(body: object) -> None:
    with pytest.raises(InvalidTokenError):
        identity_of(body, "game@clients")
