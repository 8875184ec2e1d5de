"""The provider tests of django-allauth itself, from its source distribution, run on this provider."""

from __future__ import annotations

import json
from importlib import import_module
from typing import Any

from django.test import TestCase

base: Any = import_module("tests.apps.socialaccount.base")
mocking: Any = import_module("tests.mocking")

ID = "9f310484-963b-446b-af69-797feec6813f"
RESPONSE = {
    "type": "AccessToken",
    "scope": "Default",
    "client": {"type": "OauthClient", "id": ID, "key": "game@clients", "display_name": "The game"},
    "user": {"type": "User", "id": ID, "display_name": {"current": {"value": "Zoé"}}},
}


def _mocked_response(_case: object) -> Any:
    return mocking.MockedResponse(200, json.dumps(RESPONSE), {"content-type": "application/json"})


def _expected_to_str(_case: object) -> str:
    return "Zoé"


EternaltwinTests = type(
    "EternaltwinTests",
    (base.OAuth2TestsMixin, TestCase),
    {
        "provider_id": "eternaltwin",
        "get_mocked_response": _mocked_response,
        "get_expected_to_str": _expected_to_str,
    },
)
