"""Schemathesis sends requests to the control API that its document allows, and others."""

from __future__ import annotations

import logging
from functools import cache
from typing import TYPE_CHECKING, cast

import pytest
import schemathesis
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from eternaltwin.devserver.app import create_app, with_control
from eternaltwin.devserver.asgi.faults import Faults
from eternaltwin.devserver.asgi.request_log import RequestLog
from eternaltwin.devserver.config import config_of
from eternaltwin.devserver.control.access import ControlAccess, is_from_anybody
from eternaltwin.devserver.control.routes import CONTROL_ENDPOINTS
from eternaltwin.devserver.openapi.document import CONTROL_API, build_document
from eternaltwin.devserver.services.world import World

if TYPE_CHECKING:
    from uuid import UUID

    from schemathesis import Case
    from schemathesis.schemas import APIOperation

    from eternaltwin.devserver.asgi.protocol import ASGIApp

CHECKS = [status_code_conformance, content_type_conformance, response_schema_conformance, not_a_server_error]
KNOWN = {
    "user": ["alice", "bob"],
    "key": ["kingdom_dev", "one"],
    "table": ["twinoid_user"],
    "site": ["twinoid.com"],
    "account": ["1"],
}
SCHEMA = schemathesis.openapi.from_dict(build_document(CONTROL_ENDPOINTS, CONTROL_API))
OPERATIONS = {operation.label: operation for operation in (result.ok() for result in SCHEMA.get_all_operations())}


@cache
def world() -> World:
    return World(config_of({"seed": {"twinoid_user": {"one": {"id": 1}}}}, "Virtual"))


def authorize(url: str, user_id: UUID) -> str:
    del user_id
    return f"{url}?code=code"


@cache
def app() -> ASGIApp:
    log, faults = RequestLog(), Faults()
    access = ControlAccess(None, is_from_anybody)
    return with_control(create_app(world(), log, faults), world(), log, faults, authorize, access)


def prepared(case: Case, data: st.DataObject) -> Case:
    """Return the case, with about half of its path parameters known, and few users."""
    for name in case.path_parameters.keys() & KNOWN.keys():
        if data.draw(st.booleans(), label=f"known {name}"):
            case.path_parameters[name] = data.draw(st.sampled_from(KNOWN[name]), label=name)
    assume(not {"?", "#"} & set(case.formatted_path))
    body = case.body
    fields = cast("dict[str, object]", body) if isinstance(body, dict) else {}
    for number in (fields.get("count"), fields.get("times")):
        assume(not isinstance(number, int) or number < 100)
    return case


@pytest.mark.parametrize("label", list(OPERATIONS))
def test_the_control_api_responds_as_declared(label: str, caplog: pytest.LogCaptureFixture) -> None:
    operation: APIOperation = OPERATIONS[label]
    world().reset()
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    requests = {mode: operation.as_strategy(generation_mode=mode) for mode in modes}

    @given(st.data())
    @settings(max_examples=10, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
    def attack(data: st.DataObject) -> None:
        case = prepared(data.draw(requests[data.draw(st.sampled_from(modes))]), data)
        case.call_and_validate(app=app(), headers={"Eternaltwin-Dev": "1"}, checks=CHECKS)

    with caplog.at_level(logging.ERROR, "eternaltwin.devserver"):
        attack()
    assert caplog.records == []
